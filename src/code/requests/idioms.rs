//! Which calls are requests: data under `rules/requests`, one file for each language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::mocks::Mocks;
use super::own::Building;
use super::skips::{Runs, Skips};
use super::walk::Chain;
use crate::code::form::{ExprKind, Language};

const FILES: &[(&str, Language, &str)] = &[
    ("javascript", Language::JavaScript, include_str!("../../../rules/requests/javascript.yaml")),
    ("python", Language::Python, include_str!("../../../rules/requests/python.yaml")),
    ("rust", Language::Rust, include_str!("../../../rules/requests/rust.yaml")),
    ("go", Language::Go, include_str!("../../../rules/requests/go.yaml")),
    ("java", Language::Java, include_str!("../../../rules/requests/java.yaml")),
];

/// The idioms of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    /// Words of which a file must hold one to matter.
    tokens: Vec<String>,
    /// Words that make a file one of tests wherever it lies.
    #[serde(default)]
    inside: Vec<String>,
    /// The calls that send a request.
    requests: Vec<Idiom>,
    /// The calls that ask for a path by the name of a route.
    #[serde(default)]
    names: Vec<Naming>,
    /// How tests are skipped.
    #[serde(default)]
    skips: Skips,
    /// Which functions run.
    #[serde(default)]
    runs: Runs,
    /// How something else is put for a client.
    #[serde(default)]
    mocks: Mocks,
    /// How tests build apps of their own.
    #[serde(default)]
    apps: Building,
}

/// A call that asks for a path by the name of a route, its first argument.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Naming {
    /// Names of functions or members.
    pub(super) call: Vec<String>,
    /// How the path's parameters are given.
    pub(super) given: Given,
    /// Arguments that are none of them.
    #[serde(default)]
    pub(super) besides: Vec<String>,
}

/// How a path's parameters are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Given {
    /// By a list `args` or a map `kwargs`.
    Listed,
    /// Each by an argument.
    Each,
    /// Each by an argument, where there may be others that are none.
    Among,
}

/// A call that sends a request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Idiom {
    /// Names of functions or members, and the method that each stands for; `*` where something else tells it.
    pub(super) call: BTreeMap<String, String>,
    /// Which argument is the URL or path, or a map that has it.
    #[serde(default)]
    pub(super) path: usize,
    /// Which argument is the method.
    pub(super) method: Option<usize>,
    /// Which argument is a map that has the method.
    pub(super) options: Option<usize>,
    /// Whether another call of the chain tells the method: `.method(…)`, `.post()`.
    #[serde(default)]
    pub(super) chain: bool,
    /// Whether the name of what is called may be a value: `client[method](path)`.
    #[serde(default)]
    pub(super) computed: bool,
    /// Whether nothing but literals may stand beside the path: a handler registers.
    #[serde(default)]
    pub(super) lone: bool,
    /// Whether braces in a path are variables.
    #[serde(default)]
    pub(super) braces: bool,
    /// Names of which one must stand before in the chain.
    #[serde(default)]
    on: Vec<String>,
    /// Names that make a chain none that sends requests to the service.
    #[serde(default)]
    not_on: Vec<String>,
}

impl Idiom {
    /// Whether a chain is one of those that send nothing to the service.
    pub(super) fn excludes(&self, chain: &Chain<'_>) -> bool {
        let root = match &chain.root.kind {
            ExprKind::Name(name) => Some(&**name),
            ExprKind::Path(path) => path.first().map(|name| &**name),
            _ => None,
        };
        let links = chain.links.iter().filter_map(|link| link.name);
        root.into_iter().chain(links).any(|name| self.not_on.iter().any(|other| other == name))
    }

    /// Whether one of the wanted names stands before a link.
    pub(super) fn fits(&self, chain: &Chain<'_>, index: usize) -> bool {
        if self.on.is_empty() {
            return true;
        }
        let root = match &chain.root.kind {
            ExprKind::Name(name) => Some(&**name),
            ExprKind::Path(path) => path.first().map(|name| &**name),
            _ => None,
        };
        let before = chain.links[..index].iter().filter_map(|link| link.name);
        root.into_iter().chain(before).any(|name| self.on.iter().any(|other| other == name))
    }
}

/// The idioms of every language.
#[derive(Debug)]
pub(super) struct Idioms(Vec<(Language, File)>);

static NO_SKIPS: LazyLock<Skips> = LazyLock::new(Skips::default);
static NO_RUNS: LazyLock<Runs> = LazyLock::new(Runs::default);

static BUILTIN: LazyLock<Idioms> = LazyLock::new(|| {
    let read = |(name, language, text): &(&str, Language, &str)| {
        let node = crate::yaml::parse(name, text).expect("built-in YAML: a test reads it");
        (*language, node.read().expect("built-in idioms: a test reads them"))
    };
    Idioms(FILES.iter().map(read).collect())
});

/// The built-in idioms.
pub(super) fn builtin() -> &'static Idioms {
    &BUILTIN
}

impl Idioms {
    fn file(&self, language: Language) -> Option<&File> {
        self.0.iter().find(|(known, _)| *known == language).map(|(_, file)| file)
    }

    /// The idioms of a language.
    pub(super) fn of(&self, language: Language) -> impl Iterator<Item = &Idiom> {
        self.file(language).into_iter().flat_map(|file| &file.requests)
    }

    /// The calls of a language that ask for paths by name.
    pub(super) fn namings(&self, language: Language) -> &[Naming] {
        self.file(language).map_or(&[], |file| &file.names)
    }

    /// Whether a call of a name is a request in a language.
    pub(super) fn is_request(&self, language: Language, name: &str) -> bool {
        self.of(language).any(|idiom| idiom.call.contains_key(name))
    }

    /// How tests of a language are skipped.
    pub(super) fn skips(&'static self, language: Language) -> &'static Skips {
        self.file(language).map_or(&NO_SKIPS, |file| &file.skips)
    }

    /// Which functions of a language run.
    pub(super) fn runs(&'static self, language: Language) -> &'static Runs {
        self.file(language).map_or(&NO_RUNS, |file| &file.runs)
    }

    /// How tests of a language put something else for a client.
    pub(super) fn mocks(&'static self, language: Language) -> Option<&'static Mocks> {
        self.file(language).map(|file| &file.mocks)
    }

    /// How tests of a language build apps of their own.
    pub(super) fn apps(&'static self, language: Language) -> Option<&'static Building> {
        self.file(language).map(|file| &file.apps)
    }

    /// Whether a file holds a word of its language's idioms.
    pub(super) fn matters(&self, language: Language, bytes: &[u8]) -> bool {
        self.file(language).is_some_and(|file| holds(bytes, &file.tokens))
    }

    /// Whether a file is one of tests by what it holds.
    pub(super) fn inside(&self, language: Language, bytes: &[u8]) -> bool {
        self.file(language).is_some_and(|file| holds(bytes, &file.inside))
    }
}

fn holds(bytes: &[u8], words: &[String]) -> bool {
    words.iter().any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
}
