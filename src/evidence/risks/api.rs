//! Routes that the base has and the head has not: whoever calls them meets 404.

use std::collections::BTreeSet;

use super::super::{Reading, routes};
use crate::code;
use crate::domain::change::{ChangeStatus, ChangedFile, Changes, Risk, RiskLevel};
use crate::domain::template::Template;
use crate::facts::routes::{Routes, Unresolved};
use crate::facts::{Area, State};
use crate::repo::Repo;

/// Whether the change takes lines of source away.
pub(super) fn may_remove(changes: &Changes) -> bool {
    let takes = |file: &ChangedFile| {
        file.status != ChangeStatus::Added
            && (code::is_source(&file.path) || file.from.as_deref().is_some_and(code::is_source))
    };
    changes.files.iter().any(takes)
}

/// Routes that are gone. Both trees are evaluated at a time, as each takes one thread; what is read of the head is kept in
/// `reading`, for all who ask for it later.
pub(super) fn removed(base: &Repo, head: &Repo, reading: &Reading) -> Vec<Risk> {
    let before = std::thread::scope(|scope| {
        // Where there is no second thread the head is read behind the base.
        let ahead = std::thread::Builder::new().spawn_scoped(scope, || reading.of(head));
        let before = routes::collect(&code::analyse(base));
        drop(ahead);
        before
    });
    let Some(old) = before.facts.filter(|old| !old.items.is_empty()) else { return Vec::new() };
    let after = routes::collect(reading.of(head));
    held(&old, &after)
}

fn held(old: &Routes, after: &Area<Routes>) -> Vec<Risk> {
    let none = Routes::default();
    let new = after.facts.as_ref().unwrap_or(&none);
    let now: BTreeSet<(&str, Template)> =
        new.items.iter().map(|route| (route.method.as_str(), Template::parse(&route.path))).collect();
    let unknown = newly_unresolved(&old.unresolved, &new.unresolved);
    let mut risks = Vec::new();
    for route in &old.items {
        let path = Template::parse(&route.path);
        let is_there = |method: &str| now.contains(&(method, path.clone()));
        if is_there(&route.method) || is_there("ANY") {
            continue;
        }
        let name = format!("{} {}", route.method, route.path);
        let (level, why) = match unknown {
            Some(one) => (
                RiskLevel::Medium,
                format!(
                    "{name} is not found any more, but {}:{} cannot be evaluated ({})",
                    one.file, one.line, one.reason
                ),
            ),
            None if after.evidence.state == State::Unreadable => {
                (RiskLevel::Medium, format!("{name} is not found any more, but not all of the code can be read"))
            }
            None => {
                (RiskLevel::High, format!("the route {name} is gone; keep it until nobody calls it, and say so first"))
            }
        };
        risks.push(Risk {
            kind: "breaking-api".to_owned(),
            level,
            file: route.file.clone(),
            line: Some(route.line),
            why,
        });
    }
    risks
}

/// A registration that the base did not have, or could evaluate: it may explain what is missing.
fn newly_unresolved<'a>(old: &[Unresolved], new: &'a [Unresolved]) -> Option<&'a Unresolved> {
    new.iter().find(|one| !old.iter().any(|before| before.file == one.file && before.reason == one.reason))
}
