//! Rust's tokens as macros see them.

/// A token, or a group with its opening delimiter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, keyword, number or lifetime.
    Word(String),
    /// A string or character literal as written.
    Text(String),
    /// An operator or sign.
    Sign(String),
    /// A group.
    Group(char, Vec<Token>),
}

/// How deep groups may be nested.
const DEPTH: usize = 64;
/// Signs of several characters, longest first.
const SIGNS: [&str; 22] = [
    "..=", "...", "<<=", ">>=", "=>", "::", "->", "..", "&&", "||", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=",
    "|=", "&=", "^=", "%=",
];

/// The tokens of a text; none where its groups do not match.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    tokens_of(text, false)
}

/// The same, with `#[doc = "…"]` for every comment that documents something.
pub(super) fn tokens_and_docs(text: &str) -> Option<Vec<Token>> {
    tokens_of(text, true)
}

fn tokens_of(text: &str, docs: bool) -> Option<Vec<Token>> {
    let mut open: Vec<(char, Vec<Token>)> = Vec::new();
    let mut here = Vec::new();
    let mut rest = text;
    loop {
        rest = if docs { documented(rest, &mut here) } else { blank(rest) };
        let Some(c) = rest.chars().next() else { break };
        match c {
            '(' | '[' | '{' => {
                if open.len() >= DEPTH {
                    return None;
                }
                open.push((c, std::mem::take(&mut here)));
                rest = &rest[1..];
            }
            ')' | ']' | '}' => {
                let (opener, before) = open.pop()?;
                if closer(opener) != c {
                    return None;
                }
                let inner = std::mem::replace(&mut here, before);
                here.push(Token::Group(opener, inner));
                rest = &rest[1..];
            }
            _ => {
                let (token, length) = token(rest, c);
                here.push(token);
                rest = rest.get(length..)?;
            }
        }
    }
    open.is_empty().then_some(here)
}

/// The text behind white space and comments; comments that document what comes are put down as attributes.
fn documented<'a>(text: &'a str, out: &mut Vec<Token>) -> &'a str {
    let mut rest = text.trim_start();
    loop {
        let line = rest.strip_prefix("///").filter(|tail| !tail.starts_with('/'));
        let block = rest.strip_prefix("/**").filter(|tail| !tail.starts_with(['*', '/']));
        let said = match (line, block) {
            (Some(tail), _) => tail.split_once('\n').map_or((tail, ""), |(said, after)| (said, after)),
            (None, Some(tail)) => tail.split_once("*/").map_or((tail, ""), |(said, after)| (said, after)),
            (None, None) if rest.starts_with("//") => {
                rest = rest.split_once('\n').map_or("", |(_, after)| after).trim_start();
                continue;
            }
            (None, None) if rest.starts_with("/*") => {
                rest = rest.split_once("*/").map_or("", |(_, after)| after).trim_start();
                continue;
            }
            (None, None) => return rest,
        };
        let text = said.0.trim().replace('\\', "\\\\").replace('"', "\\\"");
        let inner =
            vec![Token::Word("doc".to_owned()), Token::Sign("=".to_owned()), Token::Text(format!("\"{text}\""))];
        out.push(Token::Sign("#".to_owned()));
        out.push(Token::Group('[', inner));
        rest = said.1.trim_start();
    }
}

/// The text behind white space and comments.
fn blank(text: &str) -> &str {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start();
        rest = if trimmed.starts_with("//") {
            trimmed.split_once('\n').map_or("", |(_, rest)| rest)
        } else if trimmed.starts_with("/*") {
            trimmed.split_once("*/").map_or("", |(_, rest)| rest)
        } else {
            return trimmed;
        };
    }
}

fn token(rest: &str, first: char) -> (Token, usize) {
    if let Some(length) = literal(rest) {
        return (Token::Text(rest.get(..length).unwrap_or(rest).to_owned()), length);
    }
    let word = |c: char| c.is_alphanumeric() || c == '_';
    if word(first) || first == '\'' {
        // `r#type` is one name.
        let raw = rest.strip_prefix("r#").is_some_and(|tail| tail.starts_with(|c: char| c.is_alphabetic() || c == '_'));
        let start = if raw { 2 } else { first.len_utf8() };
        let mut length = rest[start..].find(|c: char| !word(c)).map_or(rest.len(), |end| start + end);
        let fraction = rest.get(length..).and_then(|tail| tail.strip_prefix('.'));
        if first.is_ascii_digit() && fraction.is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit())) {
            let tail = length + 1;
            length = rest[tail..].find(|c: char| !word(c)).map_or(rest.len(), |end| tail + end);
        }
        return (Token::Word(rest[..length].to_owned()), length);
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign)).map_or(first.len_utf8(), |sign| sign.len());
    (Token::Sign(rest[..sign].to_owned()), sign)
}

/// How long the string or character literal is that a text starts with.
pub(super) fn literal(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        rest.strip_prefix(prefix).is_some_and(|tail| {
            tail.starts_with('"')
                || (prefix.ends_with('r') && tail.trim_start_matches('#').starts_with('"') && !tail.is_empty())
        })
    });
    if let Some(prefix) = prefix {
        let tail = &rest[prefix.len()..];
        if prefix.ends_with('r') {
            let hashes = tail.len() - tail.trim_start_matches('#').len();
            let close = format!("\"{}", "#".repeat(hashes));
            let body = hashes + 1;
            return tail.get(body..)?.find(&close).map(|end| prefix.len() + body + end + close.len());
        }
        return quoted(tail, '"').map(|length| prefix.len() + length);
    }
    let (prefix, tail) = match rest.strip_prefix('b') {
        Some(tail) if tail.starts_with('\'') => (1, tail),
        _ => (0, rest),
    };
    let body = tail.strip_prefix('\'')?;
    let mut characters = body.chars();
    let first = characters.next()?;
    if first == '\\' || characters.next() == Some('\'') {
        return quoted(tail, '\'').map(|length| prefix + length);
    }
    None
}

fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

fn closer(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// Tokens as text on one line, but for the lines within strings.
pub(super) fn written(all: &[Token]) -> String {
    let mut out = String::new();
    write(all, &mut out);
    out
}

fn write(all: &[Token], out: &mut String) {
    for token in all {
        match token {
            Token::Word(text) | Token::Text(text) | Token::Sign(text) => out.push_str(text),
            Token::Group(open, inner) => {
                out.push(*open);
                write(inner, out);
                out.push(closer(*open));
            }
        }
        // `macro!`, `#[` and `$x` survive blanks; signs do not grow together.
        out.push(' ');
    }
}
