//! Findings that were there before: a project takes the checks up without mending everything first, and fails on what is new.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::base::{DiskFileSystem, FileSystem, SourceMap};
use crate::diagnostic::{Diagnostic, Level};

use super::failure::Failure;
use super::report::{count, say};

/// Which findings are known already.
#[derive(Debug, Args)]
pub(super) struct Baseline {
    /// A file of findings that are known: only others are reported
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write that file: what is found now is known
    #[arg(long, requires = "baseline")]
    update_baseline: bool,
}

/// What makes a finding the same in a later run: not its line, which moves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Known {
    file: String,
    code: String,
    message: String,
}

/// The file.
#[derive(Default, Serialize, Deserialize)]
struct Stored {
    findings: Vec<Counted>,
}

/// A finding, and how often it was there.
#[derive(Serialize, Deserialize)]
struct Counted {
    #[serde(flatten)]
    known: Known,
    count: usize,
}

impl Baseline {
    /// Takes away the findings that are known, or writes that they are.
    pub(super) fn apply(&self, sources: &SourceMap, findings: &mut Vec<Diagnostic>) -> Result<(), Failure> {
        let Some(path) = &self.baseline else { return Ok(()) };
        if self.update_baseline {
            let mut counts: BTreeMap<Known, usize> = BTreeMap::new();
            for finding in findings.iter().filter(|finding| counts_as_known(finding)) {
                *counts.entry(known(sources, finding)).or_default() += 1;
            }
            let findings = counts.into_iter().map(|(known, count)| Counted { known, count }).collect();
            let text = serde_json::to_string_pretty(&Stored { findings }).map_err(std::io::Error::other)?;
            super::output::replace(path, &format!("{text}\n"))?;
        }
        if !path.is_file() {
            return Err(Failure::new(
                format!("there is no baseline `{}`", path.display()),
                "write it with `--update-baseline`",
            ));
        }
        let text = DiskFileSystem.read(path).map_err(|error| Failure::of_file("read", path, &error))?;
        let stored: Stored = serde_json::from_str(&text).map_err(|error| {
            Failure::new(
                format!("`{}` is no baseline: {error}", path.display()),
                "write it anew with `--update-baseline`",
            )
        })?;
        let mut left: BTreeMap<Known, usize> = stored.findings.into_iter().map(|one| (one.known, one.count)).collect();
        let before = findings.len();
        findings.retain(|finding| {
            let known = counts_as_known(finding).then(|| left.get_mut(&known(sources, finding))).flatten();
            match known.filter(|number| **number > 0) {
                Some(number) => {
                    *number -= 1;
                    false
                }
                None => true,
            }
        });
        let gone: usize = left.values().sum();
        if before > findings.len() {
            say(&format!("{} of the baseline left out", count(before - findings.len(), "finding", "findings")));
        }
        if gone > 0 {
            let are = if gone == 1 { "is" } else { "are" };
            say(&format!(
                "{} of the baseline {are} no more: write it anew with `--update-baseline`",
                count(gone, "finding", "findings")
            ));
        }
        Ok(())
    }
}

/// Whether a finding is reported, and is not accepted anyway.
fn counts_as_known(finding: &Diagnostic) -> bool {
    finding.level != Level::Allow && finding.accepted.is_none()
}

fn known(sources: &SourceMap, finding: &Diagnostic) -> Known {
    Known {
        file: sources.file(finding.primary.span.file).name().to_owned(),
        code: finding.code.name.to_owned(),
        message: finding.message.clone(),
    }
}
