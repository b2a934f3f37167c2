//! `extends`: a file over what it names. Rules merge by id and their parameters by key, lists replace, circles are found.

use crate::checks;
use crate::domain::node::{Key, Mistake, Node, Place, Value};
use crate::repo::Repo;

use super::written::{self, Written};
use super::{DodFile, DodSource};

/// Files that one DoD may be made of.
const MAX_FILES: usize = 32;

/// A DoD with everything that it extends merged in.
pub(super) struct Merged {
    /// The whole as one tree; every part keeps the place where it was written.
    pub(super) root: Node,
}

/// Reads a source and what it extends.
pub(super) fn resolve(source: &DodSource, repo: &Repo, files: &mut Vec<DodFile>) -> Result<Merged, Vec<Mistake>> {
    let mut stack = Vec::new();
    let root = load(source, repo, None, &mut stack, files)?;
    Ok(Merged { root })
}

fn load(
    source: &DodSource,
    repo: &Repo,
    from: Option<&Place>,
    stack: &mut Vec<DodSource>,
    files: &mut Vec<DodFile>,
) -> Result<Node, Vec<Mistake>> {
    if let (Some(at), true) = (from, stack.contains(source)) {
        let start = stack.iter().position(|one| one == source).unwrap_or(0);
        let circle: Vec<String> = stack[start..].iter().chain([source]).map(shown).collect();
        return Err(vec![Mistake::new(at, format!("`extends` goes in a circle: {}", circle.join(" -> ")))]);
    }
    if let (Some(at), true) = (from, files.len() >= MAX_FILES) {
        return Err(vec![Mistake::new(at, format!("a DoD is made of at most {MAX_FILES} files"))]);
    }
    let Written { root } = written::read(source, repo, from, files)?;
    stack.push(source.clone());
    let mut mistakes = Vec::new();
    let mut merged: Option<Node> = None;
    for (parent, place) in parents(&root, source, &mut mistakes) {
        match load(&parent, repo, Some(&place), stack, files) {
            Ok(node) => {
                merged = Some(match merged {
                    Some(below) => merge_document(below, node, &mut mistakes),
                    None => node,
                });
            }
            Err(found) => mistakes.extend(found),
        }
    }
    stack.pop();
    let whole = match merged {
        Some(below) => merge_document(below, root, &mut mistakes),
        None => root,
    };
    if mistakes.is_empty() { Ok(whole) } else { Err(mistakes) }
}

fn shown(source: &DodSource) -> String {
    match source {
        DodSource::File(path) => path.clone(),
        DodSource::Profile(name) => format!("profile:{name}"),
    }
}

/// What a file extends: names are profiles, what has an ending or a slash is a file, relative to the one that names it.
fn parents(root: &Node, source: &DodSource, mistakes: &mut Vec<Mistake>) -> Vec<(DodSource, Place)> {
    let Some(extends) = root.get("extends") else { return Vec::new() };
    let items: Vec<&Node> = match &extends.value {
        Value::List(items) => items.iter().collect(),
        Value::Str(_) => vec![extends],
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Map(_) => {
            let found = extends.describe();
            mistakes.push(Mistake::new(
                &extends.place,
                format!("`extends` is a list of profiles and files, found {found}"),
            ));
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for item in items {
        let Some(name) = item.as_str() else {
            mistakes
                .push(Mistake::new(&item.place, format!("expected a profile or a file, found {}", item.describe())));
            continue;
        };
        if !name.contains('/') && !name.ends_with(".yaml") && !name.ends_with(".yml") {
            found.push((DodSource::Profile(name.to_owned()), item.place.clone()));
            continue;
        }
        let folder = match source {
            DodSource::File(path) => path.rsplit_once('/').map_or("", |(folder, _)| folder),
            DodSource::Profile(_) => "",
        };
        match join(folder, name) {
            Some(path) => found.push((DodSource::File(path), item.place.clone())),
            None => mistakes.push(
                Mistake::new(&item.place, format!("`{name}` lies outside the repository"))
                    .with_help("extend a file of this repository or a built-in profile"),
            ),
        }
    }
    found
}

/// A relative path from a folder, without `.` and `..`; none where it leaves the repository.
fn join(folder: &str, name: &str) -> Option<String> {
    if name.starts_with('/') || name.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A whole document over the one below it.
fn merge_document(below: Node, above: Node, mistakes: &mut Vec<Mistake>) -> Node {
    let (Value::Map(mut entries), Value::Map(over)) = (below.value, above.value) else {
        return Node { value: Value::Map(Vec::new()), place: above.place };
    };
    for (key, node) in over {
        let Some(slot) = entries.iter_mut().find(|(name, _)| name.name == key.name) else {
            entries.push((key, node));
            continue;
        };
        let old = std::mem::replace(&mut slot.1, Node { value: Value::Null, place: node.place.clone() });
        slot.1 = match key.name.as_str() {
            "rules" => merge_rules(old, node, mistakes),
            "evidence" => merge_keys(old, node),
            "waivers" => append(old, node),
            _ => node,
        };
        slot.0 = key;
    }
    Node { value: Value::Map(entries), place: above.place }
}

fn merge_rules(below: Node, above: Node, mistakes: &mut Vec<Mistake>) -> Node {
    let (Value::Map(mut rules), Value::Map(over)) = (below.value, above.value.clone()) else { return above };
    for (key, node) in over {
        match rules.iter_mut().find(|(name, _)| name.name == key.name) {
            Some(slot) => {
                let old = std::mem::replace(&mut slot.1, Node { value: Value::Null, place: node.place.clone() });
                slot.1 = merge_rule(&key, old, node, mistakes);
                slot.0 = key;
            }
            None => rules.push((key, node)),
        }
    }
    Node { value: Value::Map(rules), place: above.place }
}

/// A rule over the inherited one. `off` keeps what was inherited, so that reports can show what is switched off.
fn merge_rule(key: &Key, below: Node, above: Node, mistakes: &mut Vec<Mistake>) -> Node {
    if is_off(&above) {
        let Value::Map(mut entries) = below.value else { return above };
        entries.retain(|(name, _)| name.name != OFF);
        entries.push((Key { name: OFF.to_owned(), place: above.place.clone() }, above.clone()));
        return Node { value: Value::Map(entries), place: above.place };
    }
    let (Value::Map(mut entries), Value::Map(over)) = (below.value, above.value.clone()) else { return above };
    entries.retain(|(name, _)| name.name != OFF);
    let check_of = |list: &[(Key, Node)]| {
        list.iter().find(|(name, _)| checks::by_name(&name.name).is_some()).map(|(name, _)| name.clone())
    };
    if let (Some(old), Some(new)) = (check_of(&entries), check_of(&over))
        && old.name != new.name
    {
        let message = format!("rule `{}` is inherited with the check `{}`", key.name, old.name);
        mistakes.push(Mistake::new(&new.place, message).with_help("give it another id, or keep the check"));
    }
    for (name, node) in over {
        match entries.iter_mut().find(|(old, _)| old.name == name.name) {
            Some(slot) if checks::by_name(&name.name).is_some() => {
                let old = std::mem::replace(&mut slot.1, Node { value: Value::Null, place: node.place.clone() });
                *slot = (name, merge_keys(old, node));
            }
            Some(slot) => *slot = (name, node),
            None => entries.push((name, node)),
        }
    }
    Node { value: Value::Map(entries), place: above.place }
}

/// The key under which a rule that is switched off says so; no check and no user's key has this name.
pub(super) const OFF: &str = "\u{0}off";

/// Whether a rule's value switches it off.
pub(super) fn is_off(node: &Node) -> bool {
    matches!(&node.value, Value::Bool(false)) || node.as_str() == Some("off")
}

/// Parameters by key; what is no map replaces.
fn merge_keys(below: Node, above: Node) -> Node {
    let (Value::Map(mut entries), Value::Map(over)) = (below.value, above.value.clone()) else { return above };
    for (key, node) in over {
        match entries.iter_mut().find(|(old, _)| old.name == key.name) {
            Some(slot) => {
                let old = std::mem::replace(&mut slot.1, Node { value: Value::Null, place: node.place.clone() });
                *slot = (key, merge_keys(old, node));
            }
            None => entries.push((key, node)),
        }
    }
    Node { value: Value::Map(entries), place: above.place }
}

fn append(below: Node, above: Node) -> Node {
    let (Value::List(mut items), Value::List(over)) = (below.value, above.value.clone()) else { return above };
    items.extend(over);
    Node { value: Value::List(items), place: above.place }
}
