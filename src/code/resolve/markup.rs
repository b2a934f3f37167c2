//! XML as a tree of elements, as far as configuration needs it.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Elements within elements.
const MOST_DEPTH: usize = 64;
/// Elements of one file.
const MOST: usize = 20_000;

/// An element, its children in their order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its name without what says whose it is.
    pub(crate) name: String,
    /// The text directly in it, blanks around it gone.
    pub(crate) text: String,
    /// The line, from 1.
    pub(crate) line: u32,
    /// What stands in it.
    pub(crate) children: Vec<Element>,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The outermost element of a text; else the line and why it cannot be read.
    pub(crate) fn read(text: &str) -> Result<Element, (u32, String)> {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Element::default()];
        let mut count = 0_usize;
        // Lines are counted as the reader goes on.
        let (mut counted, mut line) = (0_usize, 1_usize);
        loop {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
            let event = reader.read_event();
            let ahead = text.get(at..).unwrap_or_default();
            let first = at + ahead.len() - ahead.trim_start().len();
            line += text.get(counted..first).unwrap_or_default().matches('\n').count();
            counted = counted.max(first);
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            match event {
                Ok(Event::Start(tag)) => open.push(Element::of(&tag, line)),
                Ok(Event::Empty(tag)) => {
                    let made = Element::of(&tag, line);
                    open.last_mut().into_iter().for_each(|outer| outer.children.push(made.clone()));
                }
                Ok(Event::End(_)) => {
                    let Some(done) = open.pop().filter(|_| !open.is_empty()) else {
                        return Err((line, "broken XML: more ends than beginnings".to_owned()));
                    };
                    open.last_mut().into_iter().for_each(|outer| outer.children.push(done.clone()));
                }
                Ok(Event::Text(written)) => {
                    let written: &str = &written;
                    open.last_mut().into_iter().for_each(|outer| outer.text.push_str(written.trim()));
                }
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(error) => return Err((line, format!("broken XML: {error}"))),
            }
            count += 1;
            if count > MOST || open.len() > MOST_DEPTH {
                return Err((line, "it is too large".to_owned()));
            }
        }
        match (open.pop(), open.is_empty()) {
            (Some(mut outside), true) if !outside.children.is_empty() => Ok(outside.children.swap_remove(0)),
            _ => Err((1, "broken XML: it is cut off".to_owned())),
        }
    }

    fn of(tag: &BytesStart<'_>, line: u32) -> Element {
        let attributes = tag.attributes().flatten();
        let attributes =
            attributes.map(|one| (one.key.local_name().as_ref().to_owned(), one.value.trim().to_owned())).collect();
        Element { name: tag.local_name().as_ref().to_owned(), line, attributes, ..Element::default() }
    }

    /// An attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The text of the first element that a way of names leads to.
    pub(crate) fn text_at(&self, way: &[&str]) -> Option<&str> {
        match way.split_first() {
            Some((name, rest)) => {
                self.children.iter().filter(|child| child.name == *name).find_map(|child| child.text_at(rest))
            }
            None => Some(self.text.as_str()).filter(|text| !text.is_empty()),
        }
    }

    /// Every element of a name in it, however far inside.
    pub(crate) fn all<'e>(&'e self, name: &str) -> Vec<&'e Element> {
        let mut out = Vec::new();
        let mut open: Vec<&Element> = vec![self];
        while let Some(one) = open.pop() {
            out.extend((one.name == name).then_some(one));
            open.extend(one.children.iter().rev());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::Element;

    const TEXT: &str = "<?xml version=\"1.0\"?>\n<a:one x=\"1\">\n <two> t </two>\n <!-- <two>no</two> -->\n <in><two y='2'/></in>\n</a:one>\n";

    #[test]
    fn elements_have_their_texts_lines_and_attributes() {
        let read = Element::read(TEXT).expect("it reads");
        assert_eq!((read.name.as_str(), read.attribute("x"), read.line), ("one", Some("1"), 2));
        assert_eq!(read.text_at(&["two"]), Some("t"));
        let lines: Vec<u32> = read.all("two").iter().map(|one| one.line).collect();
        assert_eq!(lines, [3, 5]);
    }

    #[test]
    fn what_is_cut_off_anywhere_is_told() {
        for end in 0..TEXT.len() - 1 {
            assert!(Element::read(&TEXT[..end]).is_err() || end > TEXT.len() - 3, "{end}");
        }
        assert!(Element::read("<a></b>").is_err() && Element::read("</a>").is_err());
        assert!(Element::read(&"<a>".repeat(100)).is_err());
    }
}
