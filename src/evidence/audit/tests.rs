use super::*;

fn collected(files: &[(&str, &str)]) -> Area<Audit> {
    collect(&Repo::in_memory(files), PLACES.iter().map(|&place| place.to_owned()).collect(), Span::days(30), &[])
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
        r#"{"SchemaVersion":2,"ArtifactName":".","Results":[{"Target":"a","Class":"lang-pkgs","Type":"npm","Vulnerabilities":"none"}]}"#,
        r#"{"reportSchema":"1.1","scanInfo":{},"dependencies":[{"fileName":"a","vulnerabilities":{}}]}"#,
        r#"{"matches":[],"source":{"type":"directory"},"descriptor":{"name":"grype","db":{"status":{"valid":false}}}}"#,
        r#"{"matches":[],"source":{"type":"directory"},"descriptor":{"name":"grype","db":{"error":"too old"}}}"#,
        r#"{"advisories":[],"abandoned":[],"unreachable-repositories":["https://packages.example.com"]}"#,
    ] {
        assert_eq!(State::Unreadable, state(report), "{report}");
    }
    for report in [
        "null",
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
fn notices_are_listed_apart() {
    let report = r#"{"database":{"advisory-count":9},"lockfile":{"dependency-count":3},"vulnerabilities":{"found":false,"count":0,"list":[]},
    "warnings":{"unmaintained":[{"kind":"unmaintained","advisory":{"id":"RUSTSEC-2099-9"},"package":{"name":"a","version":"1.0.0"}}]}}"#;
    let area = collected(&[("reports/cargo-audit.json", report)]);
    let audit = area.proven().expect("proof");
    assert_eq!((0, 1, 0), (audit.findings.len(), audit.notices.len(), audit.counts.info));
    assert_eq!(Some("unmaintained"), audit.notices[0].informational.as_deref());
}

#[test]
fn lockfiles_of_fixtures_are_not_the_projects() {
    let area = collected(&[("package-lock.json", "{}"), ("fixtures/a/Cargo.lock", ""), ("svc/go.sum", "")]);
    let names: Vec<String> = area.facts.expect("facts").ecosystems.into_iter().map(|one| one.name).collect();
    assert_eq!(vec!["go", "npm"], names);
}

#[test]
fn every_folder_with_a_lockfile_wants_a_report() {
    let uncovered = |files: &[(&str, &str)]| -> Vec<String> {
        let audit = collected(files).facts.expect("facts");
        audit.ecosystems.into_iter().filter(|one| one.covered_by.is_empty()).map(|one| one.lockfile).collect()
    };
    let locks = [("package-lock.json", "{}"), ("web/yarn.lock", ""), ("Cargo.lock", "")];
    let with = |reports: &[(&'static str, &'static str)]| uncovered(&[&locks[..], reports].concat());
    assert_eq!(vec!["Cargo.lock", "package-lock.json", "web/yarn.lock"], with(&[]));
    assert_eq!(vec!["Cargo.lock", "web/yarn.lock"], with(&[("reports/npm-audit.json", NPM)]));
    assert_eq!(vec!["Cargo.lock"], with(&[("reports/a-audit.json", NPM), ("reports/b-audit.json", NPM)]));
    let osv = r#"{"results":[{"packages":[{"package":{"name":"a","version":"1"}}]}]}"#;
    assert!(with(&[("reports/osv.json", osv)]).is_empty(), "it reads every lockfile");
    let trivy = r#"{"SchemaVersion":2,"Results":[{"Target":"web/yarn.lock","Class":"lang-pkgs","Type":"yarn"}]}"#;
    assert_eq!(vec!["Cargo.lock", "package-lock.json"], with(&[("reports/trivy.json", trivy)]));
}

#[test]
fn modules_of_one_project_want_one_report() {
    let files = [("pom.xml", ""), ("core/pom.xml", ""), ("requirements.txt", ""), ("requirements-dev.txt", "")];
    let found = collected(&files).facts.expect("facts").ecosystems;
    assert_eq!(vec!["pom.xml", "requirements.txt"], found.iter().map(|one| one.lockfile.as_str()).collect::<Vec<_>>());
}

/// What a VEX statement makes of a finding in lodash: its justification where it suppresses it.
fn suppressed(status: &str, product: &str, more: &str) -> Option<String> {
    let vex = format!(
        r#"{{"@context":"https://openvex.dev/ns/v0.2.0","author":"jo","timestamp":"2026-01-01T00:00:00Z","statements":[
        {{"vulnerability":{{"name":"GHSA-35jh-r3h4-6jhm"}},"products":[{{"@id":"pkg:oci/app","subcomponents":[{{"@id":"{product}"}}]}}],
        "status":"{status}"{more}}}]}}"#
    );
    let area = collected(&[("reports/npm-audit.json", NPM), (".vex/a.json", &vex)]);
    let audit = area.proven().expect("proof");
    assert_eq!(u64::from(audit.findings[0].suppressed.is_none()), audit.counts.high);
    audit.findings[0].suppressed.clone()
}

#[test]
fn a_statement_suppresses_with_its_justification() {
    let why = r#","justification":"vulnerable_code_not_in_execute_path""#;
    let said = suppressed("not_affected", "pkg:npm/lodash", why).expect("suppressed");
    assert!(said.contains("vulnerable_code_not_in_execute_path"), "{said}");
    assert!(suppressed("fixed", "pkg:npm/lodash", "").is_some());
    for (status, product, more) in [
        ("not_affected", "pkg:npm/lodash", ""),
        ("affected", "pkg:npm/lodash", why),
        ("under_investigation", "pkg:npm/lodash", why),
        ("not_affected", "pkg:npm/other", why),
        ("not_affected", "pkg:npm/lodash@4.17.20", why),
        ("not_affected", "app", why),
        ("not_affected", "pkg:npm/lodash", r#","justification":"x","expires":"1960-01-01""#),
        ("not_affected", "pkg:npm/lodash", r#","justification":"x","expires":"soon""#),
    ] {
        assert_eq!(None, suppressed(status, product, more), "{status} {product} {more}");
    }
}

#[test]
fn statements_alone_are_no_scan() {
    let vex = r#"{"@context":"https://openvex.dev/ns/v0.2.0","statements":[]}"#;
    assert_eq!(State::Absent, collected(&[(".vex/a.json", vex)]).evidence.state);
}

#[test]
fn what_one_scanner_suppresses_and_another_does_not_stands() {
    let grype = r#"{"matches":[],"ignoredMatches":[{"vulnerability":{"id":"GHSA-35jh-r3h4-6jhm","severity":"High"},"artifact":{"name":"lodash","version":"4.17.20"}}],"source":{"type":"directory"},"descriptor":{}}"#;
    let area = collected(&[("reports/grype.json", grype), ("reports/npm-audit.json", NPM)]);
    let audit = area.proven().expect("proof");
    assert_eq!((1, 1), (audit.findings.len(), audit.counts.high));
    assert_eq!(Some("4.17.20"), audit.findings[0].version.as_deref());
}

#[test]
fn vectors_of_every_version_are_read() {
    for (vector, expected) in [
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", Some(AuditSeverity::High)),
        ("(AV:L/AC:H/Au:N/C:N/I:P/A:N)", Some(AuditSeverity::Low)),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(AuditSeverity::Critical)),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Some(AuditSeverity::Critical)),
        ("CVSS:3.1/AV:N", None),
        ("7.5", None),
    ] {
        assert_eq!(expected, severity::vector(vector), "{vector}");
    }
}
