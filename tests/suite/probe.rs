//! The running service, in every shape that a service takes: a real server that behaves by the path that is asked, and a rule
//! for each behaviour.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::support::DONEGATE;

const METRICS: &str = "# TYPE up gauge\nup 1\n";

fn plain(status: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn ok(kind: &str, body: &str) -> Vec<u8> {
    plain("200 OK", kind, body.as_bytes())
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

fn packed(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn moved(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

fn chunked(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}").into_bytes()
}

/// Sends a piece again and again, with a pause, until nobody listens.
fn drip(stream: &mut TcpStream, piece: &[u8], pause: Duration) {
    while stream.write_all(piece).and_then(|()| stream.flush()).is_ok() {
        thread::sleep(pause);
    }
}

/// What the server does for a method and a path.
fn behave(stream: &mut TcpStream, method: &str, path: &str) {
    let pause = Duration::from_millis(30);
    let answer = match path {
        "/ok" | "/under/ok" => ok("text/plain", "ok"),
        "/unframed" => b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok".to_vec(),
        "/http10" => b"HTTP/1.0 200 OK\r\n\r\nok".to_vec(),
        "/chunked" => chunked("2\r\nok\r\n0\r\n\r\n"),
        "/hints" => [b"HTTP/1.1 100 Continue\r\n\r\n".as_slice(), &ok("text/plain", "ok")].concat(),
        "/gzip" => packed(&gzip(METRICS.as_bytes())),
        "/503" => plain("503 Service Unavailable", "text/plain", b"no"),
        "/500" => plain("500 Internal Server Error", "text/plain", b"no"),
        "/404" => plain("404 Not Found", "text/plain", b"no"),
        "/204" => b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
        "/redirect" => moved("/ok"),
        "/loop" => moved("/loop"),
        "/elsewhere" => moved("http://192.0.2.1/ok"),
        "/closes" => Vec::new(),
        "/cut" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok".to_vec(),
        "/chunk-broken" => chunked("zz\r\nok\r\n0\r\n\r\n"),
        "/chunk-cut" => chunked("2\r\nok\r\n"),
        "/garbage" => b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(),
        "/bad-status" => b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n".to_vec(),
        "/gzip-broken" => packed(b"not gzip at all"),
        "/bomb" => packed(&gzip(&vec![b'#'; 64 << 20])),
        "/declared" => b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nok".to_vec(),
        "/head-only" if method == "HEAD" => b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".to_vec(),
        "/head-only" => plain("405 Method Not Allowed", "text/plain", b"no"),
        "/html" => ok("text/html", "<!DOCTYPE html>\n<title>app</title>\n"),
        "/html-as-text" => ok("text/plain", "<!DOCTYPE html>\n<title>app</title>\n"),
        "/json" => ok("application/json", "{}"),
        "/malformed" => ok("text/plain", "up 1\nup{x=} 1\n"),
        "/not-utf8" => plain("200 OK", "text/plain", b"up{x=\"\xff\"} 1\n"),
        "/empty" => ok("text/plain", ""),
        "/comments" => ok("text/plain", "# HELP up x\n# TYPE up gauge\n"),
        "/metrics" => ok("text/plain; version=0.0.4", METRICS),
        "/open" => ok("application/openmetrics-text; version=1.0.0", "# TYPE up gauge\nup 1\n# EOF\n"),
        "/open-cut" => ok("application/openmetrics-text; version=1.0.0", METRICS),
        "/metrics-503" => plain("503 Service Unavailable", "text/plain", METRICS.as_bytes()),
        "/late" => {
            thread::sleep(Duration::from_millis(150));
            ok("text/plain", "ok")
        }
        "/never" => {
            thread::sleep(Duration::from_secs(20));
            return;
        }
        "/slow-headers" => return drip(stream, b"H", pause),
        "/endless-headers" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
            return drip(stream, b"X-More: and more and more and more and more\r\n", Duration::ZERO);
        }
        "/slow-body" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            return drip(stream, b"x", pause);
        }
        "/huge" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            return drip(stream, &[b'x'; 65536], Duration::ZERO);
        }
        _ => plain("404 Not Found", "text/plain", b"no"),
    };
    // Whoever stopped listening need not be told.
    let _ = stream.write_all(&answer).and_then(|()| stream.flush());
}

/// Starts the server; it ends with the test.
fn serve(at: &str) -> Option<String> {
    let listener = TcpListener::bind(at).ok()?;
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
                let mut first = String::new();
                let mut line = String::new();
                let _ = reader.read_line(&mut first);
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    line.clear();
                }
                let mut words = first.split(' ');
                let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                behave(&mut stream, method, path);
            });
        }
    });
    Some(format!("http://{address}"))
}

fn check(dod: &str, arguments: &[&str]) -> (Value, Output) {
    let place = tempfile::tempdir().expect("a folder");
    fs::write(place.path().join("donegate.yaml"), dod).expect("a file");
    let output = Command::new(DONEGATE)
        .current_dir(place.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("http_proxy", "http://127.0.0.1:1")
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .env("ALL_PROXY", "http://127.0.0.1:1")
        .args(["check", "--format", "json"])
        .args(arguments)
        .output()
        .expect("the program runs");
    (serde_json::from_slice(&output.stdout).unwrap_or_default(), output)
}

fn outcome<'a>(report: &'a Value, id: &str) -> &'a str {
    let rules = report["rules"].as_array().map(Vec::as_slice).unwrap_or_default();
    rules.iter().find(|rule| rule["id"] == id).and_then(|rule| rule["outcome"].as_str()).unwrap_or("missing")
}

/// The path, what the rule adds, and what it must come to.
const TABLE: &[(&str, &str, &str)] = &[
    ("/ok", "probe: {}", "pass"),
    ("/unframed", "probe: {}", "pass"),
    ("/http10", "probe: {}", "pass"),
    ("/chunked", "probe: {}", "pass"),
    ("/hints", "probe: {}", "pass"),
    ("/late", "probe: { within: 5s }", "pass"),
    ("/late", "probe: { within: 50ms }", "fail"),
    ("/204", "probe: { status: 204 }", "pass"),
    ("/204", "probe: {}", "fail"),
    ("/503", "probe: {}", "fail"),
    ("/500", "probe: {}", "fail"),
    ("/404", "probe: {}", "fail"),
    ("/404", "absent: true, probe: {}", "pass"),
    ("/ok", "absent: true, probe: {}", "fail"),
    ("/redirect", "probe: {}", "fail"),
    ("/redirect", "probe: { status: 302 }", "pass"),
    ("/loop", "probe: {}", "fail"),
    ("/elsewhere", "probe: {}", "fail"),
    ("/never", "probe: { within: 300ms }", "fail"),
    ("/slow-headers", "probe: { within: 300ms }", "fail"),
    ("/slow-body", "probe: { within: 300ms }", "fail"),
    ("/endless-headers", "probe: { within: 1s }", "fail"),
    ("/huge", "probe: { within: 5s }", "fail"),
    ("/declared", "probe: { within: 1s }", "fail"),
    ("/bomb", "probe: { format: prometheus, within: 5s }", "fail"),
    ("/closes", "probe: {}", "fail"),
    ("/cut", "probe: {}", "fail"),
    ("/chunk-broken", "probe: {}", "fail"),
    ("/chunk-cut", "probe: {}", "fail"),
    ("/garbage", "probe: {}", "fail"),
    ("/bad-status", "probe: {}", "fail"),
    ("/gzip-broken", "probe: {}", "fail"),
    ("/head-only", "method: HEAD, probe: {}", "pass"),
    ("/head-only", "probe: {}", "fail"),
    ("/metrics", "probe: { format: prometheus }", "pass"),
    ("/gzip", "probe: { format: prometheus }", "pass"),
    ("/open", "probe: { format: prometheus }", "pass"),
    ("/open-cut", "probe: { format: prometheus }", "fail"),
    ("/html", "probe: {}", "pass"),
    ("/html", "probe: { format: prometheus }", "fail"),
    ("/html-as-text", "probe: { format: prometheus }", "fail"),
    ("/json", "probe: { format: prometheus }", "fail"),
    ("/malformed", "probe: { format: prometheus }", "fail"),
    ("/not-utf8", "probe: { format: prometheus }", "fail"),
    ("/empty", "probe: { format: prometheus }", "fail"),
    ("/comments", "probe: { format: prometheus }", "fail"),
    ("/metrics-503", "probe: { format: prometheus }", "fail"),
    ("/users/{id}", "probe: {}", "error"),
    ("/ok", "method: POST, probe: {}", "error"),
];

#[test]
fn every_behaviour_comes_to_what_it_must() {
    let base = serve("127.0.0.1:0").expect("a server");
    let rules: String = TABLE
        .iter()
        .enumerate()
        .map(|(index, (path, more, _))| format!("  rule-{index}: {{ route: {{ path: \"{path}\", {more} }} }}\n"))
        .collect();
    let started = Instant::now();
    let (report, output) = check(&format!("version: 1\nrules:\n{rules}"), &["--probe", &base]);
    let wrong: Vec<String> = TABLE
        .iter()
        .enumerate()
        .filter(|(index, (_, _, expected))| outcome(&report, &format!("rule-{index}")) != *expected)
        .map(|(index, (path, more, expected))| {
            let rule = &report["rules"][index];
            format!("{path} {more}: {} and not {expected}: {}", rule["outcome"], rule["next_step"])
        })
        .collect();
    assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), String::from_utf8_lossy(&output.stderr));
    assert!(started.elapsed() < Duration::from_secs(60), "limits bound the whole: {:?}", started.elapsed());
}

#[test]
fn one_of_several_paths_is_enough_and_metrics_name_their_line() {
    let base = serve("127.0.0.1:0").expect("a server");
    let dod = "version: 1\nrules:\n  one: { route: { any-of: [/404, /ok], probe: {} } }\n  both: { route: { any-of: [/404, /ok], absent: true, probe: {} } }\n  lines: { route: { path: /malformed, probe: { format: prometheus } } }\n";
    let (report, _) = check(dod, &["--probe", &base]);
    assert_eq!(("pass", "fail"), (outcome(&report, "one"), outcome(&report, "both")));
    let step = report["rules"][2]["next_step"].as_str().unwrap_or_default();
    assert!(step.contains("line 2"), "{step}");
    let evidence = &report["rules"][0]["evidence"][0];
    assert_eq!(format!("{base}/ok"), evidence["path"].as_str().unwrap_or_default());
}

#[test]
fn a_base_may_have_a_path_and_an_address_of_version_six() {
    let dod = "version: 1\nrules:\n  ok: { route: { path: /ok, probe: {} } }\n";
    let base = serve("127.0.0.1:0").expect("a server");
    assert_eq!("pass", outcome(&check(dod, &["--probe", &format!("{base}/under/")]).0, "ok"));
    assert_eq!("pass", outcome(&check(dod, &["--probe", &base.replace("127.0.0.1", "localhost")]).0, "ok"));
    // A machine without IPv6 cannot be the server, and then the program must say that it reaches nobody.
    let (base, expected) = match serve("[::1]:0") {
        Some(base) => (base, "pass"),
        None => ("http://[::1]:9".to_owned(), "no-evidence"),
    };
    assert_eq!(expected, outcome(&check(dod, &["--probe", &base]).0, "ok"));
}

#[test]
fn nobody_there_is_no_evidence() {
    let dod = "version: 1\nrules:\n  ok: { route: { path: /ok, probe: {} } }\n";
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    for base in [format!("http://{free}"), format!("https://{free}"), "http://no-such-host.invalid".to_owned()] {
        let (report, output) = check(dod, &["--probe", &base]);
        assert_eq!(("no-evidence", Some(3)), (outcome(&report, "ok"), output.status.code()), "{base}");
    }
    let (report, _) = check(dod, &[]);
    assert_eq!("no-evidence", outcome(&report, "ok"), "without --probe the code is asked, and there is none");
}

#[test]
fn what_is_no_base_is_wrong_use() {
    let dod = "version: 1\nrules:\n  ok: { route: { path: /ok, probe: {} } }\n";
    for base in
        ["", "localhost:80", "ftp://x", "file:///etc/passwd", "http://", "http://u:p@x", "http://x/?a=b", "http://x#y"]
    {
        assert_eq!(Some(2), check(dod, &["--probe", base]).1.status.code(), "{base}");
    }
    let wrong = "version: 1\nrules:\n  ok: { route: { path: /ok, probe: { format: html } } }\n";
    assert_eq!(Some(2), check(wrong, &[]).1.status.code());
}
