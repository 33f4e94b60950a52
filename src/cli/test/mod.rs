//! `leastwise test`: the `test` blocks of the sources, and the JSON that they compile to.

mod coverage;
mod junit;
mod snapshots;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::pipeline::Analysis;
use crate::verify::{Tested, TestedKind};

use super::Exit;
use super::failure::Failure;
use super::report::{self, Form, Inputs, count, say};
use super::workspace::Workspace;

/// What `test` takes.
#[derive(Debug, Args)]
pub struct Test {
    /// Files and folders of `.lw` source, `-` for standard input; without any, the project of the working folder
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How what failed is written
    #[arg(long, value_enum, default_value_t)]
    output: TestForm,
    /// Tell which statements and conditions no test touches
    #[arg(long)]
    coverage: bool,
    /// The folder of the JSON to compare with what the sources compile to; else, for a whole project, `snapshots` beside its
    /// leastwise.toml, where that exists
    #[arg(long, value_name = "DIR")]
    snapshots: Option<PathBuf>,
    /// Write that folder: what the sources compile to now is right
    #[arg(long)]
    update: bool,
    #[command(flatten)]
    inputs: Inputs,
}

/// How the outcome of tests is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum TestForm {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// JUnit's XML, for build servers
    Junit,
}

impl TestForm {
    /// The form of findings; JUnit has its own.
    fn of_findings(self) -> Option<Form> {
        match self {
            TestForm::Text => Some(Form::Text),
            TestForm::Json => Some(Form::Json),
            TestForm::Sarif => Some(Form::Sarif),
            TestForm::Github => Some(Form::Github),
            TestForm::Junit => None,
        }
    }
}

impl Test {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let workspace = Workspace::open(&self.paths)?;
        let (set, today) = (self.inputs.set(), self.inputs.today());
        let mut analysis = workspace.analyse(&set, today.as_deref());
        let divided = workspace.fit(&mut analysis);
        let compiles = !analysis.is_denied();
        let tested = workspace.run_tests(&set, today.as_deref(), &mut analysis);
        self.tell(&analysis, &tested, compiles)?;
        if self.coverage && compiles {
            coverage::write(&workspace, &analysis, self.output == TestForm::Text)?;
        }
        let failed = tested.iter().filter(|test| !test.failures.is_empty()).count();
        match (compiles, tested.len()) {
            (false, _) => say("no test was run: the sources do not compile"),
            (true, 0) => say("there are no tests: write `test \"...\" { policy allows s3:GetObject on ... }`"),
            (true, all) => say(&format!("{}, {failed} failed", count(all, "test", "tests"))),
        }
        let passed = !analysis.is_denied();
        workspace.divide(divided, &mut analysis);
        let same = !compiles || self.compare_snapshots(&workspace, analysis)?;
        Ok(if passed && same { Exit::Done } else { Exit::Findings })
    }

    fn tell(&self, analysis: &Analysis, tested: &[Tested], compiles: bool) -> Result<(), Failure> {
        let sources = &analysis.project.sources;
        match self.output.of_findings() {
            None => junit::write(sources, tested, if compiles { &[] } else { &analysis.diagnostics })?,
            Some(form) => report::write(form, sources, &analysis.diagnostics)?,
        }
        if self.output == TestForm::Text {
            let mut out = report::output();
            for test in tested {
                let ended = if test.failures.is_empty() { "ok    " } else { "FAILED" };
                let decided = match test.kind {
                    TestedKind::Constraint if test.requests == 0 => {
                        "about nothing: there is none of its kinds".to_owned()
                    }
                    TestedKind::Test => count(test.requests, "request", "requests"),
                    TestedKind::Proof | TestedKind::Constraint => count(test.requests, "proof", "proofs"),
                };
                writeln!(out, "{ended} {} ({decided})", test.title)?;
            }
            out.flush()?;
        }
        Ok(())
    }

    /// Whether the sources compile to the JSON in the folder, where there is one.
    fn compare_snapshots(&self, workspace: &Workspace, analysis: Analysis) -> Result<bool, Failure> {
        let folder = match &self.snapshots {
            Some(folder) => folder.clone(),
            // What a part of the sources compiles to says nothing of the rest.
            None if !self.paths.is_empty() && self.update => {
                return Err(Failure::new(
                    "the snapshots are of the whole project",
                    "leave out the paths, or name a folder for these: `--snapshots DIR`",
                ));
            }
            None if !self.paths.is_empty() => return Ok(true),
            None => workspace.root.join("snapshots"),
        };
        if !self.update && self.snapshots.is_none() && !folder.is_dir() {
            return Ok(true);
        }
        snapshots::compare(folder, analysis, self.update)
    }
}
