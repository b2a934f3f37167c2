//! `govulncheck -json` in its three shapes: a stream of messages (`config`, `progress`, `SBOM`, `osv`, `finding`); one object
//! with a `Vulns` entry for each symbol; one with modules, packages and call stacks. It tells no severity.
//!
//! In a stream an `osv` message only describes: a vulnerability is there where a `finding` names it. A stream has no end
//! marker: one that is cut between two messages cannot be told from a whole one.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, Reachability, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, entries, finding, line_of, needed, text, texts};

const KINDS: &[&str] = &["config", "progress", "SBOM", "osv", "finding"];

/// Whether a value is a message of the stream: one key, a known one.
pub(super) fn is_message(value: &Value) -> bool {
    let Some(map) = value.as_object() else { return false };
    map.len() == 1 && map.keys().all(|key| KINDS.contains(&key.as_str()))
}

fn report(findings: Vec<Vulnerability>) -> Report {
    let looked = Looked { ecosystem: Some("go".to_owned()), ..Looked::at(ScanKind::Dependency) };
    Report::of("govulncheck-json", "govulncheck", looked, findings)
}

pub(super) fn read_stream(messages: &[Value]) -> Result<Report, Failure> {
    if let Some(other) = messages.iter().find(|message| !is_message(message)) {
        let key = other.as_object().and_then(|map| map.keys().next()).map_or("no map", String::as_str);
        return Err(Failure::unreadable(format!("a message of an unknown kind: {}", line_of(key))));
    }
    if !messages.iter().any(|message| message.get("config").is_some()) {
        return Err(Failure::unreadable("it has no `config`: the stream is not whole"));
    }
    if !messages.iter().any(|message| message.get("config").is_none()) {
        return Err(Failure::unreadable("it has its `config` alone: the scan did not begin"));
    }
    let described: BTreeMap<&str, &Value> = messages
        .iter()
        .filter_map(|message| message.get("osv"))
        .filter_map(|osv| Some((text(osv, "id")?, osv)))
        .collect();
    let mut found: BTreeMap<(String, String, String), Vulnerability> = BTreeMap::new();
    for one in messages.iter().filter_map(|message| message.get("finding")) {
        let id = needed(one, "osv", "a finding")?;
        let frame = one.pointer("/trace/0").ok_or_else(|| Failure::unreadable(format!("{id} without a trace")))?;
        let module = needed(frame, "module", "a trace")?;
        let version = text(frame, "version").unwrap_or_default();
        let reach = match (text(frame, "function"), text(frame, "package")) {
            (Some(_), _) => Reachability::Called,
            (None, Some(_)) => Reachability::Imported,
            (None, None) => Reachability::Required,
        };
        let fix = text(one, "fixed_version");
        add(&mut found, described.get(id).copied().unwrap_or(&Value::Null), (id, module, version), reach, fix);
    }
    Ok(report(found.into_values().collect()))
}

pub(super) fn read_object(json: &Value) -> Result<Report, Failure> {
    let vulns = match json.get("Vulns") {
        Some(Value::Null) => &[],
        Some(Value::Array(vulns)) => vulns.as_slice(),
        _ => return Err(Failure::unreadable("`Vulns` is no list")),
    };
    let mut found = BTreeMap::new();
    for one in vulns {
        let osv = one.get("OSV").unwrap_or(&Value::Null);
        let id = needed(osv, "id", "a vulnerability")?;
        if let Some(module) = text(one, "ModPath") {
            let called = one.get("CallSink").and_then(Value::as_u64).is_some_and(|sink| sink > 0);
            let imported = one.get("ImportSink").and_then(Value::as_u64).is_some_and(|sink| sink > 0);
            let reach = match (called, imported) {
                (true, _) => Reachability::Called,
                (false, true) => Reachability::Imported,
                (false, false) => Reachability::Required,
            };
            add(&mut found, osv, (id, module, ""), reach, None);
            continue;
        }
        let modules = one.get("Modules").and_then(Value::as_array).filter(|modules| !modules.is_empty());
        let modules = modules.ok_or_else(|| Failure::unreadable(format!("{id} without a module")))?;
        for module in modules {
            let path = needed(module, "Path", "a module")?;
            let called = entries(module, "Packages").any(|package| entries(package, "CallStacks").next().is_some());
            let reach = match (called, entries(module, "Packages").next().is_some()) {
                (true, _) => Reachability::Called,
                (false, true) => Reachability::Imported,
                (false, false) => Reachability::Required,
            };
            let version = text(module, "FoundVersion").unwrap_or_default();
            add(&mut found, osv, (id, path, version), reach, text(module, "FixedVersion"));
        }
    }
    Ok(report(found.into_values().collect()))
}

/// One finding for each weakness, module and version, at its nearest.
fn add(
    found: &mut BTreeMap<(String, String, String), Vulnerability>,
    osv: &Value,
    (id, module, version): (&str, &str, &str),
    reach: Reachability,
    fix: Option<&str>,
) {
    let key = (id.to_owned(), module.to_owned(), version.to_owned());
    let entry = found.entry(key).or_insert_with(|| {
        let mut new = finding(id, module, AuditSeverity::Unknown, ScanKind::Dependency, "govulncheck");
        new.version = (!version.is_empty()).then(|| version.to_owned());
        new.aliases = texts(osv, "aliases");
        new.title = text(osv, "summary").or(text(osv, "details")).map(line_of);
        new.fixed_in = fix.map(str::to_owned).into_iter().collect();
        new
    });
    entry.reachability = Some(entry.reachability.map_or(reach, |known| known.min(reach)));
}
