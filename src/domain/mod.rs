//! Words that every other module shares. Imports nothing of ours.

pub mod change;
pub mod expression;
pub mod finding;
pub mod folders;
pub mod method;
pub mod node;
pub mod outcome;
pub mod provenance;
pub mod stars;
pub mod template;
pub mod units;
