//! donegate judges a repository against a Definition of Done and names the proof for every line.
//!
//! The modules form layers; `tests/suite/architecture.rs` holds who may import whom.

pub mod checks;
pub mod cli;
pub mod code;
pub mod dod;
pub mod domain;
pub mod engine;
pub mod evidence;
pub mod facts;
pub mod repo;
pub mod report;
pub mod verdict;
pub mod yaml;
