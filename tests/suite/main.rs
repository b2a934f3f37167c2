//! What the program does, seen from outside: one crate, so that it is linked once.
#![expect(clippy::disallowed_methods, reason = "tests build the repositories that the program is run on")]

mod architecture;
mod components;
mod docs;
mod fix;
mod gate;
mod honesty;
mod hooks;
mod init;
mod models;
mod probe;
mod query;
mod registry;
mod remembered;
mod repo;
mod risks;
mod run;
#[cfg(unix)]
mod serve;
mod stamps;
mod support;
mod verify;
