//! SonarQube's generic test coverage (docs.sonarsource.com, "Generic test data"): `coverage/file/lineToCover`. `covered` is a
//! word, branches are optional counts for a line, and there are no totals.

use std::io::BufRead;

use super::super::xml::{self, Attributes, Names, Sink};
use super::lines::{number, short};
use super::{Failure, Record, Report};

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut state = State::default();
    xml::walk(input, &mut state)?;
    Ok(state.report)
}

#[derive(Default)]
struct State {
    report: Report,
    current: Option<Record>,
}

impl Sink for State {
    fn open(&mut self, _: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        match name {
            "file" => {
                let [path] = attributes.read(["path"])?;
                self.current = Some(Record::at(path.ok_or("a file without a path")?));
            }
            "lineToCover" => {
                let record = self.current.as_mut().ok_or("a line outside of a file")?;
                let [line, covered, all, some] =
                    attributes.read(["lineNumber", "covered", "branchesToCover", "coveredBranches"])?;
                let line = number(&line.unwrap_or_default())?;
                let hit = match covered.as_deref() {
                    Some("true") => true,
                    Some("false") => false,
                    other => return Err(format!("`{}` is neither true nor false", short(other.unwrap_or_default()))),
                };
                record.lines.add(line, hit);
                if let Some(all) = all {
                    let count = |text: &str| text.parse::<u32>().map_err(|_| format!("`{}` is no count", short(text)));
                    let (all, some) = (count(&all)?, count(some.as_deref().unwrap_or("0"))?);
                    if some > all {
                        return Err(format!("{some} of {all} branches are covered"));
                    }
                    record.branch_counts(line, some, all);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, _: &Names, name: &str) -> Result<(), String> {
        if name == "file"
            && let Some(record) = self.current.take()
        {
            self.report.push(record);
        }
        Ok(())
    }
}
