//! Findings that were there before: a project takes the checks up without mending everything first, and fails on what is new.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::base::{DiskFileSystem, FileId, FileSystem, SourceMap};
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
        let names = Names::of(sources, path);
        if self.update_baseline {
            let stored = updated(path, &names, findings);
            let text = serde_json::to_string_pretty(&stored).map_err(std::io::Error::other)?;
            super::output::replace(path, &format!("{text}\n"))?;
        }
        let stored = read(path)?.findings.into_iter().filter(|one| names.is_looked_at(&one.known.file));
        let mut left: BTreeMap<Known, usize> = stored.map(|one| (one.known, one.count)).collect();
        let before = findings.len();
        findings.retain(|finding| {
            let known = counts_as_known(finding).then(|| left.get_mut(&names.known(finding))).flatten();
            match known.filter(|number| **number > 0) {
                Some(number) => {
                    *number -= 1;
                    false
                }
                None => true,
            }
        });
        tell(before - findings.len(), left.values().sum());
        Ok(())
    }
}

/// Says how many findings were left out, and how many are no more.
fn tell(known: usize, gone: usize) {
    if known > 0 {
        say(&format!("{} of the baseline left out", count(known, "finding", "findings")));
    }
    if gone > 0 {
        let are = if gone == 1 { "is" } else { "are" };
        let gone = count(gone, "finding", "findings");
        say(&format!("{gone} of the baseline {are} no more: write it anew with `--update-baseline`"));
    }
}

fn read(path: &Path) -> Result<Stored, Failure> {
    if !path.is_file() {
        return Err(Failure::new(
            format!("there is no baseline `{}`", path.display()),
            "write it with `--update-baseline`",
        ));
    }
    let text = DiskFileSystem.read(path).map_err(|error| Failure::of_file("read", path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::new(format!("`{}` is no baseline: {error}", path.display()), "write it anew with `--update-baseline`")
    })
}

/// The baseline with what is found now, and with what it knew of files that were not looked at and are still there.
fn updated(path: &Path, names: &Names, findings: &[Diagnostic]) -> Stored {
    let mut counts: BTreeMap<Known, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| counts_as_known(finding)) {
        *counts.entry(names.known(finding)).or_default() += 1;
    }
    // One that cannot be read is written anew.
    let before = read(path).unwrap_or_default().findings;
    let elsewhere = before.into_iter().filter(|one| !names.is_looked_at(&one.known.file));
    counts.extend(elsewhere.map(|one| (one.known, one.count)));
    Stored { findings: counts.into_iter().map(|(known, count)| Counted { known, count }).collect() }
}

/// Whether a finding is reported, and is not accepted anyway.
fn counts_as_known(finding: &Diagnostic) -> bool {
    finding.level != Level::Allow && finding.accepted.is_none()
}

/// What the files are called in the baseline: the ways to them from the folder that it stands in, so that it does not matter from where
/// they are looked at.
struct Names {
    folder: PathBuf,
    names: BTreeMap<FileId, String>,
}

impl Names {
    fn of(sources: &SourceMap, baseline: &Path) -> Self {
        let folder = baseline.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
        let name = |path: &str| match std::fs::canonicalize(path) {
            Ok(file) => way(&folder, &file),
            // What is no file: standard input, a module of the standard library.
            Err(_) => path.to_owned(),
        };
        let names = sources.files().map(|(file, source)| (file, name(source.name()))).collect();
        Self { folder, names }
    }

    /// Whether a file was looked at, or is no more.
    fn is_looked_at(&self, name: &str) -> bool {
        self.names.values().any(|known| known == name) || (!name.starts_with('<') && !self.folder.join(name).exists())
    }

    fn known(&self, finding: &Diagnostic) -> Known {
        Known {
            file: self.names.get(&finding.primary.span.file).cloned().unwrap_or_default(),
            code: finding.code.name.to_owned(),
            message: finding.message.clone(),
        }
    }
}

/// The way from a folder to a file, both from the root of the disk: `policies/a.json`, `../b.json`.
fn way(folder: &Path, file: &Path) -> String {
    let shared = folder.components().zip(file.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| "..".into());
    let down = file.components().skip(shared).map(|part| part.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<Cow<'_, str>>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_between_places() {
        let told = |folder: &str, file: &str| way(Path::new(folder), Path::new(file));
        assert_eq!(told("/a/b", "/a/b/c/d.json"), "c/d.json");
        assert_eq!(told("/a/b", "/a/c.json"), "../c.json");
        assert_eq!(told("/a/b/c", "/a/bc/d.json"), "../../bc/d.json");
        assert_eq!(told("/", "/d.json"), "d.json");
    }
}
