//! The `leastwise` program: arguments in, exit code out.

fn main() {}
