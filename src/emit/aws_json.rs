//! Plain policy JSON: one file a policy.

use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::Policy;
use crate::policy::write;

use super::Checked;

/// A file to be written below the folder of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Below the folder, with `/`: `scp/region-lock.json`.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// The files of the policies, in their order. An extern has no place in plain JSON: each is an error at the text that holds it.
pub fn files(checked: &Checked) -> Result<Vec<File>, Vec<Diagnostic>> {
    let mut files = Vec::with_capacity(checked.policies().len());
    let mut errors = Vec::new();
    for policy in checked.policies() {
        match document(policy) {
            Ok(text) => {
                files.push(File { path: format!("{}/{}.json", policy.kind.keyword(), policy.name), text });
            }
            Err(error) => errors.push(*error),
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

/// The document of a policy, minified where AWS counts its whitespace.
pub fn document(policy: &Policy) -> Result<String, Box<Diagnostic>> {
    write(&policy.document, policy.kind.rules().minified).map_err(|error| {
        Box::new(
            Diagnostic::new(&code::UNRESOLVED_EXTERN, error.span, error.to_string())
                .label("has no value in plain JSON")
                .note("an `extern` stays open until the policy is deployed, and plain JSON has no way to say that")
                .help(format!("make it a `param` and give its value: `--set {}=...`", error.name)),
        )
    })
}
