//! Builds the parser from its grammar.

fn main() {}
