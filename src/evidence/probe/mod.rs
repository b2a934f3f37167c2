//! Asking the running service, only where the command line says where it runs. Nothing is started here.

mod exposition;

use sha2::{Digest, Sha256};

use crate::domain::provenance::{Source, hex};
use crate::facts::probes::{Answer, Metrics, ProbeAnswer, ProbeQuery};
use crate::repo::http::{self, Ask, NoReply, Reply};

/// Bytes that an answer may have: 1 MiB.
const MAX_BODY: u64 = 1 << 20;
/// Bytes that metrics may have: 32 MiB.
const MAX_METRICS: u64 = 32 << 20;
/// What is accepted where metrics are wanted.
const ACCEPT_METRICS: &str = "text/plain;version=0.0.4;q=0.9, application/openmetrics-text;version=1.0.0;q=0.5";

/// Asks the service at `base` one question.
#[must_use]
pub fn ask(base: &str, query: &ProbeQuery) -> ProbeAnswer {
    let url = format!("{}{}", base.trim_end_matches('/'), query.path);
    let what = Ask {
        url: url.clone(),
        head: query.head,
        within: query.within.duration(),
        limit: if query.metrics { MAX_METRICS } else { MAX_BODY },
        accept: if query.metrics { ACCEPT_METRICS } else { "*/*" },
    };
    match http::ask(&what) {
        Err(NoReply::Unreached(why)) => ProbeAnswer::Unreached(why),
        Err(NoReply::Broken(why)) => ProbeAnswer::Broken(why),
        Ok(reply) => ProbeAnswer::Answered(answer(url, query, reply)),
    }
}

/// Reads metrics as Prometheus would.
///
/// # Errors
/// The line, from 1, and what is wrong there.
pub fn metrics(content_type: Option<&str>, body: &[u8]) -> Result<Metrics, (u32, String)> {
    exposition::read(content_type, body)
}

fn answer(url: String, query: &ProbeQuery, reply: Reply) -> Answer {
    let metrics = query.metrics.then(|| metrics(reply.content_type.as_deref(), &reply.body));
    let source = Source {
        path: url,
        format: format!("http-{}", reply.status),
        kind: None,
        tool: None,
        sha256: hex(&Sha256::digest(&reply.body)),
        bytes: reply.body.len() as u64,
    };
    Answer { status: reply.status, location: reply.location, source, metrics }
}
