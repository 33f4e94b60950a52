//! Leastwise: a language and compiler for AWS IAM.

pub mod base;
pub mod catalogue;
pub mod diagnostic;
pub mod policy;
pub mod syntax;
