//! What we write we read: the same weaknesses written in the shape of each dependency scanner come to the same findings.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// A weakness of a package: its number, the package's, the version's, and the severity where the format tells one.
type Weakness = (u8, u8, u8, usize);

const WORDS: [&str; 4] = ["critical", "high", "medium", "low"];

fn id(one: &Weakness) -> String {
    format!("GHSA-aaaa-bbbb-{:04}", one.0)
}

fn package(one: &Weakness) -> String {
    format!("package{}", one.1)
}

fn version(one: &Weakness) -> String {
    format!("1.{}.0", one.2)
}

fn word(one: &Weakness, moderate: bool) -> &'static str {
    if moderate && WORDS[one.3] == "medium" { "moderate" } else { WORDS[one.3] }
}

/// A format's writer; and whether it tells versions and severities.
type Writer = (&'static str, fn(&[Weakness]) -> String, bool, bool);

const WRITERS: &[Writer] = &[
    ("npm-audit-v1", npm_1, true, true),
    ("npm-audit-v2", npm_2, false, true),
    ("pip-audit-json", pip_audit, true, false),
    ("osv-scanner-json", osv, true, true),
    ("trivy-json", trivy, true, true),
    ("grype-json", grype, true, true),
    ("snyk-json", snyk, true, true),
    ("cyclonedx", cyclonedx, true, true),
    ("yarn4-npm-audit-ndjson", yarn, true, true),
    ("cargo-audit-json", cargo_audit, true, false),
];

fn each(all: &[Weakness], write: impl Fn(&Weakness) -> Value) -> Vec<Value> {
    all.iter().map(write).collect()
}

fn npm_1(all: &[Weakness]) -> String {
    let advisories = all.iter().enumerate().map(|(number, one)| {
        let advisory = json!({
            "findings": [{ "version": version(one), "paths": ["a"] }], "id": number, "module_name": package(one),
            "severity": word(one, true), "github_advisory_id": id(one), "title": "t",
        });
        (number.to_string(), advisory)
    });
    let advisories: serde_json::Map<String, Value> = advisories.collect();
    json!({ "actions": [], "advisories": advisories, "muted": [], "metadata": { "totalDependencies": 9 } }).to_string()
}

fn npm_2(all: &[Weakness]) -> String {
    let mut packages = serde_json::Map::new();
    for one in all {
        let via = json!({
            "source": 1, "name": package(one), "title": "t", "severity": word(one, true),
            "url": format!("https://github.com/advisories/{}", id(one)),
        });
        let entry =
            packages.entry(package(one)).or_insert_with(|| json!({ "via": [], "nodes": [], "severity": "low" }));
        entry["via"].as_array_mut().expect("a list").push(via);
    }
    json!({ "auditReportVersion": 2, "vulnerabilities": packages, "metadata": { "dependencies": { "total": 9 } } })
        .to_string()
}

fn pip_audit(all: &[Weakness]) -> String {
    let write = |one: &Weakness| json!({ "name": package(one), "version": version(one), "vulns": [{ "id": id(one), "fix_versions": [] }] });
    json!({ "dependencies": each(all, write), "fixes": [] }).to_string()
}

fn osv(all: &[Weakness]) -> String {
    let write = |one: &Weakness| {
        json!({
            "package": { "name": package(one), "version": version(one), "ecosystem": "npm" },
            "vulnerabilities": [{ "id": id(one), "database_specific": { "severity": word(one, true).to_uppercase() } }],
        })
    };
    json!({ "results": [{ "source": { "path": "package-lock.json" }, "packages": each(all, write) }] }).to_string()
}

fn trivy(all: &[Weakness]) -> String {
    let write = |one: &Weakness| {
        json!({
            "VulnerabilityID": id(one), "PkgName": package(one), "InstalledVersion": version(one),
            "Severity": word(one, false).to_uppercase(), "CVSS": { "nvd": { "V3Vector": "x" } },
        })
    };
    let found = each(all, write);
    let result =
        json!({ "Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": found });
    json!({ "SchemaVersion": 2, "ArtifactName": ".", "Results": [result] }).to_string()
}

fn grype(all: &[Weakness]) -> String {
    let write = |one: &Weakness| {
        json!({
            "vulnerability": { "id": id(one), "severity": word(one, false) },
            "artifact": { "name": package(one), "version": version(one), "type": "npm" },
        })
    };
    let (matches, source) = (each(all, write), json!({ "type": "directory" }));
    json!({ "matches": matches, "source": source, "descriptor": { "name": "grype" } }).to_string()
}

fn snyk(all: &[Weakness]) -> String {
    let write = |one: &Weakness| {
        json!({
            "id": id(one), "packageName": package(one), "version": version(one), "severity": word(one, false),
            "title": "t", "from": ["app@1", "a@1"],
        })
    };
    json!({ "vulnerabilities": each(all, write), "ok": false, "dependencyCount": 9, "packageManager": "npm" })
        .to_string()
}

fn cyclonedx(all: &[Weakness]) -> String {
    let name = |one: &Weakness| format!("pkg:npm/{}@{}", package(one), version(one));
    let component = |one: &Weakness| {
        let name = name(one);
        json!({ "type": "library", "bom-ref": name, "name": package(one), "version": version(one), "purl": name })
    };
    let vulnerability = |one: &Weakness| json!({ "id": id(one), "ratings": [{ "severity": word(one, false) }], "affects": [{ "ref": name(one) }] });
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5",
        "components": each(all, component), "vulnerabilities": each(all, vulnerability),
    })
    .to_string()
}

fn yarn(all: &[Weakness]) -> String {
    let write = |one: &Weakness| {
        json!({ "value": package(one), "children": {
            "ID": 1, "Issue": "t", "URL": format!("https://github.com/advisories/{}", id(one)),
            "Severity": word(one, true), "Tree Versions": [version(one)],
        } })
    };
    each(all, write).iter().map(|line| format!("{line}\n")).collect()
}

fn cargo_audit(all: &[Weakness]) -> String {
    let write = |one: &Weakness| {
        json!({
            "advisory": { "id": id(one), "cvss": null, "aliases": [] }, "versions": { "patched": [] },
            "package": { "name": package(one), "version": version(one) },
        })
    };
    json!({
        "database": { "advisory-count": 9 }, "lockfile": { "dependency-count": 9 },
        "vulnerabilities": { "found": true, "count": all.len(), "list": each(all, write) },
    })
    .to_string()
}

/// Weaknesses, each advisory of a package once: a severity belongs to both.
fn weaknesses() -> impl Strategy<Value = Vec<Weakness>> {
    prop::collection::btree_map((0..6_u8, 0..4_u8), (0..3_u8, 0..WORDS.len()), 1..12)
        .prop_map(|all| all.into_iter().map(|((id, package), (version, word))| (id, package, version, word)).collect())
}

fn told(all: &[Vulnerability]) -> BTreeSet<(String, String, Option<String>, AuditSeverity)> {
    all.iter().map(|one| (one.id.clone(), one.package.clone(), one.version.clone(), one.severity)).collect()
}

proptest! {
    #[test]
    fn what_any_scanner_writes_is_read(all in weaknesses()) {
        let mut merger = Merger::default();
        for (format, write, versions, severities) in WRITERS {
            let text = write(&all);
            let report = read(text.as_bytes()).unwrap_or_else(|why| panic!("{format}: {why:?} in {text}"));
            prop_assert_eq!(*format, report.format);
            let expected: BTreeSet<_> = all
                .iter()
                .map(|one| {
                    let word = if *severities { severity::word(WORDS[one.3]) } else { AuditSeverity::Unknown };
                    (id(one), package(one), versions.then(|| version(one)), word)
                })
                .collect();
            prop_assert_eq!(&expected, &told(&report.findings), "{}: {}", format, text);
            merger.add(format, report);
        }
        // All of them together tell no more than one of them.
        let audit = merger.finish();
        prop_assert_eq!(all.len(), audit.findings.len());
        prop_assert_eq!(0, audit.counts.unknown, "one that tells the severity tells it for all");
    }
}
