//! `env`: every environment variable that the code reads is documented in an example file.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::facts::env::{Documented, Env, Gap, fits};
use crate::facts::{AreaName, Facts, Need};

/// Variables that a person adds by hand.
const MANY: usize = 3;

/// The check.
pub const ENV: CheckOf<EnvRule> =
    CheckOf { name: "env", page: include_str!("env.md"), stage: Stage::Commit, parameters: PhantomData };

/// What a rule asks of environment variables.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct EnvRule {
    /// The file that documents the variables; without it, any file with a usual name.
    example: Option<String>,
    /// Whether keys that nothing reads are shown only.
    allow_unused: bool,
    /// Names or globs of variables that the rule does not speak of.
    ignore: Vec<String>,
    /// Whether a `.env` with real values may be in version control.
    committed_env: CommittedEnv,
}

/// Whether a `.env` with real values may be in version control.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum CommittedEnv {
    /// It is a finding.
    #[default]
    Forbid,
    /// It is shown only.
    Allow,
}

/// What is wrong, and the steps that mend it.
#[derive(Default)]
struct Wrong {
    findings: Vec<Finding>,
    /// What adds that which is missing, and what removes that which is unused: one edit of the example.
    adds: Option<String>,
    /// Keys that are unused and may be.
    allowed: usize,
    removes: Option<String>,
    steps: Vec<String>,
    notes: Vec<String>,
}

impl Wrong {
    /// The most pressing step: what is missing, with what is unused; else what is irregular; else what is unused.
    fn next_step(&self) -> Option<String> {
        match (&self.adds, &self.removes) {
            (Some(adds), Some(removes)) => Some(format!("{adds}; {removes}")),
            (Some(adds), None) => Some(adds.clone()),
            (None, removes) => self.steps.first().or(removes.as_ref()).cloned(),
        }
    }
}

impl EnvRule {
    fn required(&self, documented: &[&Documented]) -> String {
        let files: BTreeSet<&str> = documented.iter().map(|entry| entry.file.as_str()).collect();
        // The one that is there, whatever its name.
        let example = match (files.len(), files.first()) {
            (1, Some(only)) => *only,
            (0, _) => self.example_name(),
            _ => self.example.as_deref().unwrap_or("the example beside it"),
        };
        let mut parts = vec![format!("every variable that the code reads is in {example}")];
        if !self.allow_unused {
            parts.push("every key there is read".to_owned());
        }
        match self.committed_env {
            CommittedEnv::Forbid => parts.push("no .env in version control".to_owned()),
            CommittedEnv::Allow => {}
        }
        parts.join(", ")
    }

    fn example_name(&self) -> &str {
        self.example.as_deref().unwrap_or(".env.example")
    }

    /// What counts as documentation: the named file alone, where one is named.
    fn documented<'a>(&self, env: &'a Env) -> Vec<&'a Documented> {
        let counts = |entry: &&Documented| {
            self.example.as_deref().is_none_or(|file| entry.file == file.trim_start_matches("./"))
        };
        env.documented.iter().filter(counts).collect()
    }

    fn ignores(&self, name: &str) -> bool {
        self.ignore.iter().any(|pattern| fits(pattern, name))
    }

    /// What the code reads and the examples that count lack.
    fn missing<'a>(&self, env: &'a Env) -> Vec<Gap<'a>> {
        let named = self.example.as_deref().map(|file| file.trim_start_matches("./"));
        let mut gaps = env.gaps(|entry| named.is_none_or(|file| entry.file == file));
        gaps.retain(|gap| gap.is_first() && !self.ignores(&gap.used.name));
        gaps
    }

    /// The findings about what the program does without are given back: they come last.
    fn judge_missing(&self, rule: &RuleContext<'_>, env: &Env, wrong: &mut Wrong) -> Vec<Finding> {
        let mut missing = self.missing(env);
        missing.sort_by_key(|gap| !gap.used.required);
        let mut optional = Vec::new();
        let mut by_file: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for gap in &missing {
            // The file that is there is the one to add to.
            let file = gap.example.unwrap_or_else(|| self.example_name());
            let used = gap.used;
            let at = gap.sites.first().map(|site| Location::line(site.file.clone(), site.line));
            let need = if used.required { "required" } else { "optional" };
            let message = format!("{} ({need}) is read here and not in {file}", used.name);
            let findings = if used.required { &mut wrong.findings } else { &mut optional };
            findings.push(Finding::new(rule.id, used.name.clone(), message, at));
            by_file.entry(file).or_default().push(&used.name);
        }
        if !missing.is_empty() {
            let additions: Vec<String> =
                by_file.iter().map(|(file, names)| format!("{} to {file}", list(names.iter().copied()))).collect();
            let hand = if missing.len() > MANY { " (`donegate fix env` does)" } else { "" };
            wrong.adds = Some(format!("add {}{hand}", additions.join(", ")));
        }
        optional
    }

    fn judge_unused(&self, rule: &RuleContext<'_>, documented: &[&Documented], wrong: &mut Wrong) {
        let unused: Vec<&&Documented> =
            documented.iter().filter(|entry| entry.unused && !entry.commented && !self.ignores(&entry.name)).collect();
        let Some(first) = unused.first() else { return };
        let names = list(unused.iter().map(|entry| entry.name.as_str()));
        if self.allow_unused {
            wrong.notes.push(format!("documented and read by nothing: {names}"));
            wrong.allowed = unused.len();
            return;
        }
        for entry in &unused {
            let at = Location::line(entry.file.clone(), entry.line);
            let message = format!("{} is documented here and read by nothing", entry.name);
            wrong.findings.push(Finding::new(rule.id, entry.name.clone(), message, Some(at)));
        }
        wrong.removes = Some(format!("remove {names} from {}, or set allow-unused", first.file));
    }

    fn judge_irregular(&self, rule: &RuleContext<'_>, env: &Env, wrong: &mut Wrong) {
        for irregular in &env.irregular {
            let problem = &irregular.problem;
            let subject = irregular.name.clone().unwrap_or_else(|| problem.path.clone());
            if self.ignores(&subject) {
                continue;
            }
            let step = match (irregular.kind.as_str(), self.committed_env) {
                ("secret", _) => format!("replace the value of {subject} in {} and revoke the secret", problem.path),
                ("committed", CommittedEnv::Forbid) => {
                    format!(
                        "take {} out of version control: git rm --cached {0}, and name it in .gitignore",
                        problem.path
                    )
                }
                ("duplicate", _) => format!("keep one definition of {subject} in {}", problem.path),
                ("malformed", _) => {
                    format!("write line {} of {} as NAME=value", problem.line.unwrap_or_default(), problem.path)
                }
                _ => {
                    let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
                    wrong.notes.push(format!("{}{line}: {}", problem.path, problem.why));
                    continue;
                }
            };
            let at = Location { file: problem.path.clone(), line: problem.line, column: None };
            wrong.findings.push(Finding::new(rule.id, subject, problem.why.clone(), Some(at)));
            wrong.steps.push(step);
        }
    }
}

/// Names in a sentence, each once, in their order: at most ten.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut seen = BTreeSet::new();
    let names: Vec<&str> = names.filter(|name| seen.insert(*name)).collect();
    let more = names.len().saturating_sub(10);
    let mut shown: Vec<String> = names.into_iter().take(10).map(str::to_owned).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    match shown.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

impl Judge for EnvRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        let named = self.example.as_deref().map(|file| Need::EnvExample(file.trim_start_matches("./").to_owned()));
        std::iter::once(Need::Area(AreaName::Env)).chain(named).collect()
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let step = "what the code reads of its environment could not be told";
        let Some(area) = &facts.env else {
            return Judgement::new(Outcome::Error, self.required(&[]), "the environment was not collected").next(step);
        };
        let env = match area.proven() {
            Ok(env) => env,
            Err(evidence) => return Judgement::no_evidence(rule, self.required(&[]), evidence, step),
        };
        let documented = self.documented(env);
        let mut wrong = Wrong::default();
        let optional = self.judge_missing(rule, env, &mut wrong);
        let required = wrong.findings.len();
        self.judge_irregular(rule, env, &mut wrong);
        let before = wrong.findings.len();
        self.judge_unused(rule, &documented, &mut wrong);
        let lacks = [
            (required, "required and not documented"),
            (wrong.findings.len() - before, "documented and unused"),
            (wrong.allowed, "documented and unused (allowed)"),
            (optional.len(), "optional and not documented"),
        ];
        wrong.findings.extend(optional);
        let own = env.used.iter().filter(|used| !used.platform).count();
        let outcome = if wrong.findings.is_empty() { Outcome::Pass } else { Outcome::Fail };
        let keys: BTreeSet<&str> = documented.iter().map(|entry| entry.name.as_str()).collect();
        let mut measured = format!("{own} read, {} documented", keys.len());
        let lacks: Vec<String> =
            lacks.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        if !lacks.is_empty() {
            measured = format!("{measured}: {}", lacks.join(", "));
        }
        let mut judgement = Judgement::new(outcome, self.required(&documented), measured);
        judgement.evidence.clone_from(&area.evidence.reports);
        judgement.next_step = wrong.next_step();
        judgement.findings = wrong.findings;
        judgement.notes = wrong.notes;
        if own == 0 && documented.is_empty() {
            judgement.notes.push("the code reads no environment variable, so there is nothing to document".to_owned());
        }
        judgement.notes.extend(
            env.dynamic
                .iter()
                .map(|read| format!("{}:{}: a read that is not resolved: {}", read.file, read.line, read.pattern)),
        );
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::env::{Irregular, Site, Used};
    use crate::facts::{Area, Evidence, Problem, State};

    const RULE: RuleContext<'static> = RuleContext { id: "env-example" };

    fn used(name: &str) -> Used {
        let site = Site { file: "src/app.js".to_owned(), line: 7 };
        Used { name: name.to_owned(), required: true, sites: vec![site], platform: name == "PATH", one_of: Vec::new() }
    }

    fn key(name: &str) -> Documented {
        let (file, workspace) = (".env.example".to_owned(), String::new());
        Documented { name: name.to_owned(), file, line: 2, commented: false, workspace, unused: name == "OLD" }
    }

    fn facts(env: Env) -> Facts {
        let area = Area::found(env, Evidence::new(State::Found, Vec::new()));
        Facts { env: Some(area), ..Facts::default() }
    }

    #[test]
    fn what_is_read_must_be_documented() {
        let env = Env {
            used: vec![used("REDIS_URL"), used("SMTP_HOST"), used("PATH"), used("PORT")],
            documented: vec![key("PORT")],
            ..Env::default()
        };
        let judgement = EnvRule::default().judge(&RULE, &facts(env.clone()));
        assert_eq!(Outcome::Fail, judgement.outcome);
        assert_eq!(Some("add REDIS_URL and SMTP_HOST to .env.example"), judgement.next_step.as_deref());
        assert_eq!(Some(Location::line("src/app.js", 7)), judgement.findings[0].location);
        let lenient = EnvRule { ignore: vec!["REDIS_*".to_owned(), "SMTP_HOST".to_owned()], ..EnvRule::default() };
        assert_eq!(Outcome::Pass, lenient.judge(&RULE, &facts(env.clone())).outcome);
        let other = EnvRule { example: Some("other".to_owned()), ..EnvRule::default() };
        assert_eq!(3, other.judge(&RULE, &facts(env)).findings.len(), "an absent example documents nothing");
    }

    #[test]
    fn what_the_program_needs_comes_first_and_what_it_does_without_last() {
        let optional = (0..12).map(|at| Used { required: false, ..used(&format!("A{at:02}")) });
        let env = Env {
            used: optional.chain([used("ZONE"), used("PORT")]).collect(),
            documented: vec![key("PORT"), key("OLD")],
            unused: vec!["OLD".to_owned()],
            ..Env::default()
        };
        let judgement = EnvRule::default().judge(&RULE, &facts(env));
        let subjects: Vec<&str> = judgement.findings.iter().map(|it| it.subject.as_str()).take(3).collect();
        assert_eq!(vec!["ZONE", "OLD", "A00"], subjects);
        let step = judgement.next_step.unwrap_or_default();
        assert!(step.starts_with("add ZONE, A00,"), "{step}");
        assert!(step.contains("; remove OLD from .env.example"), "{step}");
        assert_eq!(
            "14 read, 2 documented: 1 required and not documented, 1 documented and unused, 12 optional and not documented",
            judgement.measured
        );
    }

    #[test]
    fn unused_keys_and_committed_files_fail_unless_they_are_allowed() {
        let committed = Irregular {
            kind: "committed".to_owned(),
            name: None,
            problem: Problem { path: ".env".to_owned(), line: None, why: "in version control".to_owned() },
        };
        let env = Env {
            used: vec![used("A")],
            documented: vec![key("A"), key("OLD")],
            unused: vec!["OLD".to_owned()],
            irregular: vec![committed],
            ..Env::default()
        };
        let strict = EnvRule::default().judge(&RULE, &facts(env.clone()));
        assert_eq!((Outcome::Fail, 2), (strict.outcome, strict.findings.len()));
        let lenient = EnvRule { allow_unused: true, committed_env: CommittedEnv::Allow, ..EnvRule::default() };
        let judgement = lenient.judge(&RULE, &facts(env));
        assert_eq!((Outcome::Pass, 2), (judgement.outcome, judgement.notes.len()));
        assert_eq!("1 read, 2 documented: 1 documented and unused (allowed)", judgement.measured);
    }

    #[test]
    fn faults_of_the_example_are_findings() {
        let fault = |kind: &str, name: Option<&str>, line: u32| Irregular {
            kind: kind.to_owned(),
            name: name.map(str::to_owned),
            problem: Problem { path: ".env.example".to_owned(), line: Some(line), why: "a fault".to_owned() },
        };
        let irregular =
            vec![fault("duplicate", Some("A"), 3), fault("malformed", None, 4), fault("secret", Some("A"), 5)];
        let env = Env { used: vec![used("A")], documented: vec![key("A")], irregular, ..Env::default() };
        let judgement = EnvRule::default().judge(&RULE, &facts(env.clone()));
        let lines: Vec<Option<u32>> =
            judgement.findings.iter().map(|it| it.location.as_ref().and_then(|at| at.line)).collect();
        assert_eq!((Outcome::Fail, vec![Some(3), Some(4), Some(5)]), (judgement.outcome, lines));
        assert_eq!(Some("keep one definition of A in .env.example"), judgement.next_step.as_deref());
        let lenient = EnvRule { ignore: vec!["A".to_owned(), ".env.example".to_owned()], ..EnvRule::default() };
        assert_eq!(Outcome::Pass, lenient.judge(&RULE, &facts(env)).outcome);
    }

    #[test]
    fn nothing_read_and_nothing_documented_is_said_and_what_is_not_read_is_no_proof() {
        let judgement = EnvRule::default().judge(&RULE, &facts(Env::default()));
        assert_eq!((Outcome::Pass, 1), (judgement.outcome, judgement.notes.len()));
        let unknown = Area { facts: Some(Env::default()), evidence: Evidence::new(State::Unsupported, Vec::new()) };
        let facts = Facts { env: Some(unknown), ..Facts::default() };
        assert_eq!(Outcome::NoEvidence, EnvRule::default().judge(&RULE, &facts).outcome);
    }
}
