//! Telling a report's format by what it begins with.

use std::io::BufRead;

use super::{Failure, Report, clover, cobertura, dotnet, gocover, jacoco, json, lcov, opencover, sonar};

/// Reads a report of any format that is known.
pub(super) fn tell(head: &str, input: &mut dyn BufRead) -> Result<(&'static str, Report), Failure> {
    let start = head.trim_start();
    if start.starts_with('<') {
        return xml(start, input);
    }
    if start.starts_with("mode:") {
        return gocover::read(input).map(|report| ("go-coverprofile", report));
    }
    if start.starts_with('{') || start.starts_with('[') {
        return json::read(input);
    }
    let line = start.lines().next().unwrap_or_default();
    let known = ["TN:", "SF:", "VER:", "#"].iter().any(|tag| line.starts_with(tag));
    // Comments and other records may fill the beginning.
    if known && (head.contains("SF:") || head.len() > 60_000) {
        return lcov::read(input).map(|report| ("lcov", report));
    }
    Err(Failure::new("it is no coverage report that is known"))
}

/// XML by its root and, where several formats share one, by the root's first child.
fn xml(start: &str, input: &mut dyn BufRead) -> Result<(&'static str, Report), Failure> {
    let (root, rest) = element(start);
    let child = element(rest).0;
    match (root.as_str(), child.as_str()) {
        ("coverage", "project" | "testproject") => clover::read(input).map(|report| ("clover", report)),
        ("coverage", "file") => sonar::read(input).map(|report| ("sonar-generic", report)),
        ("coverage", _) => cobertura::read(input).map(|report| ("cobertura", report)),
        ("report", "sessioninfo" | "group" | "package" | "counter" | "") => {
            jacoco::read(input).map(|report| ("jacoco", report))
        }
        ("CoverageSession", _) => opencover::read(input).map(|report| ("opencover", report)),
        ("results", "modules" | "") => dotnet::read(input).map(|report| ("dotnet-coverage", report)),
        ("html" | "HTML", _) => Err(Failure::new("it is a web page, no coverage report")),
        (name, _) => Err(Failure::new(format!("XML with the root `{name}` is no coverage report that is known"))),
    }
}

/// The name of the first element, and what comes after its name; empty where a closing tag comes first.
fn element(text: &str) -> (String, &str) {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with('?') {
            rest = rest.split_once("?>").map_or("", |(_, rest)| rest);
        } else if rest.starts_with("!--") {
            rest = rest.split_once("-->").map_or("", |(_, rest)| rest);
        } else if rest.get(..13).is_some_and(|head| head.eq_ignore_ascii_case("!doctype html")) {
            return ("html".to_owned(), "");
        } else if !rest.starts_with('!') {
            let end = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | ':' | '.'));
            let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
            return (name.rsplit(':').next().unwrap_or(name).to_owned(), rest);
        }
    }
    (String::new(), "")
}
