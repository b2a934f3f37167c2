//! `donegate attest`: writes what somebody states, bound to the content that it speaks of.

use std::fmt::Write as _;

use crate::domain::node::nearest;
use crate::engine;
use crate::evidence::attestations::{self, PLACE};
use crate::facts::Need;
use crate::repo::{Repo, host};

use super::args;
use super::{Stop, print, request};

pub(super) fn run(arguments: &args::Attest) -> Result<u8, Stop> {
    if arguments.rule == engine::RISK {
        return risks(arguments);
    }
    let plan = engine::plan(&request(arguments.path.clone(), &arguments.dod))?;
    let Some(rule) = plan.rules.iter().find(|rule| rule.id == arguments.rule) else {
        let help = nearest(&arguments.rule, plan.rules.iter().map(|rule| rule.id.as_str()))
            .map_or_else(|| "`donegate rules` lists them".to_owned(), |name| format!("did you mean `{name}`?"));
        return Err(Stop::Wrong(format!("there is no rule `{}`: {help}", arguments.rule)));
    };
    let needs = rule.judge.needs(&crate::checks::RuleContext { id: &rule.id });
    let asked = needs.iter().find_map(|need| match need {
        Need::Attestation(query) => Some(query.covers.clone()),
        Need::Area(_)
        | Need::Files(_)
        | Need::Dependencies
        | Need::Probe(_)
        | Need::Coverage(_)
        | Need::RouteTests
        | Need::Command(_)
        | Need::Secrets(_)
        | Need::EnvExample(_) => None,
    });
    let Some(asked) = asked else {
        let message = format!("`{}` is a `{}` rule: it wants proof, not a statement", rule.id, rule.check.name());
        return Err(Stop::Wrong(message));
    };
    let repo = Repo::open(&arguments.path).map_err(|why| Stop::Wrong(format!("cannot open the repository: {why}")))?;
    let covers = attestations::covered(&asked, &arguments.covers);
    let digest =
        if covers.is_empty() { None } else { Some(attestations::digest(&repo, &covers).map_err(Stop::Wrong)?) };
    write(&repo, arguments, digest)
}

/// Approves the risks of the change as it is now.
fn risks(arguments: &args::Attest) -> Result<u8, Stop> {
    let mut asked = request(arguments.path.clone(), &arguments.dod);
    asked.base.clone_from(&arguments.base);
    asked.staged = arguments.staged;
    let digest = engine::change_digest(&asked)?;
    let repo = Repo::open(&arguments.path).map_err(|why| Stop::Wrong(format!("cannot open the repository: {why}")))?;
    write(&repo, arguments, Some(digest))
}

fn write(repo: &Repo, arguments: &args::Attest, digest: Option<String>) -> Result<u8, Stop> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut entry = format!(
        "- rule: {}\n  by: {}\n  at: {}\n  note: {}\n",
        arguments.rule,
        quoted(&arguments.by),
        quoted(&repo.clock.printed()),
        quoted(&arguments.note)
    );
    if let Some(until) = &arguments.until {
        let _ = writeln!(entry, "  until: {}", quoted(until));
    }
    if !arguments.covers.is_empty() {
        let _ = writeln!(entry, "  covers: {}", serde_json::Value::from(arguments.covers.clone()));
    }
    if let Some(digest) = digest {
        let _ = writeln!(entry, "  digest: {digest}");
    }
    let root = repo.root().ok_or_else(|| Stop::Wrong("there is no folder to write to".to_owned()))?;
    let file = arguments.to.clone().unwrap_or_else(|| root.join(PLACE));
    let shown = arguments.to.as_ref().map_or_else(|| PLACE.to_owned(), |file| file.display().to_string());
    host::append_file(&file, entry.as_bytes())
        .map_err(|error| Stop::Wrong(format!("cannot write {shown}: {error}")))?;
    print(&format!("attested `{}` by {} in {shown}\n", arguments.rule, arguments.by))
}
