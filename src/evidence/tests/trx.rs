//! Visual Studio's test results (TRX) as `dotnet test --logger trx` and MSTest write them. Of a data-driven test the inner
//! results count and not the outer one. A run that was aborted proves nothing.

use std::io::BufRead;

use super::Failure;
use super::results::{Case, Report, Result as Outcome};
use crate::evidence::xml::{self, Attributes, Names, Sink};

pub(super) fn read(input: &mut dyn BufRead) -> Result<Report, Failure> {
    let mut state = State::default();
    xml::walk(input, &mut state)?;
    let counted = state.report.counted();
    let [claimed, failed] = state.claimed;
    state.report.compare("tests", claimed, counted);
    if claimed.is_some_and(|claimed| claimed > counted) {
        state.report.hidden(failed);
    }
    Ok(state.report)
}

#[derive(Default)]
struct State {
    report: Report,
    /// The results that are open, the outermost first; whether one has inner results.
    open: Vec<(Outcome, Case, bool)>,
    /// How many tests, and how many failed, as its counters claim.
    claimed: [Option<u64>; 2],
}

impl Sink for State {
    fn open(&mut self, _: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        match name {
            "UnitTestResult" => {
                if let Some(outer) = self.open.last_mut() {
                    outer.2 = true;
                }
                let [name, outcome] = attributes.read(["testName", "outcome"])?;
                let case = Case::new("", name.unwrap_or_default());
                self.open.push((result(outcome.as_deref())?, case, false));
            }
            "ResultSummary" => {
                let outcome = attributes.text("outcome")?;
                if matches!(&*outcome, "Aborted" | "Error" | "Timeout" | "Disconnected") {
                    return Err(format!("the run ended as {outcome}"));
                }
            }
            "Counters" => {
                self.claimed =
                    attributes.read(["total", "failed"])?.map(|count| count.and_then(|count| count.parse().ok()));
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, _: &Names, name: &str) -> Result<(), String> {
        if name == "UnitTestResult"
            && let Some((outcome, case, false)) = self.open.pop()
        {
            self.report.add(outcome, case);
        }
        Ok(())
    }

    fn text(&mut self, within: &Names, text: &str) {
        if let ("Message", "ErrorInfo", Some((_, case, _))) = (within.up(0), within.up(1), self.open.last_mut())
            && case.message.is_empty()
        {
            *case = std::mem::take(case).says(text);
        }
    }
}

fn result(outcome: Option<&str>) -> Result<Outcome, String> {
    Ok(match outcome {
        Some("Passed" | "PassedButRunAborted" | "Warning") => Outcome::Passed,
        Some("Failed") => Outcome::Failed,
        Some("NotExecuted" | "NotRunnable" | "Inconclusive" | "Pending" | "InProgress") => Outcome::Skipped,
        // Without an outcome the result is an error, as the format's schema has it.
        Some("Error" | "Timeout" | "Aborted" | "Disconnected") | None => Outcome::Errored,
        Some(other) => return Err(format!("`{other}` is no outcome of a test")),
    })
}
