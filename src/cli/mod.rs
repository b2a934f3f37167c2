//! The command line. stdout carries only what was asked for; everything else goes to stderr.

mod args;
mod attest;
mod check;
mod explain;
mod facts;
mod fix;
mod hook;
mod init;
mod patience;
mod query;
mod stamp;
mod verify;

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

use clap::{CommandFactory, Parser};

use crate::dod;
use crate::engine::Request;
use crate::report;
use crate::verdict::exit;

use args::{Cli, Command, DodArgs, SchemaOf, Validate};

/// Why a command ends without a result of its own.
enum Stop {
    /// Wrong use, in words for a person.
    Wrong(String),
    /// Nobody reads stdout any more.
    Closed,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Stop::Closed,
            _ => Stop::Wrong(format!("cannot write: {error}")),
        }
    }
}

impl From<crate::engine::Refusal> for Stop {
    fn from(refusal: crate::engine::Refusal) -> Self {
        Stop::Wrong(refusal.message)
    }
}

/// Runs donegate with the arguments of a process; the exit code.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let wrong = error.use_stderr();
            if wrong {
                check::replace_outputs_of(&arguments, &error.to_string(), exit::WRONG_USE);
            }
            // Where help cannot be printed there is nobody to tell.
            let _ = error.print();
            return match wrong {
                // Agents take 2 for a block, and nobody is to be blocked because a hook is set up wrongly.
                true if hook::is_agents(&arguments) => exit::FAILED,
                true => exit::WRONG_USE,
                false => exit::COMPLETE,
            };
        }
    };
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        say(&format!("donegate: a bug in donegate{place}: {}", panic_text(info.payload())));
    }));
    let ended = panic::catch_unwind(AssertUnwindSafe(|| dispatch(&cli.command)));
    // The standard hook tells what happens after this.
    drop(panic::take_hook());
    match ended {
        Ok(Ok(code)) => code,
        Ok(Err(Stop::Closed)) => exit::COMPLETE,
        Ok(Err(Stop::Wrong(message))) => {
            check::replace_outputs_of(&arguments, &message, exit::WRONG_USE);
            say(&format!("donegate: {}", message.trim_end()));
            exit::WRONG_USE
        }
        Err(payload) => {
            let message = format!("a bug in donegate: {}; please report it", panic_text(&*payload));
            check::replace_outputs_of(&arguments, &message, exit::BUG);
            say(&message);
            exit::BUG
        }
    }
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it does not say")
}

/// A line on stderr. Where that cannot be written, nobody listens.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn dispatch(command: &Command) -> Result<u8, Stop> {
    match command {
        Command::Check(check) => check::run(check),
        Command::Facts(facts) => facts::run(facts),
        Command::Rules(rules) => explain::rules(rules),
        Command::Explain(explain) => explain::explain(explain),
        Command::Validate(validate) => self::validate(validate),
        Command::Schema(schema) => {
            let json = match schema.of {
                SchemaOf::Dod => dod::schema(),
                SchemaOf::TaskOutput => report::task_output_schema(),
                SchemaOf::Report => report::report_schema(),
            };
            print(&format!("{json:#}\n"))
        }
        Command::Init(init) => init::run(init),
        Command::Attest(attest) => attest::run(attest),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "donegate", &mut script);
            io::stdout().write_all(&script)?;
            Ok(exit::COMPLETE)
        }
        Command::Stamp(stamp) => stamp::run(stamp),
        Command::Verify(verify) => verify::run(verify),
        Command::Query(query) => query::run(query),
        Command::Hook(hook) => hook::run(hook),
        Command::Fix(fix) => match &fix.of {
            args::FixOf::Env(arguments) => self::fix::env(arguments),
        },
    }
}

/// Prints to stdout; a success.
fn print(text: &str) -> Result<u8, Stop> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(exit::COMPLETE)
}

/// A request for the repository and the DoD that a command names.
fn request(path: PathBuf, dod: &DodArgs) -> Request {
    Request { dod: dod.dod.clone(), profile: dod.profile.clone(), ..Request::new(path) }
}

/// A table without lines.
fn plain_table(table: &mut comfy_table::Table) {
    table.load_style(comfy_table::presets::NOTHING);
}

fn validate(arguments: &Validate) -> Result<u8, Stop> {
    let file = &arguments.file;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let mut request = Request::new(crate::engine::root_of(folder));
    request.dod = Some(file.clone());
    let plan = crate::engine::plan(&request)?;
    let off = plan.rules.iter().filter(|rule| rule.off).count();
    let aside = if off == 0 { String::new() } else { format!(", {off} of them switched off") };
    print(&format!(
        "{} is a valid DoD: {} rules{aside}, {} waivers\n",
        file.display(),
        plan.rules.len(),
        plan.waivers.len()
    ))
}
