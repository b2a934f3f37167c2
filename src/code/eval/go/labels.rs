//! What tells apart several things of one type in a container: names and groups, as tags, options and annotations say them.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ListKind, Map, Spot, Value};
use crate::code::form::Name;
use crate::code::models::NotesWord;

/// What tells a thing apart from others of its type.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Label {
    /// Its name.
    pub(super) name: Option<Name>,
    /// The group that it belongs to, or of which all is wanted.
    pub(super) group: Option<Name>,
}

impl Label {
    /// Reads a tag: `name:"x"`, `group:"x,flatten"`.
    pub(super) fn read(tag: &str) -> Self {
        let said = |word: &str| {
            let rest = tag.split(word).nth(1)?.strip_prefix(":\"")?;
            let text = rest.split(['"', ',']).next()?;
            (!text.is_empty()).then(|| Name::from(text))
        };
        Self { name: said("name"), group: said("group") }
    }
}

/// What is said of a function that a container calls, or of a value that it has.
#[derive(Debug, Default, Clone)]
pub(super) struct Said {
    /// Of what it gives, in order.
    pub(super) results: Vec<Label>,
    /// Of what it asks for, in order.
    pub(super) params: Vec<Label>,
}

/// What something is that a container is told of.
#[derive(Debug, Clone)]
pub(super) enum Told {
    /// A function or a value.
    Plain(Value),
    /// A value, whatever it is.
    Value(Value),
    /// A struct each of whose fields is asked for.
    Fills(Value),
    /// Something whose fields are there for themselves.
    Parts(Value),
}

/// The keys of a note; no program's own map has them.
const TARGET: &str = "\u{0}target";
const VALUE: &str = "\u{0}value";
const FILLS: &str = "\u{0}fills";
const PARTS: &str = "\u{0}parts";
const RESULTS: &str = "\u{0}results";
const PARAMS: &str = "\u{0}params";

impl Machine<'_> {
    /// A note: what options and annotations say of something that a container is told of.
    pub(crate) fn go_noted(&mut self, word: &NotesWord, bound: &Rc<Map>, spot: Spot) -> Value {
        let map = Map::default();
        let whole = [(TARGET, &word.target), (VALUE, &word.value), (FILLS, &word.fills), (PARTS, &word.parts)];
        for (key, argument) in whole {
            if let Some(argument) = argument {
                map.put(key, self.argument_at(bound, argument, spot));
            }
        }
        for (key, argument) in [(RESULTS, &word.results), (PARAMS, &word.params)] {
            if let Some(argument) = argument {
                let tags = self.argument_at(bound, argument, spot);
                map.put(key, tags);
            }
        }
        for (word, argument) in [("name", &word.name), ("group", &word.group)] {
            let text = argument.as_ref().and_then(|it| self.argument_at(bound, it, spot).as_whole_text());
            if let Some(text) = text {
                let tag = Value::text(format!("{word}:\"{text}\""));
                map.put(RESULTS, Value::list_of(ListKind::List, vec![tag], false));
            }
        }
        if let Some(argument) = &word.said {
            let said = self.argument_at(bound, argument, spot);
            self.join_notes(&map, &said);
        }
        Value::Map(Rc::new(map))
    }

    /// Takes what other notes say into one.
    fn join_notes(&mut self, map: &Map, said: &Value) {
        let mut all = Vec::new();
        self.flatten(said, &mut all, 0);
        for one in all {
            let Value::Map(one) = one else { continue };
            for key in [RESULTS, PARAMS] {
                if let Some(tags) = one.named(key) {
                    map.put(key, tags);
                }
            }
        }
    }

    /// What a container is told of, and what is said of it; `more` says the rest.
    pub(super) fn go_told(&mut self, given: &Value, more: &Value) -> Vec<(Told, Said)> {
        let mut all = Vec::new();
        self.flatten(given, &mut all, 0);
        all.into_iter().filter_map(|one| self.told_of(one, more, 0)).collect()
    }

    fn told_of(&mut self, one: Value, more: &Value, depth: usize) -> Option<(Told, Said)> {
        let Value::Map(map) = &one else {
            let (said, _) = self.said_in(&Map::default(), more);
            return Some((Told::Plain(one), said));
        };
        let (said, written) = self.said_in(map, more);
        // `fx.Annotated{Group: "x", Target: f}`
        if let Some(target) = map.named("Target") {
            let text = |name: &str| map.named(name).and_then(|text| text.as_whole_text()).filter(|it| !it.is_empty());
            let label = Label { name: text("Name"), group: text("Group") };
            return Some((Told::Plain(target), Said { results: vec![label], params: said.params }));
        }
        let inner = map.named(TARGET).or_else(|| map.named(VALUE));
        // A note on a note says more of the same.
        if let (Some(Value::Map(inner)), true) = (&inner, depth < 3) {
            let (target, of_inner) = self.told_of(Value::Map(inner.clone()), more, depth + 1)?;
            return Some((target, if written { said } else { of_inner }));
        }
        let told = match (map.named(TARGET), map.named(VALUE), map.named(FILLS), map.named(PARTS)) {
            (Some(target), ..) => Told::Plain(target),
            (_, Some(value), ..) => Told::Value(value),
            (_, _, Some(class), _) => Told::Fills(class),
            (.., Some(class)) => Told::Parts(class),
            _ => Told::Plain(one.clone()),
        };
        Some((told, said))
    }

    /// What a note says; and whether it says anything.
    fn said_in(&mut self, map: &Map, more: &Value) -> (Said, bool) {
        let whole = Map::default();
        for key in [RESULTS, PARAMS] {
            if let Some(tags) = map.named(key) {
                whole.put(key, tags);
            }
        }
        self.join_notes(&whole, more);
        let mut labels = |key: &str| {
            let mut all = Vec::new();
            if let Some(tags) = whole.named(key) {
                self.flatten(&tags, &mut all, 0);
            }
            all.iter().map(|tag| tag.as_whole_text().map_or_else(Label::default, |tag| Label::read(&tag))).collect()
        };
        let said = Said { results: labels(RESULTS), params: labels(PARAMS) };
        let any = !said.results.is_empty() || !said.params.is_empty();
        (said, any)
    }
}
