//! Numbers, characters and strings.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{ExprKind, Name};
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn integer(&self, node: Node<'_>) -> ExprKind {
        let digits: String = self.text(node).chars().filter(|&c| c != '_').collect();
        let (radix, body) = match digits.get(..2) {
            Some("0x") => (16, digits.get(2..).unwrap_or_default()),
            Some("0o") => (8, digits.get(2..).unwrap_or_default()),
            Some("0b") => (2, digits.get(2..).unwrap_or_default()),
            _ => (10, digits.as_str()),
        };
        let body = body.split_once(['i', 'u']).map_or(body, |(number, _)| number);
        i64::from_str_radix(body, radix).map_or(ExprKind::Unknown(Vec::new()), ExprKind::Int)
    }

    pub(super) fn float(&self, node: Node<'_>) -> ExprKind {
        let digits: String = self.text(node).chars().filter(|&c| c != '_').collect();
        let digits = digits.trim_end_matches("f32").trim_end_matches("f64");
        digits.parse().map_or(ExprKind::Unknown(Vec::new()), ExprKind::Float)
    }

    pub(super) fn character(&self, node: Node<'_>) -> ExprKind {
        let text = self.text(node).trim_start_matches('b');
        let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text);
        let mut out = String::new();
        if inner.starts_with('\\') {
            unescape(inner, &mut out)
        } else {
            out.push_str(inner)
        }
        ExprKind::Str(out.into())
    }

    /// A string's value. A backslash at a line's end takes the white space of the next line with it.
    pub(super) fn string(&self, node: Node<'_>) -> Name {
        let mut out = String::new();
        let mut continued = false;
        for child in children(node) {
            let written = self.text(child);
            if child.kind() == "escape_sequence" {
                continued = written.starts_with("\\\n") || written.starts_with("\\\r");
                unescape(written, &mut out);
            } else {
                out.push_str(if continued { written.trim_start() } else { written });
                continued = false;
            }
        }
        out.into()
    }
}

/// Appends what an escape sequence stands for.
fn unescape(written: &str, out: &mut String) {
    let body = written.strip_prefix('\\').unwrap_or(written);
    match body.chars().next() {
        Some('n') => out.push('\n'),
        Some('t') => out.push('\t'),
        Some('r') => out.push('\r'),
        Some('0') => out.push('\0'),
        Some('\n' | '\r') => {}
        Some('x' | 'u') => {
            let digits: String = body.chars().skip(1).filter(char::is_ascii_hexdigit).collect();
            if let Some(character) = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                out.push(character);
            }
        }
        _ => out.push_str(body),
    }
}
