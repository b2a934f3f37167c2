//! The XML of `dotnet-coverage` and Microsoft.CodeCoverage (`results/modules/module`): ranges of functions, each covered, in
//! part or not, over the lines of source files that the module numbers. A line that any range ran on is covered.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::super::xml::{self, Attributes, Names, Sink};
use super::lines::{number, short};
use super::record::Ranges;
use super::{Failure, Record, Report};

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut state = State::default();
    xml::walk(input, &mut state)?;
    Ok(Report { files: state.done, ..Report::default() })
}

#[derive(Default)]
struct State {
    done: Vec<Record>,
    /// The module's files by id; functions come first, their paths after them.
    files: BTreeMap<String, Record>,
    function: String,
    /// Where the function that is open begins, and whether any of it ran.
    begins: Option<(String, u32, bool)>,
    ranges: Ranges,
}

impl Sink for State {
    fn open(&mut self, _: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        match name {
            "function" => {
                let [name, class] = attributes.read(["name", "type_name"])?;
                self.function = format!("{}.{}", class.unwrap_or_default(), name.unwrap_or_default());
                self.begins = None;
            }
            "range" => self.range(attributes)?,
            "source_file" => {
                let [id, path] = attributes.read(["id", "path"])?;
                let id = id.ok_or("a source file without an id")?.into_owned();
                let path = path.ok_or("a source file without a path")?.into_owned();
                self.files.entry(id).or_default().candidates = vec![path];
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, _: &Names, name: &str) -> Result<(), String> {
        match name {
            "function" => {
                if let Some((file, line, hit)) = self.begins.take() {
                    self.files.entry(file).or_default().function(line, &self.function, hit);
                }
            }
            "module" => {
                for record in std::mem::take(&mut self.files).into_values() {
                    if record.candidates.is_empty() {
                        return Err("a range of a file that the module does not list".to_owned());
                    }
                    self.done.push(record);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl State {
    fn range(&mut self, attributes: Attributes<'_>) -> Result<(), String> {
        let [file, first, last, covered] = attributes.read(["source_id", "start_line", "end_line", "covered"])?;
        let file = file.ok_or("a range without a source")?.into_owned();
        let hit = match covered.as_deref() {
            Some("yes" | "partial") => true,
            Some("no") => false,
            other => return Err(format!("`{}` is not yes, partial or no", short(other.unwrap_or_default()))),
        };
        let (first, last) = (number(&first.unwrap_or_default())?, number(&last.unwrap_or_default())?);
        self.ranges.add(&mut self.files.entry(file.clone()).or_default().lines, first, last, hit)?;
        let begins = self.begins.get_or_insert((file, first, false));
        begins.1 = begins.1.min(first);
        begins.2 |= hit;
        Ok(())
    }
}
