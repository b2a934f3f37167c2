//! Reads `.env` files: the dialect that the dotenv libraries have in common.
//!
//! `export`, blanks around `=`, quotes of three kinds over several lines, escapes in double ones, comments behind a value,
//! and assignments that are commented out, which document an optional variable. What is none of these is malformed.

/// An assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The key.
    pub(super) name: String,
    /// The value, without quotes.
    pub(super) value: String,
    /// The line of the key, from 1.
    pub(super) line: u32,
    /// Whether it is commented out.
    pub(super) commented: bool,
}

/// What a file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    /// Its assignments, in order.
    pub(super) entries: Vec<Entry>,
    /// What is no assignment: line and reason.
    pub(super) malformed: Vec<(u32, String)>,
}

/// Reads a file's text.
pub(super) fn parse(text: &str) -> Parsed {
    let mut reader = Reader { rest: text, line: 1, unclosed: String::new(), parsed: Parsed::default() };
    while !reader.rest.is_empty() {
        reader.statement();
    }
    reader.parsed
}

struct Reader<'a> {
    rest: &'a str,
    line: u32,
    /// Quotes that are not closed from here on: not looked for again.
    unclosed: String,
    parsed: Parsed,
}

impl<'a> Reader<'a> {
    fn statement(&mut self) {
        let line = self.rest.lines().next().unwrap_or_default();
        let trimmed = line.trim();
        if let Some(comment) = trimmed.strip_prefix('#') {
            if let Some((name, value)) = commented(comment) {
                self.add(name, value, true);
            }
            return self.skip_line();
        }
        if trimmed.is_empty() {
            return self.skip_line();
        }
        let assignment = exported(trimmed);
        let Some((key, behind)) = split(assignment) else {
            self.malformed("no `=` behind a name".to_owned());
            return self.skip_line();
        };
        if !is_name(key) {
            self.malformed(format!("`{}` is no name of a variable", key.chars().take(40).collect::<String>()));
            return self.skip_line();
        }
        let behind = behind.trim_start();
        match behind.chars().next().filter(|first| matches!(first, '"' | '\'' | '`')) {
            Some(quote) => self.quoted(key, behind, quote),
            None => {
                self.add(key, bare(behind), false);
                self.skip_line();
            }
        }
    }

    /// A quoted value; `behind` starts with the quote and is a part of the current line.
    fn quoted(&mut self, key: &'a str, behind: &'a str, quote: char) {
        // Both are parts of the same text, so the difference of their lengths is where the value starts.
        let line = self.rest.lines().next().unwrap_or_default();
        let indent = line.trim_end().len() - behind.len();
        let open = &self.rest[indent + 1..];
        let close = if self.unclosed.contains(quote) { None } else { closing(open, quote) };
        let Some(close) = close else {
            self.unclosed.push(quote);
            self.add(key, behind.trim_matches(quote), false);
            self.malformed("a quote that is not closed".to_owned());
            return self.skip_line();
        };
        self.add(key, &open[..close], false);
        let first = self.line;
        self.advance(indent + 1 + close + 1);
        let tail = self.rest.lines().next().unwrap_or_default().trim();
        if !(tail.is_empty() || tail.starts_with('#')) {
            self.parsed.malformed.push((first, "text behind a quoted value".to_owned()));
        }
        self.skip_line();
    }

    fn add(&mut self, name: &str, value: &str, commented: bool) {
        let entry = Entry { name: name.to_owned(), value: value.to_owned(), line: self.line, commented };
        self.parsed.entries.push(entry);
    }

    fn malformed(&mut self, why: String) {
        self.parsed.malformed.push((self.line, why));
    }

    fn skip_line(&mut self) {
        let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        self.advance(end);
    }

    fn advance(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        let lines = passed.bytes().filter(|&byte| byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.rest = rest;
    }
}

/// Where the quote closes; a backslash hides the next character within double quotes.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut hidden = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if hidden => hidden = false,
            '\\' if quote == '"' => hidden = true,
            c if c == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// Without `export` in front.
fn exported(text: &str) -> &str {
    match text.strip_prefix("export") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => text,
    }
}

/// Key and what stands behind `=`, or behind `: `.
fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.find(['=', ':'])?;
    let (key, behind) = (text[..at].trim_end(), &text[at + 1..]);
    (text[at..].starts_with('=') || behind.starts_with(char::is_whitespace)).then_some((key, behind))
}

fn is_name(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

/// A value without quotes: up to a blank and `#`.
fn bare(text: &str) -> &str {
    if text.starts_with('#') {
        return "";
    }
    let comment = text.match_indices('#').find(|(at, _)| text[..*at].ends_with(char::is_whitespace));
    comment.map_or(text, |(at, _)| &text[..at]).trim()
}

/// An assignment behind `#`: a name, at once `=`, and a value that is no sentence.
fn commented(text: &str) -> Option<(&str, &str)> {
    let text = exported(text.trim_start_matches(|c: char| c == '#' || c.is_whitespace()));
    let (key, behind) = text.split_once('=')?;
    let blank = key.ends_with(char::is_whitespace);
    let key = key.trim_end();
    let shouted = !key.bytes().any(|byte| byte.is_ascii_lowercase());
    (is_name(key) && (shouted || !blank) && !behind.starts_with(['=', '>']))
        .then(|| (key, bare(behind).trim_matches(['"', '\'', '`'])))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Vec<(String, u32, bool)> {
        parse(text).entries.into_iter().map(|entry| (entry.name, entry.line, entry.commented)).collect()
    }

    fn values(text: &str) -> Vec<String> {
        parse(text).entries.into_iter().map(|entry| entry.value).collect()
    }

    #[test]
    fn the_dialects_of_dotenv_are_read() {
        let text = "export A='x # y'\r\nB = \"q\\\"r\" # c\r\n\r\n  C=`z`\nlower=1\nD: yes\nE=\nF=a#b #c\n";
        assert_eq!(vec!["x # y", "q\\\"r", "z", "1", "yes", "", "a#b"], values(text));
        let lines: Vec<u32> = names(text).iter().map(|(_, line, _)| *line).collect();
        assert_eq!(vec![1, 2, 4, 5, 6, 7, 8], lines);
        assert!(parse(text).malformed.is_empty());
    }

    #[test]
    fn what_stands_in_a_value_of_several_lines_is_no_assignment() {
        let text = "KEY=\"one\nFAKE=two\n# ALSO_FAKE=\nthree\"\nREAL=1\n";
        let expected = vec![("KEY".to_owned(), 1, false), ("REAL".to_owned(), 5, false)];
        assert_eq!(expected, names(text));
    }

    #[test]
    fn commented_assignments_document_and_prose_does_not() {
        let text =
            "# X=\n#Y=1\n## Optional: set Z\n# see a = b\n#   export W='v'\n# if A == B\n# http://x/?q=1\n# OLD = 1\n";
        let found: Vec<String> = names(text).into_iter().map(|(name, _, _)| name).collect();
        assert_eq!(vec!["X", "Y", "W", "OLD"], found);
    }

    #[test]
    fn what_is_no_assignment_is_told_with_its_line() {
        let parsed = parse("A=1\nno assignment\n1X=2\n=3\nB='open\nC=4\nD='a'b\n");
        let lines: Vec<u32> = parsed.malformed.iter().map(|(line, _)| *line).collect();
        assert_eq!(vec![2, 3, 4, 5], lines);
        assert_eq!(vec!["A", "B", "b"].len(), 3);
        let found: Vec<String> = parsed.entries.into_iter().map(|entry| entry.name).collect();
        assert_eq!(vec!["A", "B"], found, "a quote runs to the next of its kind");
    }

    #[test]
    fn an_open_quote_takes_one_line() {
        let parsed = parse("A=\"open\nB=1\n");
        assert_eq!(vec![(1, "a quote that is not closed".to_owned())], parsed.malformed);
        assert_eq!(2, parsed.entries.len());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(?s).{0,200}|([A-Z=\"'`#\\\\\n\r :é]{0,80})") {
            let parsed = parse(&text);
            let lines = u32::try_from(text.matches('\n').count()).expect("few") + 1;
            prop_assert!(parsed.entries.iter().all(|entry| entry.line >= 1 && entry.line <= lines));
        }
    }
}
