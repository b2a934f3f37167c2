//! What was written: one file as a tree with places, its top-level keys known.

use sha2::{Digest, Sha256};

use crate::domain::node::{Key, Mistake, Node, Place, Value, nearest};
use crate::domain::provenance::hex;
use crate::repo::Repo;
use crate::yaml;

use super::{DodFile, DodSource, PROFILES};

/// A DoD over this size is refused: 1 MiB.
const MAX_BYTES: u64 = 1 << 20;

/// The keys of a DoD.
pub(super) const KEYS: &[&str] = &[
    "version",
    "extends",
    "agent",
    "evidence",
    "rules",
    "waivers",
    "max-age",
    "self-attest",
    "serve",
    "baseline",
    "components",
];

/// One file as written.
pub(super) struct Written {
    pub(super) root: Node,
}

/// Reads one file. `from` is the place that names it, if one does.
pub(super) fn read(
    source: &DodSource,
    repo: &Repo,
    from: Option<&Place>,
    files: &mut Vec<DodFile>,
) -> Result<Written, Vec<Mistake>> {
    let (shown, text) = text(source, repo, from).map_err(|mistake| vec![mistake])?;
    let sha256 = hex(&Sha256::digest(text.as_bytes()));
    files.push(DodFile { path: shown.clone(), sha256, text: text.clone() });
    let root = yaml::parse(&shown, &text).map_err(|mistake| vec![mistake])?;
    let Value::Map(entries) = &root.value else {
        let found = if matches!(root.value, Value::Null) { "it is empty" } else { "it is no map" };
        let mistake = Mistake::new(&root.place, format!("{shown} is no Definition of Done: {found}"))
            .with_help("start with `version: 1` and `rules:`; `donegate init` writes one");
        return Err(vec![mistake]);
    };
    let mistakes = top_level(entries, &root);
    if mistakes.is_empty() { Ok(Written { root }) } else { Err(mistakes) }
}

fn top_level(entries: &[(Key, Node)], root: &Node) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> = entries
        .iter()
        .filter(|(key, _)| !KEYS.contains(&key.name.as_str()))
        .map(|(key, _)| unknown(key, "a Definition of Done", KEYS))
        .collect();
    match root.get("version") {
        None => mistakes.push(Mistake::new(&root.place, "`version` is missing").with_help("add `version: 1`")),
        Some(node) if node.value == Value::Int(1) => {}
        Some(node) => mistakes.push(
            Mistake::new(&node.place, "this version of the DoD is not known")
                .with_help("this donegate reads `version: 1`"),
        ),
    }
    mistakes
}

/// A key that is not known, with the nearest one that is.
pub(super) fn unknown(key: &Key, of: &str, known: &[&str]) -> Mistake {
    let help = nearest(&key.name, known.iter().copied())
        .map_or_else(|| format!("it knows {}", known.join(", ")), |name| format!("did you mean `{name}`?"));
    Mistake::new(&key.place, format!("{of} has no key `{}`", key.name)).with_help(help)
}

fn text(source: &DodSource, repo: &Repo, from: Option<&Place>) -> Result<(String, String), Mistake> {
    let start = |file: &str| Place { file: file.into(), line: 1, column: 1 };
    match source {
        DodSource::Profile(name) => {
            let shown = format!("profile:{name}");
            let place = from.cloned().unwrap_or_else(|| start(&shown));
            let found = PROFILES.iter().find(|(known, _)| known == name);
            found.map(|(_, text)| (shown, (*text).to_owned())).ok_or_else(|| unknown_profile(&place, name))
        }
        DodSource::File(path) => {
            let place = from.cloned().unwrap_or_else(|| start(path));
            let content = repo
                .read(path, MAX_BYTES)
                .map_err(|error| Mistake::new(&place, format!("cannot read {path}: {error}")))?;
            let text = content
                .text()
                .map_err(|offset| Mistake::new(&place, format!("{path} is not UTF-8 text (byte {offset})")))?;
            Ok((path.clone(), text.to_owned()))
        }
    }
}

/// A profile that does not exist, with the nearest one that does.
fn unknown_profile(place: &Place, name: &str) -> Mistake {
    let names: Vec<&str> = PROFILES.iter().map(|(name, _)| *name).collect();
    let help = nearest(name, names.iter().copied()).map_or_else(
        || format!("the built-in ones are {}; a file is named with its ending", names.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Mistake::new(place, format!("there is no profile `{name}`")).with_help(help)
}
