//! Bases that JavaScript strips off a request's path by hand before an app gets the request: `app.fetch(new Request(…))` behind
//! `url.pathname.slice(base.length)`. What is stripped so stands before the app's routes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::Value;
use crate::code::form::{Call, Expr, ExprKind, Language, Pattern};

/// What was seen of such bases.
#[derive(Debug, Default)]
pub(crate) struct Stripped {
    /// The last one that a function strips, by the function's address.
    bases: BTreeMap<usize, Value>,
    /// What stands before the routes of nodes: empty where one gets requests as they are.
    nodes: BTreeMap<usize, Value>,
}

impl Machine<'_> {
    /// Notes a base that is stripped, and an app that gets what is left.
    pub(in crate::code::eval) fn strips(
        &mut self,
        call: &Call,
        (written, object): (&Expr, &Value),
        name: &str,
        scope: &ScopeRef,
    ) {
        if !matches!(name, "slice" | "substring" | "substr" | "fetch") || self.language(scope) != Language::JavaScript {
            return;
        }
        let Some(function) = self.frames.last().and_then(|frame| frame.closure.as_ref()).map(|it| it.function.clone())
        else {
            return;
        };
        let address = Arc::as_ptr(&function).addr();
        let Some(first) = call.args.first().map(|arg| &arg.value) else { return };
        if name != "fetch" {
            if let ExprKind::Member(base, length) = &first.kind
                && &**length == "length"
                && is_path(written)
            {
                let base = self.eval(base, scope);
                self.stripped.bases.insert(address, base);
            }
            return;
        }
        let Some(base) = self.stripped.bases.get(&address).cloned() else { return };
        let node = match object {
            Value::Object(it) => {
                it.model.borrow().as_ref().filter(|it| it.ty.values.contains_key("fetch")).map(|it| it.node)
            }
            _ => None,
        };
        let Some(node) = node else { return };
        // What the function was given is handed on as it is.
        let given = |name: &str| {
            function.params.iter().any(|param| matches!(&param.target, Pattern::Name(own, _) if **own == *name))
        };
        let whole = matches!(&first.kind, ExprKind::Name(name) if given(name));
        let base = match base.as_whole_text() {
            _ if whole => Value::text(""),
            Some(text) => Value::text(text.trim_end_matches('/')),
            None => Value::unknown(),
        };
        let before = match self.stripped.nodes.get(&node) {
            None => base,
            Some(known) if known.same(&base) == Some(true) => return,
            // One that answers at several places.
            Some(_) => Value::unknown(),
        };
        self.effects += 1;
        self.forest.nodes[node].prefix = before.clone();
        self.stripped.nodes.insert(node, before);
    }
}

/// Whether an expression is the path of an address.
fn is_path(written: &Expr) -> bool {
    match &written.kind {
        ExprKind::Member(_, name) | ExprKind::Name(name) => matches!(&**name, "pathname" | "path"),
        _ => false,
    }
}
