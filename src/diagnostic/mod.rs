//! What the compiler has to say, and how it is shown.
//!
//! In: facts found by any other room, made into a [`Diagnostic`] where they are known. Out: text for people, JSON,
//! SARIF, JUnit or GitHub annotations for machines, and edits. Deliberately absent: any rule; a rule lives in the room that knows the fact.
//!
//! The renderers show diagnostics in the order given, leave out those of level [`Level::Allow`], and take any span: one that
//! reaches beyond its file is cut to it, one in a file that the map does not hold is shown without a place.

mod codes;
mod fix;
mod github;
mod json;
mod json_path;
mod junit;
mod places;
mod report;
mod sarif;
mod suggest;
mod summary;
#[cfg(test)]
mod tests;
mod text;

pub use codes::{Code, Level, all, code, find};
pub use fix::{Which, apply};
pub use github::write_github;
pub use json::write_json;
pub use junit::write_junit;
pub use report::{Diagnostic, Edit, Help, Label, Safety};
pub use sarif::write_sarif;
pub use suggest::closest;
pub use summary::Summary;
pub use text::write_text;

/// The diagnostics that are shown at all.
fn reported(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    diagnostics.iter().filter(|diagnostic| diagnostic.level != Level::Allow)
}
