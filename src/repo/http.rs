//! One HTTP request to a running service, bounded in time and size: no redirect is followed, no proxy of the environment is
//! used, nothing is sent but the request itself.

use std::io::Read;
use std::sync::mpsc;
use std::time::Duration;

use ureq::http::Uri;

/// Bytes of headers that an answer may have.
const MAX_HEADERS: usize = 64 << 10;
/// How much longer than its limit a request may hold us, if the client's own clock does not stop it.
const GRACE: Duration = Duration::from_millis(500);

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The whole URL.
    pub url: String,
    /// Whether only the headers are asked for (HEAD); else GET.
    pub head: bool,
    /// How long everything may take: from looking up the name to the last byte of the body.
    pub within: Duration,
    /// Bytes that the body may have, unpacked.
    pub limit: u64,
    /// What is accepted.
    pub accept: &'static str,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// `Content-Type`, where there is one.
    pub content_type: Option<String>,
    /// `Location`, where there is one.
    pub location: Option<String>,
    /// The body, unpacked.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoReply {
    /// Nobody could be asked, and why: no such name, nobody listens, no secure connection.
    Unreached(String),
    /// Somebody was asked, and there is no whole answer in time, and why.
    Broken(String),
}

/// A base URL that paths are asked under: `http` or `https`, a host, perhaps a path; without its last slash.
///
/// # Errors
/// What is wrong with it, as a fragment.
pub fn base(url: &str) -> Result<String, String> {
    let uri: Uri = url.parse().map_err(|_| format!("`{url}` is no URL: write http://localhost:8080"))?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    let Some(authority) = uri.authority().filter(|authority| known && !authority.host().is_empty()) else {
        return Err(format!("`{url}` is no http or https URL: write http://localhost:8080"));
    };
    if authority.as_str().contains('@') || uri.query().is_some() || url.contains('#') {
        return Err(format!("`{url}` has more than a host and a path: names, passwords and queries are not sent"));
    }
    Ok(url.trim_end_matches('/').to_owned())
}

/// Whether a URL's host is this machine.
#[must_use]
pub fn is_local(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let Some(host) = uri.host() else { return false };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The scheme and host of a URL.
#[must_use]
pub fn origin(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

/// Asks, and waits for the answer no longer than it may take.
///
/// # Errors
/// Why there is no answer.
pub fn ask(what: &Ask) -> Result<Reply, NoReply> {
    let (send, receive) = mpsc::channel();
    let owned = what.clone();
    // A thread that outlives its limit is left behind: it holds nothing but its connection.
    let spawned = std::thread::Builder::new().spawn(move || {
        // Nobody listens any more once the limit has passed.
        let _ = send.send(ask_here(&owned));
    });
    if let Err(error) = spawned {
        return Err(NoReply::Unreached(format!("no thread could be started: {error}")));
    }
    receive.recv_timeout(what.within + GRACE).unwrap_or_else(|_| Err(late(what.within)))
}

fn late(within: Duration) -> NoReply {
    NoReply::Broken(format!("no whole answer within {} ms", within.as_millis()))
}

fn ask_here(what: &Ask) -> Result<Reply, NoReply> {
    // A little less than the whole, so that the reason tells a name or a host that is not there from a slow answer.
    let reaching = what.within * 9 / 10;
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(what.within))
        .timeout_resolve(Some(reaching))
        .timeout_connect(Some(reaching))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .max_response_header_size(MAX_HEADERS)
        .max_idle_connections(0)
        .user_agent(concat!("donegate/", env!("CARGO_PKG_VERSION")))
        .accept(what.accept)
        .build()
        .new_agent();
    let request = if what.head { agent.head(&what.url) } else { agent.get(&what.url) };
    let mut response = request.call().map_err(|error| silence(&error, what.within))?;
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (content_type, location) = (header("content-type"), header("location"));
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let read = response.body_mut().as_reader().take(what.limit + 1).read_to_end(&mut body);
    if let Err(error) = read {
        let late = error.to_string().contains("timeout") || error.kind() == std::io::ErrorKind::TimedOut;
        return Err(if late {
            self::late(what.within)
        } else {
            NoReply::Broken(format!("the body breaks off: {error}"))
        });
    }
    if body.len() as u64 > what.limit {
        return Err(NoReply::Broken(format!("the body is larger than {} bytes", what.limit)));
    }
    Ok(Reply { status, content_type, location, body })
}

fn silence(error: &ureq::Error, within: Duration) -> NoReply {
    use std::io::ErrorKind;
    match error {
        ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => {
            NoReply::Unreached(format!("nobody could be reached within {} ms", within.as_millis()))
        }
        ureq::Error::Timeout(_) => late(within),
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::BadUri(_)
        | ureq::Error::Http(_)
        | ureq::Error::Tls(_)
        | ureq::Error::Rustls(_)
        | ureq::Error::TlsRequired => NoReply::Unreached(error.to_string()),
        ureq::Error::Io(io)
            if matches!(
                io.kind(),
                ErrorKind::ConnectionRefused
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
                    | ErrorKind::AddrNotAvailable
                    | ErrorKind::NotFound
            ) =>
        {
            NoReply::Unreached(io.to_string())
        }
        ureq::Error::Io(io) if io.to_string().contains("lookup") => NoReply::Unreached(io.to_string()),
        other => NoReply::Broken(format!("no answer that is HTTP: {other}")),
    }
}
