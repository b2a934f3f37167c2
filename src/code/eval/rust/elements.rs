//! The elements of linkme's slices: each file of the project may add to them.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Lazy, Value};
use crate::code::form::{Expr, ExprKind, Language, Name, Stmt, StmtKind};
use crate::code::select;

/// The most files that add to slices.
const MOST: usize = 500;

impl Machine<'_> {
    /// The list of what the project's code adds to the slice of this name; unknown where there are several such slices.
    pub(super) fn elements(&mut self, slice: &Name) -> Value {
        let sources = self.tree.files().filter(|path| path.ends_with(".rs") && select::is_own_source(path));
        let says = |path: &&Name| self.tree.text(path).is_some_and(|text| text.contains("distributed_slice"));
        let files: Vec<Name> = sources.filter(says).take(MOST).cloned().collect();
        let (mut found, mut declared) = (Vec::new(), 0);
        for path in files {
            let id = self.module_of(&path, Language::Rust);
            self.load(id);
            let Some(form) = self.tree.form(&path) else { continue };
            let scope = self.modules[id.0].scope.clone();
            gather(&form.body, slice, &scope, &mut found, &mut declared);
        }
        if declared > 1 { Value::unknown() } else { Value::list(found) }
    }
}

fn gather(body: &[Stmt], slice: &Name, scope: &ScopeRef, found: &mut Vec<Value>, declared: &mut usize) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Perhaps(inner) => gather(std::slice::from_ref(inner), slice, scope, found, declared),
            StmtKind::Bind { value: Some(Expr { kind: ExprKind::Call(call), .. }), .. } => {
                let made = matches!(&call.callee.kind, ExprKind::Path(path) if path.join("::") == "linkme::slice");
                let first = call.args.first().map(|arg| &arg.value.kind);
                *declared += usize::from(made && matches!(first, Some(ExprKind::Str(name)) if name == slice));
            }
            StmtKind::Expr(Expr { kind: ExprKind::Macro(call), .. }) if call.path.join("::") == "linkme::element" => {
                let names: Vec<&Name> = call
                    .args
                    .iter()
                    .filter_map(|arg| match &arg.value.kind {
                        ExprKind::Name(name) => Some(name),
                        _ => None,
                    })
                    .collect();
                if let [of, element] = names.as_slice()
                    && *of == slice
                {
                    found.push(Value::Lazy(Rc::new(Lazy::Path(scope.clone(), vec![(*element).clone()], false))));
                }
            }
            _ => {}
        }
    }
}
