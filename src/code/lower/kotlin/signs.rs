//! Signs that the grammar wants, and others for what it does not know, each as long as what stands there.

use super::lifted::{Context, MODIFIERS};
use super::mended::{KEYWORDS, blank};
use super::scan::{Kind, Token, closing};

/// Names that the grammar takes for its own words, besides modifiers.
const WORDS: &[&str] = &["dynamic", "vararg", "noinline", "crossinline"];
/// Words that no condition and no value ends with.
const NO_END: &[&str] = &["return", "in", "is", "throw", "when", "do", "if", "by"];
/// Words that go on with what stands before them, also on another line.
const GOES_ON: &[&str] = &["catch", "finally"];

/// A source that is rewritten token by token.
struct Rewriting<'s> {
    source: &'s [u8],
    tokens: &'s [Token],
    out: Vec<u8>,
    changed: bool,
}

/// The source with its signs; nothing where none is wanted. Of `plain` dollar signs none begins a template.
pub(super) fn signed(source: &[u8], tokens: &[Token], plain: &[usize], contexts: &[Context]) -> Option<Vec<u8>> {
    let mut rewriting = Rewriting { source, tokens, out: source.to_vec(), changed: false };
    plain.iter().for_each(|at| rewriting.put(*at, b'_'));
    contexts.iter().for_each(|context| rewriting.leave_out(context.at, context.end));
    // Braces that are open: where, and whether they hold the members of a type.
    let mut around: Vec<(usize, bool)> = Vec::new();
    // How many brackets stand around a type whose header is read.
    let (mut header, mut depth) = (None, 0_usize);
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign(b'{') => around.push((index, header.take_if(|around| *around == depth).is_some())),
            Kind::Sign(b'}') => {
                header = None;
                if let Some((open, true)) = around.pop() {
                    rewriting.end_members(open, index);
                }
            }
            Kind::Sign(b'(') => {
                if header == Some(depth) {
                    rewriting.goes_on(index);
                }
                depth += 1;
            }
            Kind::Sign(b')') => {
                depth = depth.saturating_sub(1);
                header = header.filter(|around| *around <= depth);
            }
            Kind::Sign(b'[') => rewriting.list(index),
            Kind::Sign(b',') => rewriting.last_comma(index),
            Kind::Sign(b'$') => rewriting.put(token.at, b' '),
            Kind::Sign(b';' | b'=') => {
                header = header.filter(|around| *around != depth);
                rewriting.further_end(index);
            }
            Kind::Word if token.is_word(source, &["class", "object", "interface"]) => {
                header = (!rewriting.is_behind(index, b':')).then_some(depth);
            }
            Kind::Word if header == Some(depth) && token.is_word(source, &["fun", "val", "var"]) => header = None,
            Kind::Word if header == Some(depth) && token.is_word(source, &["by"]) => rewriting.delegation(index),
            Kind::Word => rewriting.word(index),
            Kind::Sign(_) | Kind::Opaque => {}
        }
    }
    rewriting.changed.then_some(rewriting.out)
}

impl Rewriting<'_> {
    /// Puts a sign where nothing was left out.
    fn put(&mut self, at: usize, sign: u8) {
        if self.out[at] == self.source[at] {
            self.out[at] = sign;
            self.changed = true;
        }
    }

    fn before(&self, index: usize) -> Option<&Token> {
        index.checked_sub(1).and_then(|at| self.tokens.get(at))
    }

    fn is_behind(&self, index: usize, sign: u8) -> bool {
        self.before(index).is_some_and(|before| before.is_sign(sign))
    }

    /// Whether a token is the first on its line.
    fn leads(&self, index: usize) -> bool {
        self.before(index).is_none_or(|before| self.source[before.end..self.tokens[index].at].contains(&b'\n'))
    }

    /// Members on the line of the braces around them end.
    fn end_members(&mut self, open: usize, close: usize) {
        let (from, to) = (self.tokens[open].at, self.tokens[close].at);
        if close > open + 1 && !self.source[from..to].contains(&b'\n') && self.source[to - 1] == b' ' {
            self.put(to - 1, b';');
        }
    }

    fn leave_out(&mut self, at: usize, end: usize) {
        blank(&mut self.out, at, end);
        self.changed = true;
    }

    /// A list without elements: a number stands for it. Names between such brackets are bound as between others.
    fn list(&mut self, index: usize) {
        let (at, end) = (self.tokens[index].at, self.tokens[index].end);
        let Some(close) = closing(self.tokens, index) else { return };
        if self.tokens[close].at == end {
            self.put(at, b'0');
            self.put(end, b' ');
        } else if self.before(index).is_some_and(|before| before.is_word(self.source, &["val", "var"])) {
            self.put(at, b'(');
            self.put(self.tokens[close].at, b')');
        }
    }

    /// What a branch of `when` asks besides.
    fn guard(&mut self, index: usize) {
        let Some(before) = self.before(index).filter(|_| !self.leads(index)) else { return };
        let ends = matches!(before.kind, Kind::Sign(b')' | b'>') | Kind::Opaque)
            || (before.kind == Kind::Word && !before.is_word(self.source, NO_END));
        if !ends || before.end == self.tokens[index].at || self.source[..before.end].ends_with(b"->") {
            return;
        }
        let mut at = index + 1;
        while let Some(token) = self.tokens.get(at).filter(|_| !self.leads(at)) {
            match token.kind {
                Kind::Sign(b'(' | b'[') => match closing(self.tokens, at) {
                    Some(close) => at = close,
                    None => return,
                },
                Kind::Sign(b'-') if self.source[token.at..].starts_with(b"->") => {
                    return self.leave_out(self.tokens[index].at, token.at);
                }
                Kind::Sign(b'{' | b'}' | b';') => return,
                Kind::Word | Kind::Sign(_) | Kind::Opaque => {}
            }
            at += 1;
        }
    }

    /// A comma behind the last of what stands between angles.
    fn last_comma(&mut self, index: usize) {
        if self.tokens.get(index + 1).is_some_and(|next| next.is_sign(b'>')) {
            self.put(self.tokens[index].at, b' ');
        }
    }

    /// What goes on with what stands on the line before stands on that line.
    fn goes_on(&mut self, index: usize) {
        if let Some(end) = self.before(index).map(|before| before.end).filter(|_| self.leads(index)) {
            self.out[end..self.tokens[index].at].fill(b' ');
            self.changed = true;
        }
    }

    /// What ends twice ends once.
    fn further_end(&mut self, index: usize) {
        if self.tokens[index].is_sign(b';') && self.is_behind(index, b';') {
            self.put(self.tokens[index].at, b' ');
        }
    }

    /// What a class delegates to is left out where braces follow.
    fn delegation(&mut self, by: usize) {
        let mut index = by + 1;
        while let Some(token) = self.tokens.get(index) {
            match token.kind {
                Kind::Sign(b'{' | b',') => {
                    return self.leave_out(self.tokens[by].at, token.at);
                }
                Kind::Sign(b'(' | b'[') => match closing(self.tokens, index) {
                    Some(close) => index = close,
                    None => return,
                },
                _ if self.leads(index) => return,
                _ => {}
            }
            index += 1;
        }
    }

    fn word(&mut self, index: usize) {
        let token = self.tokens[index];
        if token.is_word(self.source, &["get", "set"]) {
            self.accessor(index);
        } else if token.is_word(self.source, GOES_ON) && self.is_behind(index, b'}') {
            self.goes_on(index);
        } else if token.is_word(self.source, &["suspend"])
            && self.tokens.get(index + 1).is_some_and(|next| next.is_sign(b'{'))
        {
            self.leave_out(token.at, token.end);
        } else if token.is_word(self.source, &["if"]) {
            self.guard(index);
        } else if token.is_word(self.source, &["context"]) {
            self.context_of_type(index);
        } else if self.is_name(index) {
            // Any other name is taken for what it is.
            self.put(token.end - 1, b'_');
        } else if !token.text(self.source).is_ascii() {
            // Letters that are no ASCII.
            for at in token.at..token.end {
                if !self.source[at].is_ascii() {
                    self.put(at, b'_');
                }
            }
        }
    }

    /// What the type of a function says of its context.
    fn context_of_type(&mut self, index: usize) {
        if self.tokens.get(index + 1).is_some_and(|open| open.is_sign(b'('))
            && let Some(close) = closing(self.tokens, index + 1)
            && self.tokens.get(close + 1).is_some_and(|next| next.is_sign(b'('))
        {
            self.leave_out(self.tokens[index].at, self.tokens[close].end);
        }
    }

    /// Whether a word that may be a modifier is a name: a modifier stands before another word or an annotation.
    fn is_name(&self, index: usize) -> bool {
        let token = self.tokens[index];
        if !token.is_word(self.source, MODIFIERS) && !token.is_word(self.source, WORDS) {
            return false;
        }
        let named = |before: &Token| before.is_word(self.source, &["val", "var", "fun"]) || before.is_sign(b'.');
        let of_type = token.is_word(self.source, WORDS) && self.is_behind(index, b':');
        let of_function =
            |next: &Token| token.is_word(self.source, &["suspend"]) && matches!(next.kind, Kind::Sign(b'(' | b'{'));
        let ends = |next: &Token| next.kind != Kind::Word && !next.is_sign(b'@') && !of_function(next);
        self.before(index).is_some_and(named) || (!of_type && self.tokens.get(index + 1).is_none_or(ends))
    }

    /// A call of `get` or `set` behind a property is none of its accessors.
    fn accessor(&mut self, index: usize) {
        let token = self.tokens[index];
        let Some(before) = self.before(index) else { return };
        let (end, leads) = (before.end, self.leads(index));
        if leads && is_call(&token, self.source) && ends_statement(&self.source[..end]) {
            self.put(token.at - 1, b';');
        } else if !leads && is_between(before, self.tokens.get(index + 1), self.source) {
            self.put(token.end - 1, b'_');
        }
    }
}

/// Whether a statement may end here: nothing was opened, and nothing more is wanted.
fn ends_statement(before: &[u8]) -> bool {
    !before.ends_with(b"->")
        && !matches!(before.last(), None | Some(b'{' | b'(' | b'[' | b',' | b';' | b'=' | b'.' | b':'))
}

/// Whether a word at the start of a line is a call of `get` or `set`: an accessor has a name or nothing between its brackets.
fn is_call(token: &Token, source: &[u8]) -> bool {
    let behind = source[token.end..].trim_ascii_start();
    match behind.first() {
        Some(b'{' | b'<') => true,
        Some(b'(') => match behind[1..].trim_ascii_start().first() {
            Some(b')') => false,
            Some(b'"') => true,
            Some(_) => token.text(source) == b"get",
            None => false,
        },
        _ => false,
    }
}

/// Whether `get` or `set` stands between two values on one line, as a function that is called so.
fn is_between(before: &Token, behind: Option<&Token>, source: &[u8]) -> bool {
    let ends = matches!(before.kind, Kind::Sign(b')' | b'}' | b']') | Kind::Opaque)
        || before.kind == Kind::Word && !before.is_word(source, KEYWORDS) && !before.is_word(source, &["by"]);
    ends && behind.is_some_and(|behind| {
        let value = matches!(behind.kind, Kind::Word | Kind::Opaque);
        value && !behind.is_word(source, KEYWORDS)
    })
}
