//! What is bound and assigned: names, places, destructuring.

use super::super::reader::{all_children, children};
use super::{FrontEnd, Lowering};
use crate::code::form::{Expr, ExprKind, Pattern, PatternField, PatternItem};
use tree_sitter::Node;

impl Lowering<'_> {
    /// Lowers a target. Array and object literals on the left of `=` are patterns of their own in the grammar.
    pub(super) fn pattern(&mut self, node: Node<'_>) -> Pattern {
        if !self.reader.enter(node) {
            return Pattern::Ignore;
        }
        let pattern = self.pattern_here(node);
        self.reader.leave();
        pattern
    }

    fn pattern_here(&mut self, node: Node<'_>) -> Pattern {
        match node.kind() {
            "identifier" | "shorthand_property_identifier_pattern" | "shorthand_property_identifier" => {
                Pattern::Name(self.name(node), self.pos(node))
            }
            "member_expression" | "subscript_expression" => Pattern::Place(Box::new(self.expr(node))),
            "parenthesized_expression" | "non_null_expression" | "as_expression" | "satisfies_expression" => {
                children(node).first().map_or(Pattern::Ignore, |&inner| self.pattern(inner))
            }
            "array_pattern" => Pattern::List(self.list_items(node)),
            "object_pattern" => Pattern::Map(self.map_fields(node)),
            _ => Pattern::Ignore,
        }
    }

    /// A target with the value it takes where there is none.
    pub(super) fn with_default(&mut self, node: Node<'_>) -> (Pattern, Option<Expr>) {
        if !matches!(node.kind(), "assignment_pattern" | "object_assignment_pattern") {
            return (self.pattern(node), None);
        }
        let target = node.child_by_field_name("left").map_or(Pattern::Ignore, |left| self.pattern(left));
        (target, Some(self.expr_in(node, "right")))
    }

    fn list_items(&mut self, node: Node<'_>) -> Vec<PatternItem> {
        let mut items = Vec::new();
        let mut expects = true;
        for child in all_children(node) {
            if child.kind() == "," {
                if expects {
                    items.push(PatternItem { target: Pattern::Ignore, default: None, rest: false });
                }
                expects = true;
            } else if child.is_named() {
                expects = false;
                items.push(match self.rest_target(child) {
                    Some(target) => PatternItem { target, default: None, rest: true },
                    None => {
                        let (target, default) = self.with_default(child);
                        PatternItem { target, default, rest: false }
                    }
                });
            }
        }
        items
    }

    /// What a rest pattern binds; none where the node is no rest pattern.
    pub(super) fn rest_target(&mut self, node: Node<'_>) -> Option<Pattern> {
        if node.kind() != "rest_pattern" {
            return None;
        }
        Some(children(node).first().map_or(Pattern::Ignore, |&inner| self.pattern(inner)))
    }

    fn map_fields(&mut self, node: Node<'_>) -> Vec<PatternField> {
        let mut out = Vec::new();
        for child in children(node) {
            if let Some(target) = self.rest_target(child) {
                out.push(PatternField::Rest(target));
                continue;
            }
            match child.kind() {
                "pair_pattern" => {
                    let key = self.key_in(child, "key");
                    let (target, default) = match child.child_by_field_name("value") {
                        Some(value) => self.with_default(value),
                        None => (Pattern::Ignore, None),
                    };
                    out.push(PatternField::Key { key, target, default });
                }
                "shorthand_property_identifier_pattern" | "object_assignment_pattern" => {
                    let named = child.child_by_field_name("left").unwrap_or(child);
                    let key = self.at(named, ExprKind::Str(self.name(named)));
                    let (target, default) = self.with_default(child);
                    out.push(PatternField::Key { key, target, default });
                }
                _ => {}
            }
        }
        out
    }
}
