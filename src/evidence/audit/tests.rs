use super::*;

fn collected(files: &[(&str, &str)]) -> Area<Audit> {
    collect(&Repo::in_memory(files), PLACES.iter().map(|&place| place.to_owned()).collect(), Span::days(30))
}

fn state(report: &str) -> State {
    collected(&[("reports/audit.json", report)]).evidence.state
}

const NPM: &str = r#"{"auditReportVersion":2,"vulnerabilities":{"lodash":{"name":"lodash","severity":"high","isDirect":true,"via":[
{"source":1,"name":"lodash","dependency":"lodash","title":"t","url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","severity":"high","range":"<4.17.21"}],"fixAvailable":true},
"app":{"name":"app","severity":"high","via":["lodash"]}},"metadata":{"vulnerabilities":{"total":2},"dependencies":{"total":9}}}"#;

#[test]
fn npm_counts_advisories_and_not_packages() {
    let area = collected(&[("reports/npm-audit.json", NPM)]);
    let audit = area.proven().expect("proof");
    assert_eq!((1, 1), (audit.findings.len(), audit.counts.high));
    let one = &audit.findings[0];
    assert_eq!(("GHSA-35jh-r3h4-6jhm", vec!["4.17.21".to_owned()]), (one.id.as_str(), one.fixed_in.clone()));
}

#[test]
fn severities_come_from_vectors_where_no_word_stands() {
    let report = |cvss: &str| {
        format!(
            r#"{{"database":{{"advisory-count":9}},"lockfile":{{"dependency-count":3}},"vulnerabilities":{{"found":true,"count":1,"list":[
        {{"advisory":{{"id":"RUSTSEC-1","aliases":["CVE-1"],"cvss":{cvss}}},"package":{{"name":"a","version":"1.0.0"}},"versions":{{"patched":[">=1.1"]}}}}]}},
        "warnings":{{"unmaintained":[{{"kind":"unmaintained","package":{{"name":"b","version":"1"}},"advisory":{{"id":"RUSTSEC-2","cvss":null}}}}]}}}}"#
        )
    };
    for (cvss, expected) in [
        (r#""CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H""#, AuditSeverity::Critical),
        (r#""CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N""#, AuditSeverity::Medium),
        ("null", AuditSeverity::Unknown),
        (r#""nonsense""#, AuditSeverity::Unknown),
    ] {
        let area = collected(&[("reports/cargo-audit.json", &report(cvss))]);
        let audit = area.proven().expect("proof");
        let found = audit.findings.iter().find(|one| one.id == "RUSTSEC-1").expect("a finding");
        assert_eq!(expected, found.severity, "{cvss}");
        let counted = audit.counts.critical
            + audit.counts.high
            + audit.counts.medium
            + audit.counts.low
            + audit.counts.info
            + audit.counts.unknown;
        assert_eq!(1, counted, "what is informational is not counted");
    }
}

#[test]
fn one_weakness_of_two_scanners_is_one() {
    let pip = r#"{"dependencies":[{"name":"Flask","version":"1.0","vulns":[{"id":"PYSEC-1","fix_versions":["1.1"],"aliases":["CVE-7"]}]}],"fixes":[]}"#;
    let osv = r#"{"results":[{"packages":[{"package":{"name":"flask","version":"1.0"},"vulnerabilities":[{"id":"GHSA-x","aliases":["CVE-7"],"database_specific":{"severity":"HIGH"}}],"groups":[]}]}]}"#;
    let area = collected(&[("reports/osv.json", osv), ("reports/pip-audit.json", pip)]);
    let audit = area.proven().expect("proof");
    assert_eq!(1, audit.findings.len());
    assert_eq!(AuditSeverity::High, audit.findings[0].severity);
}

#[test]
fn a_failed_or_empty_scan_is_never_clean() {
    for report in [
        "",
        "null",
        "{}",
        "found 0 vulnerabilities",
        "<html></html>",
        r#"{"error":{"code":"ENOLOCK","summary":"","detail":""}}"#,
        r#"{"message":"503","error":{"summary":"","detail":""}}"#,
        r#"{"auditReportVersion":2}"#,
        r#"{"auditReportVersion":2,"vulnerabilities":{"a":{"via":[{"severity":"high"}]}}}"#,
        r#"{"version":"2.1.0","runs":[]}"#,
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}}}]}"#,
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[],"invocations":[{"executionSuccessful":false}]}]}"#,
        r#"{"vulnerabilities":{"found":false},"database":{}}"#,
    ] {
        assert_eq!(State::Unreadable, state(report), "{report}");
    }
    for report in [
        "[]",
        r#"{"dependencies":[],"fixes":[]}"#,
        r#"{"dependencies":[{"name":"a","skip_reason":"not on PyPI"}],"fixes":[]}"#,
        r#"{"results":[]}"#,
        r#"{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"total":0},"dependencies":{"total":0}}}"#,
    ] {
        assert_eq!(State::Empty, state(report), "{report}");
    }
}

#[test]
fn a_report_that_is_cut_is_never_clean() {
    for end in (0..NPM.len()).filter(|end| NPM.is_char_boundary(*end)) {
        assert_ne!(State::Found, state(&NPM[..end]), "cut at {end}");
    }
}

#[test]
fn sarif_tells_suppressed_results_apart() {
    let report = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Semgrep","rules":[{"id":"r","properties":{"security-severity":"9.1"}}]}},
    "results":[{"ruleId":"r","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.py"},"region":{"startLine":3}}}]},
    {"ruleId":"r","message":{"text":"m"},"suppressions":[{"kind":"inSource"}]},{"ruleId":"r","kind":"pass","message":{"text":"m"}}]}]}"#;
    let area = collected(&[("reports/semgrep.sarif", report)]);
    let audit = area.proven().expect("proof");
    assert_eq!((2, 1, ScanKind::Code), (audit.findings.len(), audit.counts.critical, audit.scans[0].kind));
}

#[test]
fn lockfiles_of_fixtures_are_not_the_projects() {
    let area = collected(&[("package-lock.json", "{}"), ("fixtures/a/Cargo.lock", ""), ("svc/go.sum", "")]);
    let names: Vec<String> = area.facts.expect("facts").ecosystems.into_iter().map(|one| one.name).collect();
    assert_eq!(vec!["go", "npm"], names);
}
