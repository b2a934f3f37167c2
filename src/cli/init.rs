//! `donegate init`: detects the stack and writes a commented donegate.yaml whose evidence lies where this stack puts it.

use std::fmt::Write as _;

use crate::engine;
use crate::repo::{Repo, host};

use super::args;
use super::{Stop, print, say};

const NAME: &str = "donegate.yaml";

/// What a stack leaves behind: how it is told, and for each area the place and the command that brings it.
struct Stack {
    name: &'static str,
    told_by: &'static [&'static str],
    coverage: (&'static str, &'static str),
    tests: (&'static str, &'static str),
    audit: (&'static str, &'static str),
}

const STACKS: &[Stack] = &[
    Stack {
        name: "Node.js",
        told_by: &["package.json"],
        coverage: (
            "coverage/lcov.info",
            "npx jest --coverage   # or: npx vitest run --coverage --coverage.reporter=lcov",
        ),
        tests: (
            "reports/junit/*.xml",
            "npx jest --reporters=default --reporters=jest-junit   # JEST_JUNIT_OUTPUT_DIR=reports/junit",
        ),
        audit: ("reports/npm-audit.json", "npm audit --json > reports/npm-audit.json"),
    },
    Stack {
        name: "Python",
        told_by: &["pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile"],
        coverage: ("coverage.xml", "pytest --cov --cov-report=xml"),
        tests: ("reports/junit/pytest.xml", "pytest --junitxml=reports/junit/pytest.xml"),
        audit: ("reports/pip-audit.json", "pip-audit -f json -o reports/pip-audit.json"),
    },
    Stack {
        name: "Go",
        told_by: &["go.mod"],
        coverage: ("cover.out", "go test ./... -coverprofile=cover.out"),
        tests: ("reports/junit/go.xml", "gotestsum --junitfile reports/junit/go.xml"),
        audit: ("reports/govulncheck.json", "govulncheck -json ./... > reports/govulncheck.json"),
    },
    Stack {
        name: "Rust",
        told_by: &["Cargo.toml"],
        coverage: ("lcov.info", "cargo llvm-cov --lcov --output-path lcov.info"),
        tests: (
            "target/nextest/ci/junit.xml",
            "cargo nextest run --profile ci   # with junit.path in .config/nextest.toml",
        ),
        audit: ("reports/cargo-audit.json", "cargo audit --json > reports/cargo-audit.json"),
    },
    Stack {
        name: "Java",
        told_by: &["pom.xml", "build.gradle", "build.gradle.kts"],
        coverage: ("**/jacoco*.xml", "mvn verify   # with the jacoco-maven-plugin's report goal"),
        tests: ("**/surefire-reports/*.xml", "mvn test"),
        audit: ("reports/osv.json", "osv-scanner --format json . > reports/osv.json"),
    },
];

pub(super) fn run(arguments: &args::Init) -> Result<u8, Stop> {
    let repo = Repo::open(&arguments.path).map_err(|why| Stop::Wrong(format!("cannot open the repository: {why}")))?;
    if repo.exists(NAME) && !arguments.force {
        return Err(Stop::Wrong(format!("{NAME} is there already: `donegate init --force` replaces it")));
    }
    let stacks: Vec<&Stack> =
        STACKS.iter().filter(|stack| stack.told_by.iter().any(|file| repo.exists(file))).collect();
    let profile = if engine::serves_http(&repo) {
        "service"
    } else if stacks.is_empty() {
        "minimal"
    } else {
        "library"
    };
    let text = document(&repo, &stacks, profile);
    let root = repo.root().ok_or_else(|| Stop::Wrong("there is no folder to write to".to_owned()))?;
    let target = root.join(NAME);
    let written = if arguments.force {
        host::write_file(&target, text.as_bytes())
    } else {
        host::create_file(&target, text.as_bytes())
    };
    written.map_err(|error| Stop::Wrong(format!("cannot write {NAME}: {error}")))?;
    let names: Vec<&str> = stacks.iter().map(|stack| stack.name).collect();
    let found = if names.is_empty() { "no known stack".to_owned() } else { names.join(", ") };
    say(&format!("found {found}; judged by the profile `{profile}`"));
    print(&format!("wrote {NAME}; `donegate check` says what to run next\n"))
}

fn document(repo: &Repo, stacks: &[&Stack], profile: &str) -> String {
    let mut text = String::from(
        "# What \"done\" means here. `donegate check` judges it; `donegate rules` lists the rules; `donegate explain RULE` tells one.\nversion: 1\n",
    );
    let _ = writeln!(text, "extends: [{profile}]");
    let docker = ["Dockerfile", "Containerfile"].iter().any(|file| repo.exists(file));
    if !stacks.is_empty() || docker {
        text += "\n# Where proof lies, and the commands that bring it.\nevidence:\n";
    }
    for area in ["coverage", "tests", "audit"] {
        if !stacks.is_empty() {
            let _ = writeln!(text, "  {area}:");
        }
        for stack in stacks {
            let (place, command) = match area {
                "coverage" => stack.coverage,
                "tests" => stack.tests,
                _ => stack.audit,
            };
            let _ = writeln!(text, "    # {command}\n    - \"{place}\"");
        }
    }
    if docker {
        text += "  image:\n    # docker save IMAGE -o dist/image.tar\n    - dist/image.tar\n";
    }
    text +=
        "\n# Adjust an inherited rule by naming it; `off` switches one off and every report shows that.\nrules: {}\n";
    text += "#  unit-coverage:\n#    coverage: { lines: \">90\" }\n#  image-size: off\n";
    text += "\n# waivers:\n#  - { rule: audit, match: GHSA-xxxx-xxxx-xxxx, reason: \"not reachable\", by: NAME, until: 2027-01-31 }\n";
    text
}
