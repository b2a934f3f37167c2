//! Object literals and the keys that objects, classes and patterns share.

use super::super::reader::{children, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{Entry, Expr, ExprKind, Name};
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn object(&mut self, node: Node<'_>) -> Expr {
        let mut entries = Vec::new();
        for child in children(node) {
            match child.kind() {
                "pair" => {
                    let key = self.key_in(child, "key");
                    let value = self.expr_in(child, "value");
                    entries.push(Entry::Pair(key, value));
                }
                "shorthand_property_identifier" => {
                    let key = self.at(child, ExprKind::Str(self.name(child)));
                    let value = self.expr(child);
                    entries.push(Entry::Pair(key, value));
                }
                "spread_element" => {
                    if let Some(&inner) = children(child).first() {
                        entries.push(Entry::Spread(self.expr(inner)));
                    }
                }
                // A setter has no value, and would hide the getter of its name.
                "method_definition" if has(child, "set") => {}
                "method_definition" => {
                    let key = self.key_in(child, "name");
                    let method = self.method(child, Vec::new());
                    let value = self.at(child, ExprKind::Function(method));
                    entries.push(Entry::Pair(key, value));
                }
                // A piece that could not be parsed: something is missing here, and nobody can say under which key.
                _ => {
                    let unknown = self.expr(child);
                    entries.push(Entry::Spread(unknown));
                }
            }
        }
        self.at(node, ExprKind::Map(entries))
    }

    /// The key in a field: a plain one is a string, a computed one is its expression.
    pub(super) fn key_in(&mut self, node: Node<'_>, field: &str) -> Expr {
        let Some(key) = node.child_by_field_name(field) else { return self.unknown(node) };
        match self.plain_key(key) {
            Some(name) => self.at(key, ExprKind::Str(name)),
            None => self.first(key),
        }
    }

    /// A key that is known from its spelling alone; `["x"]` is one.
    pub(super) fn plain_key(&mut self, key: Node<'_>) -> Option<Name> {
        match key.kind() {
            "string" => Some(self.string(key)),
            "number" => match self.number(key) {
                ExprKind::Int(number) => Some(number.to_string().into()),
                _ => Some(self.name(key)),
            },
            "computed_property_name" => match children(key).first() {
                Some(&inner) if matches!(inner.kind(), "string" | "number") => self.plain_key(inner),
                _ => None,
            },
            _ => Some(self.name(key)),
        }
    }
}
