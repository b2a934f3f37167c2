//! A file of SQL into its statements, each with its lines. Quotes, comments and bodies of functions are passed over, so that
//! one statement that no parser reads does not hide the others.

/// Statements of one file that are read.
const MOST: usize = 20_000;

/// A statement and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The statement, from its first word on, without the semicolon.
    pub(super) text: String,
    /// The line of its first word.
    pub(super) first: u32,
    /// The line of its end.
    pub(super) last: u32,
}

/// Splits SQL; `first` is the number of the text's first line.
pub(super) fn split(text: &str, first: u32) -> Vec<Piece> {
    let mut splitter =
        Splitter { text, at: 0, line: first, start: None, blank: true, seen: 0, begun: false, pieces: Vec::new() };
    splitter.run();
    splitter.pieces
}

struct Splitter<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    /// Where the open statement starts, and its line.
    start: Option<(usize, u32)>,
    /// Only blanks stand before this in its line.
    blank: bool,
    /// As far as this, the open statement was looked through for a BEGIN.
    seen: usize,
    /// It has one.
    begun: bool,
    pieces: Vec<Piece>,
}

impl Splitter<'_> {
    fn run(&mut self) {
        while let Some(c) = self.text[self.at..].chars().next() {
            if self.pieces.len() >= MOST {
                return;
            }
            let rest = &self.text[self.at..];
            if rest.starts_with("--") || (c == '\\' && self.start.is_none()) {
                self.skip(rest.find('\n').unwrap_or(rest.len()));
            } else if rest.starts_with("/*") {
                self.skip(comment(rest));
            } else if self.start.is_none() && (c.is_whitespace() || c == ';' || c == '\u{feff}') {
                self.skip(c.len_utf8());
            } else if self.is_word("delimiter") || (self.is_word("go") && self.line_is_only(2)) {
                self.end();
                let rest = &self.text[self.at..];
                self.skip(rest.find('\n').unwrap_or(rest.len()));
            } else {
                if self.start.is_none() {
                    self.start = Some((self.at, self.line));
                    (self.seen, self.begun) = (self.at, false);
                }
                match c {
                    '\'' | '"' | '`' => self.skip(quoted(rest, c)),
                    '$' => {
                        self.skip(dollar(rest).unwrap_or(1));
                        self.seen = self.at;
                    }
                    ';' if !self.in_body() => {
                        self.end();
                        self.skip(1);
                        self.copied();
                    }
                    _ => self.skip(c.len_utf8()),
                }
            }
        }
        self.end();
    }

    fn skip(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.text.len());
        let passed = &self.text[self.at..end];
        let lines = memchr::memchr_iter(b'\n', passed.as_bytes()).count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        let tail = passed.rfind('\n').map_or(passed, |at| &passed[at..]);
        self.blank = (self.blank || lines > 0) && tail.trim().is_empty();
        self.at = end;
    }

    /// Ends the open statement here.
    fn end(&mut self) {
        let Some((start, first)) = self.start.take() else { return };
        let text = self.text[start..self.at].trim_end();
        if text.is_empty() {
            return;
        }
        let lines = u32::try_from(memchr::memchr_iter(b'\n', text.as_bytes()).count()).unwrap_or(u32::MAX);
        self.pieces.push(Piece { text: text.to_owned(), first, last: first.saturating_add(lines) });
    }

    /// Whether a word stands alone at the start of the line where the reading is.
    fn is_word(&self, word: &str) -> bool {
        let rest = &self.text[self.at..];
        self.blank
            && rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
            && !rest[word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    }

    fn line_is_only(&self, bytes: usize) -> bool {
        self.text[self.at + bytes..].split('\n').next().is_some_and(|rest| rest.trim().is_empty())
    }

    /// Whether a semicolon stands inside of a routine that is written with BEGIN and END.
    fn in_body(&mut self) -> bool {
        let Some((start, _)) = self.start else { return false };
        let text = &self.text[start..self.at];
        let head: String = text.chars().take(200).collect::<String>().to_ascii_lowercase();
        let words: Vec<&str> = head.split_whitespace().take(8).collect();
        let routine = words.first() == Some(&"create")
            && words.iter().any(|word| matches!(*word, "trigger" | "procedure" | "function" | "event"));
        if !routine {
            return false;
        }
        let new = &self.text[self.seen..self.at];
        self.begun |= new.split(|c: char| !c.is_alphanumeric()).any(|one| one.eq_ignore_ascii_case("begin"));
        self.seen = self.at;
        let last = text.trim_end().rsplit(|c: char| c.is_whitespace() || c == ';').next().unwrap_or_default();
        self.begun && !last.eq_ignore_ascii_case("end")
    }

    /// Passes over the rows that follow a `COPY … FROM stdin;` of a dump.
    fn copied(&mut self) {
        let Some(piece) = self.pieces.last() else { return };
        let words: Vec<String> = piece.text.split_whitespace().map(str::to_ascii_lowercase).collect();
        let from_stdin = words.windows(2).any(|pair| pair[0] == "from" && pair[1] == "stdin");
        if words.first().is_some_and(|word| word == "copy") && from_stdin {
            let rest = &self.text[self.at..];
            self.skip(rest.find("\n\\.").map_or(rest.len(), |at| at + 3));
        }
    }
}

/// The bytes of a comment, which may hold others.
fn comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while at < bytes.len() {
        match &bytes[at..bytes.len().min(at + 2)] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The bytes of a quoted text; the quote twice stands for itself.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |at| at + 2)
}

/// The bytes of a text between `$tag$`.
fn dollar(text: &str) -> Option<usize> {
    let end = text[1..].find('$')? + 2;
    let tag = &text[..end];
    let named = tag[1..end - 1].chars().all(|c| c.is_alphanumeric() || c == '_');
    named.then(|| text[end..].find(tag).map_or(text.len(), |at| at + 2 * end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_at(text: &str) -> Vec<(String, u32, u32)> {
        split(text, 1).into_iter().map(|piece| (piece.text, piece.first, piece.last)).collect()
    }

    #[test]
    fn statements_have_their_lines() {
        let text = "-- a; b\nSELECT 'x;''y',\n  \"a;b\";\n/* c; /* d; */ */ DROP TABLE t;\n\n;\nSELECT 1";
        let expected = [("SELECT 'x;''y',\n  \"a;b\"", 2, 3), ("DROP TABLE t", 4, 4), ("SELECT 1", 7, 7)];
        assert_eq!(expected.map(|(text, first, last)| (text.to_owned(), first, last)).to_vec(), split_at(text));
    }

    #[test]
    fn bodies_do_not_end_a_statement() {
        for text in [
            "CREATE FUNCTION f() AS $$ BEGIN a; b; END $$",
            "CREATE FUNCTION f() AS $x$ a; $$ b; $x$",
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; DELETE FROM c; END",
        ] {
            assert_eq!(2, split_at(&format!("{text};\nSELECT 1;")).len(), "{text}");
        }
        assert_eq!(2, split_at("COPY a FROM stdin;\n1\tx;y\n\\.\nSELECT 1;").len());
        assert_eq!(2, split_at("SELECT 1\nGO\nSELECT 2\nGO").len());
    }

    #[test]
    fn whatever_the_text_it_ends() {
        for text in ["'", "/*", "$", "$a$", "\"é", "`", "--", ";;;", "\u{feff}SELECT 1", "/*/", "$é$ x"] {
            split(text, 1);
        }
    }
}
