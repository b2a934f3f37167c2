//! Reads of the environment that a type's fields name: by tags, by their own names, with prefixes for what is nested.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{ClassValue, EnvValue, Map, Object, Spot, Value};
use crate::code::form::{Field, Name};
use crate::code::models::TagsWord;

/// How deeply types are nested.
const DEEPEST: usize = 8;

impl Machine<'_> {
    /// Fills a value from the environment as its type's fields say.
    pub(in crate::code::eval) fn fill(&mut self, word: &TagsWord, bound: &Rc<Map>, spot: Spot) {
        let prefix = word.prefix.as_ref().map_or(Value::Undefined, |prefix| self.argument_at(bound, prefix, spot));
        let prefix = match prefix.as_whole_text() {
            Some(text) if text.is_empty() => String::new(),
            Some(text) if word.derives => format!("{}_", text.to_uppercase()),
            Some(text) => text.to_string(),
            None => String::new(),
        };
        let target = self.argument_at(bound, &word.of, spot);
        for one in target.each() {
            self.fill_value(word, &one, &prefix, 0);
        }
    }

    fn fill_value(&mut self, word: &TagsWord, value: &Value, prefix: &str, depth: usize) {
        let (class, object) = match value {
            Value::Class(class) => (class.clone(), None),
            Value::Object(it) => match &it.class {
                Some(class) => (class.clone(), Some(it.clone())),
                None => return,
            },
            _ => return,
        };
        if depth > DEEPEST {
            return;
        }
        let written = class.class.clone();
        for field in &written.fields {
            let read = self.fill_field(word, (&class, object.as_ref()), field, prefix, depth);
            if let (Some(read), Some(object)) = (read, &object) {
                object.members.put(&field.name, read);
            }
        }
    }

    /// Fills one field; gives its value where it is read itself.
    fn fill_field(
        &mut self,
        word: &TagsWord,
        (class, object): (&Rc<ClassValue>, Option<&Rc<Object>>),
        field: &Field,
        prefix: &str,
        depth: usize,
    ) -> Option<Value> {
        let tag = |key: &str| field.tag.as_deref().and_then(|tag| tagged(tag, key));
        let is_true = |key: &String| tag(key).is_some_and(|value| value == "true");
        if word.ignored.as_ref().is_some_and(is_true) {
            return None;
        }
        let named = tag(&word.name);
        let mut parts = named.as_deref().unwrap_or("").split(',').map(str::trim);
        let first = parts.next().unwrap_or("").to_owned();
        let mut options: Vec<String> = parts.map(str::to_owned).collect();
        if word.option.is_some() {
            options.insert(0, first.clone());
        }
        let option = |key: &str| {
            options.iter().find_map(|option| option.strip_prefix(key).and_then(|rest| rest.strip_prefix('=')))
        };
        if first == "-" {
            return None;
        }
        let first = match &word.option {
            Some(wanted) => options.iter().find_map(|option| {
                let rest = option.strip_prefix(wanted.as_str())?;
                let name = rest.strip_prefix(':').map(str::to_owned);
                name.or_else(|| rest.is_empty().then(|| field.name.to_uppercase()))
            }),
            None => Some(first),
        };
        let first = first.unwrap_or_default();
        // Nothing but its package can set a field of a name in lower case.
        if !field.is_embedded && !field.name.starts_with(char::is_uppercase) {
            return None;
        }
        let scope = class.scope.clone();
        let inner = field.ty.as_ref().and_then(|ty| match self.type_value(ty, &scope) {
            Value::Class(inner) if !inner.class.fields.is_empty() && !decodes_itself(&inner) => Some(inner),
            _ => None,
        });
        let separate = if word.split.as_ref().is_some_and(is_true) || word.splits {
            spaced(&field.name)
        } else {
            field.name.to_uppercase()
        };
        if let Some(inner) = inner
            && (first.is_empty() || word.derives)
        {
            let nested = word.nested.as_ref().and_then(|key| tag(key)).or_else(|| option("prefix").map(str::to_owned));
            let own = if !first.is_empty() { first.to_uppercase() } else { separate };
            let prefix = match nested {
                Some(nested) => format!("{prefix}{nested}"),
                None if word.derives && !field.is_embedded => format!("{prefix}{own}_"),
                None => prefix.to_owned(),
            };
            let held = object.and_then(|object| self.held_instance(object, field, &inner, word.derives));
            let filled = held.clone().unwrap_or(Value::Class(inner));
            self.fill_value(word, &filled, &prefix, depth + 1);
            return held;
        }
        let names: Vec<String> = match (first.is_empty(), word.derives) {
            (true, false) => return None,
            (true, true) => vec![format!("{prefix}{separate}")],
            (false, true) => {
                let own = first.to_uppercase();
                let whole = format!("{prefix}{own}");
                if word.bare && whole != own { vec![own, whole] } else { vec![whole] }
            }
            (false, false) if word.several => {
                std::iter::once(&first).chain(&options).map(|name| format!("{prefix}{name}")).collect()
            }
            (false, false) => vec![format!("{prefix}{first}")],
        };
        let default = word.default.iter().find_map(|key| tag(key).or_else(|| option(key).map(str::to_owned)));
        let demands = |key: &String| is_true(key) || options.iter().any(|option| option == key);
        let tolerated = default.is_some() || !word.demands.iter().any(demands);
        let spot = Spot { module: class.spot.module, line: field.pos.line };
        let mut reads: Vec<usize> = Vec::new();
        for name in &names {
            if let Value::Env(env) = self.read_env(&Value::text(name.as_str()), spot, tolerated) {
                reads.extend(&env.reads);
            }
        }
        if default.is_some() {
            reads.iter().for_each(|read| self.reads[*read].settled = true);
        }
        if names.len() > 1 {
            for read in &reads {
                self.reads[*read].peers.clone_from(&names);
            }
        }
        Some(Value::Env(Rc::new(EnvValue { reads, default: default.map(Value::text) })))
    }

    /// The instance that a field holds, which is filled with the one around it; `made` says that one is where there is none.
    pub(in crate::code::eval) fn held_instance(
        &mut self,
        object: &Rc<Object>,
        field: &Field,
        class: &Rc<ClassValue>,
        made: bool,
    ) -> Option<Value> {
        let known = object.members.named(&field.name).or_else(|| self.go_field(object, &field.name));
        match known {
            Some(value @ Value::Object(_)) => Some(value),
            _ => made.then(|| self.zero_object(class.clone())),
        }
    }

    /// The keys of a type's fields in a store of settings: dotted, by tag or name.
    pub(in crate::code::eval) fn setting_keys(
        &mut self,
        value: &Value,
        tag: &str,
        prefix: &str,
        depth: usize,
    ) -> Vec<(String, Spot)> {
        let class = match value {
            Value::Class(class) => class.clone(),
            Value::Object(it) => match &it.class {
                Some(class) => class.clone(),
                None => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let mut out = Vec::new();
        let written = class.class.clone();
        for field in &written.fields {
            let named = field.tag.as_deref().and_then(|text| tagged(text, tag)).unwrap_or_default();
            let mut parts = named.split(',');
            let own = parts.next().unwrap_or("").to_owned();
            let squash = parts.any(|part| part == "squash");
            if own == "-" {
                continue;
            }
            let own = if own.is_empty() { field.name.to_string() } else { own };
            let key = format!("{prefix}{own}");
            let scope = class.scope.clone();
            let inner = field.ty.as_ref().map(|ty| self.type_value(ty, &scope));
            match inner {
                Some(inner @ Value::Class(_)) if depth < DEEPEST => {
                    let prefix = if squash { prefix.to_owned() } else { format!("{key}.") };
                    let nested = self.setting_keys(&inner, tag, &prefix, depth + 1);
                    if nested.is_empty() {
                        out.push((key, Spot { module: class.spot.module, line: field.pos.line }));
                    }
                    out.extend(nested);
                }
                _ => out.push((key, Spot { module: class.spot.module, line: field.pos.line })),
            }
        }
        out
    }
}

/// Whether a type makes itself of the variable's text: its fields are none that the environment fills.
fn decodes_itself(class: &ClassValue) -> bool {
    const DECODERS: &[&str] =
        &["Decode", "EnvDecode", "Set", "SetValue", "UnmarshalBinary", "UnmarshalFlag", "UnmarshalText"];
    DECODERS.iter().any(|name| class.members.named(name).is_some())
}

/// The value of a key in a struct's tag: `key:"value"`.
pub(in crate::code::eval) fn tagged(tag: &str, key: &str) -> Option<String> {
    let mut rest = tag.trim_start();
    while let Some((name, after)) = rest.split_once(":\"") {
        let mut value = String::new();
        let mut escaped = false;
        let mut end = after.len();
        for (at, c) in after.char_indices() {
            match c {
                _ if escaped => {
                    value.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    end = at + 1;
                    break;
                }
                c => value.push(c),
            }
        }
        if name.trim() == key {
            return Some(value);
        }
        rest = after.get(end..).unwrap_or("").trim_start();
    }
    None
}

/// A name's words with `_` between them, in upper case: `APIKey` is `API_KEY`, `maxIdle` is `MAX_IDLE`.
fn spaced(name: &Name) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let starts = c.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || chars.get(at + 1).is_some_and(|next| next.is_lowercase())
            });
        if starts && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(c.to_uppercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{spaced, tagged};

    #[test]
    fn tags_are_read_by_key() {
        let tag = r#"json:"a" env:"NAME,required" envDefault:"a \"b\" c:d""#;
        assert_eq!(tagged(tag, "env").as_deref(), Some("NAME,required"));
        assert_eq!(tagged(tag, "envDefault").as_deref(), Some("a \"b\" c:d"));
        assert_eq!(tagged(tag, "Default"), None);
        assert_eq!(tagged("env:\"cut", "env").as_deref(), Some("cut"));
        assert_eq!(tagged("no tag", "no"), None);
    }

    #[test]
    fn names_are_taken_apart_into_words() {
        for (name, words) in [("APIKey", "API_KEY"), ("maxIdle", "MAX_IDLE"), ("Port", "PORT"), ("DB2Host", "DB2_HOST")]
        {
            assert_eq!(spaced(&name.into()), words);
        }
    }
}
