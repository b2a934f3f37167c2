//! Environment variables: what the code reads against what example files document.

pub(crate) mod secret;
