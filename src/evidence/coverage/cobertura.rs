//! Cobertura XML, streamed. Lines are those of `class/lines/line`; `methods/method/lines` repeats them. The same line listed
//! several times in one file (C++ templates) counts once, as lcov counts it; root attributes are only compared.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::super::xml::{self, Attributes, Names, Sink};
use super::lines::{is_hit, number};
use super::{Failure, Record, Report};

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut state = State::default();
    xml::walk(input, &mut state)?;
    Ok(state.finish())
}

#[derive(Default)]
struct State {
    sources: Vec<String>,
    source: String,
    /// By file name as written.
    files: BTreeMap<String, Record>,
    /// The class that is open.
    current: Option<(String, Record)>,
    /// What the root claims: covered and valid lines.
    claimed: Option<(u64, u64)>,
}

impl Sink for State {
    fn open(&mut self, above: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        match name {
            "line" if above.up(0) == "lines" && above.up(1) == "class" => self.line(attributes),
            "class" => {
                let [file] = attributes.read(["filename"])?;
                let file = file.ok_or("a class without a filename")?.into_owned();
                let record = self.files.remove(&file).unwrap_or_default();
                self.current = Some((file, record));
                Ok(())
            }
            "coverage" if above.depth() == 0 => {
                let [covered, valid] = attributes.read(["lines-covered", "lines-valid"])?;
                let number = |text: Option<std::borrow::Cow<'_, str>>| text.and_then(|text| text.parse().ok());
                self.claimed = number(covered).zip(number(valid));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn close(&mut self, _: &Names, name: &str) -> Result<(), String> {
        match name {
            "class" => {
                if let Some((file, mut record)) = self.current.take() {
                    record.pack();
                    self.files.insert(file, record);
                }
            }
            "source" => self.sources.push(std::mem::take(&mut self.source).trim().to_owned()),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, within: &Names, text: &str) {
        if within.up(0) == "source" {
            self.source.push_str(text);
        }
    }
}

impl State {
    fn line(&mut self, attributes: Attributes<'_>) -> Result<(), String> {
        let Some((_, record)) = &mut self.current else { return Ok(()) };
        let [line, hits, branch, condition] = attributes.read(["number", "hits", "branch", "condition-coverage"])?;
        let line = number(&line.unwrap_or_default())?;
        record.lines.add(line, is_hit(&hits.unwrap_or_default())?);
        if let Some(condition) = condition.filter(|_| branch.as_deref() == Some("true"))
            && let Some((covered, total)) = counts_of(&condition)
        {
            record.branch_counts(line, covered, total);
        }
        Ok(())
    }

    fn finish(self) -> Report {
        let counted = self.files.values().fold((0, 0), |sum, record| {
            let (covered, total) = record.lines.counts();
            (sum.0 + covered, sum.1 + total)
        });
        let mut report = Report::default();
        if let Some(claimed) = self.claimed.filter(|claimed| *claimed != counted) {
            report.warnings.push(format!(
                "its root claims {} of {} lines, it lists {} of {}: what it lists counts",
                claimed.0, claimed.1, counted.0, counted.1
            ));
        }
        for (file, mut record) in self.files {
            let joined = self.sources.iter().map(|source| format!("{}/{file}", source.trim_end_matches(['/', '\\'])));
            record.candidates = joined.chain([file.clone()]).collect();
            report.files.push(record);
        }
        report
    }
}

/// `50% (1/2)` is 1 of 2.
fn counts_of(text: &str) -> Option<(u32, u32)> {
    let (covered, total) = text.split_once('(')?.1.trim_end_matches(')').split_once('/')?;
    Some((covered.trim().parse().ok()?, total.trim().parse().ok()?)).filter(|(covered, total)| covered <= total)
}
