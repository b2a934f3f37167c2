//! `donegate rules` and `donegate explain`.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table};
use serde_json::json;

use crate::checks::{self, CHECKS};
use crate::domain::node::nearest;
use crate::engine;
use crate::repo::host;

use super::args::{self, FactsFormat};
use super::{Stop, print, request};

pub(super) fn rules(arguments: &args::Rules) -> Result<u8, Stop> {
    let plan = engine::plan(&request(arguments.path.clone(), &arguments.dod))?;
    if arguments.format == FactsFormat::Json {
        let rules: Vec<_> = plan
            .rules
            .iter()
            .map(|rule| {
                json!({
                    "id": rule.id, "title": rule.title, "section": rule.section, "level": rule.level,
                    "severity": rule.severity, "stage": rule.stage, "check": rule.check.name(), "off": rule.off, "new_only": rule.new_only,
                    "parameters": rule.parameters, "demanded_at": rule.place.to_string(),
                    "when": rule.when.as_ref().map(|when| when.source()),
                })
            })
            .collect();
        return print(&format!("{:#}\n", json!({ "rules": rules })));
    }
    let mut table = Table::new();
    super::plain_table(&mut table);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(host::terminal_width().unwrap_or(100));
    table.set_header(["rule", "check", "section", "severity", "stage", "demanded at"]);
    for rule in &plan.rules {
        let stage = if rule.off { "off" } else { rule.stage.name() };
        let place = rule.place.to_string();
        table.add_row([rule.id.as_str(), rule.check.name(), rule.section.name(), rule.severity.name(), stage, &place]);
    }
    let lines: Vec<String> = table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    print(&lines.concat())
}

pub(super) fn explain(arguments: &args::Explain) -> Result<u8, Stop> {
    let plan = engine::plan(&request(arguments.path.clone(), &arguments.dod));
    let wanted = arguments.rule.as_str();
    let rule = plan.as_ref().ok().and_then(|plan| plan.rules.iter().find(|rule| rule.id == wanted));
    if let Some(rule) = rule {
        let mut text = format!("# {}: {}\n\n", rule.id, rule.title);
        let state = if rule.off { " · switched off" } else { "" };
        let _ = write!(
            text,
            "{} · level {} · {} · due at {}{state} · demanded at {}\n\n",
            rule.section.name(),
            rule.level,
            rule.severity.name(),
            rule.stage.name(),
            rule.place
        );
        if let Some(help) = &rule.help {
            let _ = write!(text, "{help}\n\n");
        }
        if rule.new_only {
            text.push_str("Only what the base does not have counts.\n\n");
        }
        if let Some(when) = &rule.when {
            let _ = write!(text, "When: {}\n\n", when.source());
        }
        let _ = write!(text, "Parameters: {}\n\n{}", rule.parameters, rule.check.page());
        return print(&text);
    }
    if let Some(check) = checks::by_name(wanted) {
        return print(check.page());
    }
    let plan = plan?;
    let names = plan.rules.iter().map(|rule| rule.id.as_str()).chain(CHECKS.iter().map(|check| check.name()));
    let help = nearest(wanted, names)
        .map_or_else(|| "`donegate rules` lists them".to_owned(), |name| format!("did you mean `{name}`?"));
    Err(Stop::Wrong(format!("there is no rule and no check `{wanted}`: {help}")))
}
