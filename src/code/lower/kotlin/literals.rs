//! Numbers, characters and strings.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{Expr, ExprKind, TemplatePart};
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn number(&self, node: Node<'_>) -> ExprKind {
        let digits: String = self.text(node).chars().filter(|&c| c != '_').collect();
        let digits = digits.trim_end_matches(['l', 'L', 'u', 'U']).to_ascii_lowercase();
        let parsed = match digits.get(..2) {
            Some("0x") => i64::from_str_radix(digits.get(2..).unwrap_or_default(), 16).ok(),
            Some("0b") => i64::from_str_radix(digits.get(2..).unwrap_or_default(), 2).ok(),
            _ => digits.parse().ok(),
        };
        parsed.map_or(ExprKind::Unknown(Vec::new()), ExprKind::Int)
    }

    pub(super) fn float(&self, node: Node<'_>) -> ExprKind {
        let digits: String = self.text(node).chars().filter(|&c| c != '_').collect();
        digits.trim_end_matches(['f', 'F']).parse().map_or(ExprKind::Unknown(Vec::new()), ExprKind::Float)
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

    /// A string, or a template where something stands in it. The grammar leaves `$name` in the text, and in a string that asks
    /// for several dollar signs all but the last one.
    pub(super) fn string(&mut self, node: Node<'_>) -> Expr {
        let before = self.reader.between(0, node.start_byte());
        let dollars = "$".repeat((before.len() - before.trim_end_matches('$').len()).max(1));
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut raw = String::new();
        for child in children(node) {
            if child.kind() == "string_content" {
                raw.push_str(self.text(child));
                continue;
            }
            let mut before = std::mem::take(&mut raw);
            if child.kind() != "escape_sequence" && before.ends_with(&dollars[1..]) {
                before.truncate(before.len() + 1 - dollars.len());
            }
            self.plain((node, &dollars), &before, &mut text, &mut parts);
            if child.kind() == "escape_sequence" {
                unescape(self.text(child), &mut text);
                continue;
            }
            let hole = match children(child).first() {
                Some(&inner) => self.expr(inner),
                None => self.unknown(child),
            };
            keep(&mut text, &mut parts);
            parts.push(TemplatePart::Expr(hole));
        }
        self.plain((node, &dollars), &raw, &mut text, &mut parts);
        if parts.is_empty() {
            return self.at(node, ExprKind::Str(text.into()));
        }
        keep(&mut text, &mut parts);
        self.at(node, ExprKind::Template(parts))
    }

    /// Text as written, with names behind dollar signs.
    fn plain(&self, (node, sign): (Node<'_>, &str), raw: &str, text: &mut String, parts: &mut Vec<TemplatePart>) {
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once(sign) {
            text.push_str(before);
            let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
            let (name, behind) = after.split_at(end);
            if name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                keep(text, parts);
                parts.push(TemplatePart::Expr(self.at(node, ExprKind::Name(name.into()))));
            } else {
                text.push_str(sign);
                text.push_str(name);
            }
            rest = behind;
        }
        text.push_str(rest);
    }
}

/// Keeps the text so far as a part.
fn keep(text: &mut String, parts: &mut Vec<TemplatePart>) {
    if !text.is_empty() {
        parts.push(TemplatePart::Text(std::mem::take(text).into()));
    }
}

/// Appends what an escape sequence stands for.
fn unescape(written: &str, out: &mut String) {
    let body = written.strip_prefix('\\').unwrap_or(written);
    match body.chars().next() {
        Some('n') => out.push('\n'),
        Some('t') => out.push('\t'),
        Some('r') => out.push('\r'),
        Some('b') => out.push('\u{8}'),
        Some('u') => {
            let digits = body.trim_start_matches('u');
            out.extend(u32::from_str_radix(digits, 16).ok().and_then(char::from_u32));
        }
        _ => out.push_str(body),
    }
}
