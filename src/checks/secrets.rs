//! `secrets`: none is committed.

use std::marker::PhantomData;

use globset::{GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{PathGlob, texts};
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::facts::secrets::{Secret, SecretQuery};
use crate::facts::{Facts, Need};

/// The check.
pub const SECRETS: CheckOf<SecretsRule> =
    CheckOf { name: "secrets", page: include_str!("secrets.md"), stage: Stage::Commit, parameters: PhantomData };

/// What a rule searches.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SecretsRule {
    /// The files that are searched; all where none is given.
    paths: Vec<PathGlob>,
    /// Files whose findings may stand: shown as waived.
    allow: Vec<PathGlob>,
}

impl SecretsRule {
    fn query(&self) -> SecretQuery {
        let paths = texts(&self.paths);
        SecretQuery { paths: if paths.is_empty() { vec!["**".to_owned()] } else { paths } }
    }

    fn allowed(&self) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        for glob in &self.allow {
            // A glob is refused where it is written if it is malformed.
            if let Ok(glob) = globset::GlobBuilder::new(&glob.0).literal_separator(true).build() {
                set.add(glob);
            }
        }
        set.build().unwrap_or_default()
    }
}

fn as_finding(rule: &RuleContext<'_>, one: &Secret) -> Finding {
    let at = Location { file: one.file.clone(), line: Some(one.line), column: Some(one.column) };
    let mut message = format!("{} is committed ({} characters)", one.title, one.length);
    if one.allowed.as_deref() == Some("") {
        message.push_str("; its inline allow gives no reason, so it allows nothing");
    }
    Finding::new(rule.id, &one.detector, message, Some(at))
}

impl Judge for SecretsRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Secrets(self.query())]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let query = self.query();
        let required = "no committed secret".to_owned();
        let Some(area) = facts.secrets(&query) else {
            return Judgement::new(Outcome::NoEvidence, required, "").next("secrets are not searched for");
        };
        let secrets = match area.proven() {
            Ok(secrets) => secrets,
            Err(evidence) => {
                return Judgement::no_evidence(
                    rule,
                    required,
                    evidence,
                    "mend the globs of `paths`, so that files are searched",
                );
            }
        };
        let allowed = self.allowed();
        let (mut standing, mut suppressed) = (Vec::new(), Vec::new());
        for one in &secrets.items {
            let finding = as_finding(rule, one);
            match one.allowed.as_deref() {
                Some(reason) if !reason.is_empty() => suppressed.push((finding, format!("allowed inline: {reason}"))),
                _ if allowed.is_match(&one.file) => {
                    suppressed.push((finding, format!("allowed by the rule: {}", texts(&self.allow).join(", "))));
                }
                _ => standing.push(finding),
            }
        }
        let outcome = if standing.is_empty() { Outcome::Pass } else { Outcome::Fail };
        let measured = format!("{} in {} files", standing.len(), secrets.searched);
        let mut judgement = Judgement::new(outcome, required, measured);
        if let Some(at) = standing.first().and_then(|first| first.location.as_ref()) {
            let line = at.line.map(|line| format!(":{line}")).unwrap_or_default();
            judgement.next_step = Some(format!(
                "revoke what {}{line} gives away, then read it from the environment; removing it from the file alone does not help",
                at.file
            ));
        }
        judgement.findings = standing;
        judgement.suppressed = suppressed;
        judgement.evidence = area.evidence.reports.clone();
        judgement.notes =
            area.evidence.problems.iter().map(|problem| format!("{}: {}", problem.path, problem.why)).collect();
        judgement
    }
}
