//! Many blobs from one git process: `git cat-file --batch`.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::Git;

/// A git process that is asked for blobs.
#[derive(Debug)]
pub(in crate::repo) struct Batch {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Git {
    /// Starts a process for blobs.
    ///
    /// # Errors
    /// It cannot be run.
    pub(in crate::repo) fn batch(&self) -> Result<Batch, String> {
        let mut command = self.command();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("git cannot be run: {error}"))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Batch { child, questions, answers: BufReader::new(answers) }),
            _ => Err("git gives no pipes".to_owned()),
        }
    }

    /// The regular files of a commit, relative to the folder: path, blob, size in bytes.
    ///
    /// # Errors
    /// The commit is not here.
    pub(in crate::repo) fn tree(&self, commit: &str) -> Result<Vec<(String, String, u64)>, String> {
        let bytes = self.bytes(&["ls-tree", "-r", "-l", "-z", "--end-of-options", commit, "--", "."])?;
        Ok(super::names(&bytes).filter_map(|line| entry(&line)).collect())
    }
}

/// Reads `100644 blob ID    SIZE\tPATH`; links and submodules are none.
fn entry(line: &str) -> Option<(String, String, u64)> {
    let (head, path) = line.split_once('\t')?;
    let mut words = head.split_ascii_whitespace();
    let (mode, kind, id, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    (mode.starts_with("100") && kind == "blob").then(|| Some((path.to_owned(), id.to_owned(), size.parse().ok()?)))?
}

impl Batch {
    /// A blob's bytes.
    ///
    /// # Errors
    /// It is not here, or git does not answer.
    pub(in crate::repo) fn blob(&mut self, id: &str) -> Result<Vec<u8>, String> {
        let trouble = |error: std::io::Error| format!("git does not answer: {error}");
        self.questions.write_all(format!("{id}\n").as_bytes()).map_err(trouble)?;
        self.questions.flush().map_err(trouble)?;
        let mut head = String::new();
        self.answers.read_line(&mut head).map_err(trouble)?;
        let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        let Some(size) = size.filter(|_| head.contains(" blob ")) else {
            return Err(format!("git does not have {id}"));
        };
        let mut bytes = vec![0; size];
        self.answers.read_exact(&mut bytes).map_err(trouble)?;
        let mut end = [0];
        self.answers.read_exact(&mut end).map_err(trouble)?;
        Ok(bytes)
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It waits for questions that nobody asks any more; one that is gone already is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
