//! `leastwise catalogue`: look-ups, and AWS's own files in the place of ours.

mod availability;
mod json;
mod lookup;
mod text;
mod update;

use std::io::Write;

use clap::{Args, Subcommand, ValueEnum};

use crate::catalogue::{Catalogue as Facts, ResourceType};
use crate::policy::{PlaceholderRole, placeholders};

use super::Exit;
use super::failure::Failure;
use super::{report, workspace};

/// What `catalogue` takes.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
#[command(after_help = "\
Names, in any letter case:
  s3                  a service
  s3:GetObject        an action
  s3:Get*  *:*Policy* the actions that match
  s3:read             the actions of a level: list, read, write, tagging, permissions
  s3.bucket           a resource type
  s3:prefix  aws:*    condition keys

Where the project has a `leastwise.catalogue`, or `[catalogue]` in its leastwise.toml, they count too.")]
pub struct Catalogue {
    /// What to look up; without a name, the list of services
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// How to write the answers
    #[arg(long, value_enum, default_value_t)]
    output: Form,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the project's own catalogue from AWS's service reference files
    Update(update::Update),
}

/// How answers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    #[default]
    Text,
    /// One JSON object, with the field names of AWS's service reference
    Json,
}

impl Catalogue {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        if let Some(Command::Update(update)) = &self.command {
            return update.run();
        }
        let own = workspace::catalogue_of(&workspace::folder_here())?;
        let facts = own.as_ref().unwrap_or_else(|| Facts::builtin());
        // All names are looked up before anything is said, so that output is never half an answer.
        let mut answers = Vec::new();
        for name in &self.names {
            answers.push(lookup::look_up(facts, name)?);
        }
        if self.names.is_empty() {
            answers.push(vec![lookup::Answer::Services(facts.services().collect())]);
        }
        let answers: Vec<_> = answers.into_iter().flatten().collect();
        let mut out = report::output();
        match self.output {
            Form::Text => text::write(&mut out, facts, &answers)?,
            Form::Json => json::write(&mut out, facts, &answers)?,
        }
        out.flush()?;
        Ok(Exit::Done)
    }
}

/// A resource type as the language writes it, `s3.object(BucketName, ObjectName)`, for one of its ARN formats.
fn constructor(ty: ResourceType<'_>, format: &str) -> String {
    let values = placeholders(format).into_iter().filter(|one| one.role == PlaceholderRole::Value);
    let values: Vec<&str> = values.map(|one| one.name).collect();
    format!("{}.{}({})", ty.service().name(), ty.ident(), values.join(", "))
}
