//! What a client meets when a schema changes: what it sent is refused, or what it reads is not there.

use std::collections::BTreeMap;

use super::breaking::{Side, text};
use crate::domain::change::RiskLevel;
use crate::domain::node::{Node, Place, Value};

/// Nesting that is compared.
const MAX_DEPTH: usize = 12;
/// Schemas compared for one document.
const MOST: usize = 50_000;

/// Who sends what is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// The client: what was taken must still be taken.
    ByClient,
    /// The service: what was sent must still be sent, and nothing else.
    ByService,
}

/// A breaking change.
pub(super) struct Break {
    pub(super) level: RiskLevel,
    pub(super) place: Place,
    pub(super) what: String,
}

/// Bounds: the keyword and whether it is an upper one.
const BOUNDS: &[(&str, bool)] = &[
    ("maxLength", true),
    ("maximum", true),
    ("exclusiveMaximum", true),
    ("maxItems", true),
    ("maxProperties", true),
    ("maxContains", true),
    ("minLength", false),
    ("minimum", false),
    ("exclusiveMinimum", false),
    ("minItems", false),
    ("minProperties", false),
    ("minContains", false),
];

/// Compares schemas and gathers what breaks.
pub(super) struct Compare<'a> {
    pub(super) base: &'a Side<'a>,
    pub(super) head: &'a Side<'a>,
    pub(super) found: Vec<Break>,
    compared: usize,
    open: Vec<(usize, usize)>,
}

impl<'a> Compare<'a> {
    pub(super) fn new(base: &'a Side<'a>, head: &'a Side<'a>) -> Self {
        Self { base, head, found: Vec::new(), compared: 0, open: Vec::new() }
    }

    pub(super) fn say(&mut self, level: RiskLevel, place: &Place, what: String) {
        if self.found.len() < MOST {
            self.found.push(Break { level, place: place.clone(), what });
        }
    }

    /// Compares a schema with the one that takes its place; `at` names it for a person.
    pub(super) fn schema(&mut self, sent: Sent, base: &'a Node, head: &'a Node, at: &str) {
        let (base, head) = (self.base.resolved(base), self.head.resolved(head));
        let pair = (std::ptr::from_ref(base).addr(), std::ptr::from_ref(head).addr());
        self.compared += 1;
        if self.open.contains(&pair) || self.open.len() >= MAX_DEPTH || self.compared > MOST {
            return;
        }
        self.open.push(pair);
        self.types(sent, base, head, at);
        self.values(sent, base, head, at);
        self.bounds(sent, base, head, at);
        self.properties(sent, base, head, at);
        self.branches(sent, base, head, at);
        self.keywords(sent, base, head, at);
        if let (Some(base), Some(head)) = (base.get("items"), head.get("items")) {
            self.schema(sent, base, head, &format!("{at}[]"));
        }
        if let (Some(base), Some(head)) = (base.get("additionalProperties"), head.get("additionalProperties"))
            && matches!((&base.value, &head.value), (Value::Map(_), Value::Map(_)))
        {
            self.schema(sent, base, head, &format!("{at}.*"));
        }
        self.open.pop();
    }

    fn types(&mut self, sent: Sent, base: &Node, head: &Node, at: &str) {
        let (old, new) = (types(base), types(head));
        let fits = |wide: &[String], narrow: &[String]| {
            let has = |one: &String| wide.contains(one) || (one == "integer" && wide.iter().any(|it| it == "number"));
            wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(has))
        };
        let same = match sent {
            Sent::ByClient => fits(&new, &old),
            Sent::ByService => fits(&old, &new),
        };
        if !same {
            let what = format!("the type of {at} was {} and is {}", shown(&old), shown(&new));
            self.say(RiskLevel::High, &head.place, what);
        }
        let (before, after) = (text(base, "format"), text(head, "format"));
        if before != after && same && (after.is_some() || sent == Sent::ByService) {
            let name = |format: Option<&str>| format.unwrap_or("any").to_owned();
            let what = format!("the format of {at} was {} and is {}", name(before), name(after));
            self.say(RiskLevel::High, &head.place, what);
        }
        match (sent, nullable(base), nullable(head)) {
            (Sent::ByClient, true, false) => {
                self.say(RiskLevel::High, &head.place, format!("{at} may be null no more"))
            }
            (Sent::ByService, false, true) => self.say(RiskLevel::High, &head.place, format!("{at} may be null now")),
            _ => {}
        }
    }

    fn values(&mut self, sent: Sent, base: &Node, head: &Node, at: &str) {
        for gone in list(base, "x-extensible-enum").iter().filter(|_| sent == Sent::ByClient) {
            if !list(head, "x-extensible-enum").contains(gone) {
                self.say(RiskLevel::High, &head.place, format!("{at} has the value {gone} no more"));
            }
        }
        let (old, new) = (list(base, "enum"), list(head, "enum"));
        let place = head.get("enum").map_or(&head.place, |node| &node.place);
        if old.is_empty() && !new.is_empty() && sent == Sent::ByClient {
            self.say(RiskLevel::High, place, format!("{at} takes only {} now", new.join(", ")));
            return;
        }
        if new.is_empty() {
            if !old.is_empty() && sent == Sent::ByService {
                self.say(RiskLevel::Medium, place, format!("{at} may be anything now"));
            }
            return;
        }
        for gone in old.iter().filter(|value| !new.contains(value)) {
            let level = if sent == Sent::ByClient { RiskLevel::High } else { RiskLevel::Medium };
            self.say(level, place, format!("{at} has the value {gone} no more"));
        }
        for added in new.iter().filter(|value| !old.contains(value) && sent == Sent::ByService && !old.is_empty()) {
            self.say(RiskLevel::Medium, place, format!("{at} may have the value {added}, which clients do not know"));
        }
    }

    fn bounds(&mut self, sent: Sent, base: &Node, head: &Node, at: &str) {
        for (name, upper) in BOUNDS {
            let (old, new) = (number(base, name), number(head, name));
            let narrower = match (old, new) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(old), Some(new)) => {
                    if *upper {
                        new < old
                    } else {
                        new > old
                    }
                }
            };
            let wider = match (old, new) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(old), Some(new)) => {
                    if *upper {
                        new > old
                    } else {
                        new < old
                    }
                }
            };
            if (sent == Sent::ByClient && narrower) || (sent == Sent::ByService && wider) {
                let say = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
                let place = head.get(name).map_or(&head.place, |node| &node.place);
                let what = format!("the {name} of {at} was {} and is {}", say(old), say(new));
                self.say(RiskLevel::High, &place.clone(), what);
            }
        }
        if sent == Sent::ByClient && text(head, "pattern").is_some() && text(base, "pattern") != text(head, "pattern") {
            self.say(RiskLevel::Medium, &head.place, format!("{at} must match another pattern"));
        }
        let open = |node: &Node| node.get("additionalProperties").map(|it| &it.value) != Some(&Value::Bool(false));
        if sent == Sent::ByClient && open(base) && !open(head) {
            self.say(RiskLevel::High, &head.place, format!("{at} takes no other properties any more"));
        }
    }

    fn properties(&mut self, sent: Sent, base: &'a Node, head: &'a Node, at: &str) {
        let (old, new) = (self.base.object(base), self.head.object(head));
        let other = match sent {
            Sent::ByClient => "readOnly",
            Sent::ByService => "writeOnly",
        };
        let counts = |node: &Node| node.get(other).map(|node| &node.value) != Some(&Value::Bool(true));
        let added: Vec<&str> =
            new.properties.keys().filter(|name| !old.properties.contains_key(*name)).copied().collect();
        for (name, (place, schema)) in &old.properties {
            let here = format!("{at}.{name}");
            if !counts(self.base.resolved(schema)) {
                continue;
            }
            let Some((_, now)) = new.properties.get(name) else {
                let level = if sent == Sent::ByService { RiskLevel::High } else { RiskLevel::Medium };
                let renamed = match added.as_slice() {
                    [one] => format!(" (is it `{one}` now?)"),
                    _ => String::new(),
                };
                self.say(level, place, format!("{here} is gone{renamed}"));
                continue;
            };
            if sent == Sent::ByService && old.required.contains(name) && !new.required.contains(name) {
                self.say(RiskLevel::High, &now.place, format!("{here} may be missing now"));
            }
            self.schema(sent, schema, now, &here);
        }
        if sent == Sent::ByClient {
            for name in new.required.iter().filter(|name| !old.required.contains(name)) {
                let Some((place, schema)) = new.properties.get(name) else { continue };
                if counts(self.head.resolved(schema)) {
                    let what =
                        if old.properties.contains_key(name) { "is required now" } else { "is new and required" };
                    self.say(RiskLevel::High, place, format!("{at}.{name} {what}"));
                }
            }
        }
    }

    /// The branches of `oneOf` and `anyOf`: a client's may not go, a service's may not come.
    fn branches(&mut self, sent: Sent, base: &Node, head: &Node, at: &str) {
        for key in ["oneOf", "anyOf"] {
            let (old, new) = (branches(base, key), branches(head, key));
            if old.is_empty() || new.is_empty() {
                continue;
            }
            let (from, to, what) = match sent {
                Sent::ByClient => (&old, &new, "takes one form less"),
                Sent::ByService => (&new, &old, "may have another form"),
            };
            if from.iter().any(|one| !to.contains(one)) && from.len() > to.len() {
                self.say(RiskLevel::High, &head.place, format!("{at} {what} ({key})"));
            }
        }
    }
}

/// The properties of an object, those of its `allOf` with it.
#[derive(Default)]
pub(super) struct Object<'a> {
    pub(super) properties: BTreeMap<&'a str, (Place, &'a Node)>,
    pub(super) required: Vec<&'a str>,
}

fn types(node: &Node) -> Vec<String> {
    match node.get("type").map(|node| &node.value) {
        Some(Value::Str(one)) => vec![one.clone()],
        Some(Value::List(all)) => {
            all.iter().filter_map(Node::as_str).filter(|one| *one != "null").map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

fn nullable(node: &Node) -> bool {
    let listed = match node.get("type").map(|node| &node.value) {
        Some(Value::List(all)) => all.iter().any(|one| one.as_str() == Some("null")),
        _ => false,
    };
    listed || node.get("nullable").map(|node| &node.value) == Some(&Value::Bool(true))
}

fn shown(types: &[String]) -> String {
    if types.is_empty() { "any".to_owned() } else { types.join(" or ") }
}

fn list(node: &Node, key: &str) -> Vec<String> {
    match node.get(key).map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().map(|item| item.to_json().to_string()).collect(),
        _ => Vec::new(),
    }
}

fn branches(node: &Node, key: &str) -> Vec<String> {
    list(node, key)
}

fn number(node: &Node, key: &str) -> Option<f64> {
    node.get(key)?.to_json().as_f64()
}
