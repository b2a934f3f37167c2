//! `donegate init`: detects the stack and writes a commented donegate.yaml whose evidence lies where this stack puts it, with the
//! commands that bring it.

use std::fmt::Write as _;

use crate::checks::audit;
use crate::engine;
use crate::evidence::stacks::{self, Way};
use crate::facts::AreaName;
use crate::repo::{Repo, host};

use super::args;
use super::{Stop, print, say};

const NAME: &str = "donegate.yaml";

/// Files by which a pipeline is told, and where its recipe is.
const PIPELINES: &[(&str, &str)] = &[
    (".github/workflows", "GitHub Actions"),
    (".gitlab-ci.yml", "GitLab CI"),
    ("Jenkinsfile", "Jenkins"),
    ("azure-pipelines.yml", "Azure Pipelines"),
    (".pre-commit-config.yaml", "pre-commit"),
    ("lefthook.yml", "lefthook"),
    (".husky", "husky"),
];

/// What was found of a repository.
struct Found {
    profile: &'static str,
    stacks: Vec<&'static str>,
    ways: Vec<Way>,
    /// For each lockfile the command that audits it and the report that it writes.
    audits: Vec<(String, String)>,
    dockerfiles: Vec<String>,
    pipelines: Vec<&'static str>,
}

pub(super) fn run(arguments: &args::Init) -> Result<u8, Stop> {
    let repo = Repo::open(&arguments.path).map_err(|why| Stop::Wrong(format!("cannot open the repository: {why}")))?;
    if repo.exists(NAME) && !arguments.force {
        return Err(Stop::Wrong(format!("{NAME} is there already: `donegate init --force` replaces it")));
    }
    let found = look(&repo);
    let text = document(&found);
    let root = repo.root().ok_or_else(|| Stop::Wrong("there is no folder to write to".to_owned()))?;
    let target = root.join(NAME);
    let written = if arguments.force {
        host::write_file(&target, text.as_bytes())
    } else {
        host::create_file(&target, text.as_bytes())
    };
    written.map_err(|error| Stop::Wrong(format!("cannot write {NAME}: {error}")))?;
    let told = if found.stacks.is_empty() { "no known stack".to_owned() } else { found.stacks.join(", ") };
    say(&format!("found {told}; judged by the profile `{}`", found.profile));
    if !found.pipelines.is_empty() {
        say(&format!("found {}: docs/ci.md of donegate has a recipe for each", found.pipelines.join(", ")));
    }
    print(&format!("wrote {NAME}; `donegate check` says what to run next\n"))
}

fn look(repo: &Repo) -> Found {
    let (stacks, ways) = (stacks::names(repo), stacks::ways(repo));
    let mut audits: Vec<(String, String)> = crate::evidence::audit::lockfiles(repo)
        .into_iter()
        .map(|(ecosystem, lockfile)| audit::command(&ecosystem, &lockfile))
        .collect();
    let by_stack = ways.iter().filter(|way| way.area == AreaName::Audit && audits.is_empty());
    let by_stack: Vec<(String, String)> =
        by_stack.map(|way| (told(&way.command, way.wants.as_deref()), way.writes.to_owned())).collect();
    audits.extend(by_stack);
    let is_dockerfile = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        matches!(name, "Dockerfile" | "Containerfile") || name.ends_with(".Dockerfile")
    };
    let dockerfiles = repo.files().iter().map(|entry| entry.path.to_string()).filter(|path| is_dockerfile(path));
    let has = |path: &&(&str, &'static str)| {
        repo.files()
            .iter()
            .any(|entry| entry.path.strip_prefix(path.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    Found {
        profile: if engine::serves_http(repo) {
            "service"
        } else if stacks.is_empty() {
            "minimal"
        } else {
            "library"
        },
        stacks,
        audits,
        dockerfiles: dockerfiles.take(20).collect(),
        pipelines: PIPELINES.iter().filter(has).map(|(_, name)| *name).collect(),
        ways,
    }
}

/// A command with what it takes for it to write a report.
fn told(command: &str, wants: Option<&str>) -> String {
    wants.map_or_else(|| command.to_owned(), |wants| format!("{command}   # it takes {wants}"))
}

fn document(found: &Found) -> String {
    let mut text = String::from(
        "# What \"done\" means here. `donegate check` judges it; `donegate rules` lists the rules; `donegate explain RULE` tells one.\nversion: 1\n",
    );
    let _ = writeln!(text, "extends: [{}]", found.profile);
    let mut evidence = String::new();
    for area in [AreaName::Coverage, AreaName::Tests] {
        let ways: Vec<(String, String)> = found
            .ways
            .iter()
            .filter(|way| way.area == area)
            .map(|way| (told(&way.command, way.wants.as_deref()), way.writes.to_owned()))
            .collect();
        places(&mut evidence, area.name(), &ways);
    }
    if found.profile != "minimal" {
        places(&mut evidence, "audit", &found.audits);
    }
    if !found.dockerfiles.is_empty() {
        let command = "docker build -t app . && docker save app -o dist/image.tar".to_owned();
        places(&mut evidence, "image", &[(command, "dist/image.tar".to_owned())]);
    }
    if !evidence.is_empty() {
        text += "\n# Where proof lies, and the commands that bring it.\nevidence:\n";
        text += &evidence;
    }
    text += "\n# Adjust an inherited rule by naming it; `off` switches one off and every report shows that.\n";
    let at_root = found.dockerfiles.iter().any(|path| !path.contains('/'));
    if found.profile == "service" && !found.dockerfiles.is_empty() && !at_root {
        text += "rules:\n  dockerfile:\n    # None lies at the root: these are meant.\n    dockerfile:\n      paths:\n";
        for path in &found.dockerfiles {
            let _ = writeln!(text, "        - {}", quoted(path));
        }
    } else {
        text += "rules: {}\n";
    }
    text += "#  unit-coverage:\n#    coverage: { lines: \">90\" }\n#  image-size: off\n";
    text += "\n# waivers:\n#  - { rule: audit, match: GHSA-xxxx-xxxx-xxxx, reason: \"not reachable\", by: NAME, until: 2027-01-31 }\n";
    text
}

/// The places of one area, each once, with the commands that write there.
fn places(text: &mut String, area: &str, ways: &[(String, String)]) {
    if ways.is_empty() {
        return;
    }
    let _ = writeln!(text, "  {area}:");
    let mut seen: Vec<&str> = Vec::new();
    for (command, place) in ways {
        let _ = writeln!(text, "    # {}", command.replace('\n', " "));
        if !seen.contains(&place.as_str()) {
            let _ = writeln!(text, "    - {}", quoted(place));
            seen.push(place);
        }
    }
}

/// A path as a YAML scalar.
fn quoted(path: &str) -> String {
    serde_json::Value::from(path).to_string()
}
