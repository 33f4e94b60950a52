//! Leastwise: a language and compiler for AWS IAM.
//!
//! Source goes in at one door and policy JSON out at the other, each room handing one value to the next:
//! text, tokens, syntax tree, modules, elaborated policies, findings, emitted files.

pub mod base;
pub mod catalogue;
pub mod diagnostic;
pub mod elaborate;
pub mod format;
pub mod policy;
pub mod project;
pub mod syntax;
