//! Numbers, characters and strings.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{ExprKind, Name};
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn integer(&self, node: Node<'_>) -> ExprKind {
        let digits: String = self.text(node).chars().filter(|&c| c != '_').collect::<String>().to_lowercase();
        let (radix, body) = match digits.get(..2) {
            Some("0x") => (16, digits.get(2..)),
            Some("0o") => (8, digits.get(2..)),
            Some("0b") => (2, digits.get(2..)),
            _ if digits.len() > 1 && digits.starts_with('0') => (8, digits.get(1..)),
            _ => (10, Some(digits.as_str())),
        };
        i64::from_str_radix(body.unwrap_or_default(), radix).map_or(ExprKind::Unknown(Vec::new()), ExprKind::Int)
    }

    pub(super) fn float(&self, node: Node<'_>) -> ExprKind {
        let digits: String = self.text(node).chars().filter(|&c| c != '_').collect();
        digits.parse().map_or(ExprKind::Unknown(Vec::new()), ExprKind::Float)
    }

    /// A character is its number.
    pub(super) fn character(&self, node: Node<'_>) -> ExprKind {
        let text = self.text(node);
        let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text);
        let mut out = String::new();
        if inner.starts_with('\\') {
            unescape(inner, &mut out);
        } else {
            out.push_str(inner);
        }
        match out.chars().next() {
            Some(c) => ExprKind::Int(i64::from(u32::from(c))),
            None => ExprKind::Unknown(Vec::new()),
        }
    }

    /// A string's value; a raw one is as it stands but for carriage returns.
    pub(super) fn string(&self, node: Node<'_>) -> Name {
        let mut out = String::new();
        for child in children(node) {
            let written = self.text(child);
            match child.kind() {
                "escape_sequence" => unescape(written, &mut out),
                "raw_string_literal_content" => out.extend(written.chars().filter(|&c| c != '\r')),
                _ => out.push_str(written),
            }
        }
        out.into()
    }
}

/// Appends what an escape sequence stands for.
fn unescape(written: &str, out: &mut String) {
    let body = written.strip_prefix('\\').unwrap_or(written);
    let number = |digits: &str, radix: u32| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match body.chars().next() {
        Some('n') => out.push('\n'),
        Some('t') => out.push('\t'),
        Some('r') => out.push('\r'),
        Some('a' | 'b' | 'f' | 'v') => out.push(' '),
        Some('x' | 'u' | 'U') => out.extend(body.get(1..).and_then(|digits| number(digits, 16))),
        Some('0'..='7') => out.extend(number(body, 8)),
        _ => out.push_str(body),
    }
}
