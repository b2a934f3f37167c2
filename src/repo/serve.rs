//! A service of the repository, started for one run: an argument list and no shell, in the repository's root, in a process
//! group of its own that is ended whatever happens to this program, as far as a program can see to that: when the value is
//! dropped (a panic too), and on the signals that end a program.

use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;
use std::process::Child;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::command::{command, end_group, not_started};

/// Bytes of its output that are kept, from the end.
const KEPT: usize = 4 << 10;
/// How long it may take to end by itself once it is told to.
const GRACE: Duration = Duration::from_secs(3);
/// How long its last words may take once it has ended: the pipes are read by threads of their own. What it left behind may hold
/// them for longer.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Between two looks at it.
const TICK: Duration = Duration::from_millis(20);

/// The groups that run: what a signal ends.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// A service that runs.
#[derive(Debug)]
pub struct Service {
    child: Child,
    said: Arc<Mutex<VecDeque<u8>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Service {
    /// Starts it.
    ///
    /// # Errors
    /// Why it could not be started.
    pub(super) fn start(root: &Path, argv: &[String]) -> Result<Self, String> {
        watch_signals();
        let mut child = command(root, argv)?.spawn().map_err(|error| not_started(&error))?;
        lock(&RUNNING).push(child.id());
        let said = Arc::new(Mutex::new(VecDeque::new()));
        let outputs: [Option<Box<dyn Read + Send>>; 2] =
            [child.stdout.take().map(|pipe| Box::new(pipe) as _), child.stderr.take().map(|pipe| Box::new(pipe) as _)];
        let read = |pipe| {
            let said = said.clone();
            // It ends with the pipe; what holds the pipe longer than the service holds a thread that waits, and nothing else.
            std::thread::spawn(move || keep(pipe, &said))
        };
        let readers = outputs.into_iter().flatten().map(read).collect();
        Ok(Self { child, said, readers })
    }

    /// The status that it ended with, once what it printed is read; none while it runs.
    pub fn ended(&mut self) -> Option<String> {
        let ended = match self.child.try_wait() {
            Ok(None) => return None,
            Ok(Some(status)) => status.to_string(),
            Err(error) => error.to_string(),
        };
        let limit = Instant::now() + LAST_WORDS;
        while Instant::now() < limit && !self.readers.iter().all(JoinHandle::is_finished) {
            std::thread::sleep(TICK);
        }
        Some(ended)
    }

    /// The last lines that it printed; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn last_lines(&self) -> String {
        let bytes: Vec<u8> = lock(&self.said).iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        lines[lines.len().saturating_sub(10)..].join(" / ")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let group = self.child.id();
        end_group(group, false);
        let limit = Instant::now() + GRACE;
        while Instant::now() < limit && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(TICK);
        }
        // The rest of its group ends with it, asked or not.
        end_group(group, true);
        let _ = self.child.kill();
        let _ = self.child.wait();
        lock(&RUNNING).retain(|running| *running != group);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps the end of what is printed.
fn keep(mut pipe: Box<dyn Read + Send>, said: &Mutex<VecDeque<u8>>) {
    let mut buffer = [0_u8; 4096];
    while let Ok(read) = pipe.read(&mut buffer) {
        if read == 0 {
            break;
        }
        let mut said = lock(said);
        said.extend(&buffer[..read]);
        let over = said.len().saturating_sub(KEPT);
        said.drain(..over);
    }
}

/// Sees to it that the signals that end this program end what it started, once for the whole program.
fn watch_signals() {
    static ONCE: Once = Once::new();
    #[cfg(unix)]
    ONCE.call_once(|| {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
        std::thread::spawn(move || {
            for caught in signals.forever() {
                for group in lock(&RUNNING).iter() {
                    end_group(*group, true);
                }
                // Then this program ends as it would have without us.
                let _ = signal_hook::low_level::emulate_default_handler(caught);
            }
        });
    });
    #[cfg(not(unix))]
    ONCE.call_once(|| {});
}
