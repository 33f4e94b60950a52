//! The whole way, from paths to policies that may be written.
//!
//! Two entries: [`analyse`] never fails and serves whoever wants to know what can be known, an editor or `check`;
//! [`compile`] alone makes [`Checked`] policies, which is what `emit` takes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::FileSystem;
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::elaborate::{self, Elaborated, Inputs};
use crate::emit::Checked;
use crate::lint::{self, Context, Judgement};
use crate::project::{self, Config, Project};

/// What decides the outcome besides the files.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// What AWS has.
    pub catalogue: &'a Catalogue,
    /// `leastwise.toml`.
    pub config: &'a Config,
    /// `--set name=value`
    pub set: &'a BTreeMap<String, String>,
    /// The day to compare `until` with, `2026-11-25`.
    pub today: Option<&'a str>,
}

/// All that is known of some files.
#[derive(Debug)]
pub struct Analysis {
    /// The modules, with their texts.
    pub project: Project,
    /// What they declare.
    pub elaborated: Elaborated,
    /// What is wrong, in source order, with levels and acceptances applied.
    pub diagnostics: Vec<Diagnostic>,
}

impl Analysis {
    /// Whether something fails the build.
    pub fn is_denied(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_deny)
    }
}

/// Reads the files and whatever they use, and says what can be said of them. Never fails.
pub fn analyse(files: &dyn FileSystem, paths: &[PathBuf], options: Options<'_>) -> Analysis {
    let (project, mut diagnostics) = project::load(files, paths);
    let Options { catalogue, config, set, today } = options;
    let mut elaborated = elaborate::elaborate(&project, Inputs { catalogue, config, set });
    diagnostics.append(&mut elaborated.diagnostics);
    let complete = diagnostics.iter().all(Diagnostic::is_acceptable);
    let context = Context { sources: &project.sources, catalogue, limits: &config.limits };
    diagnostics.append(&mut lint::lint(context, &elaborated.policies, &elaborated.roles));
    let judgement = Judgement { levels: &config.levels, acceptances: &elaborated.acceptances, today, complete };
    let diagnostics = lint::settle(diagnostics, judgement);
    Analysis { project, elaborated, diagnostics }
}

/// The policies of an analysis in which nothing fails the build; the analysis itself where something does.
pub fn compile(mut analysis: Analysis) -> Result<(Checked, Analysis), Box<Analysis>> {
    if analysis.is_denied() {
        return Err(Box::new(analysis));
    }
    let policies = std::mem::take(&mut analysis.elaborated.policies);
    let roles = std::mem::take(&mut analysis.elaborated.roles);
    Ok((Checked::new(policies, roles), analysis))
}
