//! What stands between a report's bytes and the XML reader: the encoding that the document declares, the count of lines, and a
//! bound on what the reader holds at once. It holds a whole token (a tag, the text between two tags, a CDATA section), so of
//! long text only the beginning is let through: a test that printed hundreds of megabytes is a report like any other.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Of text, CDATA and comments so much is let through: 1 MiB.
const MAX_TEXT: usize = 1 << 20;
/// A tag over this size is refused: 16 MiB.
const MAX_TAG: usize = 16 << 20;

/// The encoding that an XML declaration names, where that is not UTF-8. UTF-16 is decoded before XML is read, whatever the
/// declaration says then.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&head[..head.len().min(200)]).into_owned();
    let declaration = head.trim_start_matches('\u{feff}').strip_prefix("<?xml")?.split("?>").next()?;
    let (_, label) = declaration.split_once("encoding")?;
    let label = label.trim_start_matches([' ', '=', '"', '\'']);
    let label = label.split(['"', '\'']).next()?;
    Encoding::for_label(label.as_bytes()).filter(|one| ![UTF_8, UTF_16LE, UTF_16BE].contains(one))
}

/// A document's text as UTF-8.
enum Text<'a> {
    Plain(&'a mut dyn BufRead),
    Decoded { inner: &'a mut dyn BufRead, decoder: Box<Decoder>, out: Vec<u8>, at: usize },
}

impl<'a> Text<'a> {
    fn new(inner: &'a mut dyn BufRead) -> io::Result<Self> {
        Ok(match declared(inner.fill_buf()?) {
            None => Text::Plain(inner),
            Some(encoding) => {
                let decoder = Box::new(encoding.new_decoder_without_bom_handling());
                Text::Decoded { inner, decoder, out: Vec::new(), at: 0 }
            }
        })
    }

    fn fill(&mut self) -> io::Result<&[u8]> {
        match self {
            Text::Plain(inner) => inner.fill_buf(),
            Text::Decoded { inner, decoder, out, at } => {
                while *at == out.len() {
                    let bytes = inner.fill_buf()?;
                    let (last, room) = (bytes.is_empty(), decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(0));
                    out.resize(room, 0);
                    let (_, read, written, wrong) = decoder.decode_to_utf8(bytes, out, last);
                    inner.consume(read);
                    out.truncate(written);
                    *at = 0;
                    if wrong {
                        let why = "its bytes are not of the encoding that it declares";
                        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
                    }
                    if last {
                        break;
                    }
                }
                Ok(&out[*at..])
            }
        }
    }

    fn consume(&mut self, amount: usize) {
        match self {
            Text::Plain(inner) => inner.consume(amount),
            Text::Decoded { out, at, .. } => *at = (*at + amount).min(out.len()),
        }
    }
}

/// What the token is that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    /// Text up to the next tag.
    Text,
    /// Ends with this.
    Until(&'static [u8]),
    Tag,
}

/// The source of the XML reader.
pub(super) struct Bounded<'a> {
    text: Text<'a>,
    /// Lines that were consumed, from 1.
    pub(super) lines: u32,
    /// The first bytes of the token, and how many bytes of it were let through.
    start: [u8; 9],
    passed: usize,
    /// The last two bytes that were let through.
    last: [u8; 2],
    /// What is given before the text goes on.
    pending: &'static [u8],
}

impl<'a> Bounded<'a> {
    pub(super) fn new(input: &'a mut dyn BufRead) -> io::Result<Self> {
        Ok(Self { text: Text::new(input)?, lines: 1, start: [0; 9], passed: 0, last: [0; 2], pending: &[] })
    }

    /// A new token begins.
    pub(super) fn begin(&mut self) {
        (self.start, self.passed, self.last) = ([0; 9], 0, [0; 2]);
    }

    fn token(&self) -> Token {
        match &self.start {
            b"<![CDATA[" => Token::Until(b"]]>"),
            [b'<', b'!', b'-', b'-', ..] => Token::Until(b"-->"),
            [b'<', ..] | [b'&', ..] => Token::Tag,
            _ => Token::Text,
        }
    }

    fn count(&mut self, bytes: usize, lines: usize) {
        self.passed += bytes;
        self.lines = self.lines.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
    }

    /// Takes text out of the way up to where its token ends.
    fn skip(&mut self, end: &'static [u8]) -> io::Result<()> {
        // How many bytes of the end were seen already, also in what was let through and across two fillings.
        let mut seen = self.last.iter().rev().take_while(|byte| **byte == end[0]).count();
        loop {
            let bytes = self.text.fill()?;
            if bytes.is_empty() {
                return Ok(());
            }
            let found = ended(bytes, end, &mut seen);
            let used = found.unwrap_or(bytes.len());
            let lines = memchr::memchr_iter(b'\n', &bytes[..used]).count();
            self.text.consume(used);
            self.count(0, lines);
            if found.is_some() {
                self.pending = end;
                return Ok(());
            }
        }
    }

    /// Takes text out of the way up to the next tag or reference.
    fn skip_text(&mut self) -> io::Result<()> {
        loop {
            let bytes = self.text.fill()?;
            let found = memchr::memchr2(b'<', b'&', bytes);
            let used = found.unwrap_or(bytes.len());
            let (lines, end) = (memchr::memchr_iter(b'\n', &bytes[..used]).count(), bytes.is_empty());
            self.text.consume(used);
            self.count(0, lines);
            if found.is_some() || end {
                return Ok(());
            }
        }
    }

    /// Whether the next byte is the rest of a character that was let through.
    fn within_character(&mut self) -> io::Result<bool> {
        Ok(self.text.fill()?.first().is_some_and(|byte| byte & 0xc0 == 0x80))
    }
}

/// Where in `bytes` the token is over; `seen` bytes of its end came before them. The last byte of an end stands once in it,
/// and the others are alike.
fn ended(bytes: &[u8], end: &[u8], seen: &mut usize) -> Option<usize> {
    let (body, last) = (end[0], end[end.len() - 1]);
    let mut at = 0;
    while at < bytes.len() {
        if *seen == 0 {
            at += memchr::memchr(body, &bytes[at..])?;
        }
        match bytes[at] {
            byte if byte == body => *seen = (*seen + 1).min(end.len() - 1),
            byte if byte == last && *seen == end.len() - 1 => return Some(at + 1),
            _ => *seen = 0,
        }
        at += 1;
    }
    None
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let taken = bytes.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&bytes[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

impl BufRead for Bounded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.pending.is_empty() && self.passed > MAX_TEXT && !self.within_character()? {
            match self.token() {
                Token::Text => self.skip_text()?,
                Token::Until(end) => self.skip(end)?,
                Token::Tag if self.passed > MAX_TAG => {
                    let why = format!("a tag of more than {MAX_TAG} bytes");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, why));
                }
                Token::Tag => {}
            }
        }
        if self.pending.is_empty() { self.text.fill() } else { Ok(self.pending) }
    }

    fn consume(&mut self, amount: usize) {
        if !self.pending.is_empty() {
            self.pending = &self.pending[amount.min(self.pending.len())..];
            return;
        }
        let Ok(bytes) = self.text.fill() else { return };
        let bytes = &bytes[..amount.min(bytes.len())];
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        let known = self.passed.min(self.start.len());
        for (slot, byte) in self.start[known..].iter_mut().zip(bytes) {
            *slot = *byte;
        }
        self.last = match bytes {
            [] => self.last,
            [one] => [self.last[1], *one],
            [.., one, other] => [*one, *other],
        };
        self.text.consume(amount);
        self.count(amount, lines);
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::super::{Attributes, Names, Sink, walk};
    use super::*;

    /// What a walk comes by: elements, and how much text each of them has.
    #[derive(Default)]
    struct Seen {
        names: Vec<String>,
        text: usize,
    }

    impl Sink for Seen {
        fn open(&mut self, _: &Names, name: &str, _: Attributes<'_>) -> Result<(), String> {
            self.names.push(name.to_owned());
            Ok(())
        }

        fn close(&mut self, _: &Names, _: &str) -> Result<(), String> {
            Ok(())
        }

        fn text(&mut self, _: &Names, text: &str) {
            self.text += text.len();
        }
    }

    fn seen(document: &[u8], capacity: usize) -> Result<(Vec<String>, usize), super::super::Failure> {
        let mut seen = Seen::default();
        walk(&mut BufReader::with_capacity(capacity, document), &mut seen)?;
        Ok((seen.names, seen.text))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn of_long_text_the_beginning_is_let_through(
            around in MAX_TEXT - 40..MAX_TEXT + 40,
            more in "[]é x-]{0,60}",
            after in 0_usize..300_000,
            capacity in 5_usize..9_000,
        ) {
            let inside = more.replace("--", "");
            let long = format!("{}{inside}{}", "y".repeat(around), "z\n".repeat(after));
            for (begin, end) in [("<![CDATA[", "]]>"), ("<!--", "-->"), ("", "")] {
                let document = format!("<a><b>{begin}{long}{end}</b><c/></a>");
                let (names, text) = seen(document.as_bytes(), capacity).expect("a document");
                prop_assert_eq!(vec!["a", "b", "c"], names);
                let held = MAX_TEXT + 2 * capacity + 8;
                prop_assert!(text <= held, "{} of at most {}", text, held);
                prop_assert!(begin == "<!--" || text >= MAX_TEXT - 40);
            }
        }
    }

    #[test]
    fn a_tag_without_end_is_refused() {
        let document = format!("<a b=\"{}\"/>", "x".repeat(MAX_TAG + 100_000));
        let why = seen(document.as_bytes(), 8_192).expect_err("refused").why;
        assert!(why.contains("a tag of more than"), "{why}");
    }

    #[test]
    fn a_document_is_decoded_as_it_declares() {
        let document = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>caf\xe9</a>";
        assert_eq!(5, seen(document, 64).expect("a document").1);
        assert!(seen(b"<?xml version='1.0' encoding='shift_jis'?><a>\xff\xff</a>", 64).is_err());
        assert!(seen(b"<a>caf\xe9</a>", 64).is_err(), "not UTF-8, and nothing else is declared");
    }

    #[test]
    fn lines_are_counted_through_what_is_skipped() {
        let document = format!("<a>{}\n<b></c></a>", "y\n".repeat(MAX_TEXT));
        let failure = seen(document.as_bytes(), 8_192).expect_err("refused");
        assert_eq!(Some(u32::try_from(MAX_TEXT).expect("small") + 2), failure.line);
    }
}
