//! Running a command that a DoD names: an argument list and no shell, in the repository's root, with a time limit and bounded
//! output, nothing on stdin. Its whole process group ends with it.

use std::io::Read;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use super::command::{command, end_group, not_started};

/// Between two looks at a process that runs.
const TICK: Duration = Duration::from_millis(10);
/// How long output may still come after the process ended, from processes that it left behind.
const GRACE: Duration = Duration::from_secs(2);

/// What a command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its exit status; none where a signal ended it.
    pub status: Option<i32>,
    /// It took longer than it may and was ended.
    pub timed_out: bool,
    /// It printed more than it may and was ended.
    pub cut: bool,
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it said beside that.
    pub stderr: Vec<u8>,
}

impl Ran {
    /// The last line that it said, on stderr else on stdout, cut to 200 characters.
    #[must_use]
    pub fn last_line(&self) -> String {
        let last = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            text.lines().rev().find(|line| !line.trim().is_empty()).map(|line| line.trim().chars().take(200).collect())
        };
        last(&self.stderr).or_else(|| last(&self.stdout)).unwrap_or_default()
    }
}

/// Runs a command in `root`: at most `within`, at most `limit` bytes on each of its outputs.
///
/// # Errors
/// Why it could not be started.
pub(super) fn run(root: &Path, argv: &[String], within: Duration, limit: u64) -> Result<Ran, String> {
    let mut command = command(root, argv)?;
    // What it prints is read by a program.
    command.env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR");
    command.env("NO_COLOR", "1").env("GIT_TERMINAL_PROMPT", "0");
    let mut child = command.spawn().map_err(|error| not_started(&error))?;
    let outputs =
        [child.stdout.take().map(|pipe| gather(pipe, limit)), child.stderr.take().map(|pipe| gather(pipe, limit))];
    let begin = Instant::now();
    let (mut timed_out, mut cut) = (false, false);
    let mut taken: [Option<(Vec<u8>, bool)>; 2] = [None, None];
    let status = loop {
        for (pipe, slot) in outputs.iter().zip(&mut taken) {
            if slot.is_none() {
                *slot = pipe.as_ref().and_then(|pipe| pipe.try_recv().ok());
            }
        }
        cut = cut || taken.iter().flatten().any(|(_, over)| *over);
        timed_out = timed_out || begin.elapsed() >= within;
        if cut || timed_out {
            end(&mut child);
        }
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            break status;
        }
        std::thread::sleep(TICK);
    };
    let late = Instant::now() + GRACE;
    for (pipe, slot) in outputs.iter().zip(&mut taken) {
        if slot.is_none() {
            let left = late.saturating_duration_since(Instant::now());
            *slot = pipe.as_ref().and_then(|pipe| pipe.recv_timeout(left).ok());
        }
    }
    if taken.iter().any(Option::is_none) {
        // Something that it left behind holds the pipe still.
        end(&mut child);
    }
    cut = cut || taken.iter().flatten().any(|(_, over)| *over);
    let [stdout, stderr] = taken.map(|slot| slot.map(|(bytes, _)| bytes).unwrap_or_default());
    Ok(Ran { status: status.code(), timed_out, cut, stdout, stderr })
}

/// Reads a pipe in a thread of its own: its bytes, and whether they were more than `limit`.
fn gather(pipe: impl Read + Send + 'static, limit: u64) -> Receiver<(Vec<u8>, bool)> {
    let (sender, receiver) = sync_channel(1);
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is what there is.
        let _ = pipe.take(limit + 1).read_to_end(&mut bytes);
        let over = bytes.len() as u64 > limit;
        bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        // Nobody waits any more where the run was given up.
        let _ = sender.send((bytes, over));
    });
    receiver
}

/// Ends a process and everything in its group.
fn end(child: &mut Child) {
    end_group(child.id(), true);
    let _ = child.kill();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str, within: u64, limit: u64) -> Ran {
        let argv = ["sh", "-c", script].map(str::to_owned);
        run(Path::new("/"), &argv, Duration::from_millis(within), limit).expect("a shell")
    }

    #[test]
    fn tells_status_and_outputs_apart() {
        let ran = sh("echo out; echo err >&2; exit 3", 10_000, 100);
        assert_eq!(
            (Some(3), "out\n", "err\n"),
            (ran.status, String::from_utf8_lossy(&ran.stdout).as_ref(), String::from_utf8_lossy(&ran.stderr).as_ref())
        );
        assert_eq!("err", ran.last_line());
    }

    #[test]
    fn what_takes_too_long_ends_with_all_it_started() {
        let begin = Instant::now();
        let ran = sh("sleep 60 & sleep 60", 200, 100);
        assert!(ran.timed_out && ran.status.is_none());
        assert!(begin.elapsed() < Duration::from_secs(20), "its group held it");
    }

    #[test]
    fn what_is_left_behind_does_not_hold_it() {
        let begin = Instant::now();
        let ran = sh("sleep 60 & exit 0", 30_000, 100);
        assert_eq!(Some(0), ran.status);
        assert!(begin.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn endless_output_is_cut() {
        let ran = sh("while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done", 30_000, 1_000);
        assert!(ran.cut && ran.stdout.len() == 1_000);
    }

    #[test]
    fn a_program_that_is_not_there_is_said_to_be_so() {
        let why = run(Path::new("/"), &["no-such-program-at-all".to_owned()], Duration::from_secs(1), 1);
        assert_eq!(Err("no such program is installed".to_owned()), why);
        assert!(run(Path::new("/"), &[], Duration::from_secs(1), 1).is_err());
    }
}
