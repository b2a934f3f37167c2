//! `donegate stamp`: runs a command and binds the reports that it wrote to the content that they speak of.

use std::collections::BTreeMap;

use crate::engine;
use crate::repo::{STAMPS, host};
use crate::verdict::exit;

use super::args;
use super::{Stop, print, request, say};

pub(super) fn run(arguments: &args::Stamp) -> Result<u8, Stop> {
    let mut request = request(arguments.path.clone(), &arguments.dod);
    request.evidence.clone_from(&arguments.evidence);
    let times = |reports: Vec<String>| -> BTreeMap<String, Option<u128>> {
        let at = |report: &String| host::written_at(&arguments.path.join(report));
        reports.into_iter().map(|report| (report.clone(), at(&report))).collect()
    };
    let before = times(engine::reports(&request, arguments.area)?);
    let code = host::run_in_front(&arguments.path, &arguments.argv)
        .map_err(|error| Stop::Wrong(format!("cannot run `{}`: {error}", arguments.argv[0])))?;
    let after = times(engine::reports(&request, arguments.area)?);
    let written = |report: &str| after.contains_key(report) && before.get(report) != after.get(report);
    let (text, stamps) = engine::stamp(&request, arguments.area, written, &arguments.argv)?;
    if !stamps.is_empty() {
        host::write_file(&arguments.path.join(STAMPS), text.as_bytes())
            .map_err(|error| Stop::Wrong(format!("cannot write {STAMPS}: {error}")))?;
    }
    for stamp in &stamps {
        print(&format!("stamped {}: bound to the content of {} files\n", stamp.report, stamp.files))?;
    }
    let unread = after.keys().filter(|report| written(report) && !stamps.iter().any(|it| it.report == **report));
    for report in unread {
        say(&format!("donegate: {report} was written and cannot be read as {} evidence", arguments.area.name()));
    }
    if code != 0 {
        say(&format!("donegate: `{}` ended with {code}", arguments.argv.join(" ")));
        return Ok(u8::try_from(code).unwrap_or(exit::FAILED));
    }
    if stamps.is_empty() {
        say(&format!(
            "donegate: the command wrote no {} report that can be read; `donegate facts {}` tells where they are looked for",
            arguments.area.name(),
            arguments.area.name()
        ));
        return Ok(exit::BLOCKED);
    }
    Ok(exit::COMPLETE)
}
