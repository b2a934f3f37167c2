//! Coverage in JSON, streamed: the formats are told apart by the keys of the document, one file is held at a time.
//!
//! coverage.py and gcovr have `files` (a map there, a list here), llvm-cov has `data`, Coveralls `source_files`, SimpleCov's
//! last run `result`; Istanbul and SimpleCov's result set have paths and commands as keys.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::BufRead;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::stream::json_failure;
use super::record::{Ranges, id};
use super::simplecov::ResultSet;
use super::{Failure, Report, istanbul, llvm, simplecov};

mod files;

/// Reads a document and tells its format.
pub(super) fn read(input: &mut dyn BufRead) -> Result<(&'static str, Report), Failure> {
    let mut found = Found::default();
    let mut document = serde_json::Deserializer::from_reader(input);
    let read = Root(&mut found).deserialize(&mut document).and_then(|()| document.end());
    read.map_err(|error| json_failure(&error))?;
    found.finish()
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    CoveragePy,
    Gcovr,
    GcovrSummary,
    Llvm,
    Coveralls,
    LastRun,
    Istanbul,
    IstanbulSummary,
    ResultSet,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::CoveragePy => "coveragepy-json",
            Kind::Gcovr => "gcovr-json",
            Kind::GcovrSummary => "gcovr-json-summary",
            Kind::Llvm => "llvm-cov-json",
            Kind::Coveralls => "coveralls",
            Kind::LastRun => "simplecov-last-run",
            Kind::Istanbul => "istanbul",
            Kind::IstanbulSummary => "istanbul-summary",
            Kind::ResultSet => "simplecov-resultset",
        }
    }
}

/// What was found on the way.
#[derive(Default)]
struct Found {
    kind: Option<Kind>,
    report: Report,
    commands: ResultSet,
    ranges: Ranges,
    /// The total of lines that a summary tells.
    total: Option<u64>,
    /// gcov itself wrote it, and not gcovr.
    gcov: bool,
    /// Keys whose values are no part of a known format.
    foreign: u64,
    keys: HashSet<u64>,
}

impl Found {
    fn is(&mut self, kind: Kind) -> Result<(), String> {
        match self.kind {
            None => self.kind = Some(kind),
            Some(known) if known == kind => {}
            Some(known) => return Err(format!("it is {} in one part and {} in another", known.name(), kind.name())),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(&'static str, Report), Failure> {
        let unknown = || Failure::new("JSON, and no coverage report that is known");
        if self.keys.is_empty() {
            return Err(Failure::new("an empty JSON object says nothing"));
        }
        let kind = self.kind.ok_or_else(unknown)?;
        match kind {
            Kind::Istanbul if self.foreign > 0 => return Err(unknown()),
            Kind::IstanbulSummary if self.report.files.is_empty() && self.total != Some(0) => {
                return Err(Failure::new("it tells a total and no file, so nothing says what it speaks of"));
            }
            Kind::ResultSet => self.report.files = self.commands.finish(),
            Kind::CoveragePy
            | Kind::Gcovr
            | Kind::GcovrSummary
            | Kind::Llvm
            | Kind::Coveralls
            | Kind::LastRun
            | Kind::Istanbul
            | Kind::IstanbulSummary => {}
        }
        let name = if kind == Kind::Gcovr && self.gcov { "gcov-json" } else { kind.name() };
        Ok((name, self.report))
    }
}

/// Refuses a key that stands twice: of two readers each would take another.
fn once(keys: &mut HashSet<u64>, key: &str) -> Result<(), String> {
    if keys.insert(id(key)) { Ok(()) } else { Err(format!("the key `{}` stands twice", super::lines::short(key))) }
}

/// The document itself.
struct Root<'a>(&'a mut Found);

impl<'de> DeserializeSeed<'de> for Root<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Root<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a coverage report as a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let found = self.0;
        while let Some(key) = map.next_key::<String>()? {
            once(&mut found.keys, &key).map_err(de::Error::custom)?;
            found.gcov |= key == "gcc_version";
            match key.as_str() {
                "files" => map.next_value_seed(files::Files(found))?,
                "source_files" => map.next_value_seed(files::SourceFiles(found))?,
                "data" => map.next_value_seed(llvm::Exports(&mut LlvmSink(found)))?,
                "result" => {
                    let stated: Option<BTreeMap<String, f64>> = map.next_value()?;
                    found.is(Kind::LastRun).map_err(de::Error::custom)?;
                    found.report.stated = simplecov::stated(stated.unwrap_or_default());
                }
                _ => {
                    let entry = map.next_value_seed(Entry { found, path: &key })?;
                    found.entry(key, entry).map_err(de::Error::custom)?;
                }
            }
        }
        Ok(())
    }
}

/// Where llvm-cov's files go.
struct LlvmSink<'a>(&'a mut Found);

impl llvm::Sink for LlvmSink<'_> {
    fn take(&mut self, file: llvm::File) -> Result<(), String> {
        self.0.is(Kind::Llvm)?;
        let record = llvm::record(file, &mut self.0.ranges)?;
        self.0.report.push(record);
        Ok(())
    }

    fn export(&mut self) -> Result<(), String> {
        self.0.is(Kind::Llvm)
    }
}

impl Found {
    /// Takes what stood under a key that no format fixes.
    fn entry(&mut self, key: String, entry: EntryFound) -> Result<(), String> {
        match entry {
            EntryFound::Scalar => {}
            EntryFound::Foreign => self.foreign += 1,
            EntryFound::Commands => self.is(Kind::ResultSet)?,
            EntryFound::File(file) => {
                self.is(Kind::Istanbul)?;
                let record = istanbul::record(&key, *file).map_err(|why| format!("{key}: {why}"))?;
                self.report.push(record);
            }
            EntryFound::Summary(summary) if key == "total" => {
                self.is(Kind::IstanbulSummary)?;
                self.total = summary.lines.map(|lines| lines.total);
            }
            EntryFound::Summary(summary) => {
                self.is(Kind::IstanbulSummary)?;
                let record = istanbul::summary(&key, &summary).map_err(|why| format!("{key}: {why}"))?;
                self.report.push(record);
            }
        }
        Ok(())
    }
}

/// What a value under a free key turned out to be.
enum EntryFound {
    /// A number, a word, a list: says nothing of coverage.
    Scalar,
    /// An object of no known kind.
    Foreign,
    /// A file of Istanbul's.
    File(Box<istanbul::File>),
    /// A line of Istanbul's summary.
    Summary(istanbul::Summary),
    /// A command of SimpleCov's result set.
    Commands,
}

/// A value under a free key: a path of Istanbul's, a command of SimpleCov's.
struct Entry<'a, 'b> {
    found: &'a mut Found,
    path: &'b str,
}

impl<'de> DeserializeSeed<'de> for Entry<'_, '_> {
    type Value = EntryFound;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<EntryFound, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Entry<'_, '_> {
    type Value = EntryFound;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "coverage of `{}`", self.path)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EntryFound, A::Error> {
        let mut file = istanbul::File::default();
        let mut summary = istanbul::Summary::default();
        let mut commands = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "path" => file.path = map.next_value()?,
                "statementMap" => file.statement_map = Some(map.next_value()?),
                "fnMap" => file.fn_map = Some(map.next_value()?),
                "branchMap" => file.branch_map = Some(map.next_value()?),
                "s" => file.s = Some(map.next_value()?),
                "f" => file.f = Some(map.next_value()?),
                "b" => file.b = Some(map.next_value()?),
                "data" => {
                    if let Some(data) = map.next_value::<Option<istanbul::File>>()? {
                        file = data;
                    }
                }
                "lines" => summary.lines = map.next_value()?,
                "branches" => summary.branches = map.next_value()?,
                "functions" => summary.functions = map.next_value()?,
                "statements" => summary.statements = map.next_value()?,
                "coverage" => {
                    map.next_value_seed(simplecov::Command(&mut self.found.commands))?;
                    commands = true;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(match (commands, file.statement_map.is_some(), summary.lines.is_some()) {
            (true, _, _) => EntryFound::Commands,
            (false, true, _) => EntryFound::File(Box::new(file)),
            (false, false, true) => EntryFound::Summary(summary),
            (false, false, false) => EntryFound::Foreign,
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<EntryFound, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(EntryFound::Scalar)
    }

    fn visit_unit<E: de::Error>(self) -> Result<EntryFound, E> {
        Ok(EntryFound::Scalar)
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<EntryFound, E> {
        Ok(EntryFound::Scalar)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<EntryFound, E> {
        Ok(EntryFound::Scalar)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<EntryFound, E> {
        Ok(EntryFound::Scalar)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<EntryFound, E> {
        Ok(EntryFound::Scalar)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<EntryFound, E> {
        Ok(EntryFound::Scalar)
    }
}
