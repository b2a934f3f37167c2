//! `donegate query`: an expression over a report, for programs that ask one thing.

use serde_json::Value;

use crate::domain::expression::Expression;
use crate::repo::host;

use super::args;
use super::{Stop, print};

pub(super) fn run(arguments: &args::Query) -> Result<u8, Stop> {
    let shown = if arguments.file.as_os_str() == "-" { "stdin".into() } else { arguments.file.to_string_lossy() };
    let text =
        host::read_named(&arguments.file).map_err(|error| Stop::Wrong(format!("cannot read {shown}: {error}")))?;
    let report: Value =
        serde_json::from_str(&text).map_err(|error| Stop::Wrong(format!("{shown} is no JSON: {error}")))?;
    let Value::Object(keys) = &report else {
        return Err(Stop::Wrong(format!("{shown} is no report: expected a JSON object")));
    };
    let names: Vec<&str> = keys.keys().map(String::as_str).collect();
    let wrong = |why: String| Stop::Wrong(format!("`{}`: {why}", arguments.expression));
    let expression = Expression::compile(&arguments.expression, &names).map_err(|(why, column)| {
        wrong(column.map_or_else(|| why.clone(), |column| format!("{why} (column {column})")))
    })?;
    match expression.value(&report).map_err(|trouble| wrong(trouble.to_string()))? {
        Value::String(text) => print(&format!("{text}\n")),
        value => print(&format!("{value}\n")),
    }
}
