//! Go's cover profile. It tells statements by blocks, never lines; a block that several test binaries list counts once.
//! The lines of blocks are kept for telling which changed lines ran, and are no measure: a line ran if any block on it did.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::super::stream::each_line;
use super::record::Ranges;
use super::{Failure, Record, Report};

/// A line over this many bytes is refused.
const MAX_LINE: u64 = 1 << 16;

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut files: BTreeMap<String, Record> = BTreeMap::new();
    let mut ranges = Ranges::default();
    each_line(input, MAX_LINE, |line, whole| {
        if let Some(mode) = line.strip_prefix("mode:") {
            return match mode.trim() {
                "set" | "count" | "atomic" => Ok(()),
                mode => Err(format!("the mode `{mode}` is not known")),
            };
        }
        // Go ends every line; without, the count may be cut, and whole lines behind it.
        if !whole {
            return Err("it is cut: the last line is not whole".to_owned());
        }
        let wrong = || "no block: `file:line.column,line.column statements count`".to_owned();
        let (path, block) = line.rsplit_once(':').ok_or_else(wrong)?;
        let fields: Vec<&str> = block.split(' ').collect();
        let [place, statements, count] = fields.as_slice() else { return Err(wrong()) };
        let (Ok(weight), Ok(count)) = (statements.parse::<u64>(), count.parse::<u64>()) else { return Err(wrong()) };
        let (first, last) = block_lines(place).ok_or_else(wrong)?;
        if !files.contains_key(path) {
            files.insert(path.to_owned(), Record::at(path));
        }
        if let Some(record) = files.get_mut(path) {
            record.statement(*place, count > 0, weight);
            ranges.add(&mut record.marks, first, last, count > 0)?;
        }
        Ok(())
    })?;
    Ok(Report { files: files.into_values().collect(), ..Report::default() })
}

/// The first and the last line of `9.22,13.29`.
fn block_lines(text: &str) -> Option<(u32, u32)> {
    let point = |text: &str| {
        let (line, column) = text.split_once('.')?;
        column.parse::<u32>().ok()?;
        line.parse::<u32>().ok()
    };
    let (from, to) = text.split_once(',')?;
    Some((point(from)?, point(to)?))
}
