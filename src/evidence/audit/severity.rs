//! Severities: a report's own word, else a CVSS vector. What neither tells is `unknown`, never info and never nothing.

use cvss::{Cvss, Severity};

use crate::facts::audit::AuditSeverity;

/// A report's word, letters' case free.
pub(super) fn word(text: &str) -> AuditSeverity {
    match text.trim().to_ascii_lowercase().as_str() {
        "critical" => AuditSeverity::Critical,
        "high" | "important" => AuditSeverity::High,
        "medium" | "moderate" => AuditSeverity::Medium,
        "low" | "minor" => AuditSeverity::Low,
        "info" | "informational" | "none" | "negligible" => AuditSeverity::Info,
        _ => AuditSeverity::Unknown,
    }
}

/// The metrics that a vector of a version must have: without one of them its score would be too low.
const BASE: &[(&str, &[&str])] = &[
    ("CVSS:4", &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"]),
    ("CVSS:3", &["AV", "AC", "PR", "UI", "S", "C", "I", "A"]),
    ("", &["AV", "AC", "Au", "C", "I", "A"]),
];

/// A whole CVSS vector of version 2, 3.0, 3.1 or 4.0.
pub(super) fn vector(text: &str) -> Option<AuditSeverity> {
    // Version 2 is often written in brackets.
    let text = text.trim().trim_matches(['(', ')']);
    let (_, wanted) = BASE.iter().find(|(version, _)| text.starts_with(version))?;
    let has = |metric: &&str| text.split('/').any(|part| part.split(':').next() == Some(metric));
    if !wanted.iter().all(has) {
        return None;
    }
    let severity = text.parse::<Cvss>().ok()?.severity();
    Some(match severity {
        Severity::Critical => AuditSeverity::Critical,
        Severity::High => AuditSeverity::High,
        Severity::Medium => AuditSeverity::Medium,
        Severity::Low => AuditSeverity::Low,
        Severity::None => AuditSeverity::Info,
    })
}

/// A CVSS score from 0 to 10, by the bands of CVSS 3 and 4.
pub(super) fn score(score: f64) -> Option<AuditSeverity> {
    match score {
        score if !(0.0..=10.0).contains(&score) => None,
        score if score >= 9.0 => Some(AuditSeverity::Critical),
        score if score >= 7.0 => Some(AuditSeverity::High),
        score if score >= 4.0 => Some(AuditSeverity::Medium),
        score if score > 0.0 => Some(AuditSeverity::Low),
        _ => Some(AuditSeverity::Info),
    }
}
