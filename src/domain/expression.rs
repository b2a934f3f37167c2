//! The expression language of `when` and `expr`: CEL, over plain JSON. An unknown name or field is an error with a word,
//! never false; an expression that is no truth value is an error, never a pass.

use std::fmt;

use cel::{Context, ExecutionError, Program, Value};
use serde_json::Value as Json;

use super::node::nearest;

/// An expression over this many bytes is refused.
const MAX_SOURCE: usize = 4_096;
/// Steps that walking lists may take: the longest list to the power of the macros that could nest.
const MAX_STEPS: f64 = 1e7;
/// The macros that walk lists.
const MACROS: &[&str] = &["all", "exists", "exists_one", "filter", "map"];

/// A compiled expression.
pub struct Expression {
    source: String,
    program: Program,
    macros: i32,
}

impl fmt::Debug for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Expression").field(&self.source).finish()
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A field that could be there is not: what it would say is not known.
    Missing(String),
    /// It is wrong: types that do not fit, no truth value, too costly.
    Wrong(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Missing(name) => write!(out, "`{name}` is not known"),
            Trouble::Wrong(why) => out.write_str(why),
        }
    }
}

impl Expression {
    /// Compiles an expression that may use the names in `allowed`.
    ///
    /// # Errors
    /// What is wrong, and the column (from 1) in the expression where it is known.
    pub fn compile(source: &str, allowed: &[&str]) -> Result<Self, (String, Option<u32>)> {
        if source.len() > MAX_SOURCE {
            return Err((format!("the expression has {} bytes, over the limit of {MAX_SOURCE}", source.len()), None));
        }
        let program = Program::compile(source).map_err(|errors| {
            let first = errors.errors.first();
            let column = first.and_then(|error| u32::try_from(error.pos.1).ok()).map(|column| column.max(1));
            let message = first.map_or_else(|| "no CEL".to_owned(), |error| error.msg.clone());
            (format!("the expression cannot be read: {}", message.lines().next().unwrap_or_default()), column)
        })?;
        let bound = bound_names(source);
        {
            let references = program.references();
            let mut names = references.variables();
            names.sort_unstable();
            for name in names {
                let known = allowed.contains(&name) || bound.iter().any(|one| one == name) || name.starts_with('@');
                if !known {
                    let help = nearest(name, allowed.iter().copied()).map_or_else(
                        || format!("it knows {}", allowed.join(", ")),
                        |near| format!("did you mean `{near}`?"),
                    );
                    let column = source.find(name).and_then(|at| u32::try_from(source[..at].chars().count() + 1).ok());
                    return Err((format!("`{name}` is not known here: {help}"), column));
                }
            }
        }
        let macros = MACROS.iter().map(|name| source.matches(&format!(".{name}(")).count()).sum::<usize>();
        Ok(Self { source: source.to_owned(), program, macros: i32::try_from(macros).unwrap_or(i32::MAX) })
    }

    /// The expression as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it holds over `facts`, an object whose keys are the names that it may use.
    ///
    /// # Errors
    /// Why it has no truth value.
    pub fn holds(&self, facts: &Json) -> Result<bool, Trouble> {
        match self.run(facts)? {
            Value::Bool(holds) => Ok(holds),
            _ => Err(Trouble::Wrong("it is no truth value: compare with ==, <, >= or the like".to_owned())),
        }
    }

    /// Its value over `facts`, an object whose keys are the names that it may use.
    ///
    /// # Errors
    /// Why it has no value.
    pub fn value(&self, facts: &Json) -> Result<Json, Trouble> {
        plain(&self.run(facts)?)
    }

    fn run(&self, facts: &Json) -> Result<Value, Trouble> {
        if self.macros > 0 && f64::from(longest(facts)).powi(self.macros) > MAX_STEPS {
            return Err(Trouble::Wrong("it would walk too many elements: use fewer nested macros".to_owned()));
        }
        let mut context = Context::default();
        for (name, value) in facts.as_object().into_iter().flatten() {
            context.add_variable(name.clone(), value.clone()).map_err(|error| Trouble::Wrong(error.to_string()))?;
        }
        match self.program.execute(&context) {
            Ok(value) => Ok(value),
            Err(ExecutionError::NoSuchKey(name)) => Err(Trouble::Missing(name.to_string())),
            Err(error) => Err(Trouble::Wrong(error.to_string())),
        }
    }
}

/// A value as plain JSON.
fn plain(value: &Value) -> Result<Json, Trouble> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(it) => Json::from(*it),
        Value::Int(it) => Json::from(*it),
        Value::UInt(it) => Json::from(*it),
        Value::Float(it) => Json::from(*it),
        Value::String(it) => Json::from(it.as_str()),
        Value::List(items) => Json::Array(items.iter().map(plain).collect::<Result<_, _>>()?),
        Value::Map(map) => {
            let entries = map.map.iter().map(|(key, value)| Ok((key.to_string(), plain(value)?)));
            Json::Object(entries.collect::<Result<_, Trouble>>()?)
        }
        _ => return Err(Trouble::Wrong("its value is no plain data".to_owned())),
    })
}

/// The names that macros bind: `l` in `languages.exists(l, l == "go")`.
fn bound_names(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    for name in MACROS {
        let call = format!(".{name}(");
        for (at, _) in source.match_indices(&call) {
            let rest = source[at + call.len()..].trim_start();
            names.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    names
}

fn longest(value: &Json) -> u32 {
    match value {
        Json::Array(items) => {
            let inner = items.iter().map(longest).max().unwrap_or(0);
            inner.max(u32::try_from(items.len()).unwrap_or(u32::MAX))
        }
        Json::Object(map) => map.values().map(longest).max().unwrap_or(0),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(source: &str, facts: &Json) -> Result<bool, Trouble> {
        Expression::compile(source, &["coverage", "languages"]).expect("an expression").holds(facts)
    }

    #[test]
    fn comparisons_and_macros_have_values() {
        let facts = json!({"coverage": {"lines": {"percent": 90.5, "covered": 3}}, "languages": ["go", "python"]});
        assert_eq!(Ok(true), holds("coverage.lines.percent >= 90.0 && coverage.lines.covered == 3", &facts));
        assert_eq!(Ok(true), holds("languages.exists(l, l == 'go')", &facts));
        assert_eq!(Ok(false), holds("'rust' in languages", &facts));
    }

    #[test]
    fn what_is_not_known_is_never_false() {
        let facts = json!({"coverage": {"lines": null}, "languages": []});
        assert_eq!(Err(Trouble::Missing("branches".to_owned())), holds("coverage.branches.percent > 1.0", &facts));
        assert!(matches!(
            holds("coverage.lines.percent >= 90.0", &facts),
            Err(Trouble::Wrong(_) | Trouble::Missing(_))
        ));
        assert!(matches!(holds("coverage.lines == 'x' || languages", &facts), Err(Trouble::Wrong(_))));
        assert!(matches!(holds("languages", &facts), Err(Trouble::Wrong(_))));
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest() {
        let (why, column) = Expression::compile("1 == 1 && covrage.lines", &["coverage"]).expect_err("unknown");
        assert!(why.contains("did you mean `coverage`"), "{why}");
        assert_eq!(Some(11), column);
        assert!(Expression::compile("a +", &["a"]).is_err());
        assert!(Expression::compile(&"(".repeat(4_000), &[]).is_err());
    }

    #[test]
    fn values_are_plain_json() {
        let facts = json!({"coverage": {"lines": {"percent": 90.5}}, "languages": ["go", "python"]});
        let value = |source: &str| Expression::compile(source, &["coverage", "languages"]).expect("one").value(&facts);
        assert_eq!(Ok(json!(90.5)), value("coverage.lines.percent"));
        assert_eq!(Ok(json!(["go"])), value("languages.filter(l, l != 'python')"));
        assert_eq!(Ok(json!({"lines": {"percent": 90.5}})), value("coverage"));
        assert_eq!(Ok(json!(2)), value("size(languages)"));
        assert_eq!(Err(Trouble::Missing("none".to_owned())), value("coverage.none"));
    }

    #[test]
    fn a_costly_expression_is_refused() {
        let facts = json!({"coverage": {}, "languages": vec!["x"; 10_000]});
        let nested = "languages.all(a, languages.all(b, languages.all(c, a == c)))";
        assert!(matches!(holds(nested, &facts), Err(Trouble::Wrong(_))));
    }
}
