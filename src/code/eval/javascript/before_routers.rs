//! What stands before a router where it is mounted and is not known: a path rather than middleware, by what it is called and by
//! what the function is given that it comes of.

use super::super::machine::Machine;
use super::super::value::{Args, Spot, Value};
use crate::code::form::{Call, Expr, ExprKind, Language, Name};
use crate::code::holes::hole;

/// The last words of what holds a path.
const PATHS: &[&str] =
    &["base", "baseurl", "endpoint", "mount", "mountpath", "mountpoint", "path", "pattern", "prefix", "uri", "url"];
/// Words of functions that make middleware and may be given a path of the service, or a folder.
const MIDDLEWARE: &[&str] = &[
    "allow",
    "auth",
    "check",
    "csrf",
    "ensure",
    "filter",
    "guard",
    "handle",
    "limit",
    "log",
    "middleware",
    "only",
    "protect",
    "proxy",
    "redirect",
    "require",
    "rewrite",
    "serve",
    "session",
    "static",
    "verify",
    "validate",
];

impl Machine<'_> {
    /// Puts a path with a part that is not known in the place of what nobody knows, where that may be left out, stands before a
    /// router, and is more likely a path than middleware.
    pub(in crate::code::eval) fn path_before_router(
        &mut self,
        callee: &Value,
        name: Option<&Name>,
        call: &Call,
        args: &mut Args,
    ) {
        let (Some(first), [Value::Unknown(path), behind @ ..]) = (call.args.first(), &args.list[..]) else { return };
        if behind.is_empty() || !path.contains("()") {
            return;
        }
        let model = match (callee, name) {
            (Value::Object(it), Some(name)) => {
                let model = it.model.borrow();
                model.as_ref().and_then(|it| it.ty.members.get(&**name)).and_then(|action| action.args.first())
            }
            (Value::Unknown(maker), None) => self.models.makers.get(&**maker).and_then(|model| model.args.first()),
            _ => None,
        };
        if !model.is_some_and(|first| first.starts_with('?')) || !(is_path(&first.value) || self.came_of_path(path)) {
            return;
        }
        let behind = behind.to_vec();
        if behind.iter().any(|one| !self.held_by(one).nodes.is_empty()) {
            args.list[0] = Value::text(hole(last_name(&first.value).map_or("path", |name| name)));
        }
    }

    /// A function that nobody knows is called: where it is given a path, what it gives may be one.
    pub(in crate::code::eval) fn saw_path_given(&mut self, function: &Name, args: &Args, spot: Spot) {
        let slashed = |value: &Value| matches!(value, Value::Str(text) if text.starts_with('/'));
        if self.modules[spot.module.0].language == Language::JavaScript && args.list.iter().any(slashed) {
            self.path_makers.insert(function.clone());
        }
    }

    /// Whether something is what such a function gives, or a member of that.
    fn came_of_path(&self, path: &Name) -> bool {
        let Some((function, _)) = path.rsplit_once("()") else { return false };
        let last = function.rsplit(['.', '/']).next().unwrap_or(function).to_lowercase();
        self.path_makers.contains(function) && !MIDDLEWARE.iter().any(|word| last.contains(word))
    }
}

/// Whether something is called as a path is: a name or member, the function that gives it, or the key that it is asked by.
fn is_path(expr: &Expr) -> bool {
    let keyed = match &expr.kind {
        ExprKind::Call(call) => match call.args.as_slice() {
            [key, ..] => match &key.value.kind {
                ExprKind::Str(key) => is_path_word(key),
                _ => false,
            },
            [] => false,
        },
        _ => false,
    };
    keyed || last_name(expr).is_some_and(|name| is_path_word(name))
}

/// Whether the last word of a name is a path's.
fn is_path_word(name: &str) -> bool {
    let lower = name.to_lowercase();
    PATHS.iter().any(|word| {
        lower.strip_suffix(word).is_some_and(|before| {
            let begins = name[before.len().min(name.len())..].starts_with(char::is_uppercase);
            before.is_empty() || begins || !before.ends_with(char::is_alphanumeric)
        })
    })
}

fn last_name(expr: &Expr) -> Option<&Name> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member(_, name) => Some(name),
        ExprKind::Call(call) => last_name(&call.callee),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_path_word;

    #[test]
    fn words_of_paths_are_told_at_the_end_of_names() {
        for name in ["path", "basePath", "API_PREFIX", "api.prefix", "mountPath", "baseUrl", "url"] {
            assert!(is_path_word(name), "{name}");
        }
        for name in ["pathFilter", "empath", "curl", "database", "prefixed", "auth"] {
            assert!(!is_path_word(name), "{name}");
        }
    }
}
