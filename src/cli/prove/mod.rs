//! `leastwise prove`: one claim about every request, from the shell.

mod answer;
mod declared;
mod given;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::policy::Kind;
use crate::project::World;
use crate::prove::Verdict;

use super::Exit;
use super::documents::kind;
use super::failure::Failure;
use super::report::Inputs;
use given::{Claimed, Given};

/// What `prove` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 it holds of every request; 1 it does not; 2 the claim or an input cannot be used; 3 it is not known."
)]
pub struct Prove {
    /// What is claimed of policies and roles of the sources, as in a `prove` block: 'developer never allows iam:* on *'
    #[arg(value_name = "CLAIM", required_unless_present = "policy", conflicts_with_all = ["policy", "Claimed"])]
    claim: Option<String>,
    /// Files and folders of `.lw` source, `-` for standard input; without any, the project of the working folder
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A policy as JSON, which one of the following options claims something of
    #[arg(long, value_name = "FILE", requires = "Claimed")]
    policy: Option<PathBuf>,
    /// Its kind, where its name and its text do not show it
    #[arg(long, value_parser = kind, requires = "policy")]
    kind: Option<Kind>,
    #[command(flatten)]
    claimed: Option<Claimed>,
    /// AWS may have more than the catalogue: any action with any resource and any key
    #[arg(long, conflicts_with = "closed_world")]
    open_world: bool,
    /// AWS has no actions but those of the catalogue
    #[arg(long)]
    closed_world: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    output: AnswerForm,
    #[command(flatten)]
    inputs: Inputs,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum AnswerForm {
    /// One JSON object
    #[default]
    Json,
    /// For people
    Text,
}

impl Prove {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let world = match (self.open_world, self.closed_world) {
            (true, _) => Some(World::Open),
            (_, true) => Some(World::Closed),
            _ => None,
        };
        let answer = match (&self.claim, &self.policy, &self.claimed) {
            (Some(claim), ..) => declared::answer(claim, &self.paths, &self.inputs, world)?,
            (None, Some(policy), Some(claimed)) => Given { policy, kind: self.kind, claimed, world }.answer()?,
            // The command line has asked for one of them.
            _ => {
                return Err(Failure::new(
                    "nothing is claimed",
                    "give a CLAIM, or `--policy` and what is claimed of it",
                ));
            }
        };
        // What cannot be used has been reported.
        let Some(answer) = answer else { return Ok(Exit::Unusable) };
        answer.write(self.output)?;
        Ok(match answer.verdict {
            Verdict::Holds => Exit::Done,
            Verdict::Fails(_) => Exit::Findings,
            Verdict::Unknown(_) => Exit::Unknown,
        })
    }
}
