//! Tables: what marks, loops and rows hand to functions, and the names of what stands in a row.

use super::texts::field;
use super::values::{At, Source, Values};
use super::walk::{Chain, Scope, chain};
use crate::code::form::{Entry, Expr, ExprKind, Function, Item, Pattern, PatternField, TemplatePart, TypeRef};

impl<'a> Values<'a> {
    /// `@pytest.mark.parametrize("path, status", [("/a", 200)])`, `#[case("/a")]`, `@ValueSource(strings = {"/a"})`.
    pub(super) fn parametrised(&mut self, function: &'a Function, scope: Scope, own: Scope) {
        for decorator in &function.decorators {
            let chain = chain(&decorator.expr);
            let Some(link) = chain.links.last() else { continue };
            match (link.name, link.args()) {
                (Some("parametrize"), [names, table, ..]) => {
                    let ExprKind::Str(names) = &names.value.kind else { continue };
                    let names: Vec<&'a str> = names.split(',').map(str::trim).collect();
                    for (index, name) in names.iter().enumerate() {
                        let element = Source::Element((&table.value, scope));
                        let source = if names.len() == 1 { element } else { Source::Nth(Box::new(element), index) };
                        self.names.entry(name).or_default().entry(own).or_default().push(source);
                    }
                }
                (Some("case"), args) => {
                    for (param, arg) in function.params.iter().zip(args) {
                        self.bind(&param.target, &Source::Value((&arg.value, scope)), own);
                    }
                }
                (Some("ValueSource"), [table]) => {
                    if let Some(param) = function.params.first() {
                        self.bind(&param.target, &Source::Element((&table.value, scope)), own);
                    }
                }
                _ => {}
            }
        }
    }

    /// What a table's elements are handed to: callbacks.
    pub(super) fn hand(&mut self, chain: &Chain<'a>, scope: Scope) {
        for (index, link) in chain.links.iter().enumerate() {
            let callback = link.args().iter().find_map(|arg| match &arg.value.kind {
                ExprKind::Function(function) => Some(&**function),
                _ => None,
            });
            let Some(callback) = callback else { continue };
            let before = index.checked_sub(1).map(|index| &chain.links[index]);
            // `it.each(table)(name, callback)`, `table.forEach(callback)`, `this.table.forEach(callback)`.
            let table = before.filter(|link| link.name == Some("each")).and_then(|link| link.args().first());
            let walks = matches!(link.name, Some("forEach" | "map" | "for_each"));
            if let Some(table) = table {
                self.row(callback, (&table.value, scope));
            } else if walks && index == 0 {
                self.row(callback, (chain.root, scope));
            } else if index == 0
                && let ExprKind::Unknown(parts) = &chain.root.kind
                && let [callee, table] = parts.as_slice()
                && matches!(&callee.kind, ExprKind::Member(_, name) if &**name == "each")
            {
                self.written(callback, (table, scope));
            }
        }
    }

    /// A row of a table is spread over a callback's parameters, and is its first parameter.
    fn row(&mut self, callback: &'a Function, table: At<'a>) {
        let Some(own) = self.scopes.get(&std::ptr::from_ref(callback).addr()).copied() else { return };
        for (index, param) in callback.params.iter().enumerate() {
            let element = Source::Element(table);
            if index == 0 {
                self.bind(&param.target, &element, own);
            }
            self.bind(&param.target, &Source::Nth(Box::new(element), index), own);
        }
    }

    /// A table that is written as a template, its first line the names of its columns: `` it.each`path | status …` ``.
    fn written(&mut self, callback: &'a Function, (table, scope): At<'a>) {
        let Some(own) = self.scopes.get(&std::ptr::from_ref(callback).addr()).copied() else { return };
        let ExprKind::Template(parts) = &table.kind else { return };
        let (Some(TemplatePart::Text(head)), Some(row)) = (parts.first(), callback.params.first()) else { return };
        let names: Vec<&'a str> = head.split('|').map(str::trim).collect();
        let Pattern::Map(fields) = &row.target else { return };
        for field in fields {
            if let PatternField::Key { key, target, .. } = field
                && let ExprKind::Str(key) = &key.kind
                && let Some(at) = names.iter().position(|name| *name == &**key)
            {
                self.bind(target, &Source::Column(table, scope, at, names.len()), own);
            }
        }
    }

    /// The rows of a table whose type names their fields.
    pub(super) fn composite(&mut self, ty: &'a TypeRef, inner: &'a Expr) {
        let element = |ty: &'a TypeRef| {
            ty.args.last().filter(|_| matches!(ty.path.as_slice(), [one] if matches!(&**one, "[]" | "map")))
        };
        let Some(of) = element(ty) else {
            if let Some(name) = ty.path.last() {
                self.rows.insert(std::ptr::from_ref(inner).addr(), name);
            }
            return;
        };
        let Some(name) = of.path.last() else { return };
        let rows: Vec<&'a Expr> = match &inner.kind {
            ExprKind::List(items) => items.iter().map(|item| &item.value).collect(),
            ExprKind::Map(entries) => entries
                .iter()
                .filter_map(|entry| if let Entry::Pair(_, value) = entry { Some(value) } else { None })
                .collect(),
            _ => return,
        };
        for row in rows {
            if let ExprKind::Composite(ty, row) = &row.kind
                && ty.path.is_empty()
            {
                self.rows.insert(std::ptr::from_ref(&**row).addr(), name);
            }
        }
    }

    /// A member of a map literal, or of a row whose type names its fields.
    pub(super) fn field(&self, expr: &'a Expr, name: &str) -> Option<&'a Expr> {
        match &expr.kind {
            ExprKind::List(items) => {
                let own = self.rows.get(&std::ptr::from_ref(expr).addr())?;
                let at = self.fields.get(own)?.iter().position(|field| *field == name)?;
                items.get(at).map(|item: &Item| &item.value)
            }
            ExprKind::Composite(_, inner) | ExprKind::Unary(_, inner) => self.field(inner, name),
            _ => field(expr, name),
        }
    }
}
