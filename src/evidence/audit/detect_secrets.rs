//! `detect-secrets scan`: results by file, values hashed. An entry that an audit marked as no secret is suppressed.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind};

use super::{Failure, Looked, Report, entries, finding, line_at, needed, place};

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    let results = json.get("results").and_then(Value::as_object);
    let results = results.ok_or_else(|| Failure::unreadable("`results` is no map: the scan failed"))?;
    if entries(json, "plugins_used").next().is_none() {
        return Err(Failure::empty("it looked for nothing: no plugin was used"));
    }
    let mut findings = Vec::new();
    for (file, found) in results {
        let found = found.as_array().ok_or_else(|| Failure::unreadable(format!("`{file}` has no list")))?;
        for one in found {
            let file = place(file);
            let id = needed(one, "type", "a secret")?;
            let mut new = finding(id, &file, AuditSeverity::Unknown, ScanKind::Secret, "detect-secrets");
            new.line = line_at(one, "line_number");
            new.file = Some(file);
            let no_secret = one.get("is_secret") == Some(&Value::Bool(false));
            new.suppressed = no_secret.then(|| "marked as no secret in its audit".to_owned());
            findings.push(new);
        }
    }
    Ok(Report::of("detect-secrets-baseline", "detect-secrets", Looked::at(ScanKind::Secret), findings))
}
