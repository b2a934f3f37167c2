//! Java's packages: from the full name of a class to its file, over several source roots; and the build's modules, which
//! say whose settings a file is under.

use std::collections::{BTreeMap, BTreeSet};

use super::{Target, Tree, builds, folder_of, servlets};
use crate::code::form::Name;
use crate::code::select::is_own;

/// Where classes stand, and the modules of the build.
#[derive(Debug, Default)]
pub(super) struct Packages {
    /// Files by the name of the class that they are called after.
    files: BTreeMap<String, Vec<Name>>,
    /// Files by the full names that they declare, where names and files need not agree (Kotlin).
    declared: BTreeMap<String, Vec<Name>>,
    /// The folders of the build's modules.
    modules: BTreeSet<String>,
}

impl Packages {
    /// Notes every file of the language and every build.
    pub(super) fn read(tree: &Tree<'_>) -> Self {
        let mut out = Packages::default();
        for path in tree.files() {
            let name = path.rsplit('/').next().unwrap_or(path);
            if builds::FILES.contains(&name) {
                out.modules.insert(folder_of(path).to_owned());
            } else if let Some(root) = path.strip_suffix(servlets::FILE) {
                let root = root.trim_end_matches('/');
                let folder = servlets::PLACES.iter().find_map(|place| root.strip_suffix(place));
                out.modules.extend(folder.map(|folder| folder.trim_end_matches('/').to_owned()));
            } else if let Some(stem) = name.strip_suffix(".java")
                && is_own(path)
            {
                out.files.entry(stem.to_owned()).or_default().push(path.clone());
            } else if name.ends_with(".kt")
                && is_own(path)
                && let Some(text) = tree.text(path)
            {
                for full in declarations(&text) {
                    out.declared.entry(full).or_default().push(path.clone());
                }
            }
        }
        out
    }

    /// The file of the class with a full name; where several roots have one, that which is nearest to `from`.
    pub(super) fn resolve(&self, from: &str, full: &str) -> Target {
        let stem = full.rsplit('.').next().unwrap_or(full);
        let wanted = full.replace('.', "/");
        let ends = |rest: &str| rest.strip_suffix(&*wanted).is_some_and(|root| root.is_empty() || root.ends_with('/'));
        let fits = |path: &&Name| {
            let rest = path.rsplit_once('.').map_or(&***path, |(rest, _)| rest);
            // Compilers let a package lie in one folder that is called like it.
            ends(rest) || (folder_of(rest).contains('.') && ends(&rest.replace('.', "/")))
        };
        let named = self.files.get(stem).into_iter().flatten().filter(fits);
        let declared = self.declared.get(full).into_iter().flatten();
        let found = named.chain(declared).max_by_key(|path| shared(path, from));
        found.map_or_else(|| Target::Outside(full.into()), |path| Target::File(path.clone()))
    }

    /// The files that declare a full name, where names and files need not agree.
    pub(super) fn declaring(&self, full: &str) -> &[Name] {
        self.declared.get(full).map_or(&[], Vec::as_slice)
    }

    /// Every file of the language.
    pub(super) fn files(&self) -> impl Iterator<Item = &Name> {
        self.files.values().chain(self.declared.values()).flatten()
    }

    /// The folder of the module that a file belongs to.
    pub(super) fn module_of(&self, path: &str) -> &str {
        let mut at = folder_of(path);
        loop {
            if let Some(module) = self.modules.get(at) {
                return module;
            }
            if at.is_empty() {
                return "";
            }
            at = folder_of(at);
        }
    }

    /// The folders of all modules.
    pub(super) fn modules(&self) -> &BTreeSet<String> {
        &self.modules
    }
}

/// How long the folders are that two paths share.
fn shared(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}

/// Words that stand before a declaration.
const MODIFIERS: &[&str] = &[
    "public",
    "internal",
    "private",
    "open",
    "abstract",
    "data",
    "sealed",
    "enum",
    "annotation",
    "inline",
    "value",
    "const",
    "lateinit",
    "suspend",
    "override",
    "operator",
    "tailrec",
    "external",
    "final",
    "infix",
    "expect",
    "actual",
];

/// What stands behind type parameters: `<T : Box<*>> T.name`.
fn behind_parameters(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, sign) in text.char_indices() {
        match sign {
            '<' => depth += 1,
            // An arrow closes nothing.
            '>' if !text.get(..at).is_some_and(|before| before.ends_with('-')) => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return text.get(at + 1..).unwrap_or_default().trim_start();
                }
            }
            _ if depth == 0 => return text,
            _ => {}
        }
    }
    ""
}

/// The name of what is declared, behind the type that it is declared for where it may be declared for one.
fn declared_name(text: &str, extends: bool) -> &str {
    let (mut start, mut depth) = (0_usize, 0_usize);
    let mut end = text.len();
    for (at, sign) in text.char_indices() {
        match sign {
            '<' if extends => depth += 1,
            '>' if extends => depth = depth.saturating_sub(1),
            '.' if depth == 0 => start = at + 1,
            _ if depth > 0 || sign.is_alphanumeric() || matches!(sign, '_' | '`') => {}
            '?' if extends && text.get(at..).is_some_and(|rest| rest.starts_with("?.")) => {}
            _ => {
                end = at;
                break;
            }
        }
    }
    text.get(start..end).unwrap_or_default().trim_matches('`')
}

/// The full names that a Kotlin file declares at its top level. A look at the lines is enough: a name too many leads to a
/// file that does not bind it.
fn declarations(text: &str) -> Vec<String> {
    let mut package = String::new();
    let mut out = Vec::new();
    // How many brackets are open before the line. What begins a line stands at the top whatever quotes and comments did to it.
    let mut open = 0_usize;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("package ") {
            package = name.trim().trim_end_matches(';').replace('`', "");
            continue;
        }
        let before = if line.is_empty() || line.starts_with([' ', '\t', '}', ')']) { open } else { 0 };
        open = line.chars().fold(before, |open, sign| match sign {
            '{' | '(' => open + 1,
            '}' | ')' => open.saturating_sub(1),
            _ => open,
        });
        let line = line.trim_start();
        if before > 0 || line.starts_with(['}', ')', '/', '*']) {
            continue;
        }
        let mut words = line.split_whitespace().skip_while(|word| MODIFIERS.contains(word) || word.starts_with('@'));
        let keyword = words.next().unwrap_or_default();
        if !matches!(keyword, "class" | "interface" | "object" | "fun" | "val" | "var" | "typealias") {
            continue;
        }
        let rest = line.split_once(keyword).map_or("", |(_, rest)| rest).trim_start();
        let rest = behind_parameters(rest);
        let name = declared_name(rest, matches!(keyword, "fun" | "val" | "var"));
        if !name.is_empty() {
            out.push(if package.is_empty() { name.to_owned() } else { format!("{package}.{name}") });
        }
    }
    out
}
