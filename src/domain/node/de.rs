//! serde over [`Node`]s: every error is at the innermost node that does not fit.

use std::fmt;

use serde::de::{self, IntoDeserializer, Visitor};

use super::{Mistake, Node, Place, Value, nearest};

/// An error with, once known, its place.
#[derive(Debug)]
pub(super) struct NodeError {
    message: String,
    place: Option<Place>,
    help: Option<String>,
}

impl NodeError {
    fn at(mut self, place: &Place) -> Self {
        self.place.get_or_insert_with(|| place.clone());
        self
    }

    /// With the name that is nearest to one that is none of `names`.
    fn meant(mut self, name: &str, names: &[&str]) -> Self {
        if !names.contains(&name) && self.place.is_none() {
            self.help = nearest(name, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        }
        self
    }

    pub(super) fn into_mistake(self) -> Mistake {
        let place = self.place.unwrap_or_else(|| Place { file: "".into(), line: 1, column: 1 });
        Mistake { place, message: self.message, help: self.help }
    }
}

impl fmt::Display for NodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for NodeError {}

impl de::Error for NodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), place: None, help: None }
    }
}

/// Reads typed values out of a node.
pub(super) struct NodeDeserializer<'a> {
    node: &'a Node,
}

impl<'a> NodeDeserializer<'a> {
    pub(super) fn new(node: &'a Node) -> Self {
        Self { node }
    }
}

impl<'de> de::Deserializer<'de> for NodeDeserializer<'_> {
    type Error = NodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        let place = &self.node.place;
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => match u64::try_from(*value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i64(*value),
            },
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Str(value) => visitor.visit_str(value),
            Value::List(items) => visitor.visit_seq(Items { items: items.iter() }),
            Value::Map(entries) => visitor.visit_map(Entries { entries: entries.iter(), value: None }),
        }
        .map_err(|error| error.at(place))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NodeError> {
        match self.node.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, NodeError> {
        let place = &self.node.place;
        visitor.visit_newtype_struct(NodeDeserializer { node: self.node }).map_err(|error| error.at(place))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NodeError> {
        let place = &self.node.place;
        match &self.node.value {
            Value::Str(value) => {
                let read = visitor.visit_enum(value.as_str().into_deserializer());
                read.map_err(|error: NodeError| error.meant(value, names))
            }
            _ => Err(de::Error::invalid_type(de::Unexpected::Other(self.node.describe()), &"one of the names")),
        }
        .map_err(|error: NodeError| error.at(place))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

struct Items<'a> {
    items: std::slice::Iter<'a, Node>,
}

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = NodeError;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, NodeError> {
        self.items.next().map(|node| seed.deserialize(NodeDeserializer { node })).transpose()
    }
}

struct Entries<'a> {
    entries: std::slice::Iter<'a, (super::Key, Node)>,
    value: Option<&'a Node>,
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = NodeError;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, NodeError> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some(value);
        let name = key.name.as_str().into_deserializer();
        seed.deserialize(name).map(Some).map_err(|error: NodeError| error.at(&key.place))
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, NodeError> {
        let node = self.value.take().expect("serde asks for a value after its key");
        seed.deserialize(NodeDeserializer { node })
    }
}
