//! OWASP Dependency-Check, JSON and XML (which is brought into the JSON's shape). Suppressed vulnerabilities stand apart; old
//! reports write severities as `Medium` or `MODERATE`.

use serde_json::{Map, Value, json};

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::xml::Element;
use super::{Failure, Looked, Report, entries, finding, line_of, list, needed, purl, severity, text};

/// The lists that a dependency may have.
const LISTS: &[&str] = &[
    "vulnerabilities",
    "suppressedVulnerabilities",
    "packages",
    "suppressedPackages",
    "vulnerabilityIds",
    "suppressedVulnerabilityIds",
    "evidenceCollected",
    "relatedDependencies",
    "projectReferences",
    "includedBy",
    "availableVersions",
];

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    failed(entries(json.get("scanInfo").unwrap_or(&Value::Null), "analysisExceptions").next())?;
    let mut scan = Scan::default();
    for dependency in list(json, "dependencies")? {
        scan.take(dependency)?;
    }
    scan.finish()
}

/// Refuses a scan that tells of an error.
fn failed(exception: Option<&Value>) -> Result<(), Failure> {
    let Some(said) = exception else { return Ok(()) };
    let said = said.get("exception").and_then(|said| text(said, "message")).unwrap_or("it does not say why");
    Err(Failure::unreadable(format!("the scan tells of an error: {}", line_of(said))))
}

/// What was examined so far.
#[derive(Default)]
struct Scan {
    looked: Vec<Looked>,
    findings: Vec<Vulnerability>,
}

impl Scan {
    fn take(&mut self, dependency: &Value) -> Result<(), Failure> {
        let file = needed(dependency, "fileName", "a dependency")?;
        for (key, value) in dependency.as_object().into_iter().flatten() {
            let known = LISTS.contains(&key.as_str());
            if value.is_array() && !known {
                return Err(Failure::unreadable(format!("the dependency {file} has an unknown list `{key}`")));
            }
            if known && !(value.is_array() || value.is_null()) {
                return Err(Failure::unreadable(format!("`{key}` of the dependency {file} is no list")));
            }
        }
        let package = entries(dependency, "packages").find_map(|one| purl::parse(text(one, "id")?));
        let ecosystem = package.as_ref().and_then(purl::Purl::ecosystem).unwrap_or("other").to_owned();
        let known = self.looked.iter_mut().find(|at| at.ecosystem.as_deref() == Some(ecosystem.as_str()));
        match known {
            Some(at) => at.examined = at.examined.map(|count| count + 1),
            None => self.looked.push(Looked {
                ecosystem: Some(ecosystem),
                examined: Some(1),
                ..Looked::at(ScanKind::Dependency)
            }),
        }
        for one in entries(dependency, "vulnerabilities") {
            self.findings.push(entry(one, file, package.as_ref())?);
        }
        for one in entries(dependency, "suppressedVulnerabilities") {
            let mut new = entry(one, file, package.as_ref())?;
            new.suppressed = Some(text(one, "notes").map_or("suppressed by its configuration".to_owned(), line_of));
            self.findings.push(new);
        }
        Ok(())
    }

    fn finish(self) -> Result<Report, Failure> {
        if self.looked.is_empty() {
            return Err(Failure::empty("no dependency was examined"));
        }
        let looked = Looked::at(ScanKind::Dependency);
        let report = Report::of("dependency-check", "dependency-check", looked, self.findings);
        Ok(Report { looked: self.looked, ..report })
    }
}

fn entry(one: &Value, file: &str, package: Option<&purl::Purl>) -> Result<Vulnerability, Failure> {
    let id = needed(one, "name", "a vulnerability")?;
    let word = severity::word(text(one, "severity").unwrap_or_default());
    let scores = [("cvssv4", "baseScore"), ("cvssv3", "baseScore"), ("cvssv2", "score")];
    let score = || scores.iter().find_map(|(key, at)| severity::score(one.get(key)?.get(at)?.as_f64()?));
    let severity = if word == AuditSeverity::Unknown { score().unwrap_or(word) } else { word };
    let name = package.map_or(file, |package| package.name.as_str());
    let mut new = finding(id, name, severity, ScanKind::Dependency, "dependency-check");
    new.version = package.and_then(|package| package.version.clone());
    new.title = text(one, "description").map(line_of);
    Ok(new)
}

/// The same report as XML.
pub(super) fn read_xml(root: &Element) -> Result<Report, Failure> {
    if root.child("dependencies").is_none() {
        return Err(Failure::unreadable("it has no `dependencies`: this is no report of Dependency-Check"));
    }
    let exceptions = root.all("scanInfo").flat_map(|scan| scan.inside("analysisExceptions", "exception"));
    for one in exceptions {
        failed(Some(&json!({ "exception": { "message": one.text_of("message").unwrap_or("it does not say why") } })))?;
    }
    let mut scan = Scan::default();
    // One after another: a dependency in the JSON's shape takes more memory than its element.
    for element in root.inside("dependencies", "dependency") {
        scan.take(&dependency(element))?;
    }
    scan.finish()
}

fn dependency(element: &Element) -> Value {
    let weak = |name: &str| -> Vec<Value> { element.inside("vulnerabilities", name).map(vulnerability).collect() };
    let packages: Vec<Value> = element
        .inside("identifiers", "package")
        .filter_map(|one| one.text_of("id"))
        .map(|id| json!({ "id": id }))
        .collect();
    let mut map = Map::new();
    if let Some(file) = element.text_of("fileName") {
        map.insert("fileName".to_owned(), file.into());
    }
    map.insert("packages".to_owned(), packages.into());
    map.insert("vulnerabilities".to_owned(), weak("vulnerability").into());
    map.insert("suppressedVulnerabilities".to_owned(), weak("suppressedVulnerability").into());
    Value::Object(map)
}

fn vulnerability(element: &Element) -> Value {
    let score = |version: &str, key: &str| {
        element.child(version).and_then(|child| child.text_of(key)).and_then(|score| score.parse::<f64>().ok())
    };
    json!({
        "name": element.text_of("name"),
        "severity": element.text_of("severity"),
        "description": element.text_of("description"),
        "notes": element.text_of("notes"),
        "cvssv4": { "baseScore": score("cvssV4", "baseScore") },
        "cvssv3": { "baseScore": score("cvssV3", "baseScore") },
        "cvssv2": { "score": score("cvssV2", "score") },
    })
}
