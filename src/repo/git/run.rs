//! Running git, hardened and bounded.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Git;

/// What git may print before its answer is refused: 256 MiB.
const MAX_OUTPUT: u64 = 256 << 20;

impl Git {
    /// Runs git and gives what it prints.
    ///
    /// # Errors
    /// What git says, in one line, or that it could not be run.
    pub(super) fn bytes(&self, args: &[&str]) -> Result<Vec<u8>, String> {
        let mut command = self.command();
        command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "git is not installed".to_owned(),
            _ => format!("git cannot be run: {error}"),
        })?;
        let stderr = child.stderr.take();
        let said = std::thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(stderr) = stderr {
                // A message that cannot be read is shown as none.
                let _ = stderr.take(4_096).read_to_end(&mut text);
            }
            String::from_utf8_lossy(&text).into_owned()
        });
        let mut output = Vec::new();
        let read = child.stdout.take().map(|stdout| stdout.take(MAX_OUTPUT + 1).read_to_end(&mut output));
        if output.len() as u64 > MAX_OUTPUT {
            // The answer is refused either way; a process that is gone already is fine.
            let _ = child.kill();
        }
        let status = child.wait().map_err(|error| format!("git cannot be run: {error}"))?;
        let said = said.join().unwrap_or_default();
        if output.len() as u64 > MAX_OUTPUT {
            return Err(format!("git prints more than {MAX_OUTPUT} bytes"));
        }
        if let Some(Err(error)) = read {
            return Err(format!("git's answer cannot be read: {error}"));
        }
        if !status.success() {
            let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("git failed without a word");
            return Err(line.trim_start_matches("fatal: ").to_owned());
        }
        Ok(output)
    }

    /// As [`Git::bytes`], as text; bytes that are not UTF-8 are replaced.
    pub(super) fn text(&self, args: &[&str]) -> Result<String, String> {
        self.bytes(args).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.folder).stdin(Stdio::null());
        // A hook's variables speak of the repository that runs the hook, which need not be this one.
        for name in [
            "GIT_DIR",
            "GIT_WORK_TREE",
            "GIT_INDEX_FILE",
            "GIT_PREFIX",
            "GIT_COMMON_DIR",
            "GIT_OBJECT_DIRECTORY",
            "GIT_ALTERNATE_OBJECT_DIRECTORIES",
            "GIT_NAMESPACE",
            "GIT_EXTERNAL_DIFF",
            "GIT_DIFF_OPTS",
            "GIT_CONFIG_PARAMETERS",
            "GIT_CONFIG_COUNT",
            "GIT_TRACE",
        ] {
            command.env_remove(name);
        }
        command
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_PAGER", "cat")
            .env("LC_ALL", "C");
        if let Some(index) = &self.index_file {
            command.env("GIT_INDEX_FILE", index);
        }
        for setting in [
            "core.fsmonitor=false",
            "core.hooksPath=/dev/null",
            "core.untrackedCache=false",
            "core.quotePath=false",
            "core.pager=cat",
            "safe.bareRepository=explicit",
            "protocol.allow=never",
            "submodule.recurse=false",
            "diff.ignoreSubmodules=all",
            "log.showSignature=false",
        ] {
            command.args(["-c", setting]);
        }
        for filter in &self.filters {
            for (key, value) in [("clean", ""), ("smudge", ""), ("process", ""), ("required", "false")] {
                command.arg("-c").arg(format!("filter.{filter}.{key}={value}"));
            }
        }
        command.arg("--no-pager");
        command
    }

    /// The index that a commit in progress uses (`git commit -a` and partial commits make their own), if it lies in this
    /// repository's git folder.
    pub(super) fn commit_in_progress(&self) -> Option<PathBuf> {
        let named = PathBuf::from(std::env::var_os("GIT_INDEX_FILE")?);
        let git_dir = self.text(&["rev-parse", "--absolute-git-dir"]).ok()?;
        let git_dir = Path::new(git_dir.trim()).canonicalize().ok()?;
        let index = named.canonicalize().ok()?;
        index.starts_with(&git_dir).then_some(index)
    }
}
