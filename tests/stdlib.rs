//! The standard library: every declaration is documented, used and compiled; what it emits is kept, and what matters for
//! security is written down here by hand; misuse is refused.

#[path = "stdlib/compiled.rs"]
mod compiled;
#[path = "stdlib/documented.rs"]
mod documented;
#[path = "stdlib/expected.rs"]
mod expected;
#[path = "stdlib/refused.rs"]
mod refused;
