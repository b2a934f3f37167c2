//! The donegate program.

fn main() {}
