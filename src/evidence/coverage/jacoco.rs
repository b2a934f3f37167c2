//! JaCoCo's XML report (report.dtd). Files are `package/sourcefile`; a line is covered if any of its instructions is. The
//! counters of groups, packages, classes and the report repeat what the source files tell and are not looked at. A path is
//! the package's name and the file's: the source root is nowhere told.
//!
//! gcovr writes lines without `mi` and `ci`: then only the LINE counter of the file tells.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::super::xml::{self, Attributes, Names, Sink};
use super::lines::{number, short};
use super::record::id;
use super::{Failure, Record, Report};

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut state = State::default();
    xml::walk(input, &mut state)?;
    Ok(state.report)
}

#[derive(Default)]
struct State {
    report: Report,
    groups: Vec<String>,
    package: String,
    /// Methods of the package's classes by source file: line, name, hit.
    methods: BTreeMap<String, Vec<(u32, u64, bool)>>,
    /// Source file and name of the class that is open.
    class: Option<(String, String)>,
    current: Option<Record>,
    /// Whether a line of the file has no instruction counts.
    bare: bool,
    name: String,
}

impl Sink for State {
    fn open(&mut self, above: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        match name {
            "group" => self.groups.push(attributes.text("name")?.into_owned()),
            "package" => {
                self.package = attributes.text("name")?.into_owned();
                self.methods.clear();
            }
            "class" => {
                let [file, class] = attributes.read(["sourcefilename", "name"])?;
                self.class = file.map(|file| (file.into_owned(), class.unwrap_or_default().into_owned()));
            }
            "method" => {
                let [name, kind, line] = attributes.read(["name", "desc", "line"])?;
                let Some((file, class)) = &self.class else { return Ok(()) };
                let name = format!("{class}.{}{}", name.unwrap_or_default(), kind.unwrap_or_default());
                let line = line.map_or(Ok(0), |line| number(&line))?;
                self.methods.entry(file.clone()).or_default().push((line, id(name), false));
            }
            "sourcefile" => {
                let [file] = attributes.read(["name"])?;
                let file = file.ok_or("a source file without a name")?;
                let package = self.package.replace('.', "/");
                let path = if package.is_empty() { file.to_string() } else { format!("{package}/{file}") };
                let mut record = Record::at(path);
                record.module = self.groups.last().cloned();
                (self.current, self.bare, self.name) = (Some(record), false, file.into_owned());
            }
            "line" if above.up(0) == "sourcefile" => self.line(attributes)?,
            "counter" => self.counter(above.up(0), attributes)?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, _: &Names, name: &str) -> Result<(), String> {
        match name {
            "group" => {
                self.groups.pop();
            }
            "class" => self.class = None,
            "sourcefile" => {
                if let Some(record) = self.finish_file() {
                    self.report.push(record);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl State {
    fn line(&mut self, attributes: Attributes<'_>) -> Result<(), String> {
        let Some(record) = &mut self.current else { return Ok(()) };
        let [line, covered, missed, taken, open] = attributes.read(["nr", "ci", "mi", "cb", "mb"])?;
        let count = |text: Option<&str>| match text {
            None => Ok(0),
            Some(text) => text.parse::<u32>().map_err(|_| format!("`{}` is no count", short(text))),
        };
        let line = number(&line.unwrap_or_default())?;
        self.bare |= covered.is_none() && missed.is_none();
        record.lines.add(line, count(covered.as_deref())? > 0);
        let (taken, open) = (count(taken.as_deref())?, count(open.as_deref())?);
        if taken > 0 || open > 0 {
            record.branch_counts(line, taken, taken.saturating_add(open));
        }
        Ok(())
    }

    fn counter(&mut self, of: &str, attributes: Attributes<'_>) -> Result<(), String> {
        if !matches!(of, "sourcefile" | "method") {
            return Ok(());
        }
        let [kind, missed, covered] = attributes.read(["type", "missed", "covered"])?;
        let count = |text: Option<&str>| {
            let text = text.unwrap_or_default();
            text.parse::<u64>().map_err(|_| format!("`{}` is no count", short(text)))
        };
        let (missed, covered) = (count(missed.as_deref())?, count(covered.as_deref())?);
        if of == "method" {
            if kind.as_deref() == Some("METHOD")
                && let Some((file, _)) = &self.class
                && let Some(method) = self.methods.get_mut(file).and_then(|methods| methods.last_mut())
            {
                method.2 = covered > 0;
            }
            return Ok(());
        }
        let Some(record) = &mut self.current else { return Ok(()) };
        let slot = match kind.as_deref() {
            Some("LINE") => 0,
            Some("BRANCH") => 1,
            Some("METHOD") => 2,
            _ => return Ok(()),
        };
        let total = missed.saturating_add(covered);
        record.totals[slot] = (total > 0).then_some((covered, total));
        Ok(())
    }

    fn finish_file(&mut self) -> Option<Record> {
        let mut record = self.current.take()?;
        if self.bare {
            record.lines = crate::facts::coverage::LineHits::default();
        }
        for (line, name, hit) in self.methods.remove(&self.name).unwrap_or_default() {
            record.function(line, name, hit);
        }
        Some(record)
    }
}
