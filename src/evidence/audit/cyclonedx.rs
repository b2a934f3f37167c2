//! CycloneDX with vulnerabilities, JSON and XML (which is brought into the JSON's shape; 1.0 to 1.3 have the extension under
//! the component). A bill of materials without `vulnerabilities` says nothing of safety. An `analysis` is a VEX statement. A
//! document without components is a set of statements and no scan.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::facts::audit::{AuditSeverity, ScanKind, Vulnerability};

use super::vex::{Product, Statement, Status};
use super::xml::Element;
use super::{Failure, Looked, Report, entries, finding, line_of, needed, purl, severity, text};

/// Components may nest this deep.
const MAX_DEPTH: usize = 32;

/// A component's package and version.
struct Component {
    name: String,
    version: Option<String>,
}

pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    let mut components = BTreeMap::new();
    let mut ecosystems: Vec<(String, u64)> = Vec::new();
    collect(json, 0, &mut components, &mut ecosystems);
    let weak = match json.get("vulnerabilities") {
        Some(Value::Array(weak)) => weak.as_slice(),
        Some(_) => return Err(Failure::unreadable("`vulnerabilities` is no list")),
        None => return Err(Failure::empty("a bill of materials without `vulnerabilities` says nothing of safety")),
    };
    let scan = entries(json, "components").next().is_some();
    let tool = tool(json);
    let container = json.pointer("/metadata/component/type").and_then(Value::as_str) == Some("container");
    let kind = if container { ScanKind::Container } else { ScanKind::Dependency };
    let (mut findings, mut statements) = (Vec::new(), Vec::new());
    for one in weak {
        let found = entry(one, kind, &tool, &components)?;
        statements.extend(statement(one, &found)?);
        if scan {
            findings.extend(found);
        }
    }
    if !scan && statements.is_empty() {
        return Err(Failure::empty("it names no component: nothing was examined"));
    }
    let mut report = Report::of("cyclonedx", &tool, Looked::at(kind), findings);
    report.looked = if scan { looked(kind, &tool, &ecosystems) } else { Vec::new() };
    report.statements = statements;
    Ok(report)
}

fn looked(kind: ScanKind, tool: &str, ecosystems: &[(String, u64)]) -> Vec<Looked> {
    if kind != ScanKind::Dependency {
        return vec![Looked::at(kind)];
    }
    if ecosystems.is_empty() {
        // Components without package URLs: the tool tells the ecosystem, or nothing does.
        let name = if tool.contains("pip-audit") { "pypi" } else { "other" };
        return vec![Looked { ecosystem: Some(name.to_owned()), ..Looked::at(kind) }];
    }
    let all = ecosystems.iter();
    all.map(|(name, count)| Looked { ecosystem: Some(name.clone()), examined: Some(*count), ..Looked::at(kind) })
        .collect()
}

/// Every component under its references, and how many each ecosystem has.
fn collect(json: &Value, depth: usize, all: &mut BTreeMap<String, Component>, ecosystems: &mut Vec<(String, u64)>) {
    if depth > MAX_DEPTH {
        return;
    }
    let top = json.pointer("/metadata/component").filter(|_| depth == 0);
    for component in entries(json, "components").chain(top) {
        let package = text(component, "purl").and_then(purl::parse);
        let own = text(component, "name").map(|name| match text(component, "group") {
            Some(group) => format!("{group}/{name}"),
            None => name.to_owned(),
        });
        let ecosystem = package.as_ref().and_then(purl::Purl::ecosystem);
        let name = package.as_ref().map(|package| package.name.clone()).or(own);
        let version = text(component, "version").map(str::to_owned).or(package.and_then(|package| package.version));
        if let Some(ecosystem) = ecosystem.filter(|_| top.is_none_or(|top| !std::ptr::eq(top, component))) {
            match ecosystems.iter_mut().find(|(name, _)| name == ecosystem) {
                Some((_, count)) => *count += 1,
                None => ecosystems.push((ecosystem.to_owned(), 1)),
            }
        }
        if let Some(name) = name {
            for reference in [text(component, "bom-ref"), text(component, "purl")].into_iter().flatten() {
                all.insert(reference.to_owned(), Component { name: name.clone(), version: version.clone() });
            }
        }
        collect(component, depth + 1, all, ecosystems);
    }
}

/// The scanner: the tool that is known to scan, else the first.
fn tool(json: &Value) -> String {
    let tools = json.pointer("/metadata/tools").unwrap_or(&Value::Null);
    let listed = tools.as_array().into_iter().flatten().chain(entries(tools, "components"));
    let names: Vec<&str> = listed.filter_map(|tool| text(tool, "name")).collect();
    let known = ["pip-audit", "trivy", "grype", "osv-scanner", "snyk", "dependency-check", "cargo-audit"];
    let scanner = names.iter().find(|name| known.iter().any(|known| name.to_ascii_lowercase().contains(known)));
    scanner.or(names.first()).copied().unwrap_or("cyclonedx").to_owned()
}

/// A vulnerability: one finding for each component that it affects; the highest of its ratings.
fn entry(
    one: &Value,
    kind: ScanKind,
    tool: &str,
    components: &BTreeMap<String, Component>,
) -> Result<Vec<Vulnerability>, Failure> {
    let id = needed(one, "id", "a vulnerability")?;
    let rating = |rating: &Value| {
        let word = text(rating, "severity").map(severity::word).filter(|word| *word != AuditSeverity::Unknown);
        let vector = || severity::vector(text(rating, "vector")?);
        let score = || severity::score(rating.get("score")?.as_f64()?);
        word.or_else(vector).or_else(score)
    };
    let severity = entries(one, "ratings").filter_map(rating).min().unwrap_or(AuditSeverity::Unknown);
    let make = |name: &str, version: Option<String>| {
        let mut new = finding(id, name, severity, kind, tool);
        new.version = version;
        let others = entries(one, "references").filter_map(|other| text(other, "id"));
        new.aliases = others.filter(|other| *other != id).map(str::to_owned).collect();
        new.title = text(one, "description").map(line_of);
        new
    };
    let mut found: Vec<Vulnerability> = Vec::new();
    // Some tools write an object for the reference, which says nothing: then the advisory alone is counted.
    for reference in entries(one, "affects").filter_map(|affected| text(affected, "ref")) {
        let known =
            components.get(reference).or_else(|| components.get(reference.rsplit('#').next().unwrap_or_default()));
        let new = match (known, purl::parse(reference)) {
            (Some(component), _) => make(&component.name, component.version.clone()),
            (None, Some(package)) => make(&package.name, package.version),
            (None, None) => make(reference, None),
        };
        if !found.iter().any(|old| old.package == new.package && old.version == new.version) {
            found.push(new);
        }
    }
    if found.is_empty() {
        found.push(make("?", None));
    }
    Ok(found)
}

/// What the vulnerability's analysis states of what it affects.
fn statement(one: &Value, found: &[Vulnerability]) -> Result<Option<Statement>, Failure> {
    let Some(analysis) = one.get("analysis").filter(|analysis| analysis.is_object()) else { return Ok(None) };
    let state = text(analysis, "state").unwrap_or_default();
    let status = match state {
        "not_affected" | "false_positive" => Status::NotAffected,
        "resolved" | "resolved_with_pedigree" => Status::Fixed,
        _ => Status::Stands,
    };
    let why = text(analysis, "justification").or(text(analysis, "detail")).map(line_of);
    let detail = text(analysis, "detail").map(line_of).filter(|detail| why.as_ref() != Some(detail));
    let products = found.iter().filter(|one| one.package != "?");
    let products = products.map(|one| Product { name: one.package.clone(), version: one.version.clone() });
    Ok(Some(Statement {
        names: [needed(one, "id", "a vulnerability")?.to_owned()]
            .into_iter()
            .chain(found.iter().flat_map(|one| one.aliases.clone()))
            .collect(),
        products: products.collect(),
        status,
        why: why.map(|why| match detail {
            Some(detail) => format!("{why}: {detail}"),
            None => why,
        }),
        stated: text(analysis, "lastUpdated").unwrap_or_default().to_owned(),
        until: None,
    }))
}

/// The same document as XML.
pub(super) fn read_xml(root: &Element) -> Result<Report, Failure> {
    let mut nested = Vec::new();
    let components: Vec<Value> =
        root.inside("components", "component").map(|one| component(one, 0, &mut nested)).collect();
    let own = root.inside("vulnerabilities", "vulnerability").map(|one| vulnerability(one, None));
    let has = root.child("vulnerabilities").is_some() || !nested.is_empty();
    let all: Vec<Value> = own.chain(nested).collect();
    let metadata = root.child("metadata");
    let tools: Vec<Value> = metadata
        .into_iter()
        .flat_map(|metadata| metadata.all("tools"))
        .flat_map(|tools| tools.all("tool").chain(tools.inside("components", "component")))
        .map(|tool| json!({ "name": tool.text_of("name") }))
        .collect();
    let subject = metadata.and_then(|metadata| metadata.child("component"));
    let mut document = json!({
        "metadata": { "tools": tools, "component": { "type": subject.and_then(|one| one.attribute("type")) } },
        "components": components,
    });
    if has {
        document["vulnerabilities"] = all.into();
    }
    read(&document)
}

fn component(element: &Element, depth: usize, nested: &mut Vec<Value>) -> Value {
    let reference = element.attribute("bom-ref").or(element.text_of("purl"));
    for one in element.inside("vulnerabilities", "vulnerability") {
        nested.push(vulnerability(one, one.attribute("ref").or(reference)));
    }
    let inner: Vec<Value> = if depth < MAX_DEPTH {
        element.inside("components", "component").map(|one| component(one, depth + 1, nested)).collect()
    } else {
        Vec::new()
    };
    json!({
        "bom-ref": reference,
        "group": element.text_of("group"),
        "name": element.text_of("name"),
        "version": element.text_of("version"),
        "purl": element.text_of("purl"),
        "components": inner,
    })
}

fn vulnerability(element: &Element, of: Option<&str>) -> Value {
    let targets = element.inside("affects", "target").filter_map(|target| target.text_of("ref"));
    let affects: Vec<Value> = targets.chain(of).map(|reference| json!({ "ref": reference })).collect();
    let ratings: Vec<Value> = element
        .inside("ratings", "rating")
        .map(|rating| {
            let score = rating.child("score");
            let base = score.and_then(|score| score.text_of("base").or(score.text()));
            json!({
                "severity": rating.text_of("severity"),
                "vector": rating.text_of("vector"),
                "score": base.and_then(|score| score.parse::<f64>().ok()),
            })
        })
        .collect();
    let references: Vec<Value> =
        element.inside("references", "reference").map(|one| json!({ "id": one.text_of("id") })).collect();
    let mut value = json!({
        "id": element.text_of("id"),
        "description": element.text_of("description"),
        "ratings": ratings,
        "references": references,
        "affects": affects,
    });
    if let Some(analysis) = element.child("analysis") {
        value["analysis"] = json!({
            "state": analysis.text_of("state"),
            "justification": analysis.text_of("justification"),
            "detail": analysis.text_of("detail"),
            "lastUpdated": analysis.text_of("lastUpdated"),
        });
    }
    value
}
