//! `expr`: an expression over facts, for what no other check says.

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value as Json;

use super::{Check, CheckOf, Judge, Judgement, RuleContext};
use crate::domain::expression::{Expression, Trouble};
use crate::domain::finding::Finding;
use crate::domain::node::{Mistake, Node, nearest};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::provenance::Source;
use crate::facts::{Area, AreaName, Evidence, Facts, Need};
use crate::facts::{audit, coverage, dockerfiles, env, images, openapi, performance, routes, tests};

/// The check.
pub const EXPR: ExprCheck =
    ExprCheck(CheckOf { name: "expr", page: include_str!("expr.md"), stage: Stage::Ci, parameters: PhantomData });

/// The check: its expression is compiled when the rule is read, so that a wrong one is refused at its place.
#[derive(Debug)]
pub struct ExprCheck(CheckOf<ExprParameters>);

/// What a rule asks of facts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExprParameters {
    /// The areas that the expression speaks of; each must be proven.
    needs: Vec<AreaName>,
    /// The expression, in CEL, over the facts' JSON.
    that: String,
}

struct ExprRule {
    needs: Vec<AreaName>,
    that: Expression,
}

impl Judge for ExprParameters {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        Vec::new()
    }

    fn judge(&self, _: &RuleContext<'_>, _: &Facts) -> Judgement {
        Judgement::new(Outcome::Error, self.that.clone(), "").next("this is a bug: the expression was not compiled")
    }
}

impl Check for ExprCheck {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn page(&self) -> &'static str {
        self.0.page()
    }

    fn stage(&self) -> Stage {
        self.0.stage()
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        self.0.schema(generator)
    }

    fn parse(&self, parameters: &Node) -> Result<Box<dyn Judge>, Vec<Mistake>> {
        self.0.parse(parameters)?;
        let read: ExprParameters = parameters.read().map_err(|mistake| vec![mistake])?;
        let Some(at) = parameters.get("that") else {
            return Err(vec![Mistake::new(&parameters.place, "`expr` has no expression").with_help("add `that:`")]);
        };
        let names: Vec<&str> = read.needs.iter().map(|area| area.name()).collect();
        let place = |column: Option<u32>| {
            let mut place = at.place.clone();
            place.column = place.column.saturating_add(column.unwrap_or(1).saturating_sub(1));
            place
        };
        let that = Expression::compile(&read.that, &names).map_err(|(why, column)| {
            let mistake = Mistake::new(&place(column), why);
            vec![mistake.with_help("an expression may use the areas that `needs` names")]
        })?;
        let wrong = unknown_fields(&read.that, &read.needs);
        if wrong.is_empty() {
            Ok(Box::new(ExprRule { needs: read.needs, that }))
        } else {
            Err(wrong.into_iter().map(|(column, why)| Mistake::new(&place(Some(column)), why)).collect())
        }
    }
}

/// Every field behind an area's name that the facts' schema does not have: column and what is wrong.
fn unknown_fields(source: &str, areas: &[AreaName]) -> Vec<(u32, String)> {
    let path = regex::Regex::new(r"\b([a-z]+)((?:\.[A-Za-z_][A-Za-z0-9_]*)+)").expect("a valid expression");
    let quoted = regex::Regex::new(r#""[^"]*"|'[^']*'"#).expect("a valid expression");
    let blank = quoted.replace_all(source, |found: &regex::Captures<'_>| " ".repeat(found[0].len()));
    let mut wrong = Vec::new();
    for found in path.captures_iter(&blank) {
        let Some(area) = areas.iter().find(|area| *area.name() == found[1]) else { continue };
        let whole = found.get(0).map_or(0..0, |part| part.range());
        let fields: Vec<&str> = found[2].split('.').skip(1).collect();
        let called = blank[whole.end..].starts_with('(');
        let fields = if called { &fields[..fields.len() - 1] } else { &fields[..] };
        let mut generator = SchemaGenerator::default();
        let mut schema = schema_of(*area, &mut generator).to_value();
        let definitions = serde_json::Value::Object(generator.definitions().clone());
        for field in fields {
            schema = resolved(schema, &definitions);
            let Some(properties) = schema.get("properties").and_then(Json::as_object) else { break };
            let Some(next) = properties.get(*field) else {
                let help = nearest(field, properties.keys().map(String::as_str)).map_or_else(
                    || format!("it has {}", properties.keys().cloned().collect::<Vec<_>>().join(", ")),
                    |name| format!("did you mean `{name}`?"),
                );
                let column = u32::try_from(blank[..whole.start].chars().count() + 1).unwrap_or(1);
                wrong.push((column, format!("the facts of `{area}` have no `{field}`: {help}", area = area.name())));
                break;
            };
            schema = next.clone();
        }
    }
    wrong
}

/// Follows a reference, and the schema within "this or null".
fn resolved(schema: Json, definitions: &Json) -> Json {
    let mut schema = schema;
    for _ in 0..4 {
        let inner = schema.get("anyOf").and_then(Json::as_array).and_then(|all| all.first()).cloned();
        let named = schema.get("$ref").and_then(Json::as_str).and_then(|at| at.rsplit('/').next().map(str::to_owned));
        schema = match (named, inner) {
            (Some(name), _) => definitions.get(&name).cloned().unwrap_or(Json::Null),
            (None, Some(inner)) => inner,
            (None, None) => break,
        };
    }
    schema
}

fn schema_of(area: AreaName, generator: &mut SchemaGenerator) -> Schema {
    match area {
        AreaName::Routes => routes::Routes::json_schema(generator),
        AreaName::Env => env::Env::json_schema(generator),
        AreaName::Coverage => coverage::Coverage::json_schema(generator),
        AreaName::Audit => audit::Audit::json_schema(generator),
        AreaName::Tests => tests::Tests::json_schema(generator),
        AreaName::Performance => performance::Performance::json_schema(generator),
        AreaName::Openapi => openapi::OpenApi::json_schema(generator),
        AreaName::Dockerfiles => dockerfiles::Dockerfiles::json_schema(generator),
        AreaName::Images => images::Images::json_schema(generator),
        AreaName::Changes => crate::facts::Changes::json_schema(generator),
    }
}

/// An area's facts as JSON with their evidence, if they are proven.
fn proven(facts: &Facts, area: AreaName) -> Option<Result<(Json, Vec<Source>), &Evidence>> {
    fn of<T: serde::Serialize>(area: &Area<T>) -> Result<(Json, Vec<Source>), &Evidence> {
        let facts = area.proven()?;
        let json = serde_json::to_value(facts).expect("facts are plain data");
        Ok((json, area.evidence.reports.clone()))
    }
    match area {
        AreaName::Routes => facts.routes.as_ref().map(of),
        AreaName::Env => facts.env.as_ref().map(of),
        AreaName::Coverage => facts.coverage.as_ref().map(of),
        AreaName::Audit => facts.audit.as_ref().map(of),
        AreaName::Tests => facts.tests.as_ref().map(of),
        AreaName::Performance => facts.performance.as_ref().map(of),
        AreaName::Openapi => facts.openapi.as_ref().map(of),
        AreaName::Dockerfiles => facts.dockerfiles.as_ref().map(of),
        AreaName::Images => facts.images.as_ref().map(of),
        AreaName::Changes => facts.changes.as_ref().map(of),
    }
}

impl Judge for ExprRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        self.needs.iter().copied().map(Need::Area).collect()
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let required = self.that.source().to_owned();
        let mut world = serde_json::Map::new();
        let mut evidence = Vec::new();
        for area in &self.needs {
            match proven(facts, *area) {
                Some(Ok((json, sources))) => {
                    world.insert(area.name().to_owned(), json);
                    evidence.extend(sources);
                }
                Some(Err(missing)) => {
                    let step = format!("bring proof for `{}`", area.name());
                    return Judgement::no_evidence(rule, required, missing, &step);
                }
                None => {
                    let step = format!("facts of `{}` are not collected yet", area.name());
                    return Judgement::new(Outcome::NoEvidence, required, "").next(step);
                }
            }
        }
        let mut judgement = match self.that.holds(&Json::Object(world)) {
            Ok(true) => Judgement::new(Outcome::Pass, required, "it holds"),
            Ok(false) => {
                let message = format!("`{required}` does not hold");
                let mut failed = Judgement::new(Outcome::Fail, required, "it does not hold");
                failed.findings.push(Finding::new(rule.id, rule.id, message, None));
                failed.next("change what it measures: `donegate facts` shows the figures")
            }
            Err(trouble @ Trouble::Missing(_)) => {
                let step = format!("{trouble}: the evidence does not say; name a report that does");
                Judgement::new(Outcome::NoEvidence, required, "").next(step)
            }
            Err(trouble @ Trouble::Wrong(_)) => {
                Judgement::new(Outcome::Error, required, "").next(format!("mend the expression: {trouble}"))
            }
        };
        judgement.evidence = evidence;
        judgement
    }
}
