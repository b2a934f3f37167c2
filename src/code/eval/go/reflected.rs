//! Variables that a type's tags name and the program itself looks up: `os.Getenv(field.Tag.Get("env"))`.

use super::super::env::Read;
use super::super::env::tags::tagged;
use super::super::machine::Machine;
use super::super::value::{Spot, Value};
use crate::code::holes::{HOLE, HOLE_END, fill_holes, hole};

/// What a hint begins with that stands for a tag.
const TAG: &str = "tag_of_";

/// So many variables are read by tags.
const MOST: usize = 2_000;

impl Machine<'_> {
    /// What a field's tag says under a key, where the field is one of a type that is only looked into.
    pub(crate) fn go_tag(&self, path: &str, key: &Value) -> Option<Value> {
        let method = path.rsplit('.').next().filter(|_| path.starts_with("reflect.") && path.contains(".Tag."))?;
        let text = Value::text(hole(&format!("{TAG}{}", key.as_whole_text()?)));
        match method {
            "Get" => Some(text),
            "Lookup" => Some(Self::tuple(vec![text, Value::unknown()])),
            _ => None,
        }
    }

    /// Reads the variables that tags name, where a read's name is made of one.
    pub(crate) fn go_reads_by_tag(&mut self) {
        let wanted = self.reads.iter().filter_map(|read| Some((read.by_tag.clone()?, read.spot)));
        let wanted: Vec<(String, Spot)> = wanted.collect();
        let mut made = 0;
        for (text, at) in wanted {
            let Some(key) = key_of(&text) else { continue };
            let package = self.folder_of_module(at);
            let mut names = Vec::new();
            for class in &self.classes {
                if self.is_go(class.spot.module) && self.folder_of_module(class.spot) == package {
                    for field in &class.class.fields {
                        let named = field.tag.as_deref().and_then(|tag| tagged(tag, &key)).unwrap_or_default();
                        let name = named.split(',').next().unwrap_or_default();
                        if !name.is_empty() && name != "-" {
                            let spot = Spot { module: class.spot.module, line: field.pos.line };
                            names.push((fill_holes(&text, |_| name.to_owned()), spot));
                        }
                    }
                }
            }
            if !names.is_empty() {
                // What is told whole needs no pattern.
                self.reads.retain(|read| read.by_tag.as_ref() != Some(&text) || read.spot != at);
            }
            for (name, spot) in names {
                if made < MOST && !self.reads.iter().any(|read| read.name == name && read.spot == spot) {
                    made += 1;
                    self.reads.push(Read { spot, tolerated: true, ..Read::of(name) });
                }
            }
        }
    }

    fn folder_of_module(&self, spot: Spot) -> String {
        self.file(spot).rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
    }
}

/// The tag's key where a text ends with its one hole and that stands for a tag: with more behind it, it is a family of names.
pub(crate) fn key_of(text: &str) -> Option<String> {
    let (_, after) = text.split_once(HOLE)?;
    let (hint, rest) = after.split_once(HOLE_END)?;
    let key = hint.strip_prefix(TAG)?;
    rest.is_empty().then(|| key.to_owned())
}
