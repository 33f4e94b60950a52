//! Policies to the texts of files.
//!
//! In: policies that passed every check ([`Checked`]). Out: the documents as AWS takes them, and the manifest that lists them.
//! Deliberately absent: decisions; nothing is merged, dropped or renamed here; and writing, which `cli` does.

mod aws_json;
mod manifest;

pub use aws_json::{File, document, files};
pub use manifest::{Entry, Manifest};

use crate::elaborate::{Policy, Role};

/// Policies in which no check found anything that fails a build. Only [`crate::pipeline::compile`] makes them.
#[derive(Debug)]
pub struct Checked {
    policies: Vec<Policy>,
    roles: Vec<Role>,
}

impl Checked {
    /// For the one place that has checked them.
    pub(crate) fn new(policies: Vec<Policy>, roles: Vec<Role>) -> Self {
        Self { policies, roles }
    }

    /// The policies, in source order.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The roles, in source order.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }
}
