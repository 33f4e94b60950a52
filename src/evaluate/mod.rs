//! One request through every layer: what AWS decides, and which layer decides it.
//!
//! In: documents, compiled once into [`Layers`]; a [`Request`], bound to them. Out: a [`Decision`] of three values: a key that the
//! request leaves open is unknown, not absent, and what hangs on it is said to depend on it. Deliberately absent: reading JSON,
//! source and files; and any claim about all requests, which `prove` makes.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod condition;
mod context;
mod decide;
mod pattern;
mod principal;
mod statement;
mod truth;

pub use condition::ConditionProgram;
pub use context::{Context, KeyValue};
pub use decide::{Decision, Layer, Layers, Outcome, Request, decide, decide_alone};
pub use principal::{GrantClass, Requester};
pub use statement::{Bound, Clauses, Keys, Program};
pub use truth::Truth;
