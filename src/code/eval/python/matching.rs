//! Python's regular expressions, tried on texts that are known whole.

use super::super::javascript::regexes::searched;
use super::super::value::{Args, Value};
use crate::code::form::Name;
use crate::code::holes::has_hole;

/// A function of `re`: an expression to try, or what trying one gives. None where it has what is not tried.
pub(in crate::code::eval) fn asked(path: &str, args: &Args) -> Option<Value> {
    let source = match args.at(0) {
        Value::Str(source) if !has_hole(&source) => source,
        Value::Regex(source) => source,
        _ => return None,
    };
    match path.strip_prefix("re.")? {
        "compile" => flagged(source, args.get(1, "flags")).map(Value::Regex),
        name => Some(tried(&flagged(source, args.get(2, "flags"))?, name, &args.get(1, "string")?)),
    }
}

/// An expression with what is said about it.
fn flagged(source: Name, flags: Option<Value>) -> Option<Name> {
    match flags {
        None | Some(Value::Int(0)) => Some(source),
        Some(Value::Unknown(flag)) if matches!(&*flag, "re.I" | "re.IGNORECASE") => {
            Some(format!("(?i){source}").into())
        }
        Some(_) => None,
    }
}

/// What a text gives that an expression is tried on: nothing, or what its groups caught.
pub(in crate::code::eval) fn tried(source: &str, name: &str, text: &Value) -> Value {
    let text = match text {
        Value::Str(text) if !has_hole(text) => text,
        _ => return Value::unknown(),
    };
    let whole = match name {
        "match" => format!("^(?:{source})"),
        "fullmatch" => format!("^(?:{source})$"),
        _ => source.to_owned(),
    };
    searched(text, "exec", &whole, &Args::default()).unwrap_or_else(Value::unknown)
}
