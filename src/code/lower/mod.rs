//! Front ends: each lowers the sources of one language to the common form.
//!
//! They know tree-sitter and no library; what a call means is data under `rules/`.

mod chains;
mod front;
pub mod go;
pub mod java;
pub mod javascript;
pub mod kotlin;
pub mod python;
mod reader;
pub mod rust;
#[cfg(test)]
mod show;

use std::borrow::Cow;

use super::form::{Language, Module};

/// Lowers a file by what its name says it is; none where no front end reads it.
pub fn lower(path: &str, source: &str) -> Option<Module> {
    match Language::of(path)? {
        Language::JavaScript => Some(match javascript::embedded::scripts_of(path, source) {
            Some(scripts) => javascript::lower(&scripts, javascript::Dialect::TypeScript),
            None => javascript::lower(source, javascript::Dialect::of(path)),
        }),
        Language::Rust => Some(rust::lower(source)),
        Language::Python => Some(python::lower(source)),
        Language::Go => Some(go::lower(source)),
        Language::Java => {
            let source = with_lines(source);
            Some(if path.ends_with(".kt") { kotlin::lower(&source) } else { java::lower(&source) })
        }
    }
}

/// A source whose lines end by a carriage return alone, as Java takes them too, with ends that the grammars know.
pub(super) fn with_lines(source: &str) -> Cow<'_, str> {
    match source.contains('\r') && !source.contains('\n') {
        true => Cow::Owned(source.replace('\r', "\n")),
        false => Cow::Borrowed(source),
    }
}

impl Language {
    /// Its name in data files.
    pub fn name(self) -> &'static str {
        match self {
            Language::JavaScript => "javascript",
            Language::Python => "python",
            Language::Go => "go",
            Language::Rust => "rust",
            Language::Java => "java",
        }
    }

    /// The language a file is written in, by its extension.
    pub fn of(path: &str) -> Option<Language> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (_, extension) = name.rsplit_once('.')?;
        match extension {
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "vue" | "svelte" | "astro" => {
                Some(Language::JavaScript)
            }
            "py" => Some(Language::Python),
            // The build passes over files of such names.
            "go" if name.starts_with(['_', '.']) => None,
            "go" => Some(Language::Go),
            "rs" => Some(Language::Rust),
            "java" | "kt" => Some(Language::Java),
            _ => None,
        }
    }
}
