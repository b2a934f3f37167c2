//! What reports do not tell by themselves: the coverage of changed lines, and the source files that they leave out.

use std::collections::BTreeSet;

use crate::domain::change::{ChangeStatus, Changes, is_test};
use crate::domain::folders::{Role, code_lies_in};
use crate::facts::coverage::{ChangedLines, Coverage, Measure, UncoveredLines};
use crate::repo::Repo;

/// The endings of the files that the reports speak of.
fn endings(coverage: &Coverage) -> BTreeSet<&str> {
    coverage.files.iter().filter_map(|file| file.path.rsplit_once('.').map(|(_, ending)| ending)).collect()
}

/// Whether a path names source that tests could cover: of an ending that the reports know, no test, no configuration.
fn is_coverable(path: &str, endings: &BTreeSet<&str>) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let configuration =
        name.contains(".config.") || name.starts_with('.') || matches!(name, "setup.py" | "conftest.py" | "build.rs");
    let foreign =
        code_lies_in(path, &[Role::Vendored, Role::Built, Role::Fixture, Role::Docs, Role::Examples, Role::Test]);
    endings.contains(ending) && !is_test(path) && !configuration && !foreign && !name.ends_with(".d.ts")
}

/// Source files in the repository that no report mentions, by path.
pub(super) fn unlisted(repo: &Repo, coverage: &Coverage) -> Vec<String> {
    let endings = endings(coverage);
    let listed: BTreeSet<&str> = coverage.files.iter().map(|file| file.path.as_str()).collect();
    let files = repo.files().iter().filter(|entry| !entry.link && entry.bytes > 0);
    files
        .map(|entry| &*entry.path)
        .filter(|path| is_coverable(path, &endings) && !listed.contains(path))
        .map(str::to_owned)
        .collect()
}

/// Coverage of the lines that the change adds: those that a report lists; of coverable files that no report mentions, every
/// line that is not blank counts as uncovered.
pub(super) fn lines(repo: &Repo, coverage: &Coverage, changes: &Changes) -> ChangedLines {
    let endings = endings(coverage);
    let mut all = ChangedLines::default();
    for changed in changes.files.iter().filter(|file| file.status != ChangeStatus::Deleted) {
        let within = |line: u32| {
            let after = changed.lines.partition_point(|(first, _)| *first <= line);
            after.checked_sub(1).and_then(|at| changed.lines.get(at)).is_some_and(|(_, last)| line <= *last)
        };
        let at = coverage.files.binary_search_by(|file| file.path.as_str().cmp(&changed.path));
        let known = at.ok().and_then(|at| coverage.files.get(at)).filter(|file| file.present);
        let uncovered: Vec<u32> = match known {
            Some(file) if !file.hits.is_empty() => {
                let counted: Vec<(u32, bool)> = file.hits.iter().filter(|(line, _)| within(*line)).collect();
                let covered = counted.iter().filter(|(_, hit)| *hit).count() as u64;
                all.by_file.insert(changed.path.clone(), (covered, counted.len() as u64));
                counted.into_iter().filter(|(_, hit)| !hit).map(|(line, _)| line).collect()
            }
            // Only totals are told of it: which of its lines ran is not known.
            Some(file) if file.lines.is_some() || file.statements.is_some() => {
                all.untold.push(changed.path.clone());
                continue;
            }
            // The report knows the file and there is nothing in it to cover.
            Some(_) => continue,
            None if is_coverable(&changed.path, &endings) => {
                let lines: Vec<u32> =
                    written_lines(repo, &changed.path).into_iter().filter(|line| within(*line)).collect();
                all.by_file.insert(changed.path.clone(), (0, lines.len() as u64));
                lines
            }
            None => continue,
        };
        if !uncovered.is_empty() {
            all.uncovered.push(UncoveredLines { path: changed.path.clone(), lines: uncovered });
        }
    }
    (all.covered, all.total) = all.by_file.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    all.percent = Measure::new(all.covered, all.total).map(|measure| measure.percent);
    all
}

/// The numbers of a file's lines that are neither blank nor a comment alone.
pub(super) fn written_lines(repo: &Repo, path: &str) -> Vec<u32> {
    let Ok(content) = repo.read(path, crate::repo::MAX_SOURCE_BYTES) else { return Vec::new() };
    let Ok(text) = content.text() else { return Vec::new() };
    let counts = |line: &str| {
        let line = line.trim();
        line.len() > 1 && !["//", "#", "*", "/*"].iter().any(|comment| line.starts_with(comment))
    };
    (1..).zip(text.lines()).filter(|(_, line)| counts(line)).map(|(number, _)| number).collect()
}
