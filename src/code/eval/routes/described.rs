//! Routes that maps of descriptions tell (a contract), and routes that a service's members tell.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, Map, Modelled, Spot, Value};
use crate::code::form::Yields;
use crate::code::models::{DescribesWord, RouteWord};

/// How deep descriptions may lie.
const MOST_DEPTH: usize = 12;
/// Descriptions of one map.
const MOST: usize = 4_000;

impl Machine<'_> {
    /// The map of descriptions with a prefix before their paths.
    pub(in crate::code::eval) fn describes(&mut self, word: &DescribesWord, bound: &Rc<Map>, spot: Spot) -> Value {
        let of = self.argument_at(bound, &word.of, spot);
        let prefix = self.argument_at(bound, &word.prefix, spot);
        let prefix = if prefix.is_nothing() { Value::text("") } else { self.shown(&prefix, "prefix") };
        self.behind_prefix(&of, &prefix, 0)
    }

    fn behind_prefix(&mut self, value: &Value, prefix: &Value, depth: usize) -> Value {
        let Value::Map(map) = self.force(value.clone()) else { return value.clone() };
        if depth > MOST_DEPTH {
            return Value::unknown();
        }
        let out = Map::default();
        out.partial.set(map.partial.get());
        let is_one = is_description(&map);
        for (key, value) in map.pairs() {
            let Some(at) = key.key() else { continue };
            let value = self.force(value);
            let named = |name: &str| key.as_text().is_some_and(|key| &*key == name);
            let value = match &value {
                path if is_one && named("path") => {
                    let path = self.shown(path, "path");
                    self.concat(prefix, &path)
                }
                Value::Map(_) if !is_one => self.behind_prefix(&value, prefix, depth + 1),
                _ => value,
            };
            out.set(at, key, value);
        }
        Value::Map(Rc::new(out))
    }

    /// The arguments of a call once for each description in a map that is given under a name; none where that is one itself.
    pub(in crate::code::eval) fn each_described(
        &mut self,
        name: &str,
        bound: &Rc<Map>,
        spot: Spot,
    ) -> Option<Vec<Rc<Map>>> {
        let given = self.argument_at(bound, name, spot);
        let Value::Map(map) = &given else {
            self.note(spot, "the description of what is registered here is not known");
            return Some(Vec::new());
        };
        if is_description(map) {
            return None;
        }
        let (mut leaves, mut open) = (Vec::new(), false);
        self.descriptions(&given, &mut leaves, &mut open, 0);
        if open {
            self.note(spot, "not all routes that are described here are known");
        }
        let each = leaves.into_iter().map(|leaf| {
            let one = Map::default();
            for (key, value) in bound.pairs() {
                if let Some(at) = key.key() {
                    one.set(at, key, value);
                }
            }
            one.put(name, leaf);
            Rc::new(one)
        });
        Some(each.collect())
    }

    fn descriptions(&mut self, value: &Value, out: &mut Vec<Value>, open: &mut bool, depth: usize) {
        match self.force(value.clone()) {
            Value::Map(map) if is_description(&map) && out.len() < MOST => out.push(Value::Map(map)),
            Value::Map(map) if depth < MOST_DEPTH && out.len() < MOST => {
                *open |= map.partial.get();
                for (_, inner) in map.pairs() {
                    self.descriptions(&inner, out, open, depth + 1);
                }
            }
            _ => *open = true,
        }
    }

    /// Registers what the members of a service answer.
    pub(in crate::code::eval) fn route_answers(
        &mut self,
        word: &RouteWord,
        model: &Modelled,
        bound: &Rc<Map>,
        args: &Args,
        spot: Spot,
    ) {
        let handler = word.handler.as_ref().map_or(Value::Undefined, |handler| self.argument_at(bound, handler, spot));
        let rows: Vec<(&str, &str, &str)> = word.answers.iter().filter_map(|row| parts(row)).collect();
        let mut given = Vec::new();
        self.flatten(&handler, &mut given, 0);
        // What stands before and behind a service are functions and what is said of it.
        for (at, one) in given.iter().enumerate() {
            let has = match self.answering_members(one, &rows, spot) {
                Some(has) => has,
                None if self.may_answer(word, one) => {
                    self.note(spot, "what this service answers is not known: it is not in the repository");
                    continue;
                }
                None => continue,
            };
            let listed = self.listed_answers(word, given.get(at + 1), spot);
            let listed = |member: &str| listed.as_ref().is_none_or(|listed| listed.iter().any(|one| one == member));
            for (member, method, suffix) in rows.iter().filter(|(member, ..)| listed(member)) {
                if !has.iter().any(|has| has == member) {
                    continue;
                }
                let one = RouteWord {
                    method: vec![(*method).to_owned()],
                    suffix: (*suffix).to_owned(),
                    answers: Vec::new(),
                    answers_only: None,
                    handler: None,
                    ..word.clone()
                };
                self.route(&one, model, bound, args, spot);
            }
        }
    }

    /// The members that answer, where what is given says so: a class's, a library's, those of an object. None where it says nothing.
    fn answering_members(&mut self, given: &Value, rows: &[(&str, &str, &str)], spot: Spot) -> Option<Vec<String>> {
        let all = || rows.iter().map(|(member, ..)| (*member).to_owned());
        let class = match given {
            Value::Object(it) => it.class.clone(),
            Value::Class(class) => Some(class.clone()),
            Value::Unknown(path) => {
                let path = path.strip_suffix("()").unwrap_or(path);
                return self.models.classes.get(path).map(|model| model.has.clone()).filter(|has| !has.is_empty());
            }
            Value::Map(map) => {
                let has: Vec<String> = all().filter(|member| map.named(member).is_some()).collect();
                return (!has.is_empty()).then_some(has);
            }
            _ => return None,
        };
        if let Some(class) = &class {
            let members = self.class_members(class);
            // A base outside of the repository answers all.
            if members.open {
                return Some(all().collect());
            }
        }
        let scope = self.modules[spot.module.0].scope.clone();
        let mut has = Vec::new();
        for member in all() {
            let inherited = class.as_ref().is_some_and(|class| self.class_members(class).has.contains(&member));
            let own = |machine: &mut Self| {
                let value = machine.member(given, &member.as_str().into(), &scope, spot.line);
                !matches!(value, Value::Undefined | Value::Unknown(_))
            };
            if inherited || own(self) {
                has.push(member);
            }
        }
        (!has.is_empty()).then_some(has)
    }

    /// Whether what nobody knows may be a service, by what it is called.
    fn may_answer(&self, word: &RouteWord, given: &Value) -> bool {
        let Value::Unknown(path) = given else { return false };
        if self.models.assets.contains(&**path) {
            return false;
        }
        let path = path.to_lowercase();
        word.answers_called.iter().any(|called| path.contains(called.as_str()))
    }

    /// The members that alone answer, where what stands behind a service lists them.
    fn listed_answers(&mut self, word: &RouteWord, behind: Option<&Value>, spot: Spot) -> Option<Vec<String>> {
        let Some(Value::Map(said)) = behind else { return None };
        let only = self.force(said.named(word.answers_only.as_ref()?)?);
        let scope = self.modules[spot.module.0].scope.clone();
        let (items, partial) = self.walk(&only, Yields::Elements, &scope);
        let names = items.iter().filter_map(|item| item.as_whole_text().map(|text| text.to_string()));
        (!partial).then(|| names.collect())
    }
}

/// Whether a map describes a route.
fn is_description(map: &Map) -> bool {
    let path = map.named("path");
    map.named("method").is_some() && path.is_some_and(|path| !matches!(path, Value::Map(_)))
}

fn parts(row: &str) -> Option<(&str, &str, &str)> {
    let (member, rest) = row.split_once(' ')?;
    let (method, suffix) = rest.split_once(' ').unwrap_or((rest, ""));
    Some((member, method, suffix))
}
