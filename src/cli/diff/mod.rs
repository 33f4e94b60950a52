//! `leastwise diff`: what a change of policies newly allows and no longer allows.

mod answer;
mod compare;
mod given;
mod json;
mod markdown;
mod revision;
mod roles;
mod text;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::catalogue::Catalogue;
use crate::policy::Kind;

use super::Exit;
use super::documents::kind;
use super::failure::Failure;
use super::report::{self, Inputs};
use answer::Answer;
use given::Given;

/// What `diff` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 compared; 1 with `--deny`, and it is so; 2 an input cannot be used; 3 with `--deny`, and it could not be found out."
)]
pub struct Diff {
    /// OLD and NEW: each a file or a folder of `.lw` source or of policy JSON, `-` for standard input. With `--rev`, the paths to
    /// compare with what they were; without any, the project of the working folder
    #[arg(value_name = "OLD NEW", num_args = 0..)]
    paths: Vec<PathBuf>,
    /// Compare the paths with what they were in this revision of git
    #[arg(long, value_name = "REV")]
    rev: Option<String>,
    /// End with 1 where more is allowed than before, or where anything differs
    #[arg(long, value_enum)]
    deny: Option<Deny>,
    /// The kind of the policies of JSON files, where these do not show it
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    output: DiffForm,
    #[command(flatten)]
    inputs: Inputs,
}

/// What a change must not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Allow anything that was not allowed before
    Wider,
    /// Allow anything more or anything less
    Any,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DiffForm {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
    /// For a comment on a pull request
    Markdown,
}

impl Diff {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let (old, new) = self.sides()?;
        let catalogue = new.catalogue.as_ref().unwrap_or_else(|| Catalogue::builtin());
        let answer = Answer {
            policies: compare::policies(catalogue, &old, &new, self.kind)?,
            roles: roles::changes(catalogue, &old, &new),
        };
        let shown = answer::Shown { catalogue, defaults: &new.defaults };
        let mut out = report::output();
        match self.output {
            DiffForm::Text => text::write(&mut out, &answer, shown)?,
            DiffForm::Json => writeln!(out, "{:#}", json::object(&answer, shown))?,
            DiffForm::Markdown => markdown::write(&mut out, &answer, shown)?,
        }
        out.flush()?;
        Ok(self.exit(&answer))
    }

    /// What is compared.
    fn sides(&self) -> Result<(Given, Given), Failure> {
        match (&self.rev, self.paths.as_slice()) {
            (Some(rev), paths) => revision::sides(rev, paths, self.kind, &self.inputs),
            (None, [old, new]) => {
                Ok((Given::read(old, self.kind, &self.inputs)?, Given::read(new, self.kind, &self.inputs)?))
            }
            (None, _) => Err(Failure::new(
                "`diff` compares two things: OLD and NEW",
                "name two files or folders, or compare with a revision of git: `leastwise diff --rev main`",
            )),
        }
    }

    fn exit(&self, answer: &Answer) -> Exit {
        let (wider, narrower) = (answer.is_wider(), answer.is_narrower());
        let found = match self.deny {
            None => return Exit::Done,
            Some(Deny::Wider) => wider,
            Some(Deny::Any) => match (wider, narrower) {
                (Some(false), Some(false)) => Some(false),
                (Some(true), _) | (_, Some(true)) => Some(true),
                _ => None,
            },
        };
        match found {
            Some(true) => Exit::Findings,
            Some(false) => Exit::Done,
            None => Exit::Unknown,
        }
    }
}
