//! Schemas that a client is generated of (Prisma's): the enumerations that it has, and the folders that generators write it to.

use std::collections::BTreeMap;

use super::{Tree, folder_of, under};
use crate::code::models::ClientWord;

/// The most files of schemas that are read, and the most names of one enumeration.
const MOST_FILES: usize = 200;
const MOST_NAMES: usize = 1_000;

/// What schemas say of the client that is generated of them.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    /// The names of enumerations, each with those in it; none where schemas tell it differently.
    pub(crate) enums: BTreeMap<String, Option<Vec<String>>>,
    /// The folders that it is written to.
    outputs: Vec<String>,
}

impl Schemas {
    /// Whether a name that a file imports is that of the client, or of a part of it, where generators write it.
    pub(crate) fn is_client(&self, from: &str, source: &str) -> bool {
        let within = |path: &str, output: &str| {
            path.strip_prefix(output).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match source.starts_with('.') {
            true => {
                let path = under(folder_of(from), source);
                self.outputs.iter().any(|output| within(&path, output))
            }
            // An alias stands for the beginning of the path.
            false => {
                let rest = source.split_once('/').map_or("", |(_, rest)| rest);
                let ends = rest.match_indices('/').map(|(at, _)| at).chain([rest.len()]);
                let starts: Vec<&str> = ends.map(|end| &rest[..end]).filter(|start| start.contains('/')).collect();
                self.outputs.iter().any(|output| starts.iter().any(|start| output.ends_with(&format!("/{start}"))))
            }
        }
    }
}

/// Reads every schema of a tree.
pub(super) fn read(tree: &Tree<'_>, word: &ClientWord) -> Schemas {
    let mut out = Schemas::default();
    let files = tree.files().filter(|path| path.ends_with(&word.schemas) && !path.contains("node_modules/"));
    for path in files.take(MOST_FILES) {
        for block in blocks(&tree.text(path).unwrap_or_default()) {
            if block.kind == word.generator {
                let written = block.lines.iter().filter_map(|line| line.split_once('='));
                let output = written.filter(|(key, _)| key.trim() == word.output).map(|(_, value)| value.trim());
                let folders = output.map(|value| under(folder_of(path), value.trim_matches(['"', '\''])));
                out.outputs.extend(folders.filter(|folder| !folder.is_empty() && !folder.starts_with("..")));
            } else if block.kind == word.enumeration {
                let names: Vec<String> = block.lines.iter().filter_map(|line| name_of(line)).take(MOST_NAMES).collect();
                let known = out.enums.entry(block.name).or_insert_with(|| Some(names.clone()));
                if known.as_ref() != Some(&names) {
                    *known = None;
                }
            }
        }
    }
    out
}

/// A block of a schema.
struct Block {
    kind: String,
    name: String,
    lines: Vec<String>,
}

/// The blocks of a schema: a kind, a name and lines in braces.
fn blocks(text: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        match &mut open {
            None => {
                let words: Vec<&str> = line.split_whitespace().collect();
                if let [kind, name, ..] = words.as_slice()
                    && let Some((_, rest)) = line.split_once('{')
                {
                    let name = name.trim_end_matches('{').to_owned();
                    let mut block = Block { kind: (*kind).to_owned(), name, lines: Vec::new() };
                    match rest.trim().strip_suffix('}') {
                        Some(inner) => {
                            block.lines.extend(inner.split_whitespace().map(str::to_owned));
                            out.push(block);
                        }
                        None => open = Some(block),
                    }
                }
            }
            Some(_) if line.starts_with('}') => out.extend(open.take()),
            Some(block) => block.lines.push(line.to_owned()),
        }
    }
    out
}

/// The name that a line of an enumeration begins with.
fn name_of(line: &str) -> Option<String> {
    let name: String = line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::Repo;

    fn word() -> ClientWord {
        ClientWord {
            library: "client".into(),
            within: "$Enums".into(),
            schemas: ".prisma".into(),
            generator: "generator".into(),
            output: "output".into(),
            enumeration: "enum".into(),
        }
    }

    #[test]
    fn enumerations_and_places_of_clients_are_told() {
        let repo = Repo::in_memory(&[
            (
                "prisma/schema.prisma",
                "generator client {\n  provider = \"x\"\n  output   = \"../src/generated/prisma\" // here\n}\n\
                 enum Kind {\n  /// The first.\n  CAT @map(\"cat\")\n  DOG\n\n  @@map(\"kinds\")\n}\nenum One { A }\n",
            ),
            ("prisma/models/more.prisma", "enum Size {\n  S\n}\nenum Other {\n  X\n}\n"),
            ("old/schema.prisma", "enum Other {\n  Y\n}\nmodel Kind2 {\n id Int\n}\nenum Open {\n"),
        ]);
        let tree = Tree::new(&repo, BTreeMap::new());
        let schemas = read(&tree, &word());
        let names = |name: &str| schemas.enums.get(name).cloned().flatten().map(|all| all.join(" "));
        assert_eq!(Some("CAT DOG".to_owned()), names("Kind"));
        assert_eq!((Some("A".to_owned()), Some("S".to_owned()), None), (names("One"), names("Size"), names("Other")));
        assert_eq!(None, names("Kind2"));
        for client in
            ["./generated/prisma", "./generated/prisma/client", "@/generated/prisma", "@/generated/prisma/enums"]
        {
            assert!(schemas.is_client("src/app.ts", client), "{client}");
        }
        for other in ["./generated/prisma2", "./prisma", "@/prisma", "prisma", "@acme/generated", "express"] {
            assert!(!schemas.is_client("src/app.ts", other), "{other}");
        }
    }
}
