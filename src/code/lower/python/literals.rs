//! Strings: prefixes, escapes, holes, implicit concatenation.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{Expr, ExprKind, TemplatePart};
use tree_sitter::Node;

impl Lowering<'_> {
    /// A string, or several that stand beside each other.
    pub(super) fn string(&mut self, node: Node<'_>) -> Expr {
        let mut parts: Vec<TemplatePart> = Vec::new();
        let pieces = if node.kind() == "concatenated_string" { children(node) } else { vec![node] };
        for piece in pieces {
            self.pieces(piece, &mut parts);
        }
        let mut merged: Vec<TemplatePart> = Vec::new();
        let mut text = String::new();
        for part in parts {
            match part {
                TemplatePart::Text(more) => text.push_str(&more),
                TemplatePart::Expr(expr) => {
                    if !text.is_empty() {
                        merged.push(TemplatePart::Text(std::mem::take(&mut text).into()));
                    }
                    merged.push(TemplatePart::Expr(expr));
                }
            }
        }
        if merged.is_empty() {
            return self.at(node, ExprKind::Str(text.into()));
        }
        if !text.is_empty() {
            merged.push(TemplatePart::Text(text.into()));
        }
        self.at(node, ExprKind::Template(merged))
    }

    fn pieces(&mut self, node: Node<'_>, out: &mut Vec<TemplatePart>) {
        let mut cursor = node.walk();
        let all: Vec<Node<'_>> = node.children(&mut cursor).collect();
        let start =
            all.iter().find(|child| child.kind() == "string_start").map(|start| self.text(*start)).unwrap_or_default();
        let prefix: String =
            start.chars().take_while(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
        let (raw, format) = (prefix.contains('r'), prefix.contains('f'));
        for child in all {
            match child.kind() {
                "string_content" => {
                    let text = self.text(child);
                    let text = if format { text.replace("{{", "{").replace("}}", "}") } else { text.to_owned() };
                    let text = if raw { text } else { unescaped(&text) };
                    out.push(TemplatePart::Text(text.into()));
                }
                "interpolation" => {
                    let value = self.expr_in(child, "expression");
                    out.push(TemplatePart::Expr(value));
                }
                _ => {}
            }
        }
    }
}

/// Escapes resolved; what is none stays.
fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some(next) = chars.next() else {
            out.push('\\');
            break;
        };
        let digits = match next {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let code: String = chars.by_ref().take(digits).collect();
            out.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
            continue;
        }
        match next {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '0' => out.push('\0'),
            '\n' => {}
            '\\' | '\'' | '"' => out.push(next),
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    out
}
