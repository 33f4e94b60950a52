//! `leastwise fmt`: source in its one form.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::{DiskFileSystem, FileSystem, SourceMap};
use crate::format::{FormatError, format};

use super::Exit;
use super::failure::Failure;
use super::report::{self, Form, say};
use super::workspace::{is_stdin, read_stdin, source_files};

/// What `fmt` takes.
#[derive(Debug, Args)]
pub struct Fmt {
    /// Files and folders of `.lw` source, `-` for standard input; without any, the project of the working folder
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; exit with 1 if a file is not in its form
    #[arg(long, conflicts_with = "stdout")]
    check: bool,
    /// Print the formatted text instead of changing files
    #[arg(long)]
    stdout: bool,
}

impl Fmt {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let mut exit = Exit::Done;
        for path in source_files(&self.paths)? {
            let text = match is_stdin(&path) {
                true => read_stdin()?,
                false => DiskFileSystem.read(&path).map_err(|error| Failure::of_file("read", &path, &error))?,
            };
            if self.one(&path, &text)? != Exit::Done {
                exit = Exit::Findings;
            }
        }
        Ok(exit)
    }

    fn one(&self, path: &Path, text: &str) -> Result<Exit, Failure> {
        let mut sources = SourceMap::default();
        let file = sources.add(path.to_string_lossy(), text);
        let formatted = match format(file, text) {
            Ok(formatted) => formatted,
            Err(FormatError::Syntax(errors)) => {
                report::write(Form::Text, &sources, &errors)?;
                return Ok(Exit::Findings);
            }
            Err(error) => {
                let help = "the file is left as it is; please report it with the file";
                return Err(Failure::new(format!("`{}` cannot be formatted: {error}", path.display()), help));
            }
        };
        let differs = formatted != text;
        if self.check {
            if differs {
                say(&format!("`{}` is not formatted", path.display()));
            }
            return Ok(if differs { Exit::Findings } else { Exit::Done });
        }
        if self.stdout || is_stdin(path) {
            let mut out = report::output();
            out.write_all(formatted.as_bytes())?;
            out.flush()?;
        } else if differs {
            super::output::replace(path, &formatted)?;
            say(&format!("formatted `{}`", path.display()));
        }
        Ok(Exit::Done)
    }
}
