//! JMeter's results (JTL), as CSV with a header and as XML.
//!
//! A sample of a transaction controller sums up others and is left out where there are others; in XML only the outermost
//! samples count, those within are parts of them. Labels and messages may hold separators, quotes and line ends.

use std::io::BufRead;

use super::sample::Sample;
use super::{Failure, Told};
use crate::evidence::stream::each_row;
use crate::evidence::xml::{self, Attributes, Names, Sink};

/// The separator of a JTL's header; none where it is none.
pub(super) fn separator(header: &str) -> Option<char> {
    let names = |separator: char| {
        let mut names = header.split(separator);
        names.next() == Some("timeStamp") && names.any(|name| name == "elapsed")
    };
    [',', '\t', ';', '|'].into_iter().find(|separator| names(*separator))
}

/// How the message of a transaction controller's sample begins.
const TRANSACTION: &str = "Number of samples in transaction";

/// Samples, and apart from them those that sum up others.
#[derive(Default)]
struct Samples {
    single: Sample,
    singles: u64,
    transactions: Sample,
}

impl Samples {
    fn add(&mut self, elapsed: &str, success: &str, at: &str, message: &str) -> Result<(), String> {
        let took: f64 = elapsed.parse().map_err(|_| format!("`{elapsed}` is no duration"))?;
        let failed = match success {
            "true" => false,
            "false" => true,
            other => return Err(format!("`{other}` is neither true nor false")),
        };
        // A time may also be written as a date in any form: then the rate is not known.
        let at = at.parse::<u64>().ok().map(super::sample::count);
        if message.starts_with(TRANSACTION) {
            return self.transactions.add(took, failed, at);
        }
        self.singles += 1;
        self.single.add(took, failed, at)
    }

    fn finish(self) -> Told {
        Told::of(if self.singles > 0 { self.single.finish() } else { self.transactions.finish() })
    }
}

/// Reads CSV.
pub(super) fn read_rows(separator: char, input: &mut dyn BufRead) -> Result<Told, Failure> {
    let mut samples = Samples::default();
    let mut columns: Option<[Option<usize>; 4]> = None;
    let mut width = 0;
    each_row(input, separator, |row, whole| {
        let Some([elapsed, success, at, message]) = columns else {
            let find = |name: &str| row.iter().position(|column| column == name);
            if find("success").is_none() {
                return Err("the column `success` is missing".to_owned());
            }
            columns = Some(["elapsed", "success", "timeStamp", "responseMessage"].map(find));
            width = row.len();
            return Ok(());
        };
        if row.len() != width || !whole {
            return Err("it is cut: a row is not whole".to_owned());
        }
        let field = |index: Option<usize>| index.and_then(|index| row.get(index)).map_or("", String::as_str);
        samples.add(field(elapsed), field(success), field(at), field(message))
    })?;
    Ok(samples.finish())
}

/// Reads XML.
pub(super) fn read_xml(head: &str, input: &mut dyn BufRead) -> Result<Told, Failure> {
    if !head.contains("<testResults") {
        return Err(Failure::new("XML, and no load test that is known"));
    }
    let mut samples = Samples::default();
    xml::walk(input, &mut samples)?;
    Ok(samples.finish())
}

impl Sink for Samples {
    fn open(&mut self, above: &Names, name: &str, attributes: Attributes<'_>) -> Result<(), String> {
        if above.depth() != 1 || !matches!(name, "sample" | "httpSample") {
            return Ok(());
        }
        let [elapsed, success, at, message] = attributes.read(["t", "s", "ts", "rm"])?;
        let text = |value: Option<std::borrow::Cow<'_, str>>| value.unwrap_or_default().into_owned();
        self.add(&text(elapsed), &text(success), &text(at), &text(message))
    }

    fn close(&mut self, _: &Names, _: &str) -> Result<(), String> {
        Ok(())
    }
}
