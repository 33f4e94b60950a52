//! What the tests do not touch.

use std::io::Write;

use crate::cli::failure::Failure;
use crate::cli::report::{self, say};
use crate::cli::workspace::Workspace;
use crate::pipeline::Analysis;
use crate::verify::{Coverage, coverage};

/// Writes it to standard output, or where that holds something else, to standard error.
pub(super) fn write(workspace: &Workspace, analysis: &Analysis, to_output: bool) -> Result<(), Failure> {
    let found = coverage(&analysis.elaborated, workspace.catalogue(), &workspace.config.defaults);
    let lines = lines(analysis, &found);
    if !to_output {
        lines.iter().for_each(|line| say(line));
        return Ok(());
    }
    let mut out = report::output();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(())
}

fn lines(analysis: &Analysis, found: &Coverage) -> Vec<String> {
    let told = found.untouched.iter().map(|one| {
        let place = report::place(&analysis.project.sources, one.span);
        match &one.key {
            None => format!("{place}: `{}`: no request is about this statement", one.policy),
            Some(key) => format!("{place}: `{}`: no request fails this condition on `{key}`", one.policy),
        }
    });
    let of = |all: usize, is_condition: bool| {
        let untouched = found.untouched.iter().filter(|one| one.key.is_some() == is_condition).count();
        format!("{} of {all}", all - untouched)
    };
    let total = format!(
        "the tests touch {} statements and {} conditions",
        of(found.statements, false),
        of(found.conditions, true)
    );
    told.chain([total]).collect()
}
