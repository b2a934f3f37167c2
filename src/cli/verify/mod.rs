//! `donegate verify`: holds what somebody claims against what is so. A claim is a TaskOutput, or a report that donegate
//! printed earlier.

mod compare;
mod recheck;
mod shape;

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::engine::{self, Request};
use crate::facts::AreaName;
use crate::repo::host;
use crate::report::printable;
use crate::verdict::{Report, exit};

use super::args::{self, FactsFormat};
use super::{Stop, plain_table, print, request};
use compare::{Agrees, Line};

pub(super) fn run(arguments: &args::Verify) -> Result<u8, Stop> {
    let shown = if arguments.claim.as_os_str() == "-" { "stdin".into() } else { arguments.claim.to_string_lossy() };
    let text =
        host::read_named(&arguments.claim).map_err(|error| Stop::Wrong(format!("cannot read {shown}: {error}")))?;
    let value: Value =
        serde_json::from_str(&text).map_err(|error| Stop::Wrong(format!("{shown} is no JSON: {error}")))?;
    let Value::Object(claim) = value else {
        return Err(Stop::Wrong(format!("{shown} is no TaskOutput and no report: expected a JSON object")));
    };
    let is_report = claim.contains_key("rules") && claim.contains_key("task_output");
    let wrong = if is_report { recheck::mistakes(&claim) } else { shape::mistakes(&claim) };
    if !wrong.is_empty() {
        let kind = if is_report { "a report of donegate" } else { "a TaskOutput" };
        let list: Vec<String> = wrong.iter().map(|one| format!("  - {}", printable(one))).collect();
        let said = format!("{shown} is not {kind}:\n{}\n", list.join("\n"));
        if arguments.format == FactsFormat::Json {
            print(&format!("{:#}\n", json!({ "result": "invalid", "mistakes": wrong, "keys": [] })))?;
        }
        return Err(Stop::Wrong(said));
    }
    let request = asked(arguments, &claim, is_report)?;
    let report = engine::check(&request)?;
    let lines = if is_report { recheck::lines(&claim, &report) } else { compare::lines(&claim, &report) };
    show(&lines, &report, arguments.format)
}

/// What is measured: as asked on the command line, and for a report at the stage that it speaks of.
fn asked(arguments: &args::Verify, claim: &Map<String, Value>, is_report: bool) -> Result<Request, Stop> {
    let mut request = request(arguments.path.clone(), &arguments.dod);
    request.base.clone_from(&arguments.change.base);
    request.staged = arguments.change.staged;
    request.evidence.clone_from(&arguments.change.evidence);
    request.attestations.clone_from(&arguments.attestations);
    request.stage = arguments.stage.into();
    request.measure = vec![AreaName::Coverage, AreaName::Tests];
    if is_report {
        request.stage = recheck::stage(claim).map_err(Stop::Wrong)?;
    }
    Ok(request)
}

fn show(lines: &[Line], report: &Report, format: FactsFormat) -> Result<u8, Stop> {
    let any = |wanted: Agrees| lines.iter().any(|line| line.agrees == wanted);
    let (result, code) = if any(Agrees::No) {
        ("differs", exit::FAILED)
    } else if any(Agrees::Unproven) {
        ("cannot be measured", exit::BLOCKED)
    } else {
        ("agrees", exit::COMPLETE)
    };
    match format {
        FactsFormat::Json => {
            let keys: Vec<Value> = lines
                .iter()
                .map(|line| {
                    json!({ "key": line.key, "claimed": line.claimed, "measured": line.measured, "proof": line.proof,
                            "agrees": name(line.agrees) })
                })
                .collect();
            print(&format!("{:#}\n", json!({ "result": result, "mistakes": [], "keys": keys })))?;
        }
        FactsFormat::Human => {
            print(&table(lines, report, result))?;
        }
    }
    Ok(code)
}

fn name(agrees: Agrees) -> &'static str {
    match agrees {
        Agrees::Yes => "yes",
        Agrees::No => "no",
        Agrees::Unproven => "unproven",
        Agrees::NotMeasured => "not measured",
    }
}

/// A value for a person: of a digest the beginning, which tells it apart.
fn short(value: &str) -> String {
    let is_digest = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_digest { format!("{}…", &value[..12]) } else { printable(value) }
}

fn table(lines: &[Line], report: &Report, result: &str) -> String {
    let mut table = comfy_table::Table::new();
    plain_table(&mut table);
    let width = host::terminal_width().unwrap_or(100).clamp(40, 160);
    table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic).set_width(width);
    table.set_header(["", "key", "claimed", "measured", "proof"]);
    for line in lines.iter().filter(|line| line.agrees != Agrees::NotMeasured) {
        let mark = match line.agrees {
            Agrees::Yes => "ok",
            Agrees::No => "DIFFERS",
            Agrees::Unproven => "NO PROOF",
            Agrees::NotMeasured => "-",
        };
        table.add_row([
            mark.to_owned(),
            printable(&line.key),
            short(&line.claimed),
            short(&line.measured),
            printable(&line.proof),
        ]);
    }
    let mut text: String = table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let aside: Vec<&str> =
        lines.iter().filter(|line| line.agrees == Agrees::NotMeasured).map(|line| line.key.as_str()).collect();
    if !aside.is_empty() {
        let _ = writeln!(text, "\nnothing measures: {}", printable(&aside.join(", ")));
    }
    let _ = writeln!(text, "\nthe claim {result} (measured: {}, {})", report.verdict.name(), report.headline());
    text
}
