//! `cargo deny --format json check advisories`: one JSON object a line, on stderr. `severity` is the lint's level and not the
//! weakness's; `code` tells vulnerabilities from notices. It ends with a summary, without which the run failed.

use serde_json::Value;

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::{Failure, Looked, Report, entries, finding, line_of, needed, severity, text, texts};

/// Codes of advisories that are no vulnerability.
const NOTICES: &[&str] = &["unmaintained", "unsound", "yanked", "notice"];

pub(super) fn read(lines: &[Value]) -> Result<Report, Failure> {
    let mut findings = Vec::new();
    let mut summary = None;
    for line in lines {
        let fields = line.get("fields").unwrap_or(&Value::Null);
        match text(line, "type").unwrap_or_default() {
            "diagnostic" => findings.extend(diagnostic(fields)?),
            "summary" => summary = fields.get("advisories"),
            "log" if text(fields, "level").is_some_and(|level| level.eq_ignore_ascii_case("error")) => {
                let said = line_of(text(fields, "message").unwrap_or("it does not say why"));
                return Err(Failure::unreadable(format!("the scan failed: {said}")));
            }
            "log" => {}
            other => return Err(Failure::unreadable(format!("a line of the unknown type `{}`", line_of(other)))),
        }
    }
    let summary =
        summary.ok_or_else(|| Failure::unreadable("it has no summary of advisories: the scan did not end"))?;
    let errors = summary.get("errors").and_then(Value::as_u64);
    let errors = errors.ok_or_else(|| Failure::unreadable("its summary counts nothing"))?;
    if errors > 0 && findings.is_empty() {
        return Err(Failure::unreadable(format!("it claims {errors} errors and lists no advisory")));
    }
    let looked = Looked { ecosystem: Some("cargo".to_owned()), ..Looked::at(ScanKind::Dependency) };
    Ok(Report::of("cargo-deny-ndjson", "cargo-deny", looked, findings))
}

/// A diagnostic about an advisory or a yanked crate; others speak of licences, bans and the configuration.
fn diagnostic(fields: &Value) -> Result<Option<Vulnerability>, Failure> {
    let code = text(fields, "code").unwrap_or_default();
    let advisory = fields.get("advisory").filter(|advisory| advisory.is_object());
    let notice = NOTICES.contains(&code);
    if advisory.is_none() && !notice && code != "vulnerability" {
        return Ok(None);
    }
    let krate = fields.pointer("/graphs/0/Krate").or_else(|| fields.pointer("/graphs/0/krate"));
    let span = entries(fields, "labels").find_map(|label| text(label, "span")).unwrap_or_default();
    let mut words = span.split_whitespace();
    let (first, second) = (words.next(), words.next());
    let part = |key: &str| krate.and_then(|krate| text(krate, key));
    let package = part("name").or(first).ok_or_else(|| Failure::unreadable("a diagnostic without a crate"))?;
    let id = match advisory {
        Some(advisory) => needed(advisory, "id", "an advisory")?,
        None if notice => code,
        None => return Err(Failure::unreadable(format!("a vulnerability of {package} without its advisory"))),
    };
    let vector = advisory.and_then(|advisory| text(advisory, "cvss")).and_then(severity::vector);
    let severity = if notice { AuditSeverity::Info } else { vector.unwrap_or(AuditSeverity::Unknown) };
    let mut new = finding(id, package, severity, ScanKind::Dependency, "cargo-deny");
    new.version = part("version").or(second).map(str::to_owned);
    new.title = advisory.and_then(|advisory| text(advisory, "title")).or(text(fields, "message")).map(line_of);
    new.aliases = advisory.map(|advisory| texts(advisory, "aliases")).unwrap_or_default();
    new.informational = notice.then(|| code.to_owned());
    let solution = texts(fields, "notes").iter().find_map(|note| {
        let rest = note.strip_prefix("Solution: Upgrade to ")?;
        Some(rest.split(" (").next().unwrap_or(rest).trim().to_owned())
    });
    new.fixed_in = solution.into_iter().collect();
    Ok(Some(new))
}
