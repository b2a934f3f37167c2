//! XML reports as small trees of bounded size. Namespaces' prefixes are left out; entities are never declared.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Failure;

/// Elements may nest this deep.
const MAX_DEPTH: usize = 64;
/// A document with more elements than this is refused: each takes memory.
const MAX_ELEMENTS: usize = 1_000_000;
/// Bytes of text that are kept of an element.
const MAX_TEXT: usize = 1_000;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    /// An attribute's value.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// Its children of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Its first child of a name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of a name inside of its child `outer`.
    pub(super) fn inside<'a>(&'a self, outer: &'a str, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.all(outer).flat_map(move |child| child.all(name))
    }

    /// Its own text.
    pub(super) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// The text of its first child of a name.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name)?.text()
    }
}

/// The root element of a document.
pub(super) fn read(text: &str) -> Result<Element, Failure> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<Element> = vec![Element::default()];
    let mut elements = 0;
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let wrong = |why: String| {
            let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            Failure::Unreadable(u32::try_from(line).ok(), why)
        };
        match reader.read_event().map_err(|error| wrong(format!("broken XML: {error}")))? {
            Event::Start(element) => {
                elements += 1;
                if open.len() > MAX_DEPTH || elements > MAX_ELEMENTS {
                    return Err(wrong("its elements nest too deep or are too many".to_owned()));
                }
                open.push(start(&element).map_err(wrong)?);
            }
            Event::Empty(element) => {
                elements += 1;
                let element = start(&element).map_err(&wrong)?;
                open.last_mut().ok_or_else(|| wrong("broken XML".to_owned()))?.children.push(element);
            }
            Event::End(_) => {
                let closed = open.pop().ok_or_else(|| wrong("broken XML".to_owned()))?;
                open.last_mut().ok_or_else(|| wrong("broken XML".to_owned()))?.children.push(closed);
            }
            Event::Text(said) => add(&mut open, &said),
            Event::CData(said) => add(&mut open, &said),
            Event::DocType(declared) if declared.to_ascii_uppercase().contains("<!ENTITY") => {
                return Err(wrong("it declares entities, which are never read".to_owned()));
            }
            Event::Eof if open.len() > 1 => return Err(wrong("broken XML: it is cut".to_owned())),
            Event::Eof => break,
            _ => {}
        }
    }
    let mut roots = open.pop().unwrap_or_default().children;
    match (roots.pop(), roots.is_empty()) {
        (Some(root), true) => Ok(root),
        _ => Err(Failure::unreadable("broken XML: it has no root element, or several")),
    }
}

fn add(open: &mut [Element], said: &str) {
    if let Some(element) = open.last_mut() {
        let room = MAX_TEXT.saturating_sub(element.text.len());
        element.text.push_str(super::cut(said, room));
    }
}

fn start(element: &BytesStart<'_>) -> Result<Element, String> {
    let mut new = Element { name: element.local_name().as_ref().to_owned(), ..Element::default() };
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| format!("broken XML: {error}"))?;
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|error| format!("broken XML: {error}"))?;
        new.attributes.insert(attribute.key.local_name().as_ref().to_owned(), value.into_owned());
    }
    Ok(new)
}
