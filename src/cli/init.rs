//! `leastwise init`: a project that compiles.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::failure::Failure;
use super::report::say;
use crate::project::SETTINGS;

/// What `init` takes.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder to start the project in; made where it does not exist
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

/// The files of a new project.
const FILES: [(&str, &str); 3] = [
    (SETTINGS, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/init/leastwise.toml"))),
    ("policies/orders.lw", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/init/policies/orders.lw"))),
    (
        "policies/guardrails.lw",
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/init/policies/guardrails.lw")),
    ),
];

impl Init {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        if let Some((name, _)) = FILES.iter().find(|(name, _)| self.folder.join(name).exists()) {
            return Err(Failure::new(
                format!("`{}` is there already", self.folder.join(name).display()),
                "start in an empty folder: `leastwise init DIR`",
            ));
        }
        for (name, text) in FILES {
            write(&self.folder.join(name), text)?;
        }
        let place =
            if self.folder == Path::new(".") { String::new() } else { format!(" in `{}`", self.folder.display()) };
        say(&format!("started a project{place}: {}", FILES.map(|(name, _)| name).join(", ")));
        say("compile it with `leastwise build`");
        Ok(Exit::Done)
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Failure::of_file("make the folder", folder, &error))?;
    }
    std::fs::write(path, text).map_err(|error| Failure::of_file("write", path, &error))
}
