//! No proof, no pass: one green repository, broken one thing at a time. Whatever is broken, the exit code is the one that
//! DESIGN names, never 0, and nothing panics.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// What breaking one thing must lead to.
enum Then {
    /// The rule has this outcome, and the run this exit code.
    Rule(&'static str, &'static str, i32),
    /// The run has this exit code and says this.
    Says(i32, &'static str),
}
use Then::{Rule, Says};

use super::support::{DONEGATE, copy, of_the_package, write};

struct Case {
    name: &'static str,
    breaks: fn(&Path),
    args: &'static [&'static str],
    then: Then,
}

const fn case(name: &'static str, breaks: fn(&Path), then: Then) -> Case {
    Case { name, breaks, args: &[], then }
}

/// The green repository, without git, so that modification times tell what is fresh.
fn green() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&of_the_package("fixtures/service"), folder.path());
    let now = std::time::SystemTime::now();
    age(folder.path(), now - std::time::Duration::from_secs(3600));
    for evidence in ["coverage/lcov.info", "reports/junit/jest.xml", "reports/npm-audit.json", "dist/image.tar"] {
        set_time(&folder.path().join(evidence), now);
    }
    folder
}

fn age(folder: &Path, to: std::time::SystemTime) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { age(&path, to) } else { set_time(&path, to) }
    }
}

fn set_time(path: &Path, to: std::time::SystemTime) {
    fs::File::options().write(true).open(path).expect("a file").set_modified(to).expect("a time");
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(DONEGATE);
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CEILING_DIRECTORIES", folder.parent().expect("a parent"))
        .args(args);
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().expect("the program runs")
}

fn replace(folder: &Path, path: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.join(path)).expect("a file");
    assert!(text.contains(from), "{path} has no {from:?}");
    let kept = fs::metadata(folder.join(path)).expect("a file").modified().expect("a time");
    fs::write(folder.join(path), text.replacen(from, to, 1)).expect("a file");
    set_time(&folder.join(path), kept);
}

fn remove(folder: &Path, path: &str) {
    let full = folder.join(path);
    if full.is_dir() { fs::remove_dir_all(full).expect("gone") } else { fs::remove_file(full).expect("gone") }
}

fn truncate(folder: &Path, path: &str) {
    let bytes = fs::read(folder.join(path)).expect("a file");
    fs::write(folder.join(path), &bytes[..bytes.len() * 2 / 3]).expect("a file");
}

const LCOV: &str = "coverage/lcov.info";
const JUNIT: &str = "reports/junit/jest.xml";
const AUDIT: &str = "reports/npm-audit.json";
const IMAGE: &str = "dist/image.tar";
const DOD: &str = "donegate.yaml";
const HTML: &str = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>no</body></html>";
const BINARY: &[u8] = b"\x7fELF\x02\x01\x01\0\0\0\0\0\xff\xfe\x00\x80";

const VULNERABLE: &str = r#"{"auditReportVersion":2,"vulnerabilities":{"lodash":{"name":"lodash","severity":"SEVERITY",
"isDirect":true,"via":[{"source":1,"name":"lodash","dependency":"lodash","title":"Command Injection",
"url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","severity":"SEVERITY","range":"<4.17.21"}],
"effects":[],"range":"<4.17.21","nodes":["node_modules/lodash"],"fixAvailable":true}},
"metadata":{"vulnerabilities":{"info":0,"low":0,"moderate":0,"high":1,"critical":0,"total":1},"dependencies":{"total":341}}}"#;

const CASES: &[Case] = &[
    // Coverage.
    case("coverage is absent", |at| remove(at, LCOV), Rule("unit-coverage", "no-evidence", 3)),
    case("coverage is empty", |at| write(at, LCOV, ""), Rule("unit-coverage", "no-evidence", 3)),
    case("coverage is blank", |at| write(at, LCOV, "\n\n"), Rule("unit-coverage", "no-evidence", 3)),
    case("coverage is truncated", |at| truncate(at, LCOV), Rule("unit-coverage", "no-evidence", 3)),
    case("coverage is an error page", |at| write(at, LCOV, HTML), Rule("unit-coverage", "no-evidence", 3)),
    case("coverage is binary", |at| write(at, LCOV, BINARY), Rule("unit-coverage", "no-evidence", 3)),
    case(
        "coverage has a count that is no number",
        |at| replace(at, LCOV, "DA:7,4", "DA:7,many"),
        Rule("unit-coverage", "no-evidence", 3),
    ),
    case(
        "coverage names no line",
        |at| write(at, LCOV, "TN:\nSF:src/app.js\nend_of_record\n"),
        Rule("unit-coverage", "no-evidence", 3),
    ),
    case(
        "coverage is of another project",
        |at| write(at, LCOV, "TN:\nSF:lib/other.c\nDA:1,1\nend_of_record\n"),
        Rule("unit-coverage", "no-evidence", 3),
    ),
    case(
        "coverage is a folder",
        |at| {
            remove(at, LCOV);
            fs::create_dir(at.join(LCOV)).expect("a folder")
        },
        Rule("unit-coverage", "no-evidence", 3),
    ),
    case(
        "coverage is older than the code",
        |at| set_time(&at.join(LCOV), std::time::SystemTime::UNIX_EPOCH),
        Rule("unit-coverage", "no-evidence", 3),
    ),
    case(
        "a covered file was edited since",
        |at| set_time(&at.join("src/app.js"), std::time::SystemTime::now() + std::time::Duration::from_secs(60)),
        Rule("unit-coverage", "no-evidence", 3),
    ),
    case(
        "lines are not covered",
        |at| replace(at, LCOV, "DA:7,4\nDA:8,4\nDA:9,4\nDA:10,4\n", "DA:7,0\nDA:8,0\nDA:9,0\nDA:10,0\n"),
        Rule("unit-coverage", "fail", 1),
    ),
    case(
        "branches are not covered",
        |at| replace(at, LCOV, "BRDA:9,0,0,1\nBRDA:9,0,1,2", "BRDA:9,0,0,0\nBRDA:9,0,1,-"),
        Rule("unit-coverage", "fail", 1),
    ),
    case(
        "coverage is of a wrong kind",
        |at| {
            let audit = fs::read(at.join(AUDIT)).expect("a file");
            write(at, LCOV, audit)
        },
        Rule("unit-coverage", "no-evidence", 3),
    ),
    case(
        "a measure that is demanded is not in the report",
        |at| replace(at, DOD, "branches: 80", "statements: 80"),
        Rule("unit-coverage", "no-evidence", 3),
    ),
    // Tests.
    case("test results are absent", |at| remove(at, JUNIT), Rule("unit-tests", "no-evidence", 3)),
    case("test results are empty", |at| write(at, JUNIT, ""), Rule("unit-tests", "no-evidence", 3)),
    case("test results are truncated", |at| truncate(at, JUNIT), Rule("unit-tests", "no-evidence", 3)),
    case("test results are an error page", |at| write(at, JUNIT, HTML), Rule("unit-tests", "no-evidence", 3)),
    case(
        "no test ran",
        |at| write(at, JUNIT, "<testsuites tests=\"5\"></testsuites>"),
        Rule("unit-tests", "no-evidence", 3),
    ),
    case(
        "too few tests ran",
        |at| write(at, JUNIT, "<testsuites><testsuite name=\"a\"><testcase name=\"x\"/></testsuite></testsuites>"),
        Rule("unit-tests", "fail", 1),
    ),
    case(
        "a test failed",
        |at| replace(at, JUNIT, "time=\"0.012\"/>", "time=\"0.012\"><failure message=\"no\"/></testcase>"),
        Rule("unit-tests", "fail", 1),
    ),
    case(
        "a test ended in an error",
        |at| replace(at, JUNIT, "time=\"0.012\"/>", "time=\"0.012\"><error message=\"no\"/></testcase>"),
        Rule("unit-tests", "fail", 1),
    ),
    case(
        "test results declare an entity",
        |at| replace(at, JUNIT, "<testsuites ", "<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><testsuites "),
        Rule("unit-tests", "no-evidence", 3),
    ),
    case(
        "test results are nested without bound",
        |at| write(at, JUNIT, "<testsuite>".repeat(200_000)),
        Rule("unit-tests", "no-evidence", 3),
    ),
    case(
        "a second results file cannot be read",
        |at| write(at, "reports/junit/other.xml", "<testsuite"),
        Rule("unit-tests", "no-evidence", 3),
    ),
    // Audit.
    case("the audit is absent", |at| remove(at, AUDIT), Rule("audit", "no-evidence", 3)),
    case("the audit is empty", |at| write(at, AUDIT, ""), Rule("audit", "no-evidence", 3)),
    case("the audit is an empty object", |at| write(at, AUDIT, "{}"), Rule("audit", "no-evidence", 3)),
    case("the audit is an empty list", |at| write(at, AUDIT, "[]"), Rule("audit", "no-evidence", 3)),
    case("the audit is null", |at| write(at, AUDIT, "null"), Rule("audit", "no-evidence", 3)),
    case("the audit is truncated", |at| truncate(at, AUDIT), Rule("audit", "no-evidence", 3)),
    case(
        "the audit could not reach its service",
        |at| write(at, AUDIT, r#"{"error":{"code":"ENOTFOUND","summary":"","detail":""}}"#),
        Rule("audit", "no-evidence", 3),
    ),
    case(
        "the audit is an error report with an empty summary",
        |at| write(at, AUDIT, r#"{"message":"503","statusCode":503,"error":{"summary":"","detail":""}}"#),
        Rule("audit", "no-evidence", 3),
    ),
    case(
        "the audit examined nothing",
        |at| {
            replace(
                at,
                AUDIT,
                "\"prod\": 74, \"dev\": 268, \"optional\": 2, \"peer\": 0, \"peerOptional\": 0, \"total\": 341",
                "\"total\": 0",
            )
        },
        Rule("audit", "no-evidence", 3),
    ),
    case(
        "the audit found a high one",
        |at| write(at, AUDIT, VULNERABLE.replace("SEVERITY", "high")),
        Rule("audit", "fail", 1),
    ),
    case(
        "the audit found a critical one",
        |at| write(at, AUDIT, VULNERABLE.replace("SEVERITY", "critical")),
        Rule("audit", "fail", 1),
    ),
    case(
        "the audit's severity is a word that nobody knows",
        |at| write(at, AUDIT, VULNERABLE.replace("SEVERITY", "dreadful")),
        Rule("audit", "fail", 1),
    ),
    case(
        "the audit's findings are of a wrong type",
        |at| write(at, AUDIT, r#"{"auditReportVersion":2,"vulnerabilities":[1,2],"metadata":{}}"#),
        Rule("audit", "no-evidence", 3),
    ),
    case(
        "the audit is of another ecosystem",
        |at| write(at, AUDIT, r#"{"dependencies":[{"name":"flask","version":"3.0.0","vulns":[]}],"fixes":[]}"#),
        Rule("audit", "no-evidence", 3),
    ),
    case(
        "the audit is older than the lockfile",
        |at| set_time(&at.join(AUDIT), std::time::SystemTime::UNIX_EPOCH),
        Rule("audit", "no-evidence", 3),
    ),
    case(
        "the audit is nested without bound",
        |at| write(at, AUDIT, "[".repeat(2_000_000)),
        Rule("audit", "no-evidence", 3),
    ),
    // Routes.
    case(
        "a route is missing",
        |at| replace(at, "src/app.js", "'/health'", "'/healthz'"),
        Rule("health-route", "fail", 1),
    ),
    case(
        "a route has another method",
        |at| replace(at, "src/app.js", "app.get('/metrics'", "app.post('/metrics'"),
        Rule("metrics-route", "fail", 1),
    ),
    case(
        "a route stands in a comment",
        |at| replace(at, "src/app.js", "app.get('/health'", "// app.get('/health'"),
        Rule("health-route", "fail", 1),
    ),
    case(
        "a parameter is no literal path",
        |at| replace(at, "src/app.js", "'/health'", "'/:anything'"),
        Rule("health-route", "fail", 1),
    ),
    case(
        "a route's path is not known",
        |at| replace(at, "src/app.js", "'/health'", "process.argv[2]"),
        Rule("health-route", "no-evidence", 3),
    ),
    // Environment.
    case(
        "a variable is not documented",
        |at| replace(at, ".env.example", "DATABASE_URL=", "OTHER_URL="),
        Rule("env-example", "fail", 1),
    ),
    case("the example is absent", |at| remove(at, ".env.example"), Rule("env-example", "fail", 1)),
    case("the example is empty", |at| write(at, ".env.example", ""), Rule("env-example", "fail", 1)),
    // Docker.
    case("the Dockerfile is absent", |at| remove(at, "Dockerfile"), Rule("dockerfile", "no-evidence", 3)),
    case("the Dockerfile is empty", |at| write(at, "Dockerfile", ""), Rule("dockerfile", "no-evidence", 3)),
    case("the Dockerfile is no Dockerfile", |at| write(at, "Dockerfile", HTML), Rule("dockerfile", "no-evidence", 3)),
    case("the image runs as root", |at| replace(at, "Dockerfile", "USER node\n", ""), Rule("dockerfile", "fail", 1)),
    case(
        "the base is not pinned",
        |at| {
            replace(
                at,
                "Dockerfile",
                "node:20.14-alpine\nWORKDIR /app\nCOPY --from",
                "node:latest\nWORKDIR /app\nCOPY --from",
            )
        },
        Rule("dockerfile", "fail", 1),
    ),
    case(
        "the health check is none",
        |at| {
            replace(
                at,
                "Dockerfile",
                "HEALTHCHECK --interval=30s --timeout=3s CMD [\"wget\", \"-qO-\", \"http://127.0.0.1:3000/health\"]",
                "HEALTHCHECK NONE",
            )
        },
        Rule("dockerfile", "fail", 1),
    ),
    case(
        "there is one stage",
        |at| write(at, "Dockerfile", "FROM node:20.14\nUSER node\nHEALTHCHECK CMD true\n"),
        Rule("dockerfile", "fail", 1),
    ),
    case("the image is absent", |at| remove(at, IMAGE), Rule("image-size", "no-evidence", 3)),
    case("the image is empty", |at| write(at, IMAGE, ""), Rule("image-size", "no-evidence", 3)),
    case("the image is truncated", |at| truncate(at, IMAGE), Rule("image-size", "no-evidence", 3)),
    case("the image is an error page", |at| write(at, IMAGE, HTML), Rule("image-size", "no-evidence", 3)),
    case(
        "the image is too large",
        |at| replace(at, DOD, "max-size: 500MB", "max-size: 1kB"),
        Rule("image-size", "fail", 1),
    ),
    // Files, dependencies, people.
    case(
        "a dependency is missing",
        |at| replace(at, "package.json", "\"pino\": \"^9.1.0\", ", ""),
        Rule("structured-logging", "fail", 1),
    ),
    case(
        "a manifest cannot be read",
        |at| write(at, "package.json", "{"),
        Rule("structured-logging", "no-evidence", 3),
    ),
    case("a file is missing", |at| remove(at, "README.md"), Rule("readme", "fail", 1)),
    case("a heading is missing", |at| replace(at, "README.md", "## Set-up", "## Other"), Rule("readme", "fail", 1)),
    Case {
        name: "nobody has attested",
        breaks: |_| (),
        args: &["--stage", "release"],
        then: Rule("known-issues", "needs-attestation", 4),
    },
    // The DoD.
    case("the DoD is empty", |at| write(at, DOD, ""), Says(2, "donegate.yaml")),
    case("the DoD has no rule", |at| write(at, DOD, "version: 1\nrules: {}\n"), Says(2, "rule")),
    case("the DoD is no YAML", |at| write(at, DOD, "version: [1\n"), Says(2, "donegate.yaml:")),
    case("the DoD is binary", |at| write(at, DOD, BINARY), Says(2, "donegate.yaml")),
    case(
        "the DoD has a key twice",
        |at| replace(at, DOD, "  audit:\n    title:", "  unit-tests: off\n  audit:\n    title:"),
        Says(2, "unit-tests"),
    ),
    case(
        "the DoD misspells a check",
        |at| replace(at, DOD, "coverage: { lines", "covrage: { lines"),
        Says(2, "did you mean `coverage`"),
    ),
    case(
        "the DoD misspells a parameter",
        |at| replace(at, DOD, "max-failed", "max-faild"),
        Says(2, "did you mean `max-failed`"),
    ),
    case("the DoD has a threshold over 100", |at| replace(at, DOD, "\">90\"", "\">190\""), Says(2, "donegate.yaml:")),
    case(
        "the DoD extends what is not there",
        |at| replace(at, DOD, "version: 1\n", "version: 1\nextends: [backnd]\n"),
        Says(2, "did you mean `backend`"),
    ),
    case(
        "the DoD extends a file outside",
        |at| replace(at, DOD, "version: 1\n", "version: 1\nextends: [../../../etc/passwd]\n"),
        Says(2, "donegate.yaml:"),
    ),
    case(
        "a waiver speaks of an unknown rule",
        |at| {
            replace(
                at,
                DOD,
                "rules:\n",
                "waivers:\n  - { rule: audti, reason: r, by: jo, until: 2099-01-01 }\nrules:\n",
            )
        },
        Says(2, "did you mean `audit`"),
    ),
    case(
        "a waiver has no date",
        |at| replace(at, DOD, "rules:\n", "waivers:\n  - { rule: audit, reason: r, by: jo }\nrules:\n"),
        Says(2, "until"),
    ),
    case(
        "a waiver excuses no missing evidence",
        |at| {
            replace(
                at,
                DOD,
                "rules:\n",
                "waivers:\n  - { rule: audit, reason: r, by: jo, until: 2099-01-01 }\nrules:\n",
            );
            remove(at, AUDIT)
        },
        Rule("audit", "no-evidence", 3),
    ),
    case(
        "a waiver that lapsed excuses nothing",
        |at| {
            replace(
                at,
                DOD,
                "rules:\n",
                "waivers:\n  - { rule: audit, reason: r, by: jo, until: 2020-01-01 }\nrules:\n",
            );
            write(at, AUDIT, VULNERABLE.replace("SEVERITY", "high"))
        },
        Rule("audit", "fail", 1),
    ),
    case(
        "a rule's every mate is switched off",
        |at| write(at, DOD, "version: 1\nrules:\n  a: off\n"),
        Says(2, "donegate.yaml:"),
    ),
    case(
        "`when` names what does not exist",
        |at| {
            replace(
                at,
                DOD,
                "    readme:\n".trim_start_matches("  "),
                "  readme:\n    when: langauges.exists(l, l == 'x')\n",
            )
        },
        Says(2, "donegate.yaml:"),
    ),
    Case {
        name: "a rule is named that does not exist",
        breaks: |_| (),
        args: &["--only", "audti"],
        then: Says(2, "did you mean `audit`"),
    },
    Case {
        name: "every rule is skipped",
        breaks: |at| write(at, DOD, "version: 1\nrules:\n  readme:\n    file: { exists: [README.md] }\n"),
        args: &["--skip", "readme"],
        then: Says(2, "no rule"),
    },
    Case {
        name: "the profile is unknown",
        breaks: |at| remove(at, DOD),
        args: &["--profile", "servce"],
        then: Says(2, "did you mean `service`"),
    },
    Case {
        name: "the DoD that is named is absent",
        breaks: |_| (),
        args: &["--dod", "nowhere.yaml"],
        then: Says(2, "nowhere.yaml"),
    },
    Case { name: "the base is unknown", breaks: |_| (), args: &["--base", "nowhere"], then: Says(2, "nowhere") },
];

fn told(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_green_repository_is_complete() {
    let folder = green();
    let output = run(folder.path(), &["check", "--format", "json"]);
    assert_eq!(Some(0), output.status.code(), "{}", told(&output));
}

#[test]
fn one_thread_is_enough_and_gives_the_same() {
    let folder = green();
    let with = |threads: &str| {
        let mut command = command(folder.path(), &["check", "--format", "json"]);
        let clock = ("SOURCE_DATE_EPOCH", "1700000000");
        command.env("RAYON_NUM_THREADS", threads).env(clock.0, clock.1).output().expect("the program runs").stdout
    };
    let one = with("1");
    assert!(!one.is_empty());
    assert_eq!(one, with("2"));
    assert_eq!(one, with("7"));
}

#[test]
fn whatever_is_broken_is_told_and_never_green() {
    assert!(CASES.len() >= 60, "{} cases", CASES.len());
    let mut wrong = Vec::new();
    for case in CASES {
        let folder = green();
        (case.breaks)(folder.path());
        let mut args = vec!["check", "--format", "json"];
        args.extend_from_slice(case.args);
        let output = run(folder.path(), &args);
        let all = told(&output);
        let code = output.status.code();
        let right = match &case.then {
            Says(expected, word) => code == Some(*expected) && all.contains(word),
            Rule(rule, outcome, expected) => {
                let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
                let found = report["rules"].as_array().and_then(|rules| rules.iter().find(|one| one["id"] == **rule));
                let step = found.is_some_and(|one| one["next_step"].as_str().is_some_and(|step| !step.is_empty()));
                code == Some(*expected) && found.is_some_and(|one| one["outcome"] == **outcome) && step
            }
        };
        if !right || all.contains("panicked") {
            let shown: String = all.lines().filter(|line| line.len() < 400).take(40).collect::<Vec<_>>().join("\n    ");
            wrong.push(format!("{}: exit {code:?}\n    {shown}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), CASES.len(), wrong.join("\n\n"));
}
