//! `leastwise completions SHELL`.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::failure::Failure;
use super::{Arguments, Exit, report};

/// What `completions` takes.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "leastwise", &mut script);
        let mut out = report::output();
        out.write_all(&script)?;
        out.flush()?;
        Ok(Exit::Done)
    }
}
