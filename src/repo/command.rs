//! A command of the repository before it starts: an argument list and no shell, in the repository's root, in a process group of
//! its own, nothing on stdin; and the end of such a group.

use std::path::Path;
use std::process::{Command, Stdio};

/// Variables that speak of the run around donegate and not of the repository.
const STRANGE: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
];

/// Puts a command together; both of its outputs are pipes.
///
/// # Errors
/// The argument list is empty, or the variable `PATH` cannot be written again.
pub(super) fn command(root: &Path, argv: &[String]) -> Result<Command, String> {
    let (program, arguments) = argv.split_first().ok_or("an empty argument list")?;
    // A program that is named with a path lies in the repository or is absolute; never relative to where donegate was started.
    let mut command = if program.contains('/') { Command::new(root.join(program)) } else { Command::new(program) };
    command.args(arguments).current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in STRANGE {
        command.env_remove(name);
    }
    if let Some(path) = std::env::var_os("PATH") {
        // A relative entry would find programs in the repository.
        let absolute = std::env::split_paths(&path).filter(|entry| entry.is_absolute());
        command.env("PATH", std::env::join_paths(absolute).map_err(|error| error.to_string())?);
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    Ok(command)
}

/// Why a command could not be started.
pub(super) fn not_started(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such program is installed".to_owned(),
        _ => error.to_string(),
    }
}

/// Tells a process group to end, or ends it at once.
pub(super) fn end_group(group: u32, at_once: bool) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(group).ok().and_then(rustix::process::Pid::from_raw) {
        let signal = if at_once { rustix::process::Signal::KILL } else { rustix::process::Signal::TERM };
        // A group that is gone already is fine.
        let _ = rustix::process::kill_process_group(group, signal);
    }
    #[cfg(not(unix))]
    let _ = (group, at_once);
}
