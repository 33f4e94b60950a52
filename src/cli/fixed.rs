//! The files that `--fix` has changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::report::say;

/// How often fixes are looked for again: what one has mended may show the next. Each round mends something, so that it ends sooner,
/// but for two fixes that undo each other.
const MOST_ROUNDS: usize = 16;

/// What has been written so far.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    rounds: usize,
    files: BTreeSet<PathBuf>,
}

impl Fixed {
    /// Begins another round, if there is one.
    pub(super) fn goes_on(&mut self) -> bool {
        self.rounds += 1;
        self.rounds <= MOST_ROUNDS
    }

    /// Writes a file anew.
    pub(super) fn write(&mut self, path: &Path, text: &str) -> Result<(), Failure> {
        super::output::replace(path, text)?;
        self.files.insert(path.to_path_buf());
        Ok(())
    }

    /// Says which files were changed.
    pub(super) fn tell(&self) {
        self.files.iter().for_each(|path| say(&format!("fixed `{}`", path.display())));
    }
}
