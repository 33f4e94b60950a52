//! `manifest.json`: what was written, from what, and how large it is against the limit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::base::SourceMap;
use crate::elaborate::{Policy, Role};

use super::{Checked, File};

/// The list of the files of one output folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Each policy's file, sorted by path.
    pub policies: Vec<Entry>,
    /// The roles that are declared, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, RoleEntry>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Below the folder of the output.
    pub file: String,
    /// The policy's name.
    pub name: String,
    /// The keyword of its kind.
    pub kind: String,
    /// The file that declares it.
    pub source: String,
    /// The text of its documentation comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is to be embedded in one role, user or group.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inline: bool,
    /// The ARN of the resource that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Its size as AWS counts it.
    pub size: usize,
    /// The largest size that AWS takes.
    pub limit: usize,
    /// What is counted.
    pub unit: String,
    /// Of the file's bytes, in lower-case hexadecimal digits.
    pub sha256: String,
}

/// What is attached to a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleEntry {
    /// The name of its trust policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
    /// The name of its permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    /// The names of its identity policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// Its longest session, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_session: Option<u64>,
    /// Its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The text of its documentation comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Manifest {
    /// The manifest of these policies and of their files, which stand in the same order.
    pub fn of(checked: &Checked, files: &[File], sources: &SourceMap, limits: &BTreeMap<String, usize>) -> Self {
        let pairs = checked.policies().iter().zip(files);
        let mut policies: Vec<Entry> = pairs.map(|(policy, file)| entry(policy, file, sources, limits)).collect();
        policies.sort_by(|a, b| a.file.cmp(&b.file));
        Self { policies, roles: checked.roles().iter().map(|role| (role.name.clone(), role_entry(role))).collect() }
    }

    /// As the text of its file.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("strings and numbers are always JSON");
        text.push('\n');
        text
    }
}

fn entry(policy: &Policy, file: &File, sources: &SourceMap, limits: &BTreeMap<String, usize>) -> Entry {
    let limit = policy.limit(limits);
    Entry {
        file: file.path.clone(),
        name: policy.name.clone(),
        kind: policy.kind.keyword().to_owned(),
        source: sources.file(policy.span.file).name().to_owned(),
        description: policy.description.clone(),
        inline: policy.inline,
        resource: policy.target.as_ref().map(|target| target.arn.to_string()),
        size: limit.counting.size(file.text.trim_end()),
        limit: limit.size,
        unit: limit.counting.unit().to_owned(),
        sha256: Sha256::digest(&file.text).iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn role_entry(role: &Role) -> RoleEntry {
    RoleEntry {
        trust: role.trust.clone(),
        boundary: role.boundary.clone(),
        policies: role.policies.clone(),
        max_session: role.max_session,
        path: role.path.clone(),
        tags: role.tags.clone(),
        description: role.description.clone(),
    }
}
