//! VEX: statements that a weakness does not affect. OpenVEX documents are read here; CycloneDX brings its own.
//!
//! A statement suppresses a finding where it names the weakness (by any of its names) and the package, says `not_affected`
//! with a word why, or `fixed`, and has not lapsed. The newest statement on the same weakness and package stands; one that says
//! `affected` takes an older one back.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::facts::Problem;
use crate::facts::audit::Vulnerability;

use super::merge::normal;
use super::{Failure, Report, entries, line_of, list, needed, purl, text, texts};

/// What a statement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    NotAffected,
    Fixed,
    /// Affected, under investigation, or a word that is not known.
    Stands,
}

/// A package that a statement speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    pub(super) name: String,
    pub(super) version: Option<String>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// The weakness's names.
    pub(super) names: Vec<String>,
    pub(super) products: Vec<Product>,
    pub(super) status: Status,
    /// The justification.
    pub(super) why: Option<String>,
    /// When it was stated: a time in RFC 3339, empty where not told.
    pub(super) stated: String,
    /// The day after which it lapses.
    pub(super) until: Option<String>,
}

/// Whether a document is OpenVEX.
pub(super) fn is_openvex(json: &Value) -> bool {
    text(json, "@context").is_some_and(|context| context.contains("openvex"))
}

/// Reads an OpenVEX document: statements and no scan.
pub(super) fn read(json: &Value) -> Result<Report, Failure> {
    let mut statements = Vec::new();
    for one in list(json, "statements")? {
        let weak = one.get("vulnerability").unwrap_or(&Value::Null);
        let name = weak.as_str().or(text(weak, "name")).or(text(weak, "@id"));
        let name = name.ok_or_else(|| Failure::unreadable("a statement without a vulnerability"))?;
        let status = match needed(one, "status", "a statement")? {
            "not_affected" => Status::NotAffected,
            "fixed" => Status::Fixed,
            _ => Status::Stands,
        };
        let why = text(one, "justification").map(line_of);
        let impact = text(one, "impact_statement").or(text(one, "status_notes")).map(line_of);
        let until = ["expires", "expiry", "valid_until", "expired_at"].iter().find_map(|key| text(one, key));
        statements.push(Statement {
            names: [name.to_owned()].into_iter().chain(texts(weak, "aliases")).collect(),
            products: entries(one, "products").flat_map(products).collect(),
            status,
            why: match (why, impact) {
                (Some(why), Some(impact)) => Some(format!("{why}: {impact}")),
                (why, impact) => why.or(impact),
            },
            stated: text(one, "timestamp").or(text(json, "timestamp")).unwrap_or_default().to_owned(),
            until: until.map(str::to_owned),
        });
    }
    Ok(Report {
        format: "openvex",
        scanner: text(json, "author").map_or("a VEX document without an author".to_owned(), line_of),
        looked: Vec::new(),
        findings: Vec::new(),
        partial: Vec::new(),
        statements,
        ran: false,
    })
}

/// The packages of a product: those of its subcomponents, else itself.
fn products(product: &Value) -> Vec<Product> {
    let named = |value: &Value| {
        let id = value.as_str().or(text(value, "@id"));
        let id = id.into_iter().chain(value.pointer("/identifiers/purl").and_then(Value::as_str));
        id.filter_map(purl::parse).next().map(|package| Product { name: package.name, version: package.version })
    };
    let inner: Vec<Product> = entries(product, "subcomponents").filter_map(named).collect();
    if inner.is_empty() { named(product).into_iter().collect() } else { inner }
}

/// Lets statements suppress findings. What a reader should know of statements that do not is noted.
pub(super) fn apply(
    statements: &[(String, Statement)],
    findings: &mut [Vulnerability],
    today: &str,
    problems: &mut Vec<Problem>,
) {
    let mut by_name: BTreeMap<&str, Vec<&(String, Statement)>> = BTreeMap::new();
    for entry in statements {
        for name in &entry.1.names {
            by_name.entry(name.as_str()).or_default().push(entry);
        }
    }
    let mut notes: Vec<Problem> = Vec::new();
    for finding in findings.iter_mut() {
        let names = [&finding.id].into_iter().chain(&finding.aliases);
        let about = names.filter_map(|name| by_name.get(name.as_str())).flatten();
        let newest = about.filter(|(_, one)| speaks_of(one, finding)).max_by(|a, b| {
            // Of two with the same time the one that lets the finding stand wins.
            let key = |one: &Statement| (one.stated.clone(), one.status == Status::Stands);
            key(&a.1).cmp(&key(&b.1))
        });
        let Some((path, statement)) = newest else { continue };
        match standing(statement, today) {
            Ok(why) => finding.suppressed = finding.suppressed.take().or(Some(why)),
            Err(why) => {
                let why = format!("{} in {} stands: {why}", finding.id, finding.package);
                notes.push(Problem { path: path.clone(), line: None, why });
            }
        }
    }
    notes.sort();
    notes.dedup();
    problems.extend(notes);
}

fn speaks_of(statement: &Statement, finding: &Vulnerability) -> bool {
    statement.products.iter().any(|product| {
        let version = match (&product.version, &finding.version) {
            (Some(stated), Some(found)) => stated.trim_start_matches('v') == found.trim_start_matches('v'),
            // A report that tells no version may mean another one than the statement.
            (Some(_), None) => false,
            (None, _) => true,
        };
        version && normal(&product.name) == normal(&finding.package)
    })
}

/// The justification with which a statement suppresses, else why it does not.
fn standing(statement: &Statement, today: &str) -> Result<String, String> {
    if let Some(until) = statement.until.as_deref().filter(|until| until.get(..10).is_none_or(|day| day < today)) {
        return Err(format!("the statement lapsed ({})", line_of(until)));
    }
    match (statement.status, &statement.why) {
        (Status::NotAffected, Some(why)) => Ok(format!("VEX: not affected: {why}")),
        (Status::NotAffected, None) => Err("the statement gives no justification".to_owned()),
        (Status::Fixed, Some(why)) => Ok(format!("VEX: fixed: {why}")),
        (Status::Fixed, None) => Ok("VEX: fixed".to_owned()),
        (Status::Stands, _) => Err("the statement does not say that it is not affected".to_owned()),
    }
}
