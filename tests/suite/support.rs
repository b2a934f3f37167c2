//! What the tests share: folders and repositories are made here, and programs are run in them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program under test.
pub(crate) const DONEGATE: &str = env!("CARGO_BIN_EXE_donegate");

/// Who commits, whatever the machine is configured to.
pub(crate) const IDENTITY: &[&str] =
    &["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];

/// A folder of the package, by its path from the root.
pub(crate) fn of_the_package(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A program that is to run in a folder, which sees neither a repository around it nor the machine's configuration of git.
pub(crate) fn command(folder: &Path, program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env("GIT_CEILING_DIRECTORIES", std::env::temp_dir())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .args(args);
    command
}

/// Runs the program under test in a folder.
pub(crate) fn donegate(folder: &Path, args: &[&str]) -> Output {
    command(folder, DONEGATE, args).output().expect("the program runs")
}

/// Runs git in a folder, which must go well.
pub(crate) fn git(folder: &Path, args: &[&str]) {
    let output = command(folder, "git", &[IDENTITY, args].concat()).output().expect("git runs");
    assert!(output.status.success(), "git {args:?}: {output:?}");
}

/// Commits whatever lies in a folder.
pub(crate) fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", "work"]);
}

/// Writes a file, and the folders above it.
pub(crate) fn write(folder: &Path, path: &str, text: impl AsRef<[u8]>) {
    let full = folder.join(path);
    fs::create_dir_all(full.parent().expect("a parent")).expect("a folder");
    fs::write(full, text).expect("a file");
}

/// Copies a folder with all that lies in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}
