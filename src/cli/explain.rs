//! `leastwise explain CODE`: what a diagnostic means.

use std::io::Write;

use clap::Args;

use crate::diagnostic::{self, closest};

use super::Exit;
use super::failure::Failure;
use super::report;

/// What `explain` takes.
#[derive(Debug, Args)]
pub struct Explain {
    /// The name of a code, ours or Access Analyzer's; without one, the list of all
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl Explain {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let mut out = report::output();
        let Some(name) = &self.code else {
            for code in diagnostic::all() {
                writeln!(out, "{:<28} {:<6} {}", code.name, code.level.name(), summary(code.page))?;
            }
            out.flush()?;
            return Ok(Exit::Done);
        };
        let found = diagnostic::find(name).or_else(|| diagnostic::find(&name.to_ascii_uppercase()));
        let Some(code) = found.or_else(|| diagnostic::find(&name.to_ascii_lowercase())) else {
            let near = closest(name, diagnostic::all().iter().map(|code| code.name));
            let help =
                near.map_or("`leastwise explain` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(Failure::new(format!("no diagnostic is called `{name}`"), help));
        };
        // The comments of a page are for the test that runs it.
        for line in code.page.trim_end().lines().filter(|line| !line.starts_with("<!--")) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
        let note = if code.acceptable { "" } else { "; it cannot be lowered or accepted" };
        writeln!(out, "Level: {}{note}.", code.level.name())?;
        if !code.aliases.is_empty() {
            writeln!(out, "IAM Access Analyzer: {}.", code.aliases.join(", "))?;
        }
        out.flush()?;
        Ok(Exit::Done)
    }
}

/// The first sentence of a page.
fn summary(page: &str) -> &str {
    page.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default()
}
