//! JSON (RFC 8259) to nodes with places. Strict: no comments, no trailing commas, no duplicate keys (programs disagree on
//! which one counts), one value. Nesting is bounded, and so is the number of values.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::node::{Key, Mistake, Node, Place, Value};

/// Nesting over this depth is refused.
const MAX_DEPTH: usize = 128;
/// More values than this are refused.
const MAX_NODES: usize = 1_000_000;

/// Reads one JSON document.
///
/// # Errors
/// The first thing that is no JSON, at its place.
pub(super) fn parse(file: &str, text: &str) -> Result<Node, Mistake> {
    let mut reader = Reader { file: file.into(), text, at: 0, line: 1, line_start: 0, nodes: 0 };
    reader.blank();
    let node = reader.value(0)?;
    reader.blank();
    if reader.at < text.len() { Err(reader.wrong("something stands behind the document")) } else { Ok(node) }
}

struct Reader<'a> {
    file: Arc<str>,
    text: &'a str,
    at: usize,
    line: u32,
    line_start: usize,
    nodes: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn place(&self) -> Place {
        let column = self.text.get(self.line_start..self.at).map_or(0, |text| text.chars().count());
        Place { file: self.file.clone(), line: self.line, column: u32::try_from(column + 1).unwrap_or(u32::MAX) }
    }

    fn wrong(&self, message: impl Into<String>) -> Mistake {
        Mistake::new(&self.place(), message)
    }

    fn blank(&mut self) {
        while let Some(byte) = self.peek().filter(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
            if byte == b'\n' {
                self.line = self.line.saturating_add(1);
                self.line_start = self.at;
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Mistake> {
        self.nodes += 1;
        if depth > MAX_DEPTH {
            return Err(self.wrong(format!("nested deeper than {MAX_DEPTH}")));
        }
        if self.nodes > MAX_NODES {
            return Err(self.wrong(format!("more than {MAX_NODES} values")));
        }
        let place = self.place();
        let value = match self.peek() {
            Some(b'{') => self.map(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Value::Str(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => self.word()?,
            None => return Err(self.wrong("a value is missing at the end")),
        };
        Ok(Node { value, place })
    }

    fn word(&mut self) -> Result<Value, Mistake> {
        for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.wrong("no JSON value"))
    }

    fn number(&mut self) -> Result<Value, Mistake> {
        let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.text.as_bytes()[self.at..].iter().take_while(|byte| is_part(byte)).count();
        let text = &self.text[self.at..self.at + length];
        let digits = text.trim_start_matches('-');
        let padded = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
        let value = text.parse().map(Value::Int).or_else(|_| text.parse().map(Value::Float));
        match value {
            Ok(value) if !padded && !digits.is_empty() && !digits.ends_with('.') => {
                self.at += length;
                Ok(value)
            }
            _ => Err(self.wrong(format!("`{}` is no JSON number", text.chars().take(40).collect::<String>()))),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, Mistake> {
        let mut items = Vec::new();
        self.at += 1;
        loop {
            self.blank();
            match self.peek() {
                Some(b']') if items.is_empty() => break,
                _ => items.push(self.value(depth + 1)?),
            }
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.wrong("expected `,` or `]`")),
            }
        }
        self.at += 1;
        Ok(Value::List(items))
    }

    fn map(&mut self, depth: usize) -> Result<Value, Mistake> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut seen: HashMap<String, u32> = HashMap::new();
        self.at += 1;
        loop {
            self.blank();
            let place = self.place();
            let name = match self.peek() {
                Some(b'}') if entries.is_empty() => break,
                Some(b'"') => self.string()?,
                _ => return Err(self.wrong("expected a key in quotes")),
            };
            if let Some(first) = seen.insert(name.clone(), place.line) {
                let help = format!("the first one stands at line {first}; keep one");
                return Err(Mistake::new(&place, format!("the key `{name}` stands twice")).with_help(help));
            }
            self.blank();
            if self.peek() != Some(b':') {
                return Err(self.wrong("expected `:`"));
            }
            self.at += 1;
            self.blank();
            let node = self.value(depth + 1)?;
            entries.push((Key { name, place }, node));
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return Err(self.wrong("expected `,` or `}`")),
            }
        }
        self.at += 1;
        Ok(Value::Map(entries))
    }

    fn string(&mut self) -> Result<String, Mistake> {
        let mut out = String::new();
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let Some(stop) = rest.find(|c: char| c == '"' || c == '\\' || c < ' ') else {
                return Err(self.wrong("the string does not end"));
            };
            out.push_str(&rest[..stop]);
            self.at += stop;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.wrong("a control character in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Mistake> {
        let byte = self.text.as_bytes().get(self.at + 1).copied();
        let plain = match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.wrong("an escape that JSON does not know")),
        };
        self.at += 2;
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, Mistake> {
        let unit = |at: usize| {
            let digits = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
            digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
        };
        let first = unit(self.at);
        let pair = first.filter(|unit| (0xd800..0xdc00).contains(unit)).and_then(|high| {
            let low = unit(self.at + 6).filter(|unit| (0xdc00..0xe000).contains(unit))?;
            char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
        });
        match (pair, first) {
            (Some(c), _) => {
                self.at += 12;
                Ok(c)
            }
            (None, Some(unit)) => {
                self.at += 6;
                Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            (None, None) => Err(self.wrong("`\\u` wants four hexadecimal digits")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_places() {
        let root =
            parse("f.json", "{\n\t\"a\": [1, -2.5e3, \"\\u00e9\\ud83d\\ude00\\/\"],\n  \"é\": null}").expect("JSON");
        let list = root.get("a").expect("a");
        assert_eq!((2, 7), (list.place.line, list.place.column));
        let Value::List(items) = &list.value else { panic!("a list") };
        assert_eq!(Some("é😀/"), items[2].as_str());
        assert_eq!(Value::Float(-2500.0), items[1].value);
        let Value::Map(entries) = &root.value else { panic!("a map") };
        assert_eq!((3, 3), (entries[1].0.place.line, entries[1].0.place.column));
    }

    #[test]
    fn what_is_no_json_is_refused_at_its_place() {
        for (text, line) in [
            ("", 1),
            ("{\"a\": 1,\n}", 2),
            ("[1,]", 1),
            ("{\"a\": 1\n\"b\": 2}", 2),
            ("{\"a\": 1,\n\"a\": 2}", 2),
            ("{'a': 1}", 1),
            ("[01]", 1),
            ("[1.]", 1),
            ("[-]", 1),
            ("[\"\\x\"]", 1),
            ("[\"\\u12\"]", 1),
            ("[\"a\nb\"]", 1),
            ("[tru]", 1),
            ("1 2", 1),
            ("// c\n{}", 1),
            (&"[".repeat(100_000), 1),
        ] {
            assert_eq!(line, parse("f.json", text).expect_err(&text[..text.len().min(20)]).place.line);
        }
    }

    #[test]
    fn cut_at_every_byte_it_is_refused() {
        let text = "{\"a\": [1, 2.5, \"x\\u00e9y\", true, null], \"b\": {\"c\": \"é\"}}";
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            parse("f.json", &text[..end]).expect_err("cut");
        }
        parse("f.json", text).expect("whole");
    }
}
