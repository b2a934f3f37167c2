//! lcov's tracefile, as geninfo(1) describes it. LF and LH are advisory and not looked at; distinct DA lines are counted.
//!
//! Traps: a third field in DA, words as a branch's name (so the last field is what was taken), commas in a function's name,
//! an end line in FN (LCOV 2) and FNL/FNA, records that repeat a file, a file that is cut.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};

use super::{Failure, Record, Report};

/// A line over this many bytes is refused.
const MAX_LINE: u64 = 1 << 20;

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut open: Option<Open> = None;
    let mut buffer = Vec::new();
    for number in 1.. {
        buffer.clear();
        let read = Read::take(&mut *input, MAX_LINE)
            .read_until(b'\n', &mut buffer)
            .map_err(|error| Failure::at(number, error.to_string()))?;
        if read == 0 {
            break;
        }
        if read as u64 == MAX_LINE {
            return Err(Failure::at(number, "a line that is too long"));
        }
        let line = std::str::from_utf8(&buffer).map_err(|_| Failure::at(number, "not UTF-8 text"))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line == "end_of_record" {
            let record = open.take().ok_or_else(|| Failure::at(number, "`end_of_record` without a file"))?;
            report.files.push(record.finish());
            continue;
        }
        let (tag, rest) =
            line.split_once(':').ok_or_else(|| Failure::at(number, format!("`{}` is no record", short(line))))?;
        if tag == "SF" {
            if open.is_some() {
                return Err(Failure::at(number, "a file begins before the one above ended"));
            }
            open = Some(Open::new(rest));
        } else if let Some(open) = &mut open {
            open.take(tag, rest).map_err(|why| Failure::at(number, why))?;
        } else if matches!(tag, "DA" | "BRDA" | "FN" | "FNDA") {
            return Err(Failure::at(number, format!("`{tag}` stands outside of a file")));
        }
    }
    if open.is_some() {
        return Err(Failure::new("it is cut: the last file has no `end_of_record`"));
    }
    Ok(report)
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

struct Open {
    record: Record,
    /// Functions by name: line and hit.
    functions: BTreeMap<String, (u32, bool)>,
    /// LCOV 2 names functions by index.
    indexed: BTreeMap<String, u32>,
}

impl Open {
    fn new(path: &str) -> Self {
        Self {
            record: Record { candidates: vec![path.to_owned()], ..Record::default() },
            functions: BTreeMap::new(),
            indexed: BTreeMap::new(),
        }
    }

    fn take(&mut self, tag: &str, rest: &str) -> Result<(), String> {
        match tag {
            "DA" => {
                let mut fields = rest.split(',');
                let line = number(fields.next(), rest)?;
                let hit = count(fields.next(), rest)? > 0;
                *self.record.lines.entry(line).or_default() |= hit;
            }
            "BRDA" => {
                let (name, taken) =
                    rest.rsplit_once(',').ok_or_else(|| format!("`{}` has too few fields", short(rest)))?;
                let (line, name) =
                    name.split_once(',').ok_or_else(|| format!("`{}` has too few fields", short(rest)))?;
                let line = number(Some(line), rest)?;
                let hit = u64::from(taken != "-" && count(Some(taken), rest)? > 0);
                let slot = self.record.branches.entry((line, name.to_owned())).or_insert((0, 1));
                slot.0 = slot.0.max(hit);
            }
            "FN" => {
                let (line, name) =
                    rest.split_once(',').ok_or_else(|| format!("`{}` has too few fields", short(rest)))?;
                let line = number(Some(line), rest)?;
                let name = match name.split_once(',') {
                    Some((end, name)) if !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit()) => name,
                    _ => name,
                };
                self.functions.entry(name.to_owned()).or_insert((line, false)).0 = line;
            }
            "FNDA" => {
                let (hits, name) =
                    rest.split_once(',').ok_or_else(|| format!("`{}` has too few fields", short(rest)))?;
                let hit = count(Some(hits), rest)? > 0;
                self.functions.entry(name.to_owned()).or_insert((0, false)).1 |= hit;
            }
            "FNL" => {
                let mut fields = rest.split(',');
                let index = fields.next().unwrap_or_default().to_owned();
                self.indexed.insert(index, number(fields.next(), rest)?);
            }
            "FNA" => {
                let mut fields = rest.splitn(3, ',');
                let index = fields.next().unwrap_or_default();
                let hit = count(fields.next(), rest)? > 0;
                let line = self.indexed.get(index).copied().unwrap_or(0);
                let name = fields.next().unwrap_or_default().to_owned();
                self.functions.entry(name).or_insert((line, false)).1 |= hit;
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Record {
        self.record.functions = self.functions.into_iter().map(|(name, (line, hit))| ((line, name), hit)).collect();
        self.record
    }
}

fn number(field: Option<&str>, rest: &str) -> Result<u32, String> {
    let field = field.unwrap_or_default().trim();
    field.parse().map_err(|_| format!("`{field}` in `{}` is no line number", short(rest)))
}

/// A count of hits; some tools write them with decimals or an exponent, and some a negative one for "none".
fn count(field: Option<&str>, rest: &str) -> Result<u64, String> {
    let field = field.unwrap_or_default().trim();
    let wrong = || format!("`{field}` in `{}` is no count", short(rest));
    match field.parse::<u64>() {
        Ok(count) => Ok(count),
        Err(_) if field.bytes().all(|byte| byte.is_ascii_digit()) && !field.is_empty() => Ok(u64::MAX),
        Err(_) => {
            let number: f64 = field.parse().map_err(|_| wrong())?;
            if number.is_finite() { Ok(u64::from(number > 0.0)) } else { Err(wrong()) }
        }
    }
}
