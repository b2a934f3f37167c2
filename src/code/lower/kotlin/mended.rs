//! What the grammar takes for something else, told apart by signs of the same length: every node stands where it stands in the
//! file, and no text changes but blanks.
//!
//! - Behind a property the grammar takes a call of `get` or `set` at the start of a line for the property's own accessor.
//! - A member on the same line as the brace that closes its class wants a sign at its end.
//! - An annotation with arguments before a class that nothing follows wants a line's end at the end of the file.

use std::borrow::Cow;

use super::super::reader::parse;
use tree_sitter::{Node, Tree};

/// Parses: the source as it is, or the mended one where that has fewer errors. The text is the one that the tree is of.
pub(super) fn parsed(source: &str) -> (Option<Tree>, Cow<'_, str>) {
    let grammar = tree_sitter_kotlin_ng::LANGUAGE.into();
    let whole = if source.ends_with('\n') { Cow::Borrowed(source) } else { Cow::Owned(format!("{source}\n")) };
    let tree = parse(&grammar, &whole);
    let Some(wrong) = tree.as_ref().map(|tree| wrong_bytes(tree.root_node())).filter(|wrong| *wrong > 0) else {
        return (tree, whole);
    };
    let Some(mended) = mended(&whole) else { return (tree, whole) };
    match parse(&grammar, &mended) {
        Some(other) if wrong_bytes(other.root_node()) < wrong => (Some(other), Cow::Owned(mended)),
        _ => (tree, whole),
    }
}

/// How many bytes the grammar made nothing of; something that is missing counts as one.
fn wrong_bytes(root: Node<'_>) -> usize {
    let mut wrong = 0;
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() {
            wrong += node.byte_range().len().max(1);
        } else if node.is_missing() {
            wrong += 1;
        } else if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return wrong;
            }
        }
    }
}

/// What the scanner stands in.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    /// Braces: where they open, and whether they hold the members of a type.
    Braces { at: usize, members: bool },
    /// A template within a text: the braces of `${…}`.
    Template { raw: bool },
}

/// The source with its signs; nothing where none is wanted.
fn mended(source: &str) -> Option<String> {
    let bytes = source.as_bytes();
    let mut out = source.to_owned().into_bytes();
    let mut around: Vec<Inside> = Vec::new();
    let (mut at, mut line, mut declares, mut changed) = (0, 0, false, false);
    // Where what was read last ends, blanks and comments left out.
    let mut behind = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let comment = rest.starts_with(b"//") || rest.starts_with(b"/*");
        let before = &bytes[..behind];
        match rest[0] {
            b'\n' => {
                line = at + 1;
                at += 1;
            }
            b'/' if rest.starts_with(b"//") => at = end_of(bytes, at, b"\n"),
            b'/' if rest.starts_with(b"/*") => at = end_of_comment(bytes, at),
            b'"' => {
                let raw = rest.starts_with(b"\"\"\"");
                at = text(bytes, at + if raw { 3 } else { 1 }, raw, &mut around);
            }
            b'\'' => at = end_of_sign(bytes, at),
            b'{' => {
                around.push(Inside::Braces { at, members: declares });
                declares = false;
                at += 1;
            }
            b'}' => {
                match around.pop() {
                    Some(Inside::Template { raw }) => {
                        at = text(bytes, at + 1, raw, &mut around);
                        behind = at.min(bytes.len());
                        continue;
                    }
                    Some(Inside::Braces { at: open, members: true }) if open >= line => {
                        let holds = bytes[open + 1..at].iter().any(|byte| !byte.is_ascii_whitespace());
                        if holds && bytes[at - 1] == b' ' {
                            out[at - 1] = b';';
                            changed = true;
                        }
                    }
                    _ => {}
                }
                declares = false;
                at += 1;
            }
            b';' | b'=' => {
                declares = false;
                at += 1;
            }
            first if first.is_ascii_alphabetic() || first == b'_' => {
                let end = at + rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
                let word = &bytes[at..end];
                declares |= matches!(word, b"class" | b"object" | b"interface");
                declares &= !matches!(word, b"fun" | b"val" | b"var");
                let leads = bytes[line..at].iter().all(|byte| matches!(byte, b' ' | b'\t'));
                if leads && at > line && is_call(word, &bytes[end..]) && ends_statement(before) {
                    out[at - 1] = b';';
                    changed = true;
                }
                at = end;
            }
            _ => at += 1,
        }
        if !comment && !rest[0].is_ascii_whitespace() {
            behind = at.min(bytes.len());
        }
    }
    // Blanks alone were replaced, each by one sign of one byte.
    changed.then(|| String::from_utf8(out).ok()).flatten()
}

/// Whether a statement may end here: nothing was opened, and nothing more is wanted.
fn ends_statement(before: &[u8]) -> bool {
    !before.ends_with(b"->")
        && !matches!(before.last(), None | Some(b'{' | b'(' | b'[' | b',' | b';' | b'=' | b'.' | b':'))
}

/// Whether a word at the start of a line is a call of `get` or `set`: an accessor has a name or nothing between its brackets.
fn is_call(word: &[u8], behind: &[u8]) -> bool {
    if !matches!(word, b"get" | b"set") {
        return false;
    }
    let behind = behind.trim_ascii_start();
    match behind.first() {
        Some(b'{' | b'<') => true,
        Some(b'(') => match behind[1..].trim_ascii_start().first() {
            Some(b')') => false,
            Some(b'"') => true,
            Some(_) => word == b"get",
            None => false,
        },
        _ => false,
    }
}

/// Walks a text from behind its opening sign, or from behind a template in it, to behind its end or into its next template.
fn text(bytes: &[u8], mut at: usize, raw: bool, around: &mut Vec<Inside>) -> usize {
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"${") {
            around.push(Inside::Template { raw });
            return at + 2;
        }
        if raw && rest.starts_with(b"\"\"\"") {
            // The signs before the last three belong to the text.
            return at + rest.iter().take_while(|byte| **byte == b'"').count();
        }
        match rest[0] {
            b'\\' if !raw => at += 2,
            b'"' | b'\n' if !raw => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// Behind the next `end`, or the end of the source; a line's end is left to whoever counts lines.
fn end_of(bytes: &[u8], at: usize, end: &[u8]) -> usize {
    bytes[at..].windows(end.len()).position(|window| window == end).map_or(bytes.len(), |found| at + found)
}

/// Behind a comment, which may hold others.
fn end_of_comment(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// Behind a character's sign: `'}'`, `'\''`, `'\u0000'`.
fn end_of_sign(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 2,
            b'\'' => return end + 1,
            b'\n' => return end,
            _ => end += 1,
        }
    }
    end
}
