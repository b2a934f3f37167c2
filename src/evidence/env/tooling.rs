//! Names that the tooling around the code uses or sets: compose files, Dockerfiles, Kubernetes manifests and Helm charts, CI,
//! shell scripts, Makefiles, Procfiles, package.json's scripts.
//!
//! This is a look-up of words where a variable stands, not a reading of those languages: it only keeps a documented name from
//! being called unused, so that a word too many costs less than one too few. What they use makes no variable missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::repo::Repo;

/// Larger files are no tooling of the kind meant here.
const MAX_BYTES: u64 = 512 << 10;

/// Files of these names are tooling.
const NAMED: &[&str] = &[
    "procfile",
    "makefile",
    "gnumakefile",
    "justfile",
    "package.json",
    "composer.json",
    "fly.toml",
    "render.yaml",
    "render.yml",
    "app.yaml",
    "app.json",
    "vercel.json",
    "netlify.toml",
    "railway.json",
    "railway.toml",
    "heroku.yml",
    "wrangler.toml",
    "mise.toml",
    ".mise.toml",
    ".envrc",
    "jenkinsfile",
    "vagrantfile",
    "caddyfile",
    "tiltfile",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "cloudbuild.yaml",
    "buildspec.yml",
    "serverless.yml",
    "serverless.yaml",
    "devcontainer.json",
    "prometheus.yml",
    "schema.prisma",
];

/// YAML whose name begins so, or that lies in a folder whose name holds one of [`FOLDERS`], is tooling.
const STARTS: &[&str] = &[".gitlab-ci", "taskfile", "skaffold", "kustomization", "values", "application"];

const FOLDERS: &[&str] = &[
    "k8s",
    "kube",
    "deploy",
    "helm",
    "chart",
    "manifest",
    ".github",
    ".gitea",
    ".forgejo",
    ".circleci",
    "docker",
    "infra",
    "ops",
    "compose",
    "argocd",
    "templates",
    "overlays",
];

/// Ends of scripts and of what is filled in from the environment before a server reads it.
const ENDS: &[&str] = &[
    ".sh",
    ".bash",
    ".zsh",
    ".fish",
    ".mk",
    ".bat",
    ".cmd",
    ".ps1",
    ".tf",
    ".conf.template",
    ".template.conf",
    ".conf.tmpl",
    ".prisma",
];

/// Which of `names` the tooling uses.
pub(super) fn used(repo: &Repo, names: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if names.is_empty() {
        return found;
    }
    // What Terraform gives to a variable that a module declares; the case of the name counts there.
    let inputs: BTreeMap<String, &str> =
        names.iter().filter_map(|name| Some((format!("\"{}\"", name.strip_prefix("TF_VAR_")?), *name))).collect();
    for entry in repo.files().iter().filter(|entry| entry.bytes <= MAX_BYTES) {
        let tooling = is_tooling(&entry.path);
        let filled = !tooling && is_yaml(&entry.path);
        if !tooling && !filled && !is_program(&entry.path) {
            continue;
        }
        let Ok(content) = repo.read(&entry.path, MAX_BYTES) else { continue };
        if !tooling && !filled && !content.bytes.starts_with(b"#!") {
            continue;
        }
        for line in String::from_utf8_lossy(&content.bytes).lines() {
            if let Some(input) = line.trim_start().strip_prefix("variable ").filter(|_| entry.path.ends_with(".tf")) {
                let named = input.split_whitespace().next().and_then(|input| inputs.get(input));
                found.extend(named.map(|&name| name.to_owned()));
            }
            look(line, if filled { is_filled_in } else { stands_or_precedes }, names, &mut found);
        }
    }
    found
}

/// A file without an ending: a script where its first line says so.
fn is_program(path: &str) -> bool {
    !path.rsplit('/').next().unwrap_or(path).contains('.')
}

/// Whether a file is tooling around the code.
pub(super) fn is_tooling(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let yaml = is_yaml(name) || name.ends_with(".tpl");
    let in_folder = || folders.split('/').any(|folder| FOLDERS.iter().any(|part| folder.contains(part)));
    NAMED.contains(&name)
        || name.contains("dockerfile")
        || name.starts_with("caddyfile.")
        || name.contains("containerfile")
        || ENDS.iter().any(|end| name.ends_with(end))
        || (yaml && (name.contains("compose") || STARTS.iter().any(|start| name.starts_with(start)) || in_folder()))
}

/// Settings of a program: what is filled in from the environment stands behind `$` there.
fn is_yaml(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| ["yml", "yaml"].iter().any(|yaml| end.eq_ignore_ascii_case(yaml)))
}

/// Words that stand where a variable does: behind `$`, `${`, `$(`, `%`, `env.` or `secrets.`, as an item of a list, before `=`
/// or `:`, or as the name of a value. `$$X` is a text that holds a dollar.
fn look(line: &str, is_variable: fn(&str, &str) -> bool, names: &BTreeSet<&str>, found: &mut BTreeSet<String>) {
    let trimmed = line.trim_start();
    if trimmed.starts_with('#') || trimmed.starts_with("//") {
        return;
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut at = 0;
    while let Some(start) = line[at..].find(is_word).map(|offset| at + offset) {
        let end = line[start..].find(|c| !is_word(c)).map_or(line.len(), |offset| start + offset);
        let (before, word, behind) = (&line[..start], &line[start..end], &line[end..]);
        if names.contains(word) && is_variable(before, behind) {
            found.insert(word.to_owned());
        }
        at = end;
    }
}

fn stands_or_precedes(before: &str, behind: &str) -> bool {
    stands(before) || precedes(behind)
}

fn is_filled_in(before: &str, _: &str) -> bool {
    before.ends_with('{') && stands(before)
}

/// Whether a variable stands behind this.
fn stands(before: &str) -> bool {
    const BEHIND: &[&str] = &[
        "- ",
        "- \"",
        "- '",
        "name: ",
        "name: \"",
        "key: ",
        "env.",
        "env:",
        "localEnv:",
        "secrets.",
        "vars.",
        "env(\"",
        "env('",
        "env_var(\"",
        "env_var('",
        "env_var_or_default(\"",
        "env_var_or_default('",
        "{{.",
        "{{ .",
        "ENV ",
        "ARG ",
        "export ",
        "--env ",
        "-e ",
        "%",
        "!",
        "var.",
    ];
    let Some(dollar) =
        before.strip_suffix("${").or_else(|| before.strip_suffix("$(")).or_else(|| before.strip_suffix('$'))
    else {
        return BEHIND.iter().any(|end| before.ends_with(end));
    };
    // An even number of dollars is none.
    dollar.bytes().rev().take_while(|&byte| byte == b'$').count() % 2 == 0
}

/// Whether a variable stands before this.
fn precedes(behind: &str) -> bool {
    behind.starts_with('=')
        || behind.trim_start_matches(['"', '\'']).starts_with(':')
        || behind.starts_with("?=")
        || behind.starts_with(" = ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_filled_in_wherever_they_lie() {
        let files = [
            ("monitoring/agent.yml", "url: ${LOKI_URL:-http://x}\nLABEL: 1\nname: NAMED\n"),
            ("proxy/Caddyfile.ce", "trusted {$PROXIES:all}\n"),
            // A name that no byte of an ending fits.
            ("docs/01_摘要", "LABEL\n"),
        ];
        assert_eq!(vec!["LOKI_URL", "PROXIES"], found(&files, &["LABEL", "LOKI_URL", "NAMED", "PROXIES"]));
    }

    fn found<'a>(files: &[(&str, &str)], names: &'a [&'a str]) -> Vec<&'a str> {
        let repo = Repo::in_memory(files);
        let all: BTreeSet<&str> = names.iter().copied().collect();
        let used = used(&repo, &all);
        names.iter().copied().filter(|name| used.contains(*name)).collect()
    }

    #[test]
    fn words_count_where_a_variable_stands() {
        let compose = "services:\n  db:\n    environment:\n      - A\n      - \"I=1\"\n      B: ${C:-x${J}}\n    # D: no\n    command: echo $${K} $$${L}\n";
        let files = [
            ("docker-compose.yml", compose),
            ("scripts/run.sh", "echo \"$E\" F\nG=1 ./x ${M:?needed}\n"),
            ("README.md", "H=1"),
        ];
        let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M"];
        assert_eq!(vec!["A", "B", "C", "E", "G", "I", "J", "L", "M"], found(&files, &names));
    }

    #[test]
    fn tooling_of_many_kinds_is_looked_at() {
        let files = [
            ("Dockerfile.prod", "ARG A\nENV B 1\n"),
            ("charts/x/templates/deploy.yaml", "env:\n  - name: C\n    value: {{ .Values.d }}\n"),
            (".github/workflows/ci.yml", "env:\n  E: ${{ secrets.F }}\n"),
            ("package.json", "{\"scripts\": {\"start\": \"cross-env G=1 node . --port $H\"}}"),
            ("Procfile", "web: serve -p $I\n"),
            ("bin/start", "#!/bin/sh\nexec x \"$J\"\n"),
            ("bin/data", "K=1\n"),
            ("infra/main.tf", "variable \"region\" {}\n"),
            (".devcontainer/devcontainer.json", "{\"remoteEnv\": {\"X\": \"${localEnv:N}\"}}"),
            ("justfile", "x := env_var('O')\n"),
            ("Taskfile.yml", "cmds: [\"echo {{.P}}\"]\n"),
            ("nginx/default.conf.template", "proxy_pass http://${L};\n"),
            ("prisma/schema.prisma", "  url = env(\"M\")\n"),
        ];
        let names = [
            "A",
            "B",
            "C",
            "E",
            "F",
            "G",
            "H",
            "I",
            "J",
            "K",
            "L",
            "M",
            "N",
            "O",
            "P",
            "TF_VAR_other",
            "TF_VAR_region",
        ];
        let wanted = vec!["A", "B", "C", "E", "F", "G", "H", "I", "J", "L", "M", "N", "O", "P", "TF_VAR_region"];
        assert_eq!(wanted, found(&files, &names));
    }
}
