//! Coverage that rules ask for beyond the area's own: what the base's reports told, and what no report mentions.
//!
//! A report of the base is read as it is committed there, so that a change cannot lower what it is held against.

use crate::domain::change::ChangeStatus;
use crate::facts::coverage::{Coverage, CoverageQuery, FileCoverage, Measure};
use crate::facts::{Area, Evidence, Problem, State};

use super::merge::Merged;
use super::paths::Paths;
use super::{Context, CoverageCollector, changed, first_family, input, stream};
use crate::facts::AreaName;

/// Answers a query.
pub(crate) fn answer(context: &Context<'_>, now: Option<&Area<Coverage>>, query: &CoverageQuery) -> Area<Coverage> {
    match query {
        CoverageQuery::Base(path) => at_base(context, path.as_deref()),
        CoverageQuery::Unlisted => unlisted(context, now),
    }
}

fn at_base(context: &Context<'_>, named: Option<&str>) -> Area<Coverage> {
    let repo = context.repo;
    let globs = named.map_or_else(|| context.globs(&CoverageCollector), |path| vec![path.to_owned()]);
    let mut evidence = Evidence::new(State::Absent, globs);
    let Some((changes, base)) = context.changes.and_then(|changes| Some((changes, changes.base.as_deref()?))) else {
        let why = "there is no base to compare with".to_owned();
        evidence.problems.push(Problem { path: ".git".to_owned(), line: None, why });
        return Area::missing(evidence);
    };
    let given = context.places.contains_key(&AreaName::Coverage);
    let found: Vec<String> = match named {
        Some(path) => vec![path.to_owned()],
        None => first_family(repo.find(&evidence.looked_for, false).unwrap_or_default(), given)
            .iter()
            .map(ToString::to_string)
            .collect(),
    };
    // The base's report speaks of the base's files: those that the change moved or took away were there.
    let gone: Vec<String> = changes
        .files
        .iter()
        .filter_map(|file| match file.status {
            ChangeStatus::Deleted => Some(file.path.clone()),
            ChangeStatus::Renamed => file.from.clone(),
            ChangeStatus::Added | ChangeStatus::Modified => None,
        })
        .collect();
    let paths = Paths::new(repo, &gone);
    let mut merged = Merged::default();
    let short: String = base.chars().take(12).collect();
    for path in found {
        let Some(bytes) = repo.at_commit(base, &path) else { continue };
        let shown = format!("{short}:{path}");
        match stream::read_bytes(&shown, &bytes, input::tell) {
            Ok((source, report)) => {
                merged.take(&paths, &path, &source.format, report);
                evidence.reports.push(source);
            }
            Err(failure) => {
                evidence.state = State::Unreadable;
                evidence.problems.push(Problem { path: shown, line: failure.line, why: failure.why });
            }
        }
    }
    let coverage = merged.finish();
    if evidence.state != State::Unreadable && !evidence.reports.is_empty() {
        evidence.state = if coverage.files.iter().any(|file| file.present) { State::Found } else { State::Empty };
    }
    Area { facts: Some(coverage), evidence }
}

fn unlisted(context: &Context<'_>, now: Option<&Area<Coverage>>) -> Area<Coverage> {
    let Some(Area { facts: Some(coverage), evidence }) = now else {
        return Area::missing(Evidence::new(State::Absent, Vec::new()));
    };
    let files = coverage.unlisted.iter().map(|path| {
        let hits = changed::written_lines(context.repo, path).into_iter().map(|line| (line, false)).collect();
        let mut file = FileCoverage { path: path.clone(), present: true, hits, ..FileCoverage::default() };
        file.lines = Measure::new(0, file.hits.counts().1);
        file
    });
    let unlisted = Coverage { files: files.collect(), ..Coverage::default() };
    Area { facts: Some(unlisted), evidence: evidence.clone() }
}
