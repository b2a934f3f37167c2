//! Go's cover profile. It tells statements by blocks, never lines; a block that several test binaries list counts once.
//! Lines are kept for telling which changed lines ran, and are no measure.

use std::io::{BufRead, Read};

use super::{Failure, Record, Report};

/// A line over this many bytes is refused.
const MAX_LINE: u64 = 1 << 16;

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut files: std::collections::BTreeMap<String, Record> = std::collections::BTreeMap::new();
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
        let text = std::str::from_utf8(&buffer).map_err(|_| Failure::at(number, "not UTF-8 text"))?;
        let line = text.trim_start_matches('\u{feff}').trim();
        if let Some(mode) = line.strip_prefix("mode:") {
            if !matches!(mode.trim(), "set" | "count" | "atomic") {
                return Err(Failure::at(number, format!("the mode `{}` is not known", mode.trim())));
            }
            continue;
        }
        if line.is_empty() {
            continue;
        }
        if !text.ends_with('\n') && line.split(' ').count() < 3 {
            return Err(Failure::at(number, "it is cut: the last line is not whole"));
        }
        let wrong = || Failure::at(number, "no block: `file:line.column,line.column statements count`");
        let (path, block) = line.rsplit_once(':').ok_or_else(wrong)?;
        let fields: Vec<&str> = block.split(' ').collect();
        let [place, statements, count] = fields.as_slice() else { return Err(wrong()) };
        let (Ok(weight), Ok(count)) = (statements.parse::<u64>(), count.parse::<u64>()) else { return Err(wrong()) };
        if !is_place(place) {
            return Err(wrong());
        }
        let record = files.entry(path.to_owned()).or_default();
        let slot = record.statements.entry((*place).to_owned()).or_insert((false, weight));
        slot.0 |= count > 0;
    }
    let files = files.into_iter().map(|(path, record)| Record { candidates: vec![path], ..record }).collect();
    Ok(Report { files, warnings: Vec::new() })
}

/// `9.22,13.29`.
fn is_place(text: &str) -> bool {
    let point = |text: &str| {
        text.split_once('.').is_some_and(|(line, column)| line.parse::<u32>().is_ok() && column.parse::<u32>().is_ok())
    };
    text.split_once(',').is_some_and(|(from, to)| point(from) && point(to))
}
