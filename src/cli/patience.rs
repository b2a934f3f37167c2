//! A word on stderr while a person waits: only where stderr is a terminal and the wait takes over half a second.

use std::io::{self, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use crate::repo::host;

/// How long nothing is said.
const QUIET: Duration = Duration::from_millis(500);

/// Runs `work`, and tells that it is going on where that takes long.
pub(super) fn while_working<T>(told: bool, word: &str, work: impl FnOnce() -> T) -> T {
    if !told || !host::stderr_is_terminal() {
        return work();
    }
    let (done, waiting) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        // Where no thread can be had, nothing is told.
        let teller = std::thread::Builder::new().spawn_scoped(scope, move || {
            if waiting.recv_timeout(QUIET) == Err(RecvTimeoutError::Timeout) {
                let mut out = io::stderr();
                let _ = write!(out, "{word} …").and_then(|()| out.flush());
                // Whoever drops the other end is done.
                let _ = waiting.recv();
                let _ = write!(out, "\r\u{1b}[2K").and_then(|()| out.flush());
            }
        });
        let result = work();
        drop(done);
        drop(teller.map(std::thread::ScopedJoinHandle::join));
        result
    })
}
