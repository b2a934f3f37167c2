//! `donegate init` and then `donegate check`: what is written fits the stack, and what is said to run next brings what is looked for.

use std::fs;

use serde_json::Value;

use super::support::{donegate, write};

/// A repository of these files, with its DoD written: what init said, and the report of the check behind it.
fn begun(files: &[(&str, &str)]) -> (tempfile::TempDir, String, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    let init = donegate(folder.path(), &["init"]);
    assert_eq!(Some(0), init.status.code(), "{init:?}");
    let check = donegate(folder.path(), &["check", "-q", "--format", "json"]);
    let report = serde_json::from_slice(&check.stdout).unwrap_or_else(|_| panic!("{check:?}"));
    (folder, String::from_utf8_lossy(&init.stderr).into_owned(), report)
}

fn step(report: &Value, rule: &str) -> String {
    let rules = report["rules"].as_array().expect("rules");
    let found = rules.iter().find(|one| one["id"] == rule).unwrap_or_else(|| panic!("{rule}: {report:#}"));
    found["next_step"].as_str().unwrap_or_default().to_owned()
}

/// The files of a stack, and what is said of it.
type Case<'a> = (&'a [(&'a str, &'a str)], [&'a str; 3]);

#[test]
fn what_is_said_to_run_next_writes_where_the_dod_looks() {
    let express = r#"{"dependencies": {"express": "4"}, "devDependencies": {"jest": "29"}}"#;
    let cases: &[Case<'_>] = &[
        (&[("package.json", express), ("yarn.lock", "")], ["npx jest --coverage", "jest-junit", "yarn audit"]),
        (&[("package.json", express), ("pnpm-lock.yaml", "")], ["npx jest --coverage", "jest-junit", "pnpm audit"]),
        (
            &[
                ("pyproject.toml", "[project]\nname = \"a\"\ndependencies = [\"fastapi\", \"pytest\"]\n"),
                ("uv.lock", ""),
            ],
            ["uv run pytest --cov", "uv run pytest --junitxml", "osv-scanner"],
        ),
        (&[("manage.py", ""), ("requirements.txt", "django\n")], ["coverage run manage.py", "xmlrunner", "pip-audit"]),
        (&[("go.mod", "module m\n"), ("go.sum", "")], ["-coverprofile=cover.out", "gotestsum", "govulncheck"]),
        (&[("Cargo.toml", "[package]\nname = \"a\"\n"), ("Cargo.lock", "")], ["llvm-cov", "nextest", "cargo audit"]),
        (&[("pom.xml", "<project/>"), ("mvnw", "")], ["./mvnw verify", "./mvnw verify", "osv-scanner"]),
        (
            &[("build.gradle.kts", ""), ("gradlew", "")],
            ["jacocoTestReport", "./gradlew test", "dependencyCheckAnalyze"],
        ),
        (
            &[("Gemfile", "gem \"rails\"\ngem \"rspec-rails\"\n"), ("Gemfile.lock", "")],
            ["rspec", "RspecJunit", "bundle-audit"],
        ),
        (&[("composer.json", "{}"), ("composer.lock", "{}")], ["--coverage-clover", "--log-junit", "composer audit"]),
        (
            &[("package.json", express), ("web/package.json", "{}"), ("web/package-lock.json", "{}")],
            ["npx jest --coverage", "jest-junit", "cd web && npm audit"],
        ),
    ];
    for (files, wanted) in cases {
        let (folder, _, report) = begun(files);
        for (rule, wanted) in ["unit-coverage", "unit-tests", "audit"].iter().zip(wanted) {
            let step = step(&report, rule);
            assert!(step.contains("run `") && step.contains(wanted), "{files:?} {rule}: {step}");
            let dod = fs::read_to_string(folder.path().join("donegate.yaml")).expect("a DoD");
            assert!(!step.contains("under `evidence`"), "{files:?} {rule}: {step}\n{dod}");
        }
    }
}

#[test]
fn what_lies_there_is_found_and_nothing_is_overwritten() {
    let (folder, said, report) = begun(&[
        ("package.json", r#"{"dependencies": {"@nestjs/core": "11"}}"#),
        ("apps/api/Dockerfile", "FROM node:22\nUSER node\n"),
        (".github/workflows/ci.yml", "on: push\n"),
    ]);
    assert!(
        said.contains("found Node.js; judged by the profile `service`") && said.contains("GitHub Actions"),
        "{said}"
    );
    assert!(step(&report, "image-size").contains("docker save -o dist/image.tar NAME"), "{report:#}");
    let rules = report["rules"].as_array().expect("rules");
    let dockerfile = rules.iter().find(|rule| rule["id"] == "dockerfile").expect("the rule");
    assert_eq!("pass", dockerfile["outcome"], "the Dockerfile that is not at the root is named: {dockerfile}");
    let again = donegate(folder.path(), &["init"]);
    assert_eq!(Some(2), again.status.code());
    let dod = folder.path().join("donegate.yaml");
    fs::write(&dod, "version: 1\n").expect("a file");
    assert_eq!(Some(0), donegate(folder.path(), &["init", "--force"]).status.code());
    assert!(fs::read_to_string(dod).expect("a DoD").contains("extends: [service]"));
}
