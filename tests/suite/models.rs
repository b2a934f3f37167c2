//! Every model under `rules/` has samples beside it: small sources and what they come to. A sample says everything that its
//! sources give of the kinds that it names, no more and no less.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use donegate::code::{Analysis, analyse};
use donegate::repo::Repo;
use serde::Deserialize;

use super::support::of_the_package;

/// The folders whose files are models.
const FOLDERS: [&str; 2] = ["rules/frameworks", "rules/env"];

/// Files of data beside the models of the environment: their own tests hold them.
const DATA: [&str; 3] = ["library-reads.yaml", "platform.yaml", "secrets.yaml"];

/// Models of a language that has no front end yet: the first sample goes with the front end.
const WAITING: [&str; 0] = [];

/// One sample.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: String,
    /// Sources by path.
    files: BTreeMap<String, String>,
    /// Every route: `GET /x src/app.js:3`; a `?` behind the path where it is conditional.
    routes: Option<Vec<String>>,
    /// Every route that a library registers on the service's behalf: `GET /docs by swagger-ui`.
    brought: Option<Vec<String>>,
    /// Every place that is unresolved: `src/app.js:3`.
    unresolved: Option<Vec<String>>,
    /// Every variable: `PORT src/app.js:3`; a `?` behind the name where the program does without.
    env: Option<Vec<String>>,
    /// Every variable that a setting with a value may be given by.
    settings: Option<Vec<String>>,
    /// Every pattern of names that are not known: `SHARD_*_DSN src/app.js:3`.
    dynamic: Option<Vec<String>>,
    /// Variables any one of which will do: `URL or DATABASE_URL`.
    either: Option<Vec<String>>,
}

fn models() -> Vec<PathBuf> {
    let root = &of_the_package("");
    let mut all = Vec::new();
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder)).expect("a folder of models") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if name.ends_with(".yaml")
                && !name.ends_with(".test.yaml")
                && !DATA.contains(&name.as_str())
                && !WAITING.contains(&name.as_str())
            {
                all.push(path);
            }
        }
    }
    all.sort();
    all
}

fn differs(kind: &str, expected: Option<&Vec<String>>, found: Vec<String>) -> Option<String> {
    let mut expected = expected?.clone();
    let mut found = found;
    expected.sort();
    found.sort();
    found.dedup();
    (expected != found).then(|| format!("{kind}\n  expected {expected:#?}\n  found    {found:#?}"))
}

fn differences(sample: &Sample, analysis: Analysis) -> Vec<String> {
    let mark = |yes: bool| if yes { "?" } else { "" };
    let brought = analysis.routes.iter().filter_map(|it| Some((&it.method, &it.path, it.library.as_ref()?)));
    let brought = brought.map(|(method, path, library)| format!("{method} {path} by {library}")).collect();
    let routes = analysis
        .routes
        .into_iter()
        .map(|it| format!("{} {}{} {}:{}", it.method, it.path, mark(it.conditional), it.file, it.line))
        .collect();
    let peers = analysis.env_reads.iter().map(|it| it.peers.join(" or "));
    let either = peers.filter(|it| !it.is_empty()).collect();
    let unresolved = analysis.unresolved.into_iter().map(|(file, line, _)| format!("{file}:{line}")).collect();
    let (supposed, named): (Vec<_>, Vec<_>) = analysis.env_reads.into_iter().partition(|it| it.supposed.is_some());
    let env = named.into_iter().map(|it| format!("{}{} {}:{}", it.name, mark(!it.required), it.file, it.line));
    let supposed = supposed.into_iter().filter_map(|it| Some((it.file, it.line, it.supposed?)));
    let dynamic: BTreeSet<String> = supposed
        .chain(analysis.env_dynamic)
        .chain(analysis.env_built)
        .map(|(file, line, it)| format!("{it} {file}:{line}"))
        .collect();
    let settings = analysis.env_settings.iter().map(|(name, (file, line))| format!("{name} {file}:{line}"));
    [
        differs("routes", sample.routes.as_ref(), routes),
        differs("brought", sample.brought.as_ref(), brought),
        differs("unresolved", sample.unresolved.as_ref(), unresolved),
        differs("env", sample.env.as_ref(), env.collect()),
        differs("settings", sample.settings.as_ref(), settings.collect()),
        differs("dynamic", sample.dynamic.as_ref(), dynamic.into_iter().collect()),
        differs("either", sample.either.as_ref(), either),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_model_has_samples_and_they_hold() {
    let mut wrong = Vec::new();
    for model in models() {
        let samples = model.with_extension("test.yaml");
        let shown = samples.file_name().expect("a name").to_string_lossy().into_owned();
        let Ok(text) = fs::read_to_string(&samples) else {
            wrong.push(format!("{shown} is not there"));
            continue;
        };
        let samples: Vec<Sample> =
            donegate::yaml::parse(&shown, &text).and_then(|node| node.read()).unwrap_or_else(|mistake| {
                panic!("{shown}:{}: {}", mistake.place.line, mistake.message);
            });
        assert!(!samples.is_empty(), "{shown} has no sample");
        for sample in samples {
            let said = [
                &sample.routes,
                &sample.brought,
                &sample.unresolved,
                &sample.env,
                &sample.settings,
                &sample.dynamic,
                &sample.either,
            ];
            assert!(said.iter().any(|one| one.is_some()), "{shown}: {}: says nothing", sample.name);
            let files: Vec<(&str, &str)> =
                sample.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
            let found = differences(&sample, analyse(&Repo::in_memory(&files)));
            wrong.extend(found.into_iter().map(|one| format!("{shown}: {}: {one}", sample.name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
