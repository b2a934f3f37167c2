//! `donegate check`.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use crate::engine::{self, Request};
use crate::repo::{Clock, host};
use crate::report::{self, Format, NotJudged, Style};
use crate::verdict::Report;

use super::args::{Check, ColorArg};
use super::{Stop, patience, say};

/// Columns where stdout is no terminal and does not say.
const WIDTH: u16 = 100;

pub(super) fn run(arguments: &Check) -> Result<u8, Stop> {
    let format = self::format(&arguments.format)?;
    let outputs = arguments.output.iter().map(|text| output(text)).collect::<Result<Vec<_>, _>>()?;
    let request = request(arguments);
    let started = std::time::Instant::now();
    let report = patience::while_working(!arguments.quiet, "judging", || engine::check(&request))?;
    for (format, path) in &outputs {
        let mut bytes = Vec::new();
        report::write(*format, &report, plain(arguments), &mut bytes)?;
        host::write_file(path, &bytes)
            .map_err(|error| Stop::Wrong(format!("cannot write {}: {error}", path.display())))?;
    }
    if !arguments.quiet && format != Format::Human {
        for note in &report.notes {
            say(&format!("note: {}", report::printable(note)));
        }
    }
    let code = report.exit_code();
    // What is read by programs, or held against an earlier run byte by byte, says nothing of the time.
    let told = host::stdout_is_terminal() && host::env("SOURCE_DATE_EPOCH").is_none();
    let root = host::stdout_knows_links().then(|| host::absolute(&arguments.path)).flatten();
    let style = Style { links: root.as_deref(), took: told.then(|| started.elapsed()), ..style(arguments) };
    match show(&report, format, style) {
        // The verdict stands whoever reads it.
        Ok(()) | Err(Stop::Closed) => Ok(code),
        Err(stop) => Err(stop),
    }
}

fn show(report: &Report, format: Format, style: Style<'_>) -> Result<(), Stop> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    report::write(format, report, style, &mut out)?;
    out.flush()?;
    Ok(())
}

fn request(arguments: &Check) -> Request {
    Request {
        path: arguments.path.clone(),
        dod: arguments.dod.dod.clone(),
        profile: arguments.dod.profile.clone(),
        stage: arguments.stage.into(),
        base: arguments.change.base.clone(),
        staged: arguments.change.staged,
        only: arguments.only.clone(),
        skip: arguments.skip.clone(),
        evidence: arguments.change.evidence.clone(),
        component: arguments.component.clone(),
        attestations: arguments.attestations.clone(),
        baseline: arguments.baseline.clone(),
        probe: arguments.probe.clone(),
        run: arguments.run,
        task_id: arguments.task_id.clone(),
        agent: arguments.agent.clone(),
        next_task: arguments.next_task.clone(),
        depends_on: arguments.depends_on.clone(),
        measure: Vec::new(),
    }
}

/// A format by its name.
fn format(name: &str) -> Result<Format, Stop> {
    Format::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
        let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        Stop::Wrong(format!("there is no format `{name}`: the formats are {}", names.join(", ")))
    })
}

/// A format and a file, from `F=FILE`.
fn output(text: &str) -> Result<(Format, PathBuf), Stop> {
    let (name, path) = text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or_else(|| {
        Stop::Wrong(format!("`{text}`: write --output FORMAT=FILE, such as junit=reports/donegate.xml"))
    })?;
    Ok((format(name)?, PathBuf::from(path)))
}

/// How files are written: never with colours.
fn plain(arguments: &Check) -> Style<'static> {
    Style { width: WIDTH, verbose: arguments.verbose, ..Style::default() }
}

fn style(arguments: &Check) -> Style<'static> {
    let color = match arguments.color {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto => {
            let forced = host::env("CLICOLOR_FORCE").is_some_and(|value| value != "0");
            let refused = host::env("NO_COLOR").is_some() || host::env("TERM").is_some_and(|term| term == "dumb");
            forced || (host::stdout_is_terminal() && !refused)
        }
    };
    let columns = || host::env("COLUMNS").and_then(|columns| columns.parse().ok());
    let width = host::terminal_width().or_else(columns).unwrap_or(WIDTH).clamp(30, 160);
    Style { width, color, verbose: arguments.verbose, ..Style::default() }
}

/// Replaces every file of `--output` by one that says that nothing was judged, so that no earlier green one is uploaded.
/// Works on the bare arguments, since they may be what is wrong.
pub(super) fn replace_outputs_of(arguments: &[OsString], message: &str, exit_code: u8) {
    let texts: Vec<String> = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    if texts.get(1).is_none_or(|command| command != "check") {
        return;
    }
    let value = |name: &str| -> Vec<String> {
        let inline = format!("{name}=");
        let apart = texts.windows(2).filter(|pair| pair[0] == name).map(|pair| pair[1].clone());
        apart.chain(texts.iter().filter_map(|text| text.strip_prefix(&inline).map(str::to_owned))).collect()
    };
    let at = Clock::system().printed();
    let given = value("--task-id").into_iter().next().and_then(|id| uuid::Uuid::parse_str(&id).ok());
    let id = given.unwrap_or_else(|| uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, b"donegate:not-judged"));
    let task_id = id.hyphenated().to_string();
    let agent = value("--agent").into_iter().next().unwrap_or_else(|| "donegate".to_owned());
    let why = NotJudged { message, exit_code, at: &at, task_id: &task_id, agent: &agent };
    for text in value("--output") {
        let Ok((format, path)) = output(&text) else { continue };
        let mut bytes = Vec::new();
        let written = report::write_not_judged(format, why, &mut bytes).and_then(|()| host::write_file(&path, &bytes));
        if let Err(error) = written {
            say(&format!("donegate: cannot write {}: {error}", path.display()));
        }
    }
}
