//! The donegate program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(donegate::cli::run(std::env::args_os()))
}
