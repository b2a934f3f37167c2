//! Which format a document is, by its keys; never by its file's name.

use serde_json::Value;

use super::xml::Element;
use super::{
    Failure, Report, bandit, bundler, cargo_audit, cargo_deny, checkov, composer, cyclonedx, dependabot,
    dependency_check, detect_secrets, gitlab, gitleaks, gosec, govulncheck, grype, hadolint, line_of, npm, osv,
    pip_audit, sarif, semgrep, snyk, text, trivy, trufflehog, vex, yarn,
};

/// The report in JSON values that stand one after another.
pub(super) fn json(mut documents: Vec<Value>) -> Result<Report, Failure> {
    if documents.iter().all(dependabot::is_page) && !documents.is_empty() {
        return dependabot::read_pages(&documents);
    }
    if documents.iter().all(|document| document.get("type").is_some() && document.get("fields").is_some()) {
        return cargo_deny::read(&documents);
    }
    if documents.iter().all(yarn::is_classic) {
        return yarn::read_classic(&documents);
    }
    if documents.iter().all(yarn::is_berry) {
        return yarn::read_berry(&documents);
    }
    if documents.first().is_some_and(govulncheck::is_message) {
        return govulncheck::read_stream(&documents);
    }
    if documents.iter().any(trufflehog::is_result) || documents.iter().any(trufflehog::is_summary) {
        return trufflehog::read(&documents);
    }
    match (documents.pop(), documents.is_empty()) {
        (Some(Value::Array(items)), true) => of_list(&items),
        (Some(document @ Value::Object(_)), true) => of_map(&document),
        (Some(Value::Null), true) => Err(Failure::empty("`null` says nothing of what was examined")),
        (_, true) => Err(Failure::unreadable("JSON, and no audit report that is known")),
        (_, false) => Err(Failure::unreadable("several JSON values, and no audit report that is known")),
    }
}

fn of_map(json: &Value) -> Result<Report, Failure> {
    let has = |key: &str| json.get(key).is_some();
    let list = |key: &str| json.get(key).is_some_and(Value::is_array);
    let is = |key: &str, word: &str| text(json, key) == Some(word);
    if has("runs") && (has("version") || has("$schema")) {
        return sarif::read(json);
    }
    if vex::is_openvex(json) {
        return vex::read(json);
    }
    if is("bomFormat", "CycloneDX") {
        return cyclonedx::read(json);
    }
    if has("data") && (has("errors") || json.pointer("/data/repository").is_some()) {
        return dependabot::read_graphql(json);
    }
    if has("Issues") && (has("Stats") || has("Golang errors")) {
        return gosec::read(json);
    }
    if snyk::is_project(json) {
        return snyk::read(std::slice::from_ref(json));
    }
    if json.get("error").is_some_and(|error| !error.is_null() && *error != Value::Bool(false)) {
        return Err(Failure::unreadable(format!("the scan failed: {}", error_text(json))));
    }
    if has("auditReportVersion") {
        return npm::read_v2(json);
    }
    if has("advisories") {
        return if has("metadata") { npm::read_v1(json) } else { composer::read(json) };
    }
    if has("vulnerabilities") && (has("lockfile") || has("database")) {
        return cargo_audit::read(json);
    }
    if list("dependencies") && (has("reportSchema") || has("scanInfo") || has("projectInfo")) {
        return dependency_check::read(json);
    }
    if has("vulnerabilities") && (has("scan") || has("version")) {
        return gitlab::read(json);
    }
    if list("dependencies") {
        return pip_audit::read(json);
    }
    if has("Vulns") {
        return govulncheck::read_object(json);
    }
    if has("SchemaVersion") || has("ArtifactName") {
        return trivy::read(json);
    }
    if has("matches") && (has("descriptor") || has("source")) {
        return grype::read(json);
    }
    if has("plugins_used") && has("results") {
        return detect_secrets::read(json);
    }
    if checkov::is_report(json) {
        return checkov::read(std::slice::from_ref(json));
    }
    if list("results") {
        return if has("metrics") {
            bandit::read(json)
        } else if has("errors") {
            semgrep::read(json)
        } else if has("created_at") {
            bundler::read(json)
        } else {
            osv::read(json)
        };
    }
    if let Some(said) = text(json, "message") {
        return Err(Failure::unreadable(format!("a service's answer and no report: {}", line_of(said))));
    }
    Err(Failure::unreadable("JSON, and no audit report that is known"))
}

fn of_list(items: &[Value]) -> Result<Report, Failure> {
    let all = |is: fn(&Value) -> bool| items.iter().all(is);
    if items.is_empty() {
        return Err(Failure::empty("an empty list says nothing of what was examined, nor by which tool"));
    }
    if all(|item| item.get("name").is_some() && (item.get("vulns").is_some() || item.get("skip_reason").is_some())) {
        return pip_audit::read(&Value::Array(items.to_vec()));
    }
    if all(snyk::is_project) {
        return snyk::read(items);
    }
    if all(|item| item.get("Target").is_some()) {
        return trivy::read_bare(items);
    }
    if all(hadolint::is_entry) {
        return hadolint::read(items);
    }
    if all(checkov::is_report) {
        return checkov::read(items);
    }
    if all(gitleaks::is_entry) {
        return gitleaks::read(items);
    }
    Err(Failure::unreadable("a JSON list, and no audit report that is known"))
}

/// The report in an XML document.
pub(super) fn xml(root: &Element) -> Result<Report, Failure> {
    match &*root.name {
        "bom" => cyclonedx::read_xml(root),
        "analysis" => dependency_check::read_xml(root),
        "html" => Err(Failure::unreadable("it is a web page, no report")),
        name => {
            Err(Failure::unreadable(format!("XML with the root `{}` is no audit report that is known", line_of(name))))
        }
    }
}

fn error_text(json: &Value) -> String {
    let texts = ["/error/summary", "/error/message", "/error/code", "/error/detail", "/message", "/error"];
    let said = texts.iter().filter_map(|at| json.pointer(at).and_then(Value::as_str)).find(|text| !text.is_empty());
    line_of(said.unwrap_or("it does not say why"))
}
