//! What the compiler has to say, and how it is shown.
//!
//! In: facts found by any other room, made into a [`Diagnostic`] where they are known. Out: text for people, JSON,
//! SARIF or GitHub annotations for machines, and edits. Deliberately absent: any rule; a rule lives in the room that knows the fact.

mod codes;
mod report;

pub use codes::{Code, Level, all, code, find};
pub use report::{Diagnostic, Edit, Help, Label};
