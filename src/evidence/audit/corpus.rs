//! Every format with a small report: read as what it is, and never as a clean scan once it is damaged.

use super::*;
use crate::facts::audit::{Reachability, Scope};

/// A report with what is in it: format, kinds, and each finding as `id package version severity`, `!` before one that does not
/// count.
struct Sample {
    text: &'static str,
    format: &'static str,
    kinds: &'static str,
    findings: &'static [&'static str],
}

macro_rules! sample {
    ($file:literal, $format:literal, $kinds:literal, $($finding:literal),+) => {
        Sample {
            text: include_str!(concat!("samples/", $file)),
            format: $format,
            kinds: $kinds,
            findings: &[$($finding),+],
        }
    };
}

const SAMPLES: &[Sample] = &[
    sample!("npm-v1.json", "npm-audit-v1", "dependency", "GHSA-vh95-rmgr-6w4m minimist 1.2.0 medium"),
    sample!("npm-v2.json", "npm-audit-v2", "dependency", "GHSA-35jh-r3h4-6jhm lodash - high"),
    sample!("yarn1.ndjson", "yarn1-audit-ndjson", "dependency", "GHSA-xvch-5gv4-984h minimist 1.2.0 critical"),
    sample!(
        "yarn4.ndjson",
        "yarn4-npm-audit-ndjson",
        "dependency",
        "GHSA-pxg6-pf52-xh8x cookie 0.3.1 low",
        "!old (deprecation) old 1.0.0 medium"
    ),
    sample!("cargo-audit.json", "cargo-audit-json", "dependency", "RUSTSEC-2099-0001 a 1.0.0 critical"),
    sample!("cargo-deny.ndjson", "cargo-deny-ndjson", "dependency", "RUSTSEC-2099-0001 time 0.1.43 unknown"),
    sample!("pip-audit.json", "pip-audit-json", "dependency", "PYSEC-2018-66 flask 0.12 unknown"),
    sample!("osv.json", "osv-scanner-json", "dependency", "GHSA-x flask 0.12 critical"),
    sample!("govulncheck-stream.json", "govulncheck-json", "dependency", "GO-2099-1 example.com/m v1.0.0 unknown"),
    sample!("govulncheck-a.json", "govulncheck-json", "dependency", "GO-2099-1 m - unknown"),
    sample!("govulncheck-b.json", "govulncheck-json", "dependency", "GO-2099-1 stdlib go1.19 unknown"),
    sample!(
        "trivy.json",
        "trivy-json",
        "dependency, secret, iac",
        "CVE-2099-1 a 1.0.0 high",
        "DS002 Dockerfile - high",
        "aws-access-key-id a.env - critical"
    ),
    sample!("trivy-1.json", "trivy-json", "container", "CVE-2099-1 libssl 3.0.0 critical"),
    sample!("grype.json", "grype-json", "dependency", "!CVE-2099-2 b 1 high", "GHSA-x a 1.0.0 info"),
    sample!("snyk.json", "snyk-json", "dependency", "SNYK-JS-A-1 a 1.0.0 high"),
    sample!(
        "dependency-check.json",
        "dependency-check",
        "dependency",
        "!CVE-2099-2 org.acme:lib 1.0 high",
        "CVE-2099-1 org.acme:lib 1.0 medium"
    ),
    sample!(
        "dependency-check.xml",
        "dependency-check",
        "dependency",
        "!CVE-2099-2 org.acme:lib 1.0 high",
        "CVE-2099-1 org.acme:lib 1.0 medium"
    ),
    sample!("dependabot.json", "dependabot-alerts", "dependency", "!GHSA-y b - low", "GHSA-x a - high"),
    sample!("dependabot-graphql.json", "dependabot-alerts-graphql", "dependency", "GHSA-x a - medium"),
    sample!("gitlab-dependency.json", "gitlab-report", "dependency", "1 a 1.0.0 high"),
    sample!("gitlab-sast.json", "gitlab-report", "code", "rule.x a.py - medium"),
    sample!("cyclonedx.json", "cyclonedx", "dependency", "CVE-2099-1 b 2.0.0 critical", "CVE-2099-2 ? - unknown"),
    sample!("cyclonedx.xml", "cyclonedx", "dependency", "CVE-2099-1 org.acme:a 1.0.0 critical"),
    sample!("composer.json", "composer-audit", "dependency", "!abandoned acme/old - info", "PKSA-1 acme/a - high"),
    sample!("bundler.json", "bundler-audit", "dependency", "CVE-2099-1 rack 2.0.0 high"),
    sample!("semgrep.json", "semgrep-json", "code", "r a.py - high"),
    sample!("bandit.json", "bandit-json", "code", "B403 a.py - low"),
    sample!("gosec.json", "gosec-json", "code", "G304 a.go - medium"),
    sample!("gitleaks.json", "gitleaks-json", "secret", "aws-access-token a.py - unknown"),
    sample!("gitleaks-old.json", "gitleaks-json", "secret", "AWS a.py - unknown"),
    sample!("trufflehog.ndjson", "trufflehog-ndjson", "secret", "AWS a.py - unknown"),
    sample!("detect-secrets.json", "detect-secrets-baseline", "secret", "AWS Access Key a.py - unknown"),
    sample!("hadolint.json", "hadolint-json", "iac", "DL3007 Dockerfile - medium"),
    sample!("checkov.json", "checkov-json", "iac", "CKV_DOCKER_7 Dockerfile - unknown"),
    sample!("sarif.json", "sarif", "code", "r a.py - high"),
];

/// A report's findings, merged as the collector merges them.
fn merged(report: Report) -> Vec<Vulnerability> {
    let mut merger = Merger::default();
    merger.add("reports/one", report);
    let audit = merger.finish();
    audit.findings.into_iter().chain(audit.notices).collect()
}

fn shown(one: &Vulnerability) -> String {
    let quiet = if one.informational.is_some() || one.suppressed.is_some() { "!" } else { "" };
    let version = one.version.as_deref().unwrap_or("-");
    format!("{quiet}{} {} {version} {}", one.id, one.package, one.severity.name())
}

#[test]
fn every_format_is_told_by_its_content() {
    for sample in SAMPLES {
        let report = read(sample.text.as_bytes()).unwrap_or_else(|why| panic!("{}: {why:?}", sample.format));
        assert_eq!((sample.format, Some(sample.kinds.to_owned())), (report.format, kinds(&report)));
        let mut found: Vec<String> = merged(report).iter().map(shown).collect();
        found.sort();
        let mut expected = sample.findings.to_vec();
        expected.sort_unstable();
        assert_eq!(expected, found, "{}", sample.format);
    }
}

#[test]
fn encodings_do_not_matter() {
    for sample in SAMPLES {
        let text = sample.text;
        let wide = |big: bool| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, text.as_bytes()).expect("memory");
        let marked = format!("\u{feff}{text}").into_bytes();
        for bytes in [wide(true), wide(false), packer.finish().expect("memory"), marked] {
            let report = read(&bytes).unwrap_or_else(|why| panic!("{}: {why:?}", sample.format));
            assert_eq!(sample.findings.len(), merged(report).len(), "{}", sample.format);
        }
    }
}

/// Whether bytes are a scan that found nothing that counts.
fn is_clean(bytes: &[u8]) -> bool {
    read(bytes).is_ok_and(|report| {
        !report.looked.is_empty()
            && merged(report).iter().all(|one| one.informational.is_some() || one.suppressed.is_some())
    })
}

#[test]
fn a_report_that_is_cut_is_never_clean() {
    for sample in SAMPLES {
        for end in 0..sample.text.len() {
            // A stream of messages has no end marker: cut between two it is a whole one, and that is its page's word.
            let between = sample.format == "govulncheck-json" && sample.text[..end].trim_end().ends_with("}}");
            assert!(between || !is_clean(&sample.text.as_bytes()[..end]), "{} cut at {end}", sample.format);
        }
    }
}

#[test]
fn a_report_with_a_flipped_byte_is_never_clean() {
    for sample in SAMPLES {
        let mut bytes = sample.text.as_bytes().to_vec();
        for at in 0..bytes.len() {
            let old = bytes[at];
            for new in [old ^ 1, old ^ 2, old ^ 0x20, old ^ 0x80, b'"', b' ', 0] {
                bytes[at] = new;
                let text = String::from_utf8_lossy(&bytes);
                assert!(!is_clean(&bytes), "{} with {new:#x} at {at}: {text}", sample.format);
            }
            bytes[at] = old;
        }
    }
}

#[test]
fn text_before_the_report_is_no_report() {
    for sample in SAMPLES {
        assert!(read(format!("npm warn config\n{}", sample.text).as_bytes()).is_err(), "{}", sample.format);
        assert!(!is_clean(format!("{}\nerror: it failed", sample.text).as_bytes()), "{}", sample.format);
    }
}

#[test]
fn what_reports_tell_beside_the_severity_is_kept() {
    let first = |file: &str| {
        let sample = SAMPLES.iter().find(|sample| sample.text.contains(file)).expect("a sample");
        let mut all = merged(read(sample.text.as_bytes()).expect("a report"));
        all.sort_by_key(|one| one.kind);
        all.remove(0)
    };
    let called = first("GO-2099-1\",\"fixed_version");
    assert_eq!(Some(Reachability::Called), called.reachability);
    assert_eq!((vec!["v1.2.0".to_owned()], vec!["CVE-2099-1".to_owned()]), (called.fixed_in, called.aliases));
    assert_eq!(Some(Reachability::Called), first("CallSink").reachability);
    assert_eq!(Some(Reachability::Imported), first("CallStacks").reachability);
    assert_eq!(Some(Scope::Runtime), first("auditAdvisory").scope, "one of its paths is no dev dependency");
    let alert = first("manifest_path");
    assert_eq!((Some(Scope::Dev), Some(false)), (alert.scope, alert.direct));
    assert_eq!(Some(true), first("SNYK-JS").direct, "one of its paths is direct");
    assert_eq!(vec!["1.0.1", "2.0.0"], first("V2Vector").fixed_in);
}
