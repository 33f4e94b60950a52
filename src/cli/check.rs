//! `leastwise check`: everything that `build` does but writing.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::FileId;
use crate::diagnostic::{self, Summary, Which};
use crate::pipeline::Analysis;
use crate::syntax;

use super::Exit;
use super::baseline::Baseline;
use super::failure::Failure;
use super::fixed::Fixed;
use super::report::{self, Fix, Form, Inputs, count, say};
use super::workspace::Workspace;

/// What `check` takes.
#[derive(Debug, Args)]
pub struct Check {
    /// Files and folders of `.lw` source, `-` for standard input; without any, the project of the working folder
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How the findings are written
    #[arg(long, value_enum, default_value_t)]
    output: Form,
    #[command(flatten)]
    fix: Fix,
    #[command(flatten)]
    baseline: Baseline,
    /// Do not run the tests
    #[arg(long)]
    no_tests: bool,
    #[command(flatten)]
    inputs: Inputs,
}

impl Check {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        self.fix.refuse_stdin(&self.paths)?;
        let workspace = Workspace::open(&self.paths)?;
        let (set, today) = (self.inputs.set(), self.inputs.today());
        // The program ends with this command, and the system takes memory back faster than piece by piece.
        let mut analysis = ManuallyDrop::new(workspace.analyse(&set, today.as_deref()));
        if let Some(which) = self.fix.which() {
            let mut fixed = Fixed::default();
            while fixed.goes_on() && fix(&analysis, which, &mut fixed)? {
                analysis = ManuallyDrop::new(workspace.analyse(&set, today.as_deref()));
            }
            fixed.tell();
        }
        workspace.judge(&set, today.as_deref(), &mut analysis, !self.no_tests);
        let Analysis { project, diagnostics, .. } = &mut *analysis;
        self.baseline.apply(&project.sources, diagnostics)?;
        report::write(self.output, &analysis.project.sources, &analysis.diagnostics)?;
        if self.output == Form::Text && Summary::of(&analysis.diagnostics).is_empty() {
            let policies = count(analysis.elaborated.policies.len(), "policy", "policies");
            say(&format!("{policies} checked, no findings"));
        }
        Ok(if analysis.is_denied() { Exit::Findings } else { Exit::Done })
    }
}

/// Applies the fixes to the files that are on disk; whether there were some. A text that would not parse any more is left as it was.
fn fix(analysis: &Analysis, which: Which, fixed: &mut Fixed) -> Result<bool, Failure> {
    let sources = &analysis.project.sources;
    let changed = diagnostic::apply(sources, &analysis.diagnostics, which);
    let mut is_written = false;
    for module in analysis.project.modules.iter().filter(|module| !module.is_library) {
        let Some(text) = changed.get(&module.file) else { continue };
        let path = Path::new(sources.file(module.file).name());
        let worse = errors(module.file, text) > module.parsed.diagnostics.len();
        if worse || !path.is_file() {
            continue;
        }
        fixed.write(path, text)?;
        is_written = true;
    }
    Ok(is_written)
}

fn errors(file: FileId, text: &str) -> usize {
    syntax::parse(file, text).diagnostics.len()
}
