//! Collections and strings of Java's and Kotlin's libraries, by the path that reaches them.

use super::super::machine::Machine;
use super::super::value::{Args, ListKind, Value};
use crate::code::holes::hole;

impl Machine<'_> {
    /// Functions of Java's and Kotlin's libraries.
    pub(crate) fn class_builtin(&mut self, path: &str, args: &Args) -> Option<Value> {
        let path = path.trim_start_matches("java.util.").trim_start_matches("stream.").trim_start_matches("kotlin.");
        Some(match path {
            "Regex" | "text.Regex" => args.at(0).as_text().map_or_else(Value::unknown, Value::Regex),
            "arrayOf"
            | "listOf"
            | "mutableListOf"
            | "collections.listOf"
            | "List.of"
            | "Arrays.asList"
            | "Stream.of"
            | "Collections.singletonList"
            | "setOf"
            | "mutableSetOf"
            | "Set.of"
            | "Collections.singleton"
            | "Arrays.stream"
            | "sequenceOf"
            | "arrayListOf"
            | "linkedSetOf"
            | "hashSetOf"
            | "listOfNotNull" => match args.list.as_slice() {
                // An array that is given alone is all of what is given.
                [list @ Value::List(_)] if path.starts_with("Arrays") || path.ends_with(".of") => list.clone(),
                _ => Value::list_of(ListKind::List, args.list.clone(), args.partial),
            },
            "emptyList"
            | "emptyArray"
            | "ArrayList"
            | "LinkedList"
            | "HashSet"
            | "LinkedHashSet"
            | "Collections.emptyList" => match args.list.as_slice() {
                [list @ Value::List(_)] => list.clone(),
                _ => Value::list(Vec::new()),
            },
            "HashMap"
            | "LinkedHashMap"
            | "TreeMap"
            | "concurrent.ConcurrentHashMap"
            | "ConcurrentHashMap"
            | "Map.copyOf"
            | "Collections.unmodifiableMap"
            | "com.google.common.collect.ImmutableMap.copyOf"
            | "com.google.common.collect.Maps.newHashMap"
            | "ImmutableMap.copyOf" => match args.list.as_slice() {
                [given @ (Value::Map(_) | Value::Unknown(_))] => self.copy_of(given),
                _ => Value::map(Vec::new()),
            },
            "emptyMap" => Value::map(Vec::new()),
            // What collects entries into a map is told by the functions of its names and values.
            "Collectors.toMap" | "Collectors.toUnmodifiableMap" => Self::tuple(args.list.clone()),
            "Map.of" => {
                let pairs = args.list.chunks(2).filter_map(|pair| Some((pair.first()?.clone(), pair.get(1)?.clone())));
                Value::map(pairs.collect())
            }
            "mapOf" | "mutableMapOf" | "linkedMapOf" => {
                let pairs = args.list.iter().filter_map(|pair| match pair {
                    Value::List(pair) => match &pair.items.borrow()[..] {
                        [key, value] => Some((key.clone(), value.clone())),
                        _ => None,
                    },
                    _ => None,
                });
                Value::map(pairs.collect())
            }
            "Optional.of" | "Optional.ofNullable" | "Objects.requireNonNull" | "requireNotNull" | "checkNotNull" => {
                args.at(0)
            }
            "String.join" => {
                let separator = args.at(0).as_text()?;
                match args.at(1) {
                    Value::List(list) if !list.partial.get() => {
                        let items = list.items.borrow().clone();
                        self.join_items(&separator, &items)
                    }
                    Value::List(_) | Value::Unknown(_) => Value::text(hole("join")),
                    _ => self.join_items(&separator, args.list.get(1..).unwrap_or_default()),
                }
            }
            _ => return None,
        })
    }
}
