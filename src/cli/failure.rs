//! Why a command could not do its work.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use super::Exit;

/// The command line or an input cannot be used. Shown on standard error.
#[derive(Debug)]
pub(super) enum Failure {
    /// What is wrong, and the way out.
    Unusable {
        /// One line.
        message: String,
        /// What to do.
        help: String,
    },
    /// Whoever read our output has gone; nobody is left to tell.
    Gone,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Failure::Unusable { message: message.into(), help: help.into() }
    }

    /// A file that cannot be read or written.
    pub(super) fn of_file(doing: &str, path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
            io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
            _ => error.to_string(),
        };
        Self::new(format!("cannot {doing} `{}`: {reason}", path.display()), "check the path and its permissions")
    }

    /// With what it says put into other words.
    pub(super) fn reworded(self, word: impl Fn(&str) -> String) -> Self {
        match self {
            Failure::Unusable { message, help } => Failure::Unusable { message: word(&message), help: word(&help) },
            Failure::Gone => Failure::Gone,
        }
    }

    pub(super) fn exit(&self) -> Exit {
        match self {
            Failure::Unusable { .. } => Exit::Unusable,
            Failure::Gone => Exit::Done,
        }
    }

    pub(super) fn print(&self) {
        if let Failure::Unusable { .. } = self {
            let _ = writeln!(io::stderr(), "{self}");
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Unusable { message, help } => write!(f, "error: {message}\n  = help: {help}"),
            Failure::Gone => f.write_str("the reader has gone"),
        }
    }
}

/// Standard output that cannot be written to.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Gone,
            _ => Failure::new(format!("cannot write to standard output: {error}"), "check where it leads to"),
        }
    }
}
