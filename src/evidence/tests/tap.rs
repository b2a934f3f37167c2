//! TAP 13 and 14 (testanything.org). Subtests are indented: of a test point that sums up others those count, and the point
//! itself only where it failed and none of them did. They stand before it, or after it in braces (node-tap's buffered form,
//! which Vitest writes). The plan must be kept: fewer points are a run that ended early.

use std::io::BufRead;

use super::Failure;
use super::results::{Case, Report, Result as Outcome};
use crate::evidence::stream;

/// A file over this size is refused: 64 MiB.
const MAX_BYTES: u64 = 64 << 20;
/// Subtests may nest this deep.
const MAX_DEPTH: usize = 64;

/// Whether a report begins so.
pub(super) fn begins(first: &str) -> bool {
    first.starts_with("TAP version ") || plan(first).is_some() || point(first).is_some()
}

/// The points of one depth.
#[derive(Debug, Default)]
struct Level {
    planned: Option<u64>,
    points: u64,
    /// The highest number of a point.
    highest: u64,
    /// Failures among them.
    failed: u64,
}

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let text = stream::text(input, MAX_BYTES)?;
    let mut report = Report::default();
    let mut levels = vec![Level::default()];
    let mut yaml: Option<usize> = None;
    // Points whose subtests follow in braces.
    let mut braced: Vec<(usize, Point<'_>)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let wrong = |why: String| Failure::at(number, why);
        let indent = line.len() - line.trim_start_matches(' ').len();
        let inner = line.trim();
        if let Some(start) = yaml {
            if inner == "..." && indent <= start {
                yaml = None;
            }
            continue;
        }
        if inner == "---" {
            yaml = Some(indent);
            continue;
        }
        if inner.starts_with("Bail out!") {
            return Err(wrong(format!("the run ended early: {inner}")));
        }
        let depth = indent / 4;
        if inner == "}" && indent % 4 == 0 && braced.last().is_some_and(|(of, _)| *of == depth) {
            let (_, point) = braced.pop().ok_or_else(|| wrong("a brace".to_owned()))?;
            close(&mut report, &mut levels, depth, &point).map_err(wrong)?;
            continue;
        }
        // Subtests stand by four; what stands otherwise is what a test says.
        if depth > MAX_DEPTH || indent % 4 != 0 || (plan(inner).is_none() && point(inner).is_none()) {
            continue;
        }
        while levels.len() <= depth {
            levels.push(Level::default());
        }
        if let Some(planned) = plan(inner) {
            if levels[depth].planned.replace(planned).is_some() {
                return Err(wrong("a second plan: it holds several runs".to_owned()));
            }
        } else if let Some(point) = point(inner) {
            if inner.ends_with(" {") {
                braced.push((depth, point));
            } else {
                close(&mut report, &mut levels, depth, &point).map_err(wrong)?;
            }
        }
    }
    if !braced.is_empty() {
        return Err(Failure::new("it is cut: a brace is not closed"));
    }
    if yaml.is_some() {
        return Err(Failure::new("it is cut: a diagnostic does not end"));
    }
    if levels.len() > 1 {
        return Err(Failure::new("it is cut: subtests without the test that they belong to"));
    }
    let top = levels.swap_remove(0);
    if top.planned.is_none() {
        return Err(Failure::new("it is cut: there is no plan"));
    }
    kept(&top).map_err(Failure::new)?;
    if !text.ends_with('\n') && text.lines().last().is_some_and(|line| point(line.trim()).is_some()) {
        return Err(Failure::new("it is cut: the last line does not end"));
    }
    Ok(report)
}

/// Takes a point of a depth with the subtests that belong to it.
fn close(report: &mut Report, levels: &mut Vec<Level>, depth: usize, point: &Point<'_>) -> Result<(), String> {
    while levels.len() <= depth {
        levels.push(Level::default());
    }
    let subtests = if levels.len() > depth + 1 { levels.drain(depth + 1..).next() } else { None };
    if let Some(subtests) = &subtests {
        kept(subtests)?;
    }
    take(report, &mut levels[depth], subtests.as_ref(), point);
    Ok(())
}

fn kept(level: &Level) -> Result<(), String> {
    match level.planned {
        Some(planned) if planned != level.points => {
            Err(format!("the run ended early: {planned} tests are planned, {} are told", level.points))
        }
        Some(planned) if planned < level.highest => {
            Err(format!("{planned} tests are planned, and the test {} is told", level.highest))
        }
        _ => Ok(()),
    }
}

fn take(report: &mut Report, level: &mut Level, subtests: Option<&Level>, point: &Point<'_>) {
    level.points += 1;
    level.highest = level.highest.max(point.number);
    let result = match (point.ok, &point.directive) {
        // Vitest says `ok` of what it did not run yet: what is not to be finished is no test that passed.
        (_, Some(Directive::Skip | Directive::Todo)) => Outcome::Skipped,
        (true, None) => Outcome::Passed,
        (false, None) => Outcome::Failed,
    };
    level.failed += u64::from(result == Outcome::Failed);
    match subtests {
        Some(subtests) if subtests.points > 0 && (result != Outcome::Failed || subtests.failed > 0) => {}
        Some(_) | None => report.add(result, Case::new("", point.name)),
    }
}

/// `1..5`, also with a reason behind it.
fn plan(line: &str) -> Option<u64> {
    let rest = line.strip_prefix("1..")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    let behind = rest[digits.len()..].trim_start();
    (behind.is_empty() || behind.starts_with('#')).then(|| digits.parse().ok())?
}

enum Directive {
    Skip,
    Todo,
}

struct Point<'a> {
    ok: bool,
    /// 0 where it has none.
    number: u64,
    name: &'a str,
    directive: Option<Directive>,
}

/// `ok 1 - name # SKIP why`.
fn point(line: &str) -> Option<Point<'_>> {
    let (ok, rest) = match line.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok")?),
    };
    if !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    // TAP 14: a `#` that is escaped belongs to the name.
    let hash = rest.char_indices().find(|(at, c)| *c == '#' && !rest[..*at].ends_with('\\')).map(|(at, _)| at);
    let (text, behind) = rest.split_at(hash.unwrap_or(rest.len()));
    let word = behind.trim_start_matches('#').trim_start().to_ascii_lowercase();
    let directive = match word {
        word if word.starts_with("skip") => Some(Directive::Skip),
        word if word.starts_with("todo") => Some(Directive::Todo),
        _ => None,
    };
    let text = text.trim();
    let name = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = text[..text.len() - name.len()].parse().unwrap_or(0);
    let name = name.trim_start();
    let name = name.strip_prefix("- ").unwrap_or(name).trim_end_matches('{').trim();
    Some(Point { ok, number, name, directive })
}
