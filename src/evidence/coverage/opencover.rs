//! OpenCover's XML (OpenCover, coverlet): sequence points are statements, the lines that they span are lines, branch points
//! are branches, methods are functions. Files are named by `uid` within a module; modules that were skipped say nothing.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::super::xml::{self, Attributes, Names, Sink};
use super::lines::{is_hit, number};
use super::record::Ranges;
use super::{Failure, Record, Report};

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut state = State::default();
    xml::walk(input, &mut state)?;
    Ok(Report { files: state.done, ..Report::default() })
}

/// The line of code that the compiler made and that no source shows.
const HIDDEN: u32 = 0x00fe_efee;

#[derive(Default)]
struct State {
    done: Vec<Record>,
    /// The module's files by uid.
    files: BTreeMap<String, Record>,
    method: Option<Method>,
    ranges: Ranges,
}

#[derive(Default)]
struct Method {
    name: String,
    file: Option<String>,
    line: Option<u32>,
    hit: bool,
}

impl Sink for State {
    fn open(&mut self, above: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        match name {
            "File" if above.up(0) == "Files" => {
                let [uid, path] = attributes.read(["uid", "fullPath"])?;
                let uid = uid.ok_or("a file without a uid")?.into_owned();
                self.files.insert(uid, Record::at(path.ok_or("a file without a path")?));
            }
            "Method" => self.method = Some(Method::default()),
            "FileRef" => {
                let uid = attributes.text("uid")?.into_owned();
                if let Some(method) = &mut self.method {
                    method.file = Some(uid);
                }
            }
            "SequencePoint" => self.point(attributes)?,
            "BranchPoint" => self.branch(attributes)?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, _: &Names, name: &str) -> Result<(), String> {
        match name {
            "Method" => {
                let Some(method) = self.method.take() else { return Ok(()) };
                let file = method.file.and_then(|uid| self.files.get_mut(&uid));
                if let (Some(record), Some(line)) = (file, method.line) {
                    record.function(line, method.name, method.hit);
                }
            }
            "Module" => self.done.extend(std::mem::take(&mut self.files).into_values()),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, within: &Names, text: &str) {
        if let ("Name", "Method", Some(method)) = (within.up(0), within.up(1), &mut self.method) {
            method.name.push_str(text.trim());
        }
    }
}

impl State {
    /// The file of a point: its own, else the method's.
    fn file(&mut self, uid: Option<&str>) -> Result<&mut Record, String> {
        let uid = uid.or_else(|| self.method.as_ref()?.file.as_deref()).ok_or("a point without a file")?;
        self.files.get_mut(uid).ok_or_else(|| "a point of a file that the module does not list".to_owned())
    }

    fn point(&mut self, attributes: Attributes<'_>) -> Result<(), String> {
        let [visits, first, last, uid] = attributes.read(["vc", "sl", "el", "fileid"])?;
        let [from, to] = attributes.read(["sc", "ec"])?;
        let hit = is_hit(&visits.unwrap_or_default())?;
        let first = number(&first.unwrap_or_default())?;
        let last = last.map_or(Ok(first), |last| number(&last))?;
        if first == HIDDEN {
            return Ok(());
        }
        let mut ranges = std::mem::take(&mut self.ranges);
        let record = self.file(uid.as_deref())?;
        record.statement((first, last, &from, &to), hit, 1);
        ranges.add(&mut record.lines, first, last, hit)?;
        self.ranges = ranges;
        if let Some(method) = &mut self.method {
            method.line = Some(method.line.map_or(first, |line| line.min(first)));
            method.hit |= hit;
            if method.file.is_none() {
                method.file = uid.map(std::borrow::Cow::into_owned);
            }
        }
        Ok(())
    }

    fn branch(&mut self, attributes: Attributes<'_>) -> Result<(), String> {
        let [visits, line, uid, path, offset] = attributes.read(["vc", "sl", "fileid", "path", "offset"])?;
        let hit = is_hit(&visits.unwrap_or_default())?;
        // OpenCover writes no line where the compiler made the branch.
        let Some(line) = line else { return Ok(()) };
        let (line, end) = (number(&line)?, attributes.text("offsetend")?);
        self.file(uid.as_deref())?.branch(line, (path, offset, end), hit);
        Ok(())
    }
}
