//! One of the two things that are compared: the policies and roles of a file or a folder.

use std::path::{Path, PathBuf};

use crate::base::{DiskFileSystem, FileSystem, SourceMap};
use crate::catalogue::Catalogue;
use crate::cli::documents::{self, Documents, below, likely_kind};
use crate::cli::failure::Failure;
use crate::cli::report::{self, Form, Inputs};
use crate::cli::workspace::{Workspace, catalogue_of, folder_here, is_stdin, read_stdin, settings_here};
use crate::diagnostic::Diagnostic;
use crate::elaborate::{Elaborated, Target};
use crate::inventory::recognise;
use crate::policy::read::Mode;
use crate::policy::{Document, Kind};
use crate::project::Defaults;

/// The policies and roles of one side.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) policies: Vec<GivenPolicy>,
    /// What sources declare: their roles, and the layers of these.
    pub(super) declared: Elaborated,
    /// Whether it is one file with one policy, which is compared whatever it is called.
    pub(super) is_single: bool,
    /// What the project gives to resources that name none.
    pub(super) defaults: Defaults,
    /// What AWS has, where the project has a catalogue of its own.
    pub(super) catalogue: Option<Catalogue>,
}

/// A policy of one side.
#[derive(Clone, Debug)]
pub(super) struct GivenPolicy {
    pub(super) kind: Kind,
    /// Whether the kind is a guess, of what the document looks like.
    pub(super) is_guess: bool,
    pub(super) name: String,
    pub(super) document: Document,
    /// What a resource-based policy is for.
    pub(super) target: Option<Target>,
}

impl Given {
    /// Reads a file or a folder.
    pub(super) fn read(path: &Path, kind: Option<Kind>, inputs: &Inputs) -> Result<Self, Failure> {
        Self::read_as(path, kind, inputs, &str::to_owned)
    }

    /// Reads a file or a folder whose files are shown by other names.
    pub(super) fn read_as(
        path: &Path,
        kind: Option<Kind>,
        inputs: &Inputs,
        shown: &dyn Fn(&str) -> String,
    ) -> Result<Self, Failure> {
        if is_stdin(path) {
            return Self::of_stdin(kind, inputs);
        }
        let given = match is_json(path).map_err(|failure| failure.reworded(shown))? {
            true => Self::of_json(&[path.to_path_buf()], kind, shown),
            false => Self::of_sources(path, inputs, shown),
        };
        let mut given = given.map_err(|failure| failure.reworded(shown))?;
        given.is_single = given.policies.len() == 1 && !path.is_dir();
        Ok(given)
    }

    /// Standard input: JSON where it starts as JSON does, else source.
    fn of_stdin(kind: Option<Kind>, inputs: &Inputs) -> Result<Self, Failure> {
        let text = read_stdin()?;
        let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
        let failed = |error: std::io::Error| Failure::of_file("keep", Path::new("<stdin>"), &error);
        let folder = tempfile::tempdir().map_err(failed)?;
        let path = folder.path().join(if is_json { "policy.json" } else { "stdin.lw" });
        std::fs::write(&path, text).map_err(failed)?;
        Self::read(&path, kind, inputs)
    }

    fn of_sources(path: &Path, inputs: &Inputs, shown: &dyn Fn(&str) -> String) -> Result<Self, Failure> {
        let workspace = Workspace::open(&[path.to_path_buf()])?;
        let mut analysis = workspace.analyse(&inputs.set(), inputs.today().as_deref());
        // A policy that is written smaller, or in parts, means what it does as a whole.
        workspace.fit(&mut analysis);
        refuse(path, &mut analysis.project.sources, &analysis.diagnostics, "check", shown)?;
        let policies = analysis.elaborated.policies.iter().map(|policy| GivenPolicy {
            kind: policy.kind,
            is_guess: false,
            name: policy.name.clone(),
            document: policy.document.clone(),
            target: policy.target.clone(),
        });
        Ok(Self {
            policies: policies.collect(),
            declared: analysis.elaborated,
            is_single: false,
            catalogue: catalogue_of(&workspace.root)?,
            defaults: workspace.config.defaults,
        })
    }

    fn of_json(paths: &[PathBuf], kind: Option<Kind>, shown: &dyn Fn(&str) -> String) -> Result<Self, Failure> {
        let documents = Documents::read(paths, Mode::Strict)?;
        documents.tell_skipped();
        let Documents { mut sources, found, mut errors, .. } = documents;
        let mut policies = Vec::new();
        for (path, mut found) in found {
            let document = match std::mem::replace(&mut found.document, Err(Vec::new())) {
                Ok(document) => document,
                Err(mut refused) => {
                    errors.append(&mut refused);
                    continue;
                }
            };
            let name = documents::name(&path, &found);
            let known = kind.or_else(|| likely_kind(&path, &found));
            let kind = known.unwrap_or_else(|| recognise(&document));
            policies.push(GivenPolicy { kind, is_guess: known.is_none(), name, document, target: None });
        }
        refuse(paths.first().map_or(Path::new("."), PathBuf::as_path), &mut sources, &errors, "lint", shown)?;
        let root = folder_here();
        let defaults = settings_here(&root)?.defaults;
        Ok(Self { policies, defaults, catalogue: catalogue_of(&root)?, ..Self::default() })
    }
}

/// Reports what is wrong with a side that cannot be used, which that command says too.
fn refuse(
    path: &Path,
    sources: &mut SourceMap,
    findings: &[Diagnostic],
    command: &str,
    shown: &dyn Fn(&str) -> String,
) -> Result<(), Failure> {
    let denied: Vec<Diagnostic> = findings.iter().filter(|finding| finding.is_deny()).cloned().collect();
    if denied.is_empty() {
        return Ok(());
    }
    sources.rename(shown);
    report::write(Form::Text, sources, &denied)?;
    let message = format!("`{}` does not pass the checks, and is not compared", path.display());
    Err(Failure::new(message, format!("mend it; `leastwise {command}` says what fails")))
}

/// Whether a path is policy JSON: a file that is called so, or a folder of such files in which there is no source.
fn is_json(path: &Path) -> Result<bool, Failure> {
    if path.is_dir() {
        let sources = DiskFileSystem.sources(path).map_err(|error| Failure::of_file("read", path, &error))?;
        return Ok(sources.is_empty() && !below(path)?.is_empty());
    }
    let endings = ["json", "jsonl", "ndjson"];
    Ok(path.extension().is_some_and(|ending| endings.iter().any(|one| ending.eq_ignore_ascii_case(one))))
}
