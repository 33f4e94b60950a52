//! `leastwise test`: the `test` blocks of the sources.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

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
    output: Form,
    #[command(flatten)]
    inputs: Inputs,
}

impl Test {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let workspace = Workspace::open(&self.paths)?;
        let (set, today) = (self.inputs.set(), self.inputs.today());
        let mut analysis = workspace.analyse(&set, today.as_deref());
        let tested = workspace.run_tests(&set, today.as_deref(), &mut analysis);
        report::write(self.output, &analysis.project.sources, &analysis.diagnostics)?;
        if self.output == Form::Text {
            let mut out = report::output();
            for test in &tested {
                let ended = if test.failures.is_empty() { "ok    " } else { "FAILED" };
                writeln!(out, "{ended} {} ({})", test.title, count(test.requests, "request", "requests"))?;
            }
            out.flush()?;
        }
        let failed = tested.iter().filter(|test| !test.failures.is_empty()).count();
        match (analysis.is_denied(), tested.len()) {
            (true, 0) => say("no test was run: the sources do not compile"),
            (_, 0) => say("there are no tests: write `test \"...\" { policy allows s3:GetObject on ... }`"),
            (_, all) => say(&format!("{}, {failed} failed", count(all, "test", "tests"))),
        }
        Ok(if analysis.is_denied() { Exit::Findings } else { Exit::Done })
    }
}
