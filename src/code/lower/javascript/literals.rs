//! Numbers, strings, and strings with holes.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{ExprKind, Name, TemplatePart};
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn number(&mut self, node: Node<'_>) -> ExprKind {
        number(self.text(node))
    }

    /// A string literal's value, quotes gone and escapes resolved.
    pub(super) fn string(&mut self, node: Node<'_>) -> Name {
        let mut text = String::new();
        for child in children(node) {
            self.append(child, &mut text);
        }
        text.into()
    }

    /// A template literal: a plain string where it has no holes.
    pub(super) fn template(&mut self, node: Node<'_>) -> ExprKind {
        let mut parts = Vec::new();
        let mut text = String::new();
        for child in children(node) {
            if child.kind() != "template_substitution" {
                self.append(child, &mut text);
                continue;
            }
            if !text.is_empty() {
                parts.push(TemplatePart::Text(std::mem::take(&mut text).into()));
            }
            parts.push(TemplatePart::Expr(self.first(child)));
        }
        if parts.is_empty() {
            return ExprKind::Str(text.into());
        }
        if !text.is_empty() {
            parts.push(TemplatePart::Text(text.into()));
        }
        ExprKind::Template(parts)
    }

    fn append(&self, piece: Node<'_>, text: &mut String) {
        let written = self.text(piece);
        if piece.kind() == "escape_sequence" { unescape(written, text) } else { text.push_str(written) }
    }
}

/// The value of a number as written: `1_000`, `0x1f`, `0b1`, `017`, `1e3`, `10n`.
fn number(written: &str) -> ExprKind {
    let digits: String = written.trim_end_matches('n').chars().filter(|&c| c != '_').collect();
    let lower = digits.to_ascii_lowercase();
    let based = |prefix: &str, radix| lower.strip_prefix(prefix).map(|rest| i64::from_str_radix(rest, radix));
    let whole = based("0x", 16).or_else(|| based("0o", 8)).or_else(|| based("0b", 2)).unwrap_or_else(|| lower.parse());
    match whole {
        Ok(whole) => ExprKind::Int(whole),
        Err(_) => match lower.parse::<f64>() {
            Ok(number) => ExprKind::Float(number),
            Err(_) => ExprKind::Unknown(Vec::new()),
        },
    }
}

/// Appends what an escape sequence stands for.
fn unescape(written: &str, text: &mut String) {
    let Some(body) = written.strip_prefix('\\') else {
        text.push_str(written);
        return;
    };
    let mut rest = body.chars();
    let first = rest.next();
    let tail = rest.as_str();
    match first {
        Some('n') => text.push('\n'),
        Some('t') => text.push('\t'),
        Some('r') => text.push('\r'),
        Some('b') => text.push('\u{8}'),
        Some('f') => text.push('\u{c}'),
        Some('v') => text.push('\u{b}'),
        // A line continuation stands for nothing.
        Some('\n' | '\r' | '\u{2028}' | '\u{2029}') => {}
        Some('x' | 'u') => {
            let digits = tail.trim_start_matches('{').trim_end_matches('}');
            match u32::from_str_radix(digits, 16).ok().map(|code| char::from_u32(code).unwrap_or('\u{fffd}')) {
                Some(character) => text.push(character),
                None => text.push_str(written),
            }
        }
        Some('0'..='7') => match u32::from_str_radix(body, 8).ok().and_then(char::from_u32) {
            Some(character) => text.push(character),
            None => text.push_str(body),
        },
        _ => text.push_str(body),
    }
}
