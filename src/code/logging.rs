//! Files of settings of Java's logging: what of their placeholders is a variable. A file names properties of its own, Spring
//! Boot brings some to it, and Log4j looks only where a placeholder says so.

use std::collections::BTreeSet;

/// What defines a property in a file of settings: the names of elements, in lower case.
const DEFINES: &[&str] = &["property", "springproperty", "variable", "define", "timestamp", "insertfromjndi"];

/// Properties that Spring Boot sets for the logging system, or its own files define that others include.
const SPRING: &[&str] = &[
    "APPLICATION_GROUP",
    "APPLICATION_NAME",
    "CONSOLE_LOG_CHARSET",
    "CONSOLE_LOG_PATTERN",
    "CONSOLE_LOG_STRUCTURED_FORMAT",
    "CONSOLE_LOG_THRESHOLD",
    "FILE_LOG_CHARSET",
    "FILE_LOG_PATTERN",
    "FILE_LOG_STRUCTURED_FORMAT",
    "FILE_LOG_THRESHOLD",
    "LOGBACK_ROLLINGPOLICY_CLEAN_HISTORY_ON_START",
    "LOGBACK_ROLLINGPOLICY_FILE_NAME_PATTERN",
    "LOGBACK_ROLLINGPOLICY_MAX_FILE_SIZE",
    "LOGBACK_ROLLINGPOLICY_MAX_HISTORY",
    "LOGBACK_ROLLINGPOLICY_TOTAL_SIZE_CAP",
    "LOGGED_APPLICATION_NAME",
    "LOG_CORRELATION_PATTERN",
    "LOG_DATEFORMAT_PATTERN",
    "LOG_EXCEPTION_CONVERSION_WORD",
    "LOG_FILE",
    "LOG_LEVEL_PATTERN",
    "LOG_PATH",
    "LOG_TEMP",
    "PID",
];

/// How a file of Java's logging takes placeholders.
#[derive(Debug, Default)]
pub(super) struct Logging {
    /// Names that are no variables there.
    own: BTreeSet<String>,
    /// Only what says `env:` is one.
    stated: bool,
}

impl Logging {
    /// How the file at a path does; none where it is no such file.
    pub(super) fn of(path: &str, text: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stated = name.starts_with("log4j2");
        if !name.ends_with(".xml") || !(stated || name.starts_with("logback")) {
            return None;
        }
        let mut own = defined(text);
        if name.contains("spring") || text.contains("org/springframework/boot/logging") {
            own.extend(SPRING.iter().map(|&name| name.to_owned()));
        }
        Some(Self { own, stated })
    }

    /// Whether a placeholder that names `name`, and says that it means the environment or not, is a variable.
    pub(super) fn is_variable(&self, name: &str, says: bool) -> bool {
        says || !(self.stated || self.own.contains(name))
    }
}

/// The names of the properties that elements define.
fn defined(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for element in text.split('<').skip(1) {
        let end = element.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(element.len());
        let (kind, rest) = element.split_at(end);
        if !DEFINES.contains(&kind.to_ascii_lowercase().as_str()) {
            continue;
        }
        let attributes = rest.split('>').next().unwrap_or_default();
        for attribute in ["name", "key"] {
            let value = attributes.split_once(&format!("{attribute}=")).map(|(_, value)| value);
            let value = value.and_then(|value| value.get(1..)?.split(['"', '\'']).next());
            names.extend(value.map(str::to_owned));
        }
    }
    names
}
