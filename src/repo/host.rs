//! What a command line needs of the machine beside the repository: environment, terminal, output files.

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

/// An environment variable; none where it is unset, empty or not UTF-8.
#[must_use]
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Columns of the terminal that stdout is; none where it is no terminal.
#[must_use]
pub fn terminal_width() -> Option<u16> {
    if !io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| width)
}

/// Whether stdout is a terminal.
#[must_use]
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Where a path leads, from the root of the file system; none where it leads nowhere or is not UTF-8.
#[must_use]
pub fn absolute(path: &Path) -> Option<String> {
    path.canonicalize().ok()?.to_str().map(str::to_owned)
}

/// What tells this build of the program from another: where it lies, its size and when it was made; none where that is not known.
#[must_use]
pub fn own_build() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    let meta = fs::metadata(&path).ok()?;
    let made = meta.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(format!("{} {} {} {}", env!("CARGO_PKG_VERSION"), path.display(), meta.len(), made.as_nanos()))
}

/// Whether stderr is a terminal.
#[must_use]
pub fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Whether the terminal that stdout is knows links (OSC 8); false where stdout is none.
#[must_use]
pub fn stdout_knows_links() -> bool {
    supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
}

/// Reads a file that the user names, `-` for stdin, of at most 64 MiB.
///
/// # Errors
/// What the system says.
pub fn read_named(path: &Path) -> io::Result<String> {
    const MAX: u64 = 64 << 20;
    let mut text = String::new();
    if path.as_os_str() == "-" {
        io::stdin().take(MAX).read_to_string(&mut text)?;
    } else {
        fs::File::open(path)?.take(MAX).read_to_string(&mut text)?;
    }
    Ok(text)
}

/// Writes a file whole or not at all, parent folders made: beside it first, then moved into its place.
///
/// # Errors
/// What the system says.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let special = fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_file());
    if special {
        // A link or a device such as /dev/stderr is written through.
        return fs::OpenOptions::new().write(true).truncate(true).open(path)?.write_all(bytes);
    }
    let name = path.file_name().ok_or_else(|| io::Error::other("it names no file"))?.to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What could not be moved is not left behind; if that fails too, the first error is the one that matters.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Creates a file that must not exist yet.
///
/// # Errors
/// It exists, or what the system says.
pub fn create_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(bytes)
}

/// Writes a program, parent folders made, that whoever may read it may run.
///
/// # Errors
/// What the system says.
pub fn write_program(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_file(path, bytes)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}

/// Appends to a file, made with its folders where it does not exist; what it has so far.
///
/// # Errors
/// What the system says.
pub fn append_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::OpenOptions::new().append(true).create(true).open(path)?.write_all(bytes)
}

/// Runs a program with the terminal as its own, and waits for it; its exit code (128 and the signal's number where a signal
/// ended it).
///
/// # Errors
/// It cannot be started, and why.
pub fn run_in_front(folder: &Path, argv: &[String]) -> io::Result<i32> {
    let (program, rest) = argv.split_first().ok_or_else(|| io::Error::other("no command is named"))?;
    let status = std::process::Command::new(program).args(rest).current_dir(folder).status()?;
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal);
    #[cfg(not(unix))]
    let signal = None;
    Ok(status.code().or(signal).unwrap_or(1))
}

/// When a file was last written, in nanoseconds since 1970; none where that cannot be told.
#[must_use]
pub fn written_at(path: &Path) -> Option<u128> {
    let since = fs::metadata(path).ok()?.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(since.as_nanos())
}
