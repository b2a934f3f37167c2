//! Clover XML as PHPUnit, Istanbul (jest, nyc, vitest), gcovr and OpenClover write it. Lines are those of type `stmt` and
//! `cond`; `method` lines are functions. PHPUnit lists a line once: that of a method that is written on one line stands as the
//! method alone, and only the metrics tell of its statement. Branches and functions come from the metrics that stand directly
//! in a file: 0 of 0 is not measured. Nothing under `testproject` is coverage; metrics of other levels are never added.

use std::io::BufRead;

use super::super::xml::{self, Attributes, Names, Sink};
use super::lines::{counts, is_hit, number};
use super::{Failure, Record, Report};

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut state = State::default();
    xml::walk(input, &mut state)?;
    if state.disagreeing > 0 {
        let count = state.disagreeing;
        let warning = format!("the metrics of {count} files disagree with the lines listed: the lines count");
        state.report.warnings.push(warning);
    }
    Ok(state.report)
}

#[derive(Default)]
struct State {
    report: Report,
    package: String,
    current: Option<Record>,
    /// What the file's metrics claim of statements: covered and all.
    claimed: Option<(u64, u64)>,
    /// Methods that are listed, in order: line, whether it ran, and whether a line of its body follows.
    methods: Vec<(u32, bool, bool)>,
    disagreeing: u64,
}

impl Sink for State {
    fn open(&mut self, above: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        if above.has("testproject") {
            return Ok(());
        }
        match name {
            "package" => self.package = attributes.text("name")?.into_owned(),
            "file" => {
                let [name, path] = attributes.read(["name", "path"])?;
                let name = name.unwrap_or_default();
                let mut record = Record::at(path.as_deref().unwrap_or(&name));
                if path.is_none() && !name.contains(['/', '\\']) && above.has("package") {
                    let folder = self.package.replace('.', "/");
                    record.candidates = vec![format!("{folder}/{name}"), name.into_owned()];
                }
                (self.current, self.claimed) = (Some(record), None);
                self.methods.clear();
            }
            "metrics" if above.up(0) == "file" => self.metrics(attributes)?,
            "line" => self.line(attributes)?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, _: &Names, name: &str) -> Result<(), String> {
        if name == "file"
            && let Some(mut record) = self.current.take()
        {
            self.restore(&mut record);
            let counted = record.lines.counts();
            self.disagreeing += u64::from(self.claimed.is_some_and(|claimed| claimed != counted));
            self.report.push(record);
        }
        Ok(())
    }
}

impl State {
    fn metrics(&mut self, attributes: Attributes<'_>) -> Result<(), String> {
        let Some(record) = &mut self.current else { return Ok(()) };
        let [covered, all] = attributes.read(["coveredconditionals", "conditionals"])?;
        record.totals[1] = counts(covered.as_deref(), all.as_deref())?;
        let [covered, all] = attributes.read(["coveredmethods", "methods"])?;
        record.totals[2] = counts(covered.as_deref(), all.as_deref())?;
        let [covered, all] = attributes.read(["coveredstatements", "statements"])?;
        self.claimed = counts(covered.as_deref(), all.as_deref())?;
        Ok(())
    }

    /// Lists the lines of methods that hide a statement, where they are exactly what the metrics tell beside the lines.
    fn restore(&self, record: &mut Record) {
        let (covered, all) = record.lines.counts();
        let bare: Vec<(u32, bool)> =
            self.methods.iter().filter(|(_, _, body)| !body).map(|(line, hit, _)| (*line, *hit)).collect();
        let ran = bare.iter().filter(|(_, hit)| *hit).count() as u64;
        if self.claimed == Some((covered + ran, all + bare.len() as u64)) {
            for (line, hit) in bare {
                record.lines.add(line, hit);
            }
        }
    }

    fn line(&mut self, attributes: Attributes<'_>) -> Result<(), String> {
        let Some(record) = &mut self.current else { return Ok(()) };
        let [kind, line, count, yes, no] = attributes.read(["type", "num", "count", "truecount", "falsecount"])?;
        let line = number(&line.unwrap_or_default())?;
        let hit = match (count, yes, no) {
            (Some(count), _, _) => is_hit(&count)?,
            // OpenClover tells of a condition only how often it was true and how often false.
            (None, Some(yes), Some(no)) => is_hit(&yes)? | is_hit(&no)?,
            _ => return Err(format!("line {line} has no count")),
        };
        match kind.as_deref() {
            Some("method") => self.methods.push((line, hit, false)),
            Some("stmt" | "cond") => {
                record.lines.add(line, hit);
                if let Some((_, _, body)) = self.methods.last_mut() {
                    *body = true;
                }
            }
            other => return Err(format!("a line of the type `{}`", super::lines::short(other.unwrap_or_default()))),
        }
        Ok(())
    }
}
