//! Which environment variables the code reads, and which the example file documents.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Problem;

/// Environment variables, read and documented.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Env {
    /// Read by source that is no test, by name.
    pub used: Vec<Used>,
    /// What the example files document, by file and line.
    pub documented: Vec<Documented>,
    /// Read, neither active nor commented in the example, not provided by the platform; by name.
    pub missing: Vec<String>,
    /// Documented and read by nothing; by name.
    pub unused: Vec<String>,
    /// Reads whose name is not known, by file and line.
    pub dynamic: Vec<Dynamic>,
    /// Keys that an example file defines more than once, malformed lines, values that look like real secrets (the value
    /// is never in here), committed .env files.
    pub irregular: Vec<Irregular>,
}

/// A variable that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Used {
    /// Its name.
    pub name: String,
    /// Whether the program does without: false where every read has a default or tolerates absence explicitly.
    pub required: bool,
    /// Where it is read, by file and line.
    pub sites: Vec<Site>,
    /// Provided by the platform (`PATH`, `HOME`, …), so that no example needs to name it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub platform: bool,
}

/// A place in the code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Site {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// A key of an example file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Documented {
    /// The key.
    pub name: String,
    /// The example file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// Whether it stands behind `#`: an optional one.
    pub commented: bool,
}

/// A read whose name is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Dynamic {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// What is known of the name, `*` for what is not: `TENANT_*_KEY`.
    pub pattern: String,
}

/// Something wrong in an example file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Irregular {
    /// `duplicate`, `malformed`, `secret` or `committed`.
    pub kind: String,
    /// The key, where there is one.
    pub name: Option<String>,
    /// Where, and what is wrong.
    pub problem: Problem,
}

/// Whether a name fits a pattern in which `*` stands for anything.
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_anything_and_nothing_else_does() {
        for (pattern, name) in
            [("A", "A"), ("A_*", "A_"), ("*", "X"), ("T_*_KEY", "T_x_KEY"), ("*_*_*", "A_B_C"), ("", "")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("A", "AB"), ("A_*", "B_A_"), ("T_*_KEY", "T_KEY"), ("*a*a", "a"), ("", "A")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
