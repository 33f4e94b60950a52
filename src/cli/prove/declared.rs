//! Claims about what sources declare.

use std::path::PathBuf;

use crate::cli::failure::Failure;
use crate::cli::report::{self, Form, Inputs};
use crate::cli::workspace::Workspace;
use crate::diagnostic::Diagnostic;
use crate::pipeline::Analysis;
use crate::project::{LooseClaim, World};
use crate::prove::Verdict;
use crate::verify::{self, Decided, Stated};

use super::answer::{Answer, Shown, widest};

/// What is found out of a claim about some sources; nothing where it or they cannot be used, which is reported.
pub(super) fn answer(
    claim: &str,
    paths: &[PathBuf],
    inputs: &Inputs,
    world: Option<World>,
) -> Result<Option<Answer>, Failure> {
    let endings = ["json", "jsonl", "ndjson"];
    let is_json = |path: &&PathBuf| path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one));
    if let Some(path) = paths.iter().find(is_json) {
        return Err(Failure::new(
            format!("`{}` is policy JSON, and a claim in words is about source", path.display()),
            "give it as `--policy FILE`, with one of `--within`, `--never` and the like; or import it",
        ));
    }
    let mut workspace = Workspace::open(paths)?;
    workspace.config.proofs.world = world.unwrap_or(workspace.config.proofs.world);
    let claim = LooseClaim { before: "", text: claim };
    let mut analysis = workspace.analyse_claim(claim, &inputs.set(), inputs.today().as_deref());
    // A policy that is written smaller, or in parts, means what it does as a whole.
    workspace.fit(&mut analysis);
    let denied: Vec<Diagnostic> = analysis.diagnostics.iter().filter(|one| one.is_deny()).cloned().collect();
    if !denied.is_empty() {
        report::write(Form::Text, &analysis.project.sources, &denied)?;
        return Ok(None);
    }
    let claims = analysis.elaborated.proofs.pop().map(|proof| proof.claims).unwrap_or_default();
    let [claim] = claims.as_slice() else {
        return Err(Failure::new(
            format!("{} claims are made, and one is decided at a time", claims.len()),
            "give one; a `prove` block holds several, for `leastwise test`",
        ));
    };
    let mut config = workspace.config.clone();
    let mut decide = |world: World| {
        config.proofs.world = world;
        verify::decide(&analysis.elaborated, workspace.catalogue(), &config, claim)
    };
    let world = workspace.config.proofs.world;
    match decide(world) {
        Ok(decided) => {
            let holds = matches!(decided.verdict, Verdict::Holds);
            let is_so = |world| matches!(decide(world), Ok(Decided { verdict: Verdict::Holds, .. }));
            let world = if holds { widest(world, is_so) } else { world };
            let (statement, nearest) = (decided.statement, decided.nearest);
            let shown = |one: Option<Stated>| one.map(|one| shown(&analysis, one));
            Ok(Some(Answer { verdict: decided.verdict, world, statement: shown(statement), nearest: shown(nearest) }))
        }
        Err(finding) => {
            report::write(Form::Text, &analysis.project.sources, &[*finding])?;
            Ok(None)
        }
    }
}

fn shown(analysis: &Analysis, stated: Stated) -> Shown {
    Shown {
        policy: Some(format!("{}/{}", stated.kind.keyword(), stated.policy)),
        index: stated.index,
        sid: stated.sid,
        place: report::place(&analysis.project.sources, stated.span),
    }
}
