//! The policies in JSON: single documents, one a line, exports of an account, plans of Terraform.
//!
//! In: a JSON text. Out: the policy documents in it, each with its place and with what its surroundings say of it (kind, name, who has
//! it), as the checks take them. Deliberately absent: verdicts on a policy; files.

mod account;
mod documents;
mod escaped;
mod kind;
mod placeholder;
mod subject;
mod target;
mod terraform;

pub use account::{Identity, identities};
pub use documents::{Found, find, resembles_policy};
pub use kind::recognise;
pub use placeholder::externs;
pub use subject::{Subject, holders, subject};
pub use target::{Shown, target};
