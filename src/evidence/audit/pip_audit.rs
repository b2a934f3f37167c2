//! `pip-audit -f json`: since 2.x an object with `dependencies`, before a bare list. It tells no severity at all.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind};

use super::{Failure, Looked, Report, finding, text, texts};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    let list = json.get("dependencies").unwrap_or(json);
    let list = list.as_array().ok_or_else(|| Failure::unreadable("`dependencies` is no list"))?;
    let mut findings = Vec::new();
    let mut partial = Vec::new();
    let mut examined = 0;
    for dependency in list {
        let name = text(dependency, "name").ok_or_else(|| Failure::unreadable("a dependency without a name"))?;
        if let Some(reason) = text(dependency, "skip_reason") {
            partial.push(format!("{name} was not examined: {reason}"));
            continue;
        }
        let weak = dependency.get("vulns").and_then(Value::as_array);
        let weak =
            weak.ok_or_else(|| Failure::unreadable(format!("`{name}` has neither `vulns` nor `skip_reason`")))?;
        examined += 1;
        for one in weak {
            let id = text(one, "id")
                .ok_or_else(|| Failure::unreadable(format!("a vulnerability of `{name}` without an id")))?;
            let mut new = finding(id, name, AuditSeverity::Unknown, ScanKind::Dependency, "pip-audit");
            new.version = text(dependency, "version").map(str::to_owned);
            new.aliases = texts(one, "aliases");
            new.fixed_in = texts(one, "fix_versions");
            new.title = text(one, "description")
                .map(|text| text.lines().next().unwrap_or_default().chars().take(120).collect());
            findings.push(new);
        }
    }
    if examined == 0 {
        let why = partial.first().map_or("no dependency was examined", String::as_str);
        return Err(Failure::empty(why));
    }
    let looked =
        Looked { ecosystem: Some("pypi".to_owned()), examined: Some(examined), ..Looked::at(ScanKind::Dependency) };
    let mut report = Report::of("pip-audit-json", "pip-audit", looked, findings);
    report.partial = partial;
    Ok(report)
}
