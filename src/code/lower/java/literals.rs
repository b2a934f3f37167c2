//! Numbers, characters and strings.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{ExprKind, Name};
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn integer(&self, node: Node<'_>) -> ExprKind {
        let digits: String = self.text(node).chars().filter(|&c| c != '_').collect();
        let digits = digits.trim_end_matches(['l', 'L']).to_ascii_lowercase();
        let (radix, body) = match (digits.get(..2), node.kind()) {
            (Some("0x"), _) => (16, digits.get(2..).unwrap_or_default()),
            (Some("0b"), _) => (2, digits.get(2..).unwrap_or_default()),
            (_, "octal_integer_literal") => (8, digits.as_str()),
            _ => (10, digits.as_str()),
        };
        i64::from_str_radix(body, radix).map_or(ExprKind::Unknown(Vec::new()), ExprKind::Int)
    }

    pub(super) fn float(&self, node: Node<'_>) -> ExprKind {
        let digits: String = self.text(node).chars().filter(|&c| c != '_').collect();
        digits.trim_end_matches(['f', 'F', 'd', 'D']).parse().map_or(ExprKind::Unknown(Vec::new()), ExprKind::Float)
    }

    pub(super) fn character(&self, node: Node<'_>) -> ExprKind {
        let text = self.text(node);
        let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text);
        let mut out = String::new();
        if inner.starts_with('\\') {
            unescape(inner, &mut out);
        } else {
            out.push_str(inner);
        }
        ExprKind::Str(out.into())
    }

    /// A string's value. A text block loses its first line's end and the margin that all its lines share.
    pub(super) fn string(&self, node: Node<'_>) -> Name {
        let block = self.text(node).starts_with("\"\"\"");
        let margin = if block { self.margin(node) } else { 0 };
        let mut out = String::new();
        let mut at_start = block;
        for child in children(node) {
            let written = self.text(child);
            if child.kind() == "escape_sequence" {
                unescape(written, &mut out);
                at_start = false;
            } else if block {
                for (index, line) in written.split('\n').enumerate() {
                    if index > 0 {
                        at_start |= !out.is_empty() || index > 1;
                        if !out.is_empty() || index > 1 {
                            out.push('\n');
                        }
                    }
                    let cut = if at_start || index > 0 { margin.min(indent(line)) } else { 0 };
                    out.push_str(line.get(cut..).unwrap_or_default().trim_end_matches('\r'));
                    at_start = false;
                }
            } else {
                out.push_str(written);
            }
        }
        out.into()
    }

    /// How far every line of a text block is indented.
    fn margin(&self, node: Node<'_>) -> usize {
        let text = self.text(node);
        let body = text.trim_start_matches('"');
        let last = body.lines().count().saturating_sub(1);
        let lines = body.lines().enumerate().skip(1);
        let counted = lines.filter(|(at, line)| *at == last || !line.trim().is_empty());
        counted.map(|(_, line)| indent(line)).min().unwrap_or(0)
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Appends what an escape sequence stands for.
fn unescape(written: &str, out: &mut String) {
    let body = written.strip_prefix('\\').unwrap_or(written);
    match body.chars().next() {
        Some('n') => out.push('\n'),
        Some('t') => out.push('\t'),
        Some('r') => out.push('\r'),
        Some('b') => out.push('\u{8}'),
        Some('f') => out.push('\u{c}'),
        Some('s') => out.push(' '),
        Some('\n' | '\r') => {}
        Some('0'..='7') => out.extend(u32::from_str_radix(body, 8).ok().and_then(char::from_u32)),
        Some('u') => {
            let digits = body.trim_start_matches('u');
            out.extend(u32::from_str_radix(digits, 16).ok().and_then(char::from_u32));
        }
        _ => out.push_str(body),
    }
}
