//! The files of a project and how they refer to each other.
//!
//! In: paths, a file system, `leastwise.toml`. Out: parsed modules in the order in which they are used, each with the names
//! that it brings in. A module of the standard library is parsed when something uses it. Deliberately absent: what a declaration means.

mod claim;
mod config;
mod constraints;
mod graph;
mod library;

pub use claim::{LooseClaim, load_with_claim};
pub use config::{Config, ConfigError, Defaults, Proofs, SETTINGS, World, read_config};
pub use constraints::{Setting, Shipped};
pub use graph::{Binding, Module, ModuleId, Project, load};
pub use library::{library_modules, library_source};
