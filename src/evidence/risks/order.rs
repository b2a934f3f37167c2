//! The order of migrations: one that databases may have run already is not run again when it is edited, and one that takes its
//! place before those that have run is skipped or run out of order.

use std::sync::LazyLock;

use regex::Regex;

use super::migrations::Part;
use crate::domain::change::{ChangeStatus, ChangedFile, Changes, Risk, RiskLevel};
use crate::repo::Repo;

/// What a line of a migration is that does nothing.
static IDLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*(?:--|#|//|/?\*|$)").expect("a fixed expression"));
/// A migration that is run again whenever it changes (Flyway).
static REPEATED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:^|/)R__[^/]*$").expect("a fixed expression"));

/// What is risky in where a migration stands and in its being edited.
pub(super) fn collect(repo: &Repo, changes: &Changes, file: &ChangedFile, text: &str, part: &Part<'_>) -> Option<Risk> {
    let layout = part.layout.filter(|_| !part.back && !REPEATED.is_match(&file.path))?;
    let risk =
        |level, line, why: String| Risk { kind: "schema-change".to_owned(), level, file: file.path.clone(), line, why };
    match file.status {
        ChangeStatus::Modified => {
            let lines: Vec<&str> = text.lines().collect();
            let idle = |number: u32| {
                let line = usize::try_from(number).ok().and_then(|at| lines.get(at.checked_sub(1)?));
                line.is_none_or(|line| IDLE.is_match(line))
            };
            let last = u32::try_from(lines.len()).unwrap_or(u32::MAX);
            let mut changed = file.lines.iter().flat_map(|(first, end)| *first..=(*end).min(last));
            let at = changed.find(|number| !idle(*number));
            // Where lines are taken away alone, no line is new.
            if at.is_none() && !file.lines.is_empty() {
                return None;
            }
            let why = "a migration is edited that databases may have run: they do not run it again, and tools that know its \
                       checksum refuse it; leave it, and write a new one";
            Some(risk(RiskLevel::High, at, why.to_owned()))
        }
        ChangeStatus::Added => {
            let (folder, own) = place(&file.path)?;
            let is_new = |path: &str| {
                changes.files.iter().any(|other| other.path == path && other.status == ChangeStatus::Added)
            };
            let later = repo
                .files()
                .iter()
                .filter(|entry| layout.holds(&entry.path) && !is_new(&entry.path))
                .filter_map(|entry| place(&entry.path).map(|(at, number)| (at, number, &entry.path)))
                .find(|(at, number, _)| *at == folder && *number > own)?;
            let why = format!(
                "a migration takes its place before one that is there already ({}): databases that have run that one skip it or \
                 run it out of order; give it the newest number",
                later.2
            );
            Some(risk(RiskLevel::Medium, None, why))
        }
        ChangeStatus::Deleted | ChangeStatus::Renamed => None,
    }
}

/// The folder that a migration is one of, and its number there: of its file, else of the folder that it lies in.
fn place(path: &str) -> Option<(&str, Vec<u64>)> {
    let (folder, name) = path.rsplit_once('/')?;
    if let Some(number) = number(name) {
        return Some((folder, number));
    }
    let (above, own) = folder.rsplit_once('/')?;
    number(own).map(|number| (above, number))
}

/// The numbers that a name begins with: `V1_2__x` is 1, 2.
fn number(name: &str) -> Option<Vec<u64>> {
    let name =
        name.strip_prefix(['V', 'v']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(name);
    let numbers: Vec<u64> = name.split(['_', '.', '-']).map_while(|part| part.parse().ok()).collect();
    (!numbers.is_empty()).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_numbers() {
        for (name, wanted) in [
            ("001_init.sql", Some(vec![1])),
            ("V1_10__x.sql", Some(vec![1, 10])),
            ("V2__x.sql", Some(vec![2])),
            ("20260101000000_add.rb", Some(vec![20_260_101_000_000])),
            ("0003_2fa.py", Some(vec![3])),
            ("values.sql", None),
            ("migration.sql", None),
        ] {
            assert_eq!(wanted, number(name), "{name}");
        }
        assert_eq!(Some(("db", vec![7])), place("db/7_x/migration.sql"));
    }
}
