//! `leastwise catalogue`: look-ups, and AWS's own files in the place of ours.

use clap::Args;

use super::Exit;
use super::failure::Failure;

/// What `catalogue` takes.
#[derive(Debug, Args)]
pub struct Catalogue {
    /// A service, an action, a pattern of actions, a condition key
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

impl Catalogue {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let _ = &self.names;
        Ok(Exit::Done)
    }
}
