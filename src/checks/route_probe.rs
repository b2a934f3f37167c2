//! The part of `route` that holds the running service's answer against a rule.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Judgement, RuleContext};
use crate::domain::finding::Finding;
use crate::domain::outcome::Outcome;
use crate::domain::units::Span;
use crate::facts::probes::{Answer, ProbeAnswer, ProbeQuery, Probes};

/// What the running service must answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Probe {
    /// The status; 200 where none is given, 404 for a route that must not be there.
    status: Option<u16>,
    /// What the body must be.
    format: Option<Format>,
    /// How long the whole answer may take; 2s where nothing is given.
    within: Option<Span>,
}

/// What a body must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// Metrics in Prometheus' text format or OpenMetrics, at least one sample.
    Prometheus,
}

/// How long an answer may take where the rule does not say.
const WITHIN: &str = "2s";

impl Probe {
    /// The question for one path, or why it cannot be asked.
    pub(super) fn query(&self, method: &str, path: &str) -> Result<ProbeQuery, String> {
        if !matches!(method, "GET" | "HEAD" | "ANY") {
            return Err(format!("a running service is asked by GET and HEAD alone, not by {method}"));
        }
        if self.format.is_some() && method == "HEAD" {
            return Err("an answer to HEAD has no body that could be metrics: ask by GET".to_owned());
        }
        if !path.starts_with('/') || path.contains(['{', '}']) || path.split('/').any(|part| part.starts_with(':')) {
            return Err(format!("`{path}` cannot be asked: name a path without parameters"));
        }
        let within = self.within.or_else(|| Span::parse(WITHIN).ok()).unwrap_or(Span::days(0));
        Ok(ProbeQuery { path: path.to_owned(), head: method == "HEAD", within, metrics: self.format.is_some() })
    }

    /// What is demanded, in words.
    pub(super) fn words(&self, absent: bool) -> String {
        let format = if self.format.is_some() { " with metrics" } else { "" };
        let within = self.within.map_or_else(|| WITHIN.to_owned(), |within| within.to_string());
        format!("answers {}{format} within {within}", self.status(absent))
    }

    fn status(&self, absent: bool) -> u16 {
        self.status.unwrap_or(if absent { 404 } else { 200 })
    }

    /// Judges the answers to the questions of a rule: one that is right is enough.
    pub(super) fn judge(
        &self,
        rule: &RuleContext<'_>,
        queries: &[ProbeQuery],
        probes: &Probes,
        required: &str,
        absent: bool,
    ) -> Judgement {
        let mut wrong = Vec::new();
        let mut unreached = Vec::new();
        let mut evidence = Vec::new();
        let mut right = Vec::new();
        for query in queries {
            let url = format!("{}{}", probes.base, query.path);
            match probes.answer(query) {
                None => unreached.push(format!("{url} was not asked")),
                Some(ProbeAnswer::Unreached(why)) => unreached.push(format!("{url} cannot be reached: {why}")),
                Some(ProbeAnswer::Broken(why)) => wrong.push((url, why.clone())),
                Some(ProbeAnswer::Answered(answer)) => {
                    evidence.push(answer.source.clone());
                    match self.complaint(answer, absent) {
                        Some(why) => wrong.push((url, why)),
                        None => right.push((told(&url, answer), answer.source.clone())),
                    }
                }
            }
        }
        // A route that must be there is there at one of its paths; one that must not be is at none.
        let enough = if absent { right.len() == queries.len() } else { !right.is_empty() };
        if let Some((told, source)) = right.into_iter().next().filter(|_| enough) {
            let mut judgement = Judgement::new(Outcome::Pass, required, told);
            judgement.evidence = if absent { evidence } else { vec![source] };
            return judgement;
        }
        let measured: Vec<&str> = wrong.iter().map(|(_, why)| why.as_str()).collect();
        if wrong.is_empty() {
            let why = unreached.join("; ");
            let step = format!("{why}: start the service, or correct --probe");
            return Judgement::new(Outcome::NoEvidence, required, "").next(step);
        }
        let mut judgement = Judgement::new(Outcome::Fail, required, measured.join("; "));
        judgement.findings =
            wrong.iter().map(|(url, why)| Finding::new(rule.id, url, format!("{url}: {why}"), None)).collect();
        judgement.evidence = evidence;
        judgement.next(format!("make {} answer as the rule wants: {}", wrong[0].0, wrong[0].1))
    }

    /// What is wrong with an answer.
    fn complaint(&self, answer: &Answer, absent: bool) -> Option<String> {
        let wanted = self.status(absent);
        if answer.status != wanted {
            let to = answer.location.as_deref().map(|to| format!(" to `{to}`, which is not followed"));
            return Some(format!("it answers {}{}, not {wanted}", answer.status, to.unwrap_or_default()));
        }
        match &answer.metrics {
            Some(Err((line, why))) => Some(format!("its answer is no metrics: line {line}: {why}")),
            Some(Ok(metrics)) if metrics.samples == 0 => Some("its metrics are empty: no sample".to_owned()),
            Some(Ok(_)) => None,
            None if self.format.is_some() => Some("its answer was not read as metrics".to_owned()),
            None => None,
        }
    }
}

fn told(url: &str, answer: &Answer) -> String {
    match &answer.metrics {
        Some(Ok(metrics)) => {
            format!("{} from {url}, {} samples of {} metrics", answer.status, metrics.samples, metrics.families)
        }
        Some(Err(_)) | None => format!("{} from {url}", answer.status),
    }
}
