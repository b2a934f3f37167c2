//! lcov's tracefile, as geninfo(1) describes it. LF and LH are advisory: distinct DA lines are counted, and where the two
//! disagree that is said.
//!
//! Traps: a third field in DA, words as a branch's name (so the last field is what was taken), commas in a function's name,
//! an end line in FN (LCOV 2) and FNL/FNA, records that repeat a file, a file that is cut.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::super::stream::each_line;
use super::lines::{is_hit, number, short};
use super::record::{branch_id, id};
use super::{Failure, Record, Report};

/// A line over this many bytes is refused.
const MAX_LINE: u64 = 1 << 20;

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut open: Option<Open> = None;
    let mut disagreeing = 0_u64;
    each_line(input, MAX_LINE, |line, _| {
        if line.starts_with('#') {
            return Ok(());
        }
        if line == "end_of_record" {
            let ended = open.take().ok_or("`end_of_record` without a file")?;
            disagreeing += u64::from(ended.disagrees());
            report.push(ended.finish());
            return Ok(());
        }
        let (tag, rest) = line.split_once(':').ok_or_else(|| format!("`{}` is no record", short(line)))?;
        if tag == "SF" {
            if open.is_some() {
                return Err("a file begins before the one above ended".to_owned());
            }
            open = Some(Open::new(rest));
        } else if let Some(open) = &mut open {
            open.take(tag, rest).map_err(|why| format!("{why} in `{}`", short(rest)))?;
        } else if matches!(tag, "DA" | "BRDA" | "FN" | "FNDA") {
            return Err(format!("`{tag}` stands outside of a file"));
        }
        Ok(())
    })?;
    if open.is_some() {
        return Err(Failure::new("it is cut: the last file has no `end_of_record`"));
    }
    if disagreeing > 0 {
        let warning = format!("LF and LH disagree with the DA lines of {disagreeing} files: the DA lines count");
        report.warnings.push(warning);
    }
    Ok(report)
}

struct Open {
    record: Record,
    /// Functions by the number of their name: line and hit.
    functions: BTreeMap<u64, (u32, bool)>,
    /// LCOV 2 names functions by index.
    indexed: BTreeMap<String, u32>,
    /// What LH and LF claim.
    claimed: [Option<u64>; 2],
    /// What BRH and BRF, FNH and FNF claim: it stands where none of them is listed (Bun counts functions and names none).
    totals: [[Option<u64>; 2]; 2],
    /// A branch is listed.
    branches: bool,
}

impl Open {
    fn new(path: &str) -> Self {
        Self {
            record: Record::at(path),
            functions: BTreeMap::new(),
            indexed: BTreeMap::new(),
            claimed: [None; 2],
            totals: [[None; 2]; 2],
            branches: false,
        }
    }

    fn take(&mut self, tag: &str, rest: &str) -> Result<(), String> {
        let few = || "too few fields".to_owned();
        match tag {
            "DA" => {
                let (line, rest) = rest.split_once(',').ok_or_else(few)?;
                let hits = rest.split_once(',').map_or(rest, |(hits, _)| hits);
                self.record.lines.add(number(line)?, is_hit(hits)?);
            }
            "BRDA" => {
                let (name, taken) = rest.rsplit_once(',').ok_or_else(few)?;
                let (line, name) = name.split_once(',').ok_or_else(few)?;
                self.branches = true;
                self.record.branch_numbered(number(line)?, branch_id(name), taken != "-" && is_hit(taken)?);
            }
            "FN" => {
                let (line, name) = rest.split_once(',').ok_or_else(few)?;
                let line = number(line)?;
                let name = match name.split_once(',') {
                    Some((end, name)) if !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit()) => name,
                    _ => name,
                };
                self.functions.entry(id(name)).or_insert((line, false)).0 = line;
            }
            "FNDA" => {
                let (hits, name) = rest.split_once(',').ok_or_else(few)?;
                let hit = is_hit(hits)?;
                self.functions.entry(id(name)).or_insert((0, false)).1 |= hit;
            }
            "FNL" => {
                let (index, rest) = rest.split_once(',').ok_or_else(few)?;
                let line = rest.split_once(',').map_or(rest, |(line, _)| line);
                self.indexed.insert(index.to_owned(), number(line)?);
            }
            "FNA" => {
                let mut fields = rest.splitn(3, ',');
                let index = fields.next().unwrap_or_default();
                let hit = is_hit(fields.next().unwrap_or_default())?;
                let line = self.indexed.get(index).copied().unwrap_or(0);
                let name = fields.next().unwrap_or_default();
                self.functions.entry(id(name)).or_insert((line, false)).1 |= hit;
            }
            "LH" => self.claimed[0] = rest.trim().parse().ok(),
            "LF" => self.claimed[1] = rest.trim().parse().ok(),
            "BRH" => self.totals[0][0] = rest.trim().parse().ok(),
            "BRF" => self.totals[0][1] = rest.trim().parse().ok(),
            "FNH" => self.totals[1][0] = rest.trim().parse().ok(),
            "FNF" => self.totals[1][1] = rest.trim().parse().ok(),
            _ => {}
        }
        Ok(())
    }

    fn disagrees(&self) -> bool {
        let (covered, total) = self.record.lines.counts();
        let differs = |claim: Option<u64>, counted: u64| claim.is_some_and(|claim| claim != counted);
        differs(self.claimed[0], covered) || differs(self.claimed[1], total)
    }

    fn finish(mut self) -> Record {
        for (name, (line, hit)) in &self.functions {
            self.record.function_numbered(*line, *name, *hit);
        }
        let listed = [self.branches, !self.functions.is_empty()];
        for ((slot, [covered, total]), listed) in self.record.totals[1..3].iter_mut().zip(self.totals).zip(listed) {
            let told = covered.zip(total).filter(|(covered, total)| covered <= total && *total > 0);
            *slot = told.filter(|_| !listed);
        }
        self.record
    }
}
