//! Words and signs of a source, for what mends it. Comments are left out, and a text is opaque up to the templates within it.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// One sign.
    Sign(u8),
    /// A number, a character, a text or a part of one.
    Opaque,
}

/// A word or a sign, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

impl Token {
    /// What is written there.
    pub(super) fn text<'s>(&self, source: &'s [u8]) -> &'s [u8] {
        &source[self.at..self.end]
    }

    /// Whether it is this word.
    pub(super) fn is_word(&self, source: &[u8], words: &[&str]) -> bool {
        self.kind == Kind::Word && words.iter().any(|word| word.as_bytes() == self.text(source))
    }

    /// Whether it is this sign.
    pub(super) fn is_sign(&self, sign: u8) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

/// A text that is being walked.
#[derive(Debug, Clone, Copy)]
struct Text {
    /// It has three signs at its ends, and no escapes.
    raw: bool,
    /// So many dollar signs begin a template.
    dollars: usize,
}

/// All tokens, in order, and the dollar signs of texts that ask for several of them and have fewer.
pub(super) fn tokens(bytes: &[u8]) -> (Vec<Token>, Vec<usize>) {
    let (mut out, mut plain) = (Vec::<Token>::new(), Vec::new());
    // What braces are open: those of a template within a text, or others.
    let mut around: Vec<Option<Text>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (end, kind) = match rest[0] {
            first if first.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if rest.starts_with(b"//") => {
                at = rest.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |found| at + found);
                continue;
            }
            b'/' if rest.starts_with(b"/*") => {
                at = end_of_comment(bytes, at);
                continue;
            }
            b'"' => {
                let raw = rest.starts_with(b"\"\"\"");
                let dollars = bytes[..at].iter().rev().take_while(|byte| **byte == b'$').count().max(1);
                let start = at + if raw { 3 } else { 1 };
                (text(bytes, start, Text { raw, dollars }, &mut around, &mut plain), Kind::Opaque)
            }
            b'\'' => (end_of_sign(bytes, at), Kind::Opaque),
            b'`' => (end_of_quoted(bytes, at), Kind::Word),
            b'{' => {
                around.push(None);
                (at + 1, Kind::Sign(b'{'))
            }
            b'}' => match around.pop() {
                Some(Some(inside)) => (text(bytes, at + 1, inside, &mut around, &mut plain), Kind::Opaque),
                _ => (at + 1, Kind::Sign(b'}')),
            },
            first if is_letter(first) => {
                let end = at + rest.iter().take_while(|byte| is_letter(**byte)).count();
                (end, if first.is_ascii_digit() { Kind::Opaque } else { Kind::Word })
            }
            sign => (at + 1, Kind::Sign(sign)),
        };
        let end = end.min(bytes.len());
        out.push(Token { at, end, kind });
        at = end;
    }
    (out, plain)
}

/// The bracket that closes the one at a token.
pub(super) fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, token) in tokens.get(open..)?.iter().enumerate() {
        match token.kind {
            Kind::Sign(b'(' | b'[' | b'{') => depth += 1,
            Kind::Sign(b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            Kind::Word | Kind::Sign(_) | Kind::Opaque => {}
        }
        if depth == 0 {
            return Some(open + offset);
        }
    }
    None
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// Walks a text from behind its opening sign, or from behind a template in it, to behind its end or into its next template.
fn text(bytes: &[u8], mut at: usize, of: Text, around: &mut Vec<Option<Text>>, plain: &mut Vec<usize>) -> usize {
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest[0] == b'$' {
            let run = rest.iter().take_while(|byte| **byte == b'$').count();
            let opens = run >= of.dollars && rest.get(run) == Some(&b'{');
            if of.dollars > 1 {
                plain.extend(at..at + run - usize::from(opens));
            }
            at += run;
            if opens {
                around.push(Some(of));
                return at + 1;
            }
            continue;
        }
        if of.raw && rest.starts_with(b"\"\"\"") {
            // The signs before the last three belong to the text.
            return at + rest.iter().take_while(|byte| **byte == b'"').count();
        }
        match rest[0] {
            b'\\' if !of.raw => at += 2,
            b'"' | b'\n' if !of.raw => return at + 1,
            _ => at += 1,
        }
    }
    at
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

/// Behind a name in backquotes.
fn end_of_quoted(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at + 1..];
    match rest.iter().position(|byte| matches!(byte, b'`' | b'\n')) {
        Some(found) if rest[found] == b'`' => at + found + 2,
        _ => at + 1,
    }
}
