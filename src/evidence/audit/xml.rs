//! XML reports as small trees of bounded size. Namespaces' prefixes are left out; entities are never declared.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::Failure;
use crate::evidence::xml::{self, Attributes, Names, Sink};

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
pub(super) fn read(input: &mut dyn BufRead) -> Result<Element, Failure> {
    let mut tree = Tree::default();
    xml::walk(input, &mut tree).map_err(|failed| Failure::Unreadable(failed.line, failed.why))?;
    tree.root.ok_or_else(|| Failure::unreadable("broken XML: it has no root element"))
}

/// A document while it is read.
#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Sink for Tree {
    fn open(&mut self, _: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        self.elements += 1;
        if self.open.len() > MAX_DEPTH || self.elements > MAX_ELEMENTS {
            return Err("its elements nest too deep or are too many".to_owned());
        }
        let attributes = attributes.all()?;
        self.open.push(Element { name: name.to_owned(), attributes, ..Element::default() });
        Ok(())
    }

    fn close(&mut self, _: &Names, _: &str) -> Result<(), String> {
        let Some(closed) = self.open.pop() else { return Ok(()) };
        match self.open.last_mut() {
            Some(above) => above.children.push(closed),
            None => self.root = Some(closed),
        }
        Ok(())
    }

    fn text(&mut self, _: &Names, text: &str) {
        if let Some(element) = self.open.last_mut() {
            let room = MAX_TEXT.saturating_sub(element.text.len());
            element.text.push_str(super::cut(text, room));
        }
    }
}
