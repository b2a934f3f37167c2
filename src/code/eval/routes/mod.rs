//! Routers and what is registered on them: calls, attributes, descriptions and files become entries of a forest, and routes are
//! read off it with their full prefixes.

pub(in crate::code::eval) mod astray;
pub(in crate::code::eval) mod attributes;
pub(in crate::code::eval) mod builder;
pub(in crate::code::eval) mod carried;
pub(in crate::code::eval) mod contracts;
pub(in crate::code::eval) mod described;
pub(in crate::code::eval) mod filters;
pub(in crate::code::eval) mod flat;
pub(in crate::code::eval) mod folders;
pub(crate) mod forest;
pub(in crate::code::eval) mod fronts;
pub(in crate::code::eval) mod generated;
pub(in crate::code::eval) mod guarded;
pub(in crate::code::eval) mod handing;
pub(in crate::code::eval) mod handler;
pub(in crate::code::eval) mod keyed;
pub(in crate::code::eval) mod mounts;
pub(in crate::code::eval) mod named;
pub(in crate::code::eval) mod pages;
pub(in crate::code::eval) mod passing;
pub(in crate::code::eval) mod plugin;
pub(in crate::code::eval) mod reading;
pub(in crate::code::eval) mod record;
pub(in crate::code::eval) mod register;
pub(in crate::code::eval) mod registered;
pub(in crate::code::eval) mod resource;
pub(in crate::code::eval) mod tabled;
pub(in crate::code::eval) mod unmodelled;
