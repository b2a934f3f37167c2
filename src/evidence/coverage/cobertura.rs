//! Cobertura XML, streamed. Lines are those of `class/lines/line`; `methods/method/lines` repeats them. The same line listed
//! several times in one file (C++ templates) counts once, as lcov counts it; root attributes are only compared.

use std::collections::BTreeMap;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Failure, Record, Report};

/// Elements may nest this deep.
const MAX_DEPTH: usize = 64;

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut reader = Reader::from_reader(input);
    reader.config_mut().check_end_names = true;
    let mut state = State::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event =
            reader.read_event_into(&mut buffer).map_err(|error| Failure::new(format!("broken XML: {error}")))?;
        match event {
            Event::Start(element) => {
                let name = name_of(&element);
                state.open(&name, &element)?;
                state.path.push(name);
                if state.path.len() > MAX_DEPTH {
                    return Err(Failure::new("elements nest too deep"));
                }
            }
            Event::Empty(element) => {
                let name = name_of(&element);
                state.open(&name, &element)?;
                state.close(&name);
            }
            Event::End(_) => {
                if let Some(name) = state.path.pop() {
                    state.close(&name);
                }
            }
            Event::Text(text) if state.path.last().is_some_and(|name| name == "source") => {
                state.sources.push(text.trim().to_owned());
            }
            Event::DocType(text) if text.to_ascii_uppercase().contains("<!ENTITY") => {
                return Err(Failure::new("it declares entities, which are never read"));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    state.finish()
}

fn name_of(element: &BytesStart<'_>) -> String {
    element.local_name().as_ref().to_owned()
}

fn attributes(element: &BytesStart<'_>) -> Result<BTreeMap<String, String>, Failure> {
    let mut all = BTreeMap::new();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| Failure::new(format!("broken XML: {error}")))?;
        let value = quick_xml::escape::unescape(&attribute.value)
            .map_err(|error| Failure::new(format!("broken XML: {error}")))?;
        let key = attribute.key.local_name().as_ref().to_owned();
        all.insert(key, value.into_owned());
    }
    Ok(all)
}

#[derive(Default)]
struct State {
    path: Vec<String>,
    saw_root: bool,
    sources: Vec<String>,
    /// By file name as written.
    files: BTreeMap<String, Record>,
    current: Option<String>,
    /// What the root claims: valid and covered lines.
    claimed: Option<(u64, u64)>,
}

impl State {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) -> Result<(), Failure> {
        match name {
            "coverage" if self.path.is_empty() => {
                self.saw_root = true;
                let attributes = attributes(element)?;
                if attributes.contains_key("clover")
                    || attributes.get("version").is_some_and(|version| version == "1") && attributes.len() == 1
                {
                    return Err(Failure::new("Clover and SonarQube reports are not read yet; write Cobertura or lcov"));
                }
                let number = |key: &str| attributes.get(key).and_then(|text| text.parse().ok());
                self.claimed = number("lines-covered").zip(number("lines-valid"));
            }
            "project" | "testproject" if self.path.len() == 1 => {
                return Err(Failure::new("Clover reports are not read yet; write Cobertura or lcov"));
            }
            "class" => {
                let attributes = attributes(element)?;
                let file = attributes.get("filename").ok_or_else(|| Failure::new("a class without a filename"))?;
                self.files.entry(file.clone()).or_default();
                self.current = Some(file.clone());
            }
            "line" if self.in_class_lines() => self.line(&attributes(element)?)?,
            _ => {}
        }
        Ok(())
    }

    /// Whether the place is `class/lines`, and not a method's.
    fn in_class_lines(&self) -> bool {
        let last: Vec<&str> = self.path.iter().rev().take(2).map(String::as_str).collect();
        last == ["lines", "class"]
    }

    fn line(&mut self, attributes: &BTreeMap<String, String>) -> Result<(), Failure> {
        let Some(record) = self.current.as_ref().and_then(|file| self.files.get_mut(file)) else { return Ok(()) };
        let text = |key: &str| attributes.get(key).map(String::as_str).unwrap_or_default();
        let line: u32 =
            text("number").parse().map_err(|_| Failure::new(format!("`{}` is no line number", text("number"))))?;
        let hits: f64 =
            text("hits").parse().map_err(|_| Failure::at(0, format!("`{}` is no count of hits", text("hits"))))?;
        if !hits.is_finite() || hits < 0.0 {
            return Err(Failure::new(format!("`{}` is no count of hits", text("hits"))));
        }
        *record.lines.entry(line).or_default() |= hits > 0.0;
        if text("branch") == "true"
            && let Some((covered, total)) = condition(text("condition-coverage"))
        {
            let slot = record.branches.entry((line, String::new())).or_insert((0, 0));
            *slot = (slot.0.max(covered), slot.1.max(total));
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        if name == "class" {
            self.current = None;
        }
    }

    fn finish(self) -> Result<Report, Failure> {
        if !self.saw_root || !self.path.is_empty() {
            return Err(Failure::new("it is cut: the XML ends before its root does"));
        }
        let counted = self.files.values().fold((0_u64, 0_u64), |sum, record| {
            (sum.0 + record.lines.values().filter(|hit| **hit).count() as u64, sum.1 + record.lines.len() as u64)
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
        Ok(report)
    }
}

/// `50% (1/2)` is 1 of 2.
fn condition(text: &str) -> Option<(u64, u64)> {
    let (covered, total) = text.split_once('(')?.1.trim_end_matches(')').split_once('/')?;
    Some((covered.trim().parse().ok()?, total.trim().parse().ok()?)).filter(|(covered, total)| covered <= total)
}
