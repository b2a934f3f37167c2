//! What values come to: the methods of texts, lists and maps over all languages, what libraries compute, paths and files, and
//! values of which a part is not known.

pub(in crate::code::eval) mod computed;
pub(in crate::code::eval) mod container;
pub(in crate::code::eval) mod defaults;
pub(in crate::code::eval) mod element;
pub(in crate::code::eval) mod files;
pub(in crate::code::eval) mod filled;
pub(in crate::code::eval) mod held;
pub(in crate::code::eval) mod listing;
pub(in crate::code::eval) mod maps;
pub(in crate::code::eval) mod nouns;
pub(in crate::code::eval) mod ops;
pub(in crate::code::eval) mod paths;
pub(in crate::code::eval) mod pure;
pub(in crate::code::eval) mod spelling;
pub(in crate::code::eval) mod strings;
pub(in crate::code::eval) mod supposed;
pub(in crate::code::eval) mod text;
