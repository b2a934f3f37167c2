//! Reading facts out of code: front ends lower each language to one common form, one evaluator runs it, and libraries'
//! meaning is data under `rules/`.

pub mod form;
pub mod lower;
