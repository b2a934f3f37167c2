//! Methods whose own annotations say that they answer requests, whatever class they are of (Quarkus).

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, Spot, Value};
use super::annotated::{Applied, Declared, Mapping, Place};
use crate::code::form::{Expr, ExprKind, Name, StmtKind};
use crate::code::models::put_together;

/// The end of a path that goes on in any way: without a method such a route stands before others.
const ONWARDS: &str = "*";

impl Applied {
    /// What it is given for an argument.
    fn given(&self, name: &str) -> Option<&Value> {
        self.args.iter().find(|(own, _)| **own == *name).map(|(_, value)| value)
    }
}

impl Machine<'_> {
    /// Reads the routes of such methods of a class.
    pub(super) fn read_routed(&mut self, class: &Rc<ClassValue>) {
        let written = class.class.clone();
        let known =
            |name: &str| self.models.annotations.values().any(|model| model.alone_serves && model.name.ends_with(name));
        let decorated = written.body.iter().any(|stmt| match &stmt.kind {
            StmtKind::Function(function) => function.decorators.iter().any(|one| known(last_name(&one.expr))),
            _ => false,
        });
        if !decorated {
            return;
        }
        let around = self.applied(&written.decorators, &class.scope, class.spot);
        for stmt in &written.body {
            let StmtKind::Function(function) = &stmt.kind else { continue };
            let spot = Spot { module: class.spot.module, line: function.pos.line };
            let applied = self.applied(&function.decorators, &class.scope, spot);
            let conditional = around.iter().chain(&applied).any(|one| one.model.conditional);
            for one in applied.iter().filter(|one| one.model.alone_serves) {
                let before: Vec<Applied> = around
                    .iter()
                    .filter(|base| base.model.framework == one.model.framework && base.model.tells())
                    .cloned()
                    .collect();
                let base = self.mapping(&before, &class.scope);
                let prefixes = match base {
                    Some(base) => self.spelled_paths(base.model, &base.paths, class.spot),
                    None => vec![String::new()],
                };
                let declared = Declared { class: class.clone(), function: function.clone() };
                let methods = Default::default();
                let by = class.spot.module;
                let place = Place { prefixes: &prefixes, wide: &[], methods: &methods, conditional, depth: 0, by };
                self.read_one_routed(one, &declared, &place);
            }
        }
    }

    fn read_one_routed(&mut self, one: &Applied, declared: &Declared, place: &Place<'_>) {
        let spot = Spot { module: declared.class.spot.module, line: one.line };
        let is = |value: &Value, name: &String| match value {
            Value::Unknown(path) => path.rsplit('.').next() == Some(name),
            other => other.as_whole_text().is_some_and(|text| *text == **name),
        };
        if let Some((argument, values)) = &one.model.other
            && let Some(value) = one.given(argument)
            && values.iter().any(|name| is(value, name))
        {
            return;
        }
        if one.model.untold.as_deref().is_some_and(|argument| one.given(argument).is_some()) {
            return self.note(spot, "the path is told by a regular expression");
        }
        let Some(mut mapping): Option<Mapping> = self.mapping(std::slice::from_ref(one), &declared.class.scope) else {
            return;
        };
        let onwards = |path: &Value| path.as_whole_text().is_some_and(|text| text.ends_with(ONWARDS));
        if mapping.methods.is_empty() && mapping.paths.iter().any(onwards) {
            return;
        }
        if let (true, true, Some(name)) = (mapping.paths.is_empty(), one.model.path_of_name, &declared.function.name) {
            mapping.paths.push(Value::text(put_together(Default::default(), "/", &dashed(name))));
        }
        self.read_method(&mapping, declared, place);
    }
}

/// The last word of an annotation's name.
fn last_name(expr: &Expr) -> &str {
    match &expr.kind {
        ExprKind::Call(call) => last_name(&call.callee),
        ExprKind::Name(name) | ExprKind::Member(_, name) => name,
        _ => "",
    }
}

/// A name in small letters with dashes between its words.
fn dashed(name: &Name) -> String {
    let mut out = String::new();
    for sign in name.chars() {
        if sign.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(sign.to_lowercase());
    }
    out
}
