//! Patterns.

use super::super::reader::{all_children, children, has};
use super::{FrontEnd, Lowering};
use crate::code::form::{Call, Expr, ExprKind, Item, Pattern, PatternField, PatternItem, Spread};
use tree_sitter::Node;

impl Lowering<'_> {
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
            "identifier" | "shorthand_field_identifier" => Pattern::Name(self.name(node), self.pos(node)),
            "mut_pattern" | "ref_pattern" | "reference_pattern" | "captured_pattern" => {
                let inner = children(node).into_iter().find(|child| child.kind() != "mutable_specifier");
                inner.map_or(Pattern::Ignore, |inner| self.pattern(inner))
            }
            "or_pattern" => children(node).first().map_or(Pattern::Ignore, |&first| self.pattern(first)),
            "tuple_pattern" | "slice_pattern" => {
                let all = all_children(node).into_iter().filter(|child| child.is_named() || child.kind() == "_");
                let items = all.map(|child| PatternItem {
                    target: self.pattern(child),
                    default: None,
                    rest: child.kind() == "remaining_field_pattern",
                });
                Pattern::List(items.collect())
            }
            "struct_pattern" => Pattern::Map(self.named_fields(node)),
            "tuple_struct_pattern" => self.variant(node),
            _ => Pattern::Ignore,
        }
    }

    fn named_fields(&mut self, node: Node<'_>) -> Vec<PatternField> {
        let mut out = Vec::new();
        for child in children(node) {
            let Some(name) = child.child_by_field_name("name") else { continue };
            let key = self.at(name, ExprKind::Str(self.name(name)));
            let target = match child.child_by_field_name("pattern") {
                Some(pattern) => self.pattern(pattern),
                None => Pattern::Name(self.name(name), self.pos(name)),
            };
            out.push(PatternField::Key { key, target, default: None });
        }
        out
    }

    /// `Some(x)` and `Ok(x)` bind x to the value itself; other variants bind by index.
    fn variant(&mut self, node: Node<'_>) -> Pattern {
        let Some(name) = node.child_by_field_name("type") else { return Pattern::Ignore };
        let all = all_children(node).into_iter().filter(|child| child.is_named() || child.kind() == "_");
        let inner: Vec<Node<'_>> = all.filter(|child| child.id() != name.id()).collect();
        if let ("Some" | "Ok", [only]) = (self.text(name), inner.as_slice()) {
            return self.pattern(*only);
        }
        let mut out = Vec::new();
        for (index, child) in inner.into_iter().enumerate() {
            let key = self.at(child, ExprKind::Str(index.to_string().into()));
            out.push(PatternField::Key { key, target: self.pattern(child), default: None });
        }
        Pattern::Map(out)
    }

    /// Whether a pattern binds any name.
    pub(super) fn binds(pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Name(..) => true,
            Pattern::Place(_) | Pattern::Ignore => false,
            Pattern::List(items) => items.iter().any(|item| Self::binds(&item.target)),
            Pattern::Map(fields) => fields.iter().any(|field| match field {
                PatternField::Key { target, .. } | PatternField::Rest(target) => Self::binds(target),
            }),
        }
    }

    /// The values that a match arm's pattern stands for; none for a pattern that takes everything.
    pub(super) fn arm_values(&mut self, node: Node<'_>) -> Option<Vec<Expr>> {
        match node.kind() {
            "match_pattern" => {
                let inner = children(node).first().copied();
                if node.child_by_field_name("condition").is_some() {
                    return Some(vec![self.unknown(node)]);
                }
                match inner {
                    Some(inner) => self.arm_values(inner),
                    None => None,
                }
            }
            "reference_pattern" => match children(node).last() {
                Some(inner) => self.arm_values(*inner),
                None => None,
            },
            // What its parts stand for tells what it is taken for, though no value does.
            "tuple_pattern" => {
                let parts = children(node).into_iter().map(|part| self.part(part)).collect();
                Some(vec![self.at(node, ExprKind::Unknown(parts))])
            }
            "or_pattern" => {
                let mut values = Vec::new();
                for child in children(node) {
                    values.extend(self.arm_values(child)?);
                }
                Some(values)
            }
            // A lower-case name binds; an upper-case one is a constant or a variant.
            "identifier" if !self.text(node).starts_with(char::is_uppercase) => None,
            "_" => None,
            "identifier" | "scoped_identifier" => Some(vec![self.expr(node)]),
            kind if kind.ends_with("_literal") => Some(vec![self.expr(node)]),
            // `Some(_)`: whether there is anything at all.
            "tuple_struct_pattern" if self.takes_any(node) => {
                let callee = self.at(node, ExprKind::Name("Some".into()));
                let call = Call { callee, args: Vec::new(), is_new: false };
                Some(vec![self.at(node, ExprKind::Call(Box::new(call)))])
            }
            _ if has(node, "@") => Some(vec![self.unknown(node)]),
            _ => Some(vec![self.unknown(node)]),
        }
    }

    /// Whether a pattern is `Some(name)` or `Some(_)`.
    fn takes_any(&self, node: Node<'_>) -> bool {
        let named = node.child_by_field_name("type").is_some_and(|name| self.text(name) == "Some");
        let inner = children(node).into_iter().next_back();
        let any = |inner: Node<'_>| match inner.kind() {
            "identifier" => !self.text(inner).starts_with(char::is_uppercase),
            kind => matches!(kind, "_" | "ref_pattern" | "mut_pattern"),
        };
        named && inner.is_some_and(any)
    }

    /// A part of a pattern: a value, several of them, a list of parts, or something that is not known.
    fn part(&mut self, node: Node<'_>) -> Expr {
        match node.kind() {
            "slice_pattern" => {
                let parts = children(node).into_iter();
                let items = parts.map(|part| Item { spread: Spread::No, value: self.part(part) }).collect();
                self.at(node, ExprKind::List(items))
            }
            "remaining_field_pattern" => self.at(node, ExprKind::Name("..".into())),
            _ => match self.arm_values(node) {
                Some(mut values) if values.len() == 1 => values.remove(0),
                Some(values) => self.at(node, ExprKind::Sequence(values)),
                None => self.unknown(node),
            },
        }
    }
}
