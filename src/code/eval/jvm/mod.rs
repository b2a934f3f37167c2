//! What Java and Kotlin have of their own: packages and overloads, annotations and the containers that read them, and what
//! configuration says that stands before the routes of a module.

pub(super) mod annotated;
pub(super) mod befores;
pub(super) mod begun;
pub(super) mod callers;
pub(super) mod children;
pub(super) mod collections;
mod combined;
pub(super) mod contexts;
pub(super) mod conventions;
pub(super) mod enums;
pub(super) mod extensions;
pub(super) mod fits;
pub(super) mod given;
pub(super) mod handed;
pub(super) mod hiding;
pub(super) mod installed;
pub(super) mod listed;
pub(super) mod listed_actions;
pub(super) mod mains;
pub(super) mod mapped;
pub(super) mod mappings;
pub(super) mod meant;
pub(super) mod operators;
pub(super) mod overloads;
pub(super) mod packages;
pub(super) mod providers;
pub(super) mod ranges;
pub(super) mod receivers;
pub(super) mod reflection;
pub(super) mod scanning;
pub(super) mod sequences;
pub(super) mod servlets;
pub(super) mod settled;
pub(super) mod single;
pub(super) mod values;
