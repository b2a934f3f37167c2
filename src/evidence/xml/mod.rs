//! Walking XML reports: streamed, decoded as they declare, bounded in depth and in what is held at once, with the line of what
//! is wrong. Entities are never read: a document that declares any is refused. A plain DOCTYPE is taken and never fetched.

mod source;

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Failure;
use source::Bounded;

/// Elements may nest this deep.
const MAX_DEPTH: usize = 256;

/// Takes what a walk comes by. An error is a fragment that says what is wrong; the walk adds the line.
pub(super) trait Sink {
    /// An element opens; `above` are the names of those that it stands in.
    fn open(&mut self, above: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String>;
    /// An element closes.
    fn close(&mut self, above: &Names, name: &str) -> Result<(), String>;
    /// Text within the innermost element of `within`.
    fn text(&mut self, _within: &Names, _text: &str) {}
}

/// The names of open elements, the root first.
#[derive(Debug, Default)]
pub(super) struct Names {
    joined: String,
    starts: Vec<usize>,
}

impl Names {
    fn push(&mut self, name: &str) {
        self.starts.push(self.joined.len());
        self.joined.push_str(name);
    }

    fn pop(&mut self) {
        if let Some(start) = self.starts.pop() {
            self.joined.truncate(start);
        }
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.starts.len()
    }

    /// The name `up` steps above the innermost; empty above the root.
    pub(super) fn up(&self, up: usize) -> &str {
        let Some(index) = self.starts.len().checked_sub(up + 1) else { return "" };
        let end = self.starts.get(index + 1).copied().unwrap_or(self.joined.len());
        self.joined.get(self.starts[index]..end).unwrap_or_default()
    }

    /// Whether an element of that name is open.
    pub(super) fn has(&self, name: &str) -> bool {
        (0..self.depth()).any(|up| self.up(up) == name)
    }
}

/// The attributes of an element.
#[derive(Clone, Copy)]
pub(super) struct Attributes<'a>(&'a BytesStart<'a>);

impl<'a> Attributes<'a> {
    /// The values of these names, in their order; none for one that is not there.
    pub(super) fn read<const N: usize>(&self, names: [&str; N]) -> Result<[Option<Cow<'a, str>>; N], String> {
        let mut values = [const { None }; N];
        for attribute in self.0.attributes() {
            let attribute = attribute.map_err(|error| format!("broken XML: {error}"))?;
            let key = attribute.key.local_name();
            let Some(slot) = names.iter().position(|name| *name == key.as_ref()) else { continue };
            values[slot] = Some(match attribute.value {
                Cow::Borrowed(text) => unescaped(text)?,
                Cow::Owned(text) => Cow::Owned(unescaped(&text)?.into_owned()),
            });
        }
        Ok(values)
    }

    /// The value of a name; empty where it is not there.
    pub(super) fn text(&self, name: &str) -> Result<Cow<'a, str>, String> {
        Ok(self.read([name])?[0].take().unwrap_or_default())
    }
}

fn unescaped(text: &str) -> Result<Cow<'_, str>, String> {
    quick_xml::escape::unescape(text).map_err(|error| format!("broken XML: {error}"))
}

/// Walks a document to its end.
pub(super) fn walk(input: &mut dyn BufRead, sink: &mut dyn Sink) -> Result<(), Failure> {
    let source = Bounded::new(input).map_err(|error| Failure::new(error.to_string()))?;
    let mut reader = Reader::from_reader(source);
    reader.config_mut().check_end_names = true;
    let (mut names, mut buffer, mut done) = (Names::default(), Vec::new(), false);
    loop {
        buffer.clear();
        reader.get_mut().begin();
        let event = reader.read_event_into(&mut buffer).map_err(|error| format!("broken XML: {error}"));
        let step = event.and_then(|event| take(event, sink, &mut names, &mut done));
        match step {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(why) => return Err(Failure { line: Some(reader.get_ref().lines), why }),
        }
    }
}

/// Takes one event; false at the end.
fn take(event: Event<'_>, sink: &mut dyn Sink, names: &mut Names, done: &mut bool) -> Result<bool, String> {
    match event {
        Event::Start(_) | Event::Empty(_) if *done => return Err("a second root element".to_owned()),
        Event::Start(element) => {
            let name = element.local_name();
            sink.open(names, name.as_ref(), Attributes(&element))?;
            names.push(name.as_ref());
            if names.depth() > MAX_DEPTH {
                return Err("elements nest too deep".to_owned());
            }
        }
        Event::Empty(element) => {
            let name = element.local_name();
            sink.open(names, name.as_ref(), Attributes(&element))?;
            sink.close(names, name.as_ref())?;
            *done = names.depth() == 0;
        }
        Event::End(element) => {
            names.pop();
            sink.close(names, element.local_name().as_ref())?;
            *done = names.depth() == 0;
        }
        Event::Text(text) if names.depth() > 0 => sink.text(names, &text),
        Event::Text(text) if !text.trim().trim_start_matches('\u{feff}').is_empty() => {
            return Err("text outside of the root element".to_owned());
        }
        // Only the five that XML itself knows, and characters by number.
        Event::GeneralRef(name) => sink.text(names, &unescaped(&format!("&{};", &*name))?),
        Event::CData(text) if names.depth() > 0 => sink.text(names, &text),
        Event::DocType(text) if text.to_ascii_uppercase().contains("<!ENTITY") => {
            return Err("it declares entities, which are never read".to_owned());
        }
        Event::Eof if !*done => return Err("it is cut: the XML ends before its root does".to_owned()),
        Event::Eof => return Ok(false),
        _ => {}
    }
    Ok(true)
}
