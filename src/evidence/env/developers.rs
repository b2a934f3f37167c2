//! Which files only developers run: what lies in a folder of scripts or tools, and is neither started by anything that starts,
//! builds or deploys the service, nor used by its code. What they read is used, and nothing that a service lacks.

use std::collections::BTreeSet;

use super::naming::Names;
use super::tooling;
use super::workspaces::Projects;
use crate::code;
use crate::domain::folders::{Role, lies_in, scripts_of};
use crate::repo::Repo;

/// Longer files are none that a person wrote.
const MAX_BYTES: u64 = 1 << 20;

/// First words of the names of commands that start, build or deploy the service.
const RUNS: &[&str] = &[
    "build", "deploy", "dev", "develop", "install", "prepare", "preview", "release", "run", "serve", "server", "start",
    "up", "watch", "worker",
];

/// Words that do so wherever they stand in such a name.
const MIGRATES: &[&str] = &["migrate", "migration", "migrations"];

/// Files of pipelines, which run what developers do.
const PIPELINES: &[&str] =
    &[".gitlab-ci", "jenkinsfile", "azure-pipelines", "bitbucket-pipelines", "cloudbuild", "buildspec"];

/// Tables of commands that no tooling names variables in.
const TABLES: &[&str] =
    &["cdk.json", "crontab", "ecosystem.config.js", "ecosystem.config.cjs", "nixpacks.toml", "nodemon.json"];

/// A file on the way from what starts the service.
struct Candidate<'a> {
    path: &'a str,
    /// Where the folder of scripts begins that it lies in; none for a script of a shell that lies in no such folder.
    from: Option<usize>,
    /// A word that stands wherever it is named.
    word: &'a str,
}

/// Those of `files` that only developers run.
pub(super) fn scripts<'a>(repo: &Repo, projects: &Projects, files: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let asked = files.iter().any(|file| scripts_of(file).is_some());
    let applications = if asked { projects.applications(repo) } else { BTreeSet::new() };
    let folder = |path: &str| folder_of_scripts(path, &applications);
    let read: BTreeSet<&str> = files.iter().copied().filter(|file| folder(file).is_some()).collect();
    let sources = || repo.files().iter().filter(|entry| !entry.link && entry.bytes <= MAX_BYTES);
    let own: Vec<&str> = sources().map(|entry| &*entry.path).filter(|path| code::is_source(path)).collect();
    // Where there is nothing else, the scripts are the program.
    if read.is_empty() || own.iter().all(|path| folder(path).is_some()) {
        return BTreeSet::new();
    }
    let text = |path: &str| {
        let content = repo.read(path, MAX_BYTES).ok()?;
        Some(String::from_utf8_lossy(&content.bytes).into_owned())
    };
    let mut waiting: Vec<Candidate<'_>> = Vec::new();
    let mut running: Vec<&str> = Vec::new();
    for entry in sources() {
        let path = &*entry.path;
        let from = folder(path).filter(|_| code::is_source(path));
        if from.is_some() || (path.ends_with(".sh") && !starts(path)) {
            waiting.push(Candidate { path, from, word: word_of(path) });
        } else if code::is_source(path) || (folder(path).is_none() && is_launcher(path)) {
            running.push(path);
        }
    }
    // What is run runs what it names.
    while let Some(path) = running.pop() {
        let Some(text) = text(path) else { continue };
        let text = commands_of(path, &text);
        if !waiting.iter().any(|one| text.contains(one.word)) {
            continue;
        }
        let names = if code::is_source(path) { Names::in_code(path, &text) } else { Names::in_commands(path, &text) };
        waiting.retain(|one| {
            let named = text.contains(one.word) && names.has(one.path, one.from.unwrap_or(0));
            if named {
                running.push(one.path);
            }
            !named
        });
    }
    let idle: BTreeSet<&str> = waiting.iter().filter(|one| one.from.is_some()).map(|one| one.path).collect();
    read.into_iter().filter(|file| idle.contains(file)).collect()
}

/// Where the folder of scripts begins that a file lies in: one that holds an application says nothing of what is below it.
fn folder_of_scripts(path: &str, applications: &BTreeSet<String>) -> Option<usize> {
    if [".java", ".kt", ".kts"].iter().any(|end| path.ends_with(end)) {
        return None;
    }
    let within = |folder: &&String| path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'));
    let start = applications.iter().filter(within).map(|folder| folder.len() + 1).max().unwrap_or(0);
    Some(start + scripts_of(path.get(start..)?)?)
}

/// The name of a file, or of the folder that it stands for.
fn word_of(path: &str) -> &str {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let folder = path.ends_with(".go") || path.ends_with(".rs") || matches!(stem, "index" | "__init__" | "__main__");
    if folder { folders.rsplit('/').find(|folder| *folder != "src").unwrap_or(stem) } else { stem }
}

/// Whether the name of a command says that it starts, builds or deploys the service.
pub(super) fn starts_by_name(name: &str) -> bool {
    let name = name.strip_prefix("pre").or_else(|| name.strip_prefix("post")).unwrap_or(name);
    let mut words = name.split([':', '-', '_', '.', '/']);
    words.clone().any(|word| MIGRATES.contains(&word)) || words.next().is_some_and(|first| RUNS.contains(&first))
}

/// Whether a script of a shell is what a person starts the service with.
fn starts(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".sh");
    matches!(name, "bootstrap" | "boot") || name.contains("entrypoint") || (!path.contains('/') && starts_by_name(name))
}

/// Whether a file says what is run to start, build or deploy the service.
fn is_launcher(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let pipeline = lies_in(&lower, &[Role::Hidden]) || PIPELINES.iter().any(|start| name.starts_with(start));
    let table = TABLES.contains(&name)
        || matches!(name, "pyproject.toml" | "setup.py" | "setup.cfg" | "cargo.toml")
        || [".service", ".timer", ".conf", ".ini"].iter().any(|end| name.ends_with(end));
    let script = [".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".cmd"].iter().any(|end| name.ends_with(end));
    let foreign = lies_in(path, &[Role::Vendored, Role::Fixture, Role::Docs, Role::Examples]);
    !pipeline && !foreign && (table || starts(path) || (tooling::is_tooling(path) && !script))
}

/// What of a file says what is run: all of it, but the commands that start, build or deploy of those that have names.
fn commands_of(path: &str, text: &str) -> String {
    match path.rsplit('/').next().unwrap_or(path) {
        "package.json" => of_package(text),
        "pyproject.toml" | "setup.cfg" => of_sections(text, |head| head.contains("scripts") || head.contains("entry")),
        "Cargo.toml" => text.lines().filter(|line| line.contains("path")).collect::<Vec<_>>().join("\n"),
        "Makefile" | "makefile" | "GNUmakefile" | "justfile" | "Justfile" => of_targets(text),
        _ => text.to_owned(),
    }
}

fn of_package(text: &str) -> String {
    let Ok(package) = serde_json::from_str::<serde_json::Value>(text) else { return String::new() };
    let mut said: Vec<String> = ["main", "bin", "module", "exports"]
        .iter()
        .filter_map(|key| package.get(key))
        .map(ToString::to_string)
        .collect();
    let scripts = package.get("scripts").and_then(|scripts| scripts.as_object());
    let mut others: Vec<(&str, &str)> =
        scripts.into_iter().flatten().filter_map(|(name, script)| Some((name.as_str(), script.as_str()?))).collect();
    let mut run: Vec<&str> = Vec::new();
    others.retain(|(name, script)| {
        let starts = starts_by_name(name);
        run.extend(starts.then_some(*script));
        !starts
    });
    // One that they name is run with them.
    while let Some(script) = run.pop() {
        said.push(script.to_owned());
        let words: Vec<&str> = script.split(|c: char| c.is_whitespace() || "\"';&|".contains(c)).collect();
        others.retain(|(name, inner)| {
            let named = words.iter().any(|word| word.trim_start_matches("npm:") == *name);
            run.extend(named.then_some(*inner));
            !named
        });
    }
    said.join("\n")
}

fn of_sections(text: &str, counts: impl Fn(&str) -> bool) -> String {
    let mut within = false;
    let mut out = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            within = counts(line);
        } else if within {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn of_targets(text: &str) -> String {
    let mut within = false;
    let mut out = String::new();
    for line in text.lines() {
        if !line.starts_with([' ', '\t', '#']) && !line.trim().is_empty() {
            let name = line.split([':', ' ']).next().unwrap_or(line).trim_start_matches('@');
            within = starts_by_name(name);
        }
        if within {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::workspaces;
    use super::*;

    fn idle<'a>(files: &[(&'a str, &'a str)]) -> Vec<&'a str> {
        let repo = Repo::in_memory(files);
        let all = files.iter().map(|(path, _)| *path).filter(|path| code::is_source(path)).collect();
        scripts(&repo, &workspaces::projects(&repo), &all).into_iter().collect()
    }

    #[test]
    fn what_nothing_starts_is_run_by_developers() {
        let package = r#"{"scripts": {"start": "npm run prepare-db && node app.js", "prepare-db": "tsx scripts/db.ts",
            "seed": "tsx scripts/seed.ts", "prebuild": "node ./scripts/version"}}"#;
        let files = [
            ("package.json", package),
            ("app.js", "const { a } = require('./scripts/shared/a');"),
            ("scripts/shared/a.js", ""),
            ("scripts/shared/b.js", ""),
            ("scripts/db.ts", "import { c } from './lib/c';"),
            ("scripts/lib/c.ts", ""),
            ("scripts/seed.ts", "import './shared/b'; import './lib/c';"),
            ("scripts/version.js", ""),
            ("scripts/serve.py", ""),
            ("scripts/queue.py", ""),
            ("scripts/late.py", ""),
            ("docker/Dockerfile", "COPY docker/run.sh /run.sh\nENTRYPOINT [\"/app/docker/run.sh\"]\n"),
            ("docker/run.sh", "exec python /app/scripts/serve.py\n"),
            ("Procfile", "worker: python -m scripts.queue\n"),
            (".github/workflows/ci.yml", "run: python scripts/late.py\n"),
        ];
        assert_eq!(vec!["scripts/late.py", "scripts/seed.ts", "scripts/shared/b.js"], idle(&files));
    }

    #[test]
    fn tables_of_entry_points_and_targets_start_scripts() {
        let files = [
            ("app/main.py", ""),
            ("scripts/a.py", ""),
            ("scripts/b.py", ""),
            ("scripts/c.py", ""),
            ("pyproject.toml", "[project.scripts]\na = \"scripts.a:main\"\n[tool.ruff]\nb = [\"scripts/b.py\"]\n"),
            ("Makefile", "run: deps\n\tpython scripts/c.py\nlint:\n\tpython scripts/b.py\n"),
        ];
        assert_eq!(vec!["scripts/b.py"], idle(&files));
    }

    #[test]
    fn an_application_may_lie_among_tools() {
        let files = [
            ("main.go", ""),
            ("tools/gen/main.go", ""),
            ("tools/used/used.go", ""),
            ("api/api.go", "package api\nimport \"example.com/a/tools/used\"\n"),
            ("tools/panel/package.json", r#"{"scripts": {"start": "next start"}}"#),
            ("tools/panel/src/env.ts", ""),
            ("tools/panel/scripts/seed.ts", ""),
            ("scripts/package.json", r#"{"main": "once.js"}"#),
            ("scripts/once.js", ""),
            ("tools/gen/Makefile", "build:\n\tgo build ./tools/gen\n"),
        ];
        assert_eq!(vec!["scripts/once.js", "tools/gen/main.go", "tools/panel/scripts/seed.ts"], idle(&files));
        assert!(idle(&[("scripts/a.py", ""), ("scripts/b.py", "")]).is_empty(), "they are the program");
    }
}
