//! Leastwise: a language and compiler for AWS IAM.
//!
//! Source goes in at one door and policy JSON out at the other, each room handing one value to the next:
//! text, tokens, syntax tree, modules, elaborated policies, findings, emitted files. [`pipeline`] is the whole way.

pub mod base;
pub mod diagnostic;
pub mod syntax;
pub mod format;
pub mod project;
pub mod catalogue;
pub mod policy;
pub mod elaborate;
pub mod evaluate;
pub mod prove;
pub mod minimise;
pub mod lint;
pub mod verify;
pub mod emit;
pub mod inventory;
pub mod pipeline;
pub mod import;
pub mod cli;
