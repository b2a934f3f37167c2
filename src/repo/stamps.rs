//! Stamps: reports bound to the content that they speak of, so that no clock has to tell whether they are fresh.
//!
//! `.donegate/stamps.json` is written by `donegate stamp` and read here. A stamp holds where the report has the sha256 that
//! is written there and what it speaks of has the digest that is written there; any other stamp says nothing, and times do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ReadError, Repo};
use crate::domain::provenance::hex;

/// Where stamps are kept.
pub const PLACE: &str = ".donegate/stamps.json";

/// What the file of stamps may have at the most: 8 MiB.
const LARGEST: u64 = 8 << 20;

/// One report, bound to what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    /// The area of facts, by its name.
    pub area: String,
    /// The report, relative to the root.
    pub report: String,
    /// The report's SHA-256 in lower-case hex.
    pub sha256: String,
    /// How many files it speaks of.
    pub files: usize,
    /// The digest of these files' paths and content.
    pub digest: String,
    /// The command that wrote it, as an argument list.
    pub command: Vec<String>,
}

/// The file of stamps.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    stamps: Vec<Stamp>,
}

/// The stamps of a tree, and what the evidence that was read speaks of.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    by_report: BTreeMap<String, Vec<Stamp>>,
    asked: Option<Mutex<BTreeMap<String, BTreeSet<String>>>>,
}

impl Stamps {
    /// Keeps what freshness is asked of from here on.
    pub(super) fn record(&mut self) {
        self.asked = Some(Mutex::default());
    }

    /// Reads the file of stamps.
    ///
    /// # Errors
    /// Why it cannot be read: then there are no stamps.
    pub(super) fn read(read: impl FnOnce(&str, u64) -> Result<super::Content, ReadError>) -> Result<Self, String> {
        let content = match read(PLACE, LARGEST) {
            Ok(content) => content,
            Err(ReadError::Absent) => return Ok(Self::default()),
            Err(error) => return Err(error.to_string()),
        };
        let file: File = serde_json::from_slice(&content.bytes).map_err(|error| error.to_string())?;
        if file.version != 1 {
            return Err(format!("version {} of stamps is not known", file.version));
        }
        let mut by_report: BTreeMap<String, Vec<Stamp>> = BTreeMap::new();
        for stamp in file.stamps {
            by_report.entry(stamp.report.clone()).or_default().push(stamp);
        }
        Ok(Self { by_report, asked: None })
    }

    /// The file's text with `new` in the place of older stamps for the same reports and areas.
    fn with(&self, new: &[Stamp]) -> String {
        let replaced = |old: &Stamp| new.iter().any(|stamp| stamp.report == old.report && stamp.area == old.area);
        let kept = self.by_report.values().flatten().filter(|old| !replaced(old)).cloned();
        let mut stamps: Vec<Stamp> = kept.chain(new.iter().cloned()).collect();
        stamps.sort_by(|a, b| (&a.report, &a.area).cmp(&(&b.report, &b.area)));
        let file = File { version: 1, stamps };
        let mut text = serde_json::to_string_pretty(&file).expect("stamps are plain data");
        text.push('\n');
        text
    }
}

impl Repo {
    /// Keeps what the evidence that is read from here on speaks of, for [`Repo::speaks_of`].
    pub fn record_freshness(&mut self) {
        self.stamps.record();
    }

    /// The reports whose freshness was asked since [`Repo::record_freshness`], with the files they speak of.
    #[must_use]
    pub fn speaks_of(&self) -> BTreeMap<String, BTreeSet<String>> {
        self.stamps
            .asked
            .as_ref()
            .map(|asked| asked.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .unwrap_or_default()
    }

    /// A stamp for a report and the files it speaks of, as they are now.
    ///
    /// # Errors
    /// A file that cannot be read, and why.
    pub fn stamp(
        &self,
        area: &str,
        report: &str,
        speaks_of: &BTreeSet<String>,
        command: &[String],
    ) -> Result<Stamp, String> {
        Ok(Stamp {
            area: area.to_owned(),
            report: report.to_owned(),
            sha256: self.digest_of(report)?,
            files: speaks_of.len(),
            digest: self.digest_all(speaks_of.iter().map(String::as_str))?,
            command: command.to_vec(),
        })
    }

    /// The text of the file of stamps with `new` among them.
    #[must_use]
    pub fn stamped(&self, new: &[Stamp]) -> String {
        self.stamps.with(new)
    }

    /// Notes that freshness is asked, and whether a stamp answers: the report and what it speaks of are as they were.
    pub(super) fn is_stamped(&self, report: &str, speaks_of: &[&str]) -> bool {
        if let Some(asked) = &self.stamps.asked {
            let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.entry(report.to_owned()).or_default().extend(speaks_of.iter().map(|&path| path.to_owned()));
        }
        let Some(stamps) = self.stamps.by_report.get(report) else { return false };
        let (Ok(sha256), Ok(digest)) = (self.digest_of(report), self.digest_all(speaks_of.iter().copied())) else {
            return false;
        };
        stamps.iter().any(|stamp| stamp.sha256 == sha256 && stamp.digest == digest)
    }

    /// SHA-256 of a file in lower-case hex.
    fn digest_of(&self, path: &str) -> Result<String, String> {
        self.sha256(path).map(|digest| hex(&digest)).map_err(|error| format!("{path}: {error}"))
    }

    /// One digest of many files: of their paths and content, in path order. An absent file is part of it as absent.
    fn digest_all<'a>(&self, paths: impl IntoIterator<Item = &'a str>) -> Result<String, String> {
        let mut hash = Sha256::new();
        for path in paths.into_iter().collect::<BTreeSet<_>>() {
            let content = if self.exists(path) { self.digest_of(path)? } else { "absent".to_owned() };
            hash.update(format!("{}:{path}\n{content}\n", path.len()));
        }
        Ok(format!("sha256:{}", hex(&hash.finalize())))
    }
}
