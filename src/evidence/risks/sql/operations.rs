//! What statements do, as data (`rules/migrations/sql.yaml`): how grave, why, and what would make it safe.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::super::detectors::Level;
use crate::domain::node::Mistake;

const FILE: &str = "migrations/sql.yaml";
const TEXT: &str = include_str!("../../../../rules/migrations/sql.yaml");

/// What a statement does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    /// What it is known by where no parser reads the statement.
    #[serde(default)]
    pub(super) words: Option<String>,
    /// What is risky in it.
    pub(super) risks: Vec<Told>,
}

/// A risk of an operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Told {
    pub(super) kind: String,
    pub(super) level: Level,
    pub(super) why: String,
    #[serde(default)]
    pub(super) safe: Option<String>,
}

macro_rules! operations {
    ($($name:ident),* $(,)?) => {
        /// Every operation, by name: one that the data lacks, or has besides, is a mistake of the data.
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields)]
        pub(super) struct Operations { $(pub(super) $name: Operation),* }

        impl Operations {
            fn all(&self) -> Vec<&Operation> {
                vec![$(&self.$name),*]
            }
        }
    };
}

operations! {
    create_table, add_column, drop_table, rebuild_table, drop_column, drop_database, drop_view, drop_routine, drop_cascade,
    rename_table, rename_column, rename_other, set_schema, change_type, required_column, default_rewrites,
    generated_column, unique_column, json_column, set_not_null, drop_not_null, change_default, unique_constraint,
    primary_key, foreign_key, check_constraint, not_valid_constraint, exclusion_constraint, drop_constraint, create_index,
    add_index, concurrently_in_transaction, drop_index, reindex, rewrite_table, lock_table, detach_partition,
    drop_partition, disable_trigger, change_table, create_enum, enum_value, enum_rename, domain_constraint, replace_view,
    access_change, small_integer, serial_column, char_column, naive_timestamp, long_name, open_transaction, nested_transaction,
    backfill,
    truncate, truncate_cascade, delete_all, delete_some, update_all, cascading_key, built_at_run_time, unread,
}

static OPERATIONS: LazyLock<Operations> =
    LazyLock::new(|| load().expect("the built-in operations are valid: a test reads them"));

/// The built-in operations.
pub(super) fn builtin() -> &'static Operations {
    &OPERATIONS
}

/// Each operation that words make known, with the words.
static WORDS: LazyLock<Vec<(Regex, &'static Operation)>> = LazyLock::new(|| {
    let all = OPERATIONS.all().into_iter();
    all.filter_map(|one| Some((Regex::new(one.words.as_deref()?).ok()?, one))).collect()
});

/// The operations that the words of a statement make known.
pub(super) fn by_words(text: &str) -> Vec<&'static Operation> {
    WORDS.iter().filter(|(words, _)| words.is_match(text)).map(|(_, one)| *one).collect()
}

fn load() -> Result<Operations, Mistake> {
    crate::yaml::parse(FILE, TEXT)?.read()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_built_in_operations_are_valid() {
        let all = load().unwrap_or_else(|mistake| panic!("{}: {}", mistake.place, mistake.message));
        let written: BTreeMap<String, Operation> =
            crate::yaml::parse(FILE, TEXT).and_then(|node| node.read()).expect("a map");
        assert_eq!(written.len(), all.all().len());
        for one in all.all() {
            assert!(!one.risks.is_empty());
            one.words.as_deref().map(Regex::new).transpose().expect("an expression");
        }
    }
}
