//! Starting the service that the DoD names, for rules that ask a running one. Only with `--run`, and only what the base's DoD
//! would start too: a change cannot bring a command of its own.

use std::time::{Duration, Instant};

use crate::dod::{self, DodSource, Plan, Serve};
use crate::repo::http::{self, Ask, NoReply};
use crate::repo::{Repo, Service};

/// How long one look at whether it is ready may take.
const LOOK: Duration = Duration::from_secs(1);
/// Between two looks.
const TICK: Duration = Duration::from_millis(100);
/// Bytes that the answer to such a look may have.
const MAX_ANSWER: u64 = 1 << 20;

/// Starts a service and waits until it is ready. It is stopped when the value is dropped.
///
/// # Errors
/// Why there is none that could be asked.
pub(super) fn start(repo: &Repo, plan: &Plan, serve: &Serve, base: Option<&str>) -> Result<Service, String> {
    if let Some(why) = refusal(repo, plan, serve, base) {
        return Err(format!("the service was not started: {why}"));
    }
    if answers(&serve.ready, LOOK) {
        return Err(format!("{} answers before the service is started: stop what runs there", serve.ready));
    }
    let mut service = repo.serve(&serve.run).map_err(|why| format!("the service could not be started: {why}"))?;
    let limit = Instant::now() + serve.within.duration();
    loop {
        if let Some(status) = service.ended() {
            return Err(format!("the service ended before it was ready ({status}): {}", service.last_lines()));
        }
        let left = limit.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let said = service.last_lines();
            return Err(format!("{} did not answer within {}: {said}", serve.ready, serve.within));
        }
        if answers(&serve.ready, left.min(LOOK)) && service.ended().is_none() {
            return Ok(service);
        }
        std::thread::sleep(TICK.min(left));
    }
}

/// Whether a URL answers with success.
fn answers(url: &str, within: Duration) -> bool {
    let ask = Ask { url: url.to_owned(), head: false, within, limit: MAX_ANSWER, accept: "*/*" };
    match http::ask(&ask) {
        Ok(reply) => (200..300).contains(&reply.status),
        Err(NoReply::Unreached(_) | NoReply::Broken(_)) => false,
    }
}

/// Why a service may not be started; none where it may.
fn refusal(repo: &Repo, plan: &Plan, serve: &Serve, base: Option<&str>) -> Option<String> {
    if !repo.has_git() {
        return None;
    }
    let Some(base) = base else {
        return Some("there is no base whose DoD has it: name one with --base".to_owned());
    };
    let known = at_base(repo, plan, base).and_then(|plan| plan.serve).is_some_and(|known| known.run == serve.run);
    (!known).then(|| "the base's DoD does not have it: a change cannot bring its own".to_owned())
}

/// The DoD as it is at the base; none where the base has none that can be read.
pub(super) fn at_base(repo: &Repo, plan: &Plan, base: &str) -> Option<Plan> {
    let asked = &plan.files.first()?.path;
    let texts: Vec<(String, String)> = plan
        .files
        .iter()
        .filter_map(|file| Some((file.path.clone(), String::from_utf8(repo.home().at_commit(base, &file.path)?).ok()?)))
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    dod::load(&DodSource::File(asked.clone()), &Repo::in_memory(&files)).ok()
}
