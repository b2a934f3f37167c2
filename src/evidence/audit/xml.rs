//! XML reports as small trees of bounded size: of a report of many megabytes only the elements that a reader asks for are
//! kept, and what stands in others is passed over. Namespaces' prefixes are left out; entities are never declared.

use std::borrow::Cow;
use std::io::BufRead;

use super::Failure;
use crate::evidence::xml::{self, Attributes, Names, Sink};

/// Elements may nest this deep.
const MAX_DEPTH: usize = 64;
/// A document with more elements than this is refused: each takes memory.
const MAX_ELEMENTS: usize = 1_000_000;
/// Bytes of text that are kept of an element.
const MAX_TEXT: usize = 1_000;

/// The elements that readers ask for.
const KEPT: &[&str] = &[
    "affects",
    "analysis",
    "analysisExceptions",
    "base",
    "baseScore",
    "component",
    "components",
    "cvssV2",
    "cvssV3",
    "cvssV4",
    "dependencies",
    "dependency",
    "description",
    "detail",
    "exception",
    "fileName",
    "group",
    "id",
    "identifiers",
    "justification",
    "lastUpdated",
    "message",
    "metadata",
    "name",
    "notes",
    "package",
    "purl",
    "rating",
    "ratings",
    "ref",
    "reference",
    "references",
    "scanInfo",
    "score",
    "severity",
    "state",
    "suppressedVulnerability",
    "target",
    "tool",
    "tools",
    "vector",
    "version",
    "vulnerabilities",
    "vulnerability",
];

/// The attributes that readers ask for.
const ATTRIBUTES: [&str; 3] = ["bom-ref", "ref", "type"];

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: Cow<'static, str>,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    /// An attribute's value.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
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
    /// How deep it stands in an element that is passed over.
    passed: usize,
}

impl Sink for Tree {
    fn open(&mut self, _: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        let known = KEPT.iter().find(|known| **known == name);
        if self.passed > 0 || known.is_none() && !self.open.is_empty() {
            self.passed += 1;
            return Ok(());
        }
        self.elements += 1;
        if self.open.len() > MAX_DEPTH || self.elements > MAX_ELEMENTS {
            return Err("its elements nest too deep or are too many".to_owned());
        }
        let values = attributes.read(ATTRIBUTES)?.map(|value| value.map(Cow::into_owned));
        let attributes = ATTRIBUTES.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect();
        let name = known.map_or_else(|| Cow::Owned(name.to_owned()), |known| Cow::Borrowed(*known));
        self.open.push(Element { name, attributes, ..Element::default() });
        Ok(())
    }

    fn close(&mut self, _: &Names, _: &str) -> Result<(), String> {
        if self.passed > 0 {
            self.passed -= 1;
            return Ok(());
        }
        let Some(mut closed) = self.open.pop() else { return Ok(()) };
        // Between elements stand blanks.
        if !closed.children.is_empty() {
            closed.text = String::new();
        }
        closed.text.shrink_to_fit();
        closed.children.shrink_to_fit();
        match self.open.last_mut() {
            Some(above) => above.children.push(closed),
            None => self.root = Some(closed),
        }
        Ok(())
    }

    fn text(&mut self, _: &Names, text: &str) {
        if self.passed == 0
            && let Some(element) = self.open.last_mut()
        {
            let room = MAX_TEXT.saturating_sub(element.text.len());
            element.text.push_str(super::cut(text, room));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_reader_asks_for_is_passed_over() {
        let bulk =
            "<evidenceCollected><evidence><name>x</name></evidence></evidenceCollected>".repeat(MAX_ELEMENTS / 2);
        let text = format!(
            "<analysis><dependencies><dependency>{bulk}<fileName>a<b>c</b>d</fileName></dependency></dependencies></analysis>"
        );
        let root = read(&mut text.as_bytes()).expect("a document");
        let one = root.inside("dependencies", "dependency").next().expect("a dependency");
        assert_eq!((1, Some("ad")), (one.children.len(), one.text_of("fileName")));
        let many = format!("<analysis>{}</analysis>", "<name/>".repeat(MAX_ELEMENTS + 1));
        assert!(read(&mut many.as_bytes()).is_err(), "those that are kept are bounded");
    }
}
