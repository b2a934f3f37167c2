//! Checks: a kind of rule each. A check reads its parameters, says which facts it needs, and judges them. It does no I/O
//! and knows nothing of files, formats or reports.
//!
//! [`CHECKS`] is the one list of them; help, schema, validation, docs and tests walk it.

pub mod attestation;
pub mod audit;
pub mod command;
pub mod coverage;
pub mod dependency;
pub mod dockerfile;
pub mod env;
pub mod expr;
pub mod file;
pub mod image;
pub mod openapi;
pub mod pattern;
pub mod performance;
pub mod risk;
pub mod route;
mod route_probe;
pub mod route_tests;
pub mod secrets;
pub mod tests;
pub mod text;

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use crate::domain::finding::Finding;
use crate::domain::node::{Mistake, Node, Value, nearest};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::provenance::Source;
use crate::facts::{Evidence, Facts, Need, State};

/// Every check, in the order of DESIGN's table.
pub const CHECKS: &[&dyn Check] = &[
    &coverage::COVERAGE,
    &tests::TESTS,
    &audit::AUDIT,
    &secrets::SECRETS,
    &route::ROUTE,
    &route_tests::ROUTE_TESTS,
    &openapi::OPENAPI,
    &env::ENV,
    &dockerfile::DOCKERFILE,
    &image::IMAGE,
    &performance::PERFORMANCE,
    &file::FILE,
    &pattern::PATTERN,
    &dependency::DEPENDENCY,
    &command::COMMAND,
    &expr::EXPR,
    &attestation::ATTESTATION,
    &risk::RISK,
];

/// Checks whose rules may ask only for what is new: their findings are things in the tree, which the base has or has not.
pub const COMPARABLE: &[&str] =
    &["audit", "secrets", "route-tests", "openapi", "env", "dockerfile", "file", "pattern", "dependency"];

/// Places that were looked at in vain: more are counted.
const FEW_PLACES: usize = 4;

/// The check of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Check> {
    CHECKS.iter().copied().find(|check| check.name() == name)
}

/// A kind of rule.
pub trait Check: Sync {
    /// Its name: the key under which a rule gives its parameters.
    fn name(&self) -> &'static str;
    /// Its page: what `donegate explain` prints.
    fn page(&self) -> &'static str;
    /// The earliest stage at which a rule of this kind is due unless it says otherwise.
    fn stage(&self) -> Stage;
    /// The JSON Schema of its parameters.
    fn schema(&self, generator: &mut SchemaGenerator) -> Schema;
    /// Reads a rule's parameters (a map, or nothing where the check has defaults for all).
    ///
    /// # Errors
    /// Every parameter that is unknown or does not fit, at its place.
    fn parse(&self, parameters: &Node) -> Result<Box<dyn Judge>, Vec<Mistake>>;
}

/// A check with its parameters: something that can be judged.
pub trait Judge: Send + Sync {
    /// What must be known.
    fn needs(&self, rule: &RuleContext<'_>) -> Vec<Need>;
    /// Judges the facts. Facts that it needs and that were not collected are a bug; facts without proof are
    /// [`Judgement::no_evidence`].
    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement;
}

/// What a check knows of the rule that it judges.
#[derive(Debug, Clone, Copy)]
pub struct RuleContext<'a> {
    /// The rule's id.
    pub id: &'a str,
}

/// What judging came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// `pass`, `fail`, `no-evidence`, `needs-attestation`, `not-applicable` or `error`; never `waived`, which is not for a
    /// check to say.
    pub outcome: Outcome,
    /// What the rule demands: "lines >= 90 %".
    pub required: String,
    /// What was measured: "81.2 % (406 of 500 lines)". Empty where nothing was.
    pub measured: String,
    /// The smallest next step. There whenever the outcome is not `pass` or `not-applicable`.
    pub next_step: Option<String>,
    /// What is wrong, in order of place.
    pub findings: Vec<Finding>,
    /// Findings that the evidence itself suppresses (VEX), with the justification: shown, not counted.
    pub suppressed: Vec<(Finding, String)>,
    /// The proof.
    pub evidence: Vec<Source>,
    /// What a reader should know beside that.
    pub notes: Vec<String>,
}

impl Judgement {
    /// A judgement with nothing but its outcome and what is demanded and measured.
    pub fn new(outcome: Outcome, required: impl Into<String>, measured: impl Into<String>) -> Self {
        Self {
            outcome,
            required: required.into(),
            measured: measured.into(),
            next_step: None,
            findings: Vec::new(),
            suppressed: Vec::new(),
            evidence: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// There is no proof: what was looked for, what is wrong with what was found, and the step that brings it.
    pub fn no_evidence(rule: &RuleContext<'_>, required: impl Into<String>, evidence: &Evidence, step: &str) -> Self {
        let looked = match evidence.looked_for.as_slice() {
            few if few.len() <= FEW_PLACES => few.join(", "),
            many => format!("{} and {} more places", many[..3].join(", "), many.len() - 3),
        };
        let step = evidence.bring.as_deref().unwrap_or(step);
        let why = match evidence.state {
            State::Found => "the evidence does not say".to_owned(),
            State::Absent if looked.is_empty() => "nothing was found".to_owned(),
            State::Absent => format!("nothing was found (looked for {looked})"),
            State::Unreadable => "what was found cannot be read".to_owned(),
            State::Empty => "what was found says nothing".to_owned(),
            State::Stale => "what was found is older than what it speaks of".to_owned(),
            State::Unsupported => "what was found is of a kind that donegate does not read".to_owned(),
        };
        let mut judgement = Self::new(Outcome::NoEvidence, required, String::new());
        judgement.findings = evidence
            .problems
            .iter()
            .map(|problem| {
                let at =
                    crate::domain::finding::Location { file: problem.path.clone(), line: problem.line, column: None };
                Finding::new(rule.id, problem.path.clone(), problem.why.clone(), Some(at))
            })
            .collect();
        judgement.next_step = Some(format!("{why}: {step}"));
        judgement.evidence = evidence.reports.clone();
        judgement
    }

    /// The same with a next step.
    #[must_use]
    pub fn next(mut self, step: impl Into<String>) -> Self {
        self.next_step = Some(step.into());
        self
    }
}

/// A check whose parameters are `P`.
#[derive(Debug)]
pub struct CheckOf<P> {
    /// Its name.
    pub name: &'static str,
    /// Its page.
    pub page: &'static str,
    /// Its stage.
    pub stage: Stage,
    /// Its parameters' type.
    pub parameters: PhantomData<fn() -> P>,
}

impl<P: DeserializeOwned + JsonSchema + Judge + 'static> Check for CheckOf<P> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn page(&self) -> &'static str {
        self.page
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<P>()
    }

    fn parse(&self, parameters: &Node) -> Result<Box<dyn Judge>, Vec<Mistake>> {
        let mistakes = parameter_mistakes::<P>(self.name, parameters);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let empty = Node { value: Value::Map(Vec::new()), place: parameters.place.clone() };
        let given = if matches!(parameters.value, Value::Null) { &empty } else { parameters };
        given.read::<P>().map(|judge| Box::new(judge) as Box<dyn Judge>).map_err(|mistake| vec![mistake])
    }
}

/// The names of a check's parameters, from its schema.
pub fn parameter_names(check: &dyn Check) -> Vec<String> {
    let mut generator = SchemaGenerator::default();
    let schema = check.schema(&mut generator);
    let name = schema.get("$ref").and_then(|at| at.as_str()).and_then(|at| at.rsplit('/').next());
    let definition = name.and_then(|name| generator.definitions().get(name)).cloned();
    let properties = definition.as_ref().unwrap_or(schema.as_value()).get("properties").cloned();
    properties.and_then(|value| value.as_object().map(|map| map.keys().cloned().collect())).unwrap_or_default()
}

/// Every unknown parameter with the nearest known one. What does not fit its type is left to the reading.
fn parameter_mistakes<P: JsonSchema>(check: &str, parameters: &Node) -> Vec<Mistake> {
    let Value::Map(entries) = &parameters.value else {
        return match parameters.value {
            Value::Null => Vec::new(),
            _ => vec![Mistake::new(
                &parameters.place,
                format!("expected the parameters of `{check}` as a map, found {}", parameters.describe()),
            )],
        };
    };
    let mut generator = SchemaGenerator::default();
    let schema = P::json_schema(&mut generator);
    let known: Vec<String> = schema
        .get("properties")
        .and_then(|value| value.as_object())
        .map(|map| map.keys().cloned().collect())
        .unwrap_or_default();
    entries
        .iter()
        .filter(|(key, _)| !known.contains(&key.name))
        .map(|(key, _)| {
            let mistake = Mistake::new(&key.place, format!("`{check}` has no parameter `{}`", key.name));
            match nearest(&key.name, known.iter().map(String::as_str)) {
                Some(name) => mistake.with_help(format!("did you mean `{name}`?")),
                None => mistake.with_help(format!("it knows {}", known.join(", "))),
            }
        })
        .collect()
}
