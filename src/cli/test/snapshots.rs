//! What the sources compile to, against JSON that was committed.

use std::path::PathBuf;

use similar::TextDiff;

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::report::{self, Form, count, say};
use crate::emit::{self, Manifest};
use crate::pipeline::{Analysis, compile};

/// Whether the folder holds what the sources compile to; written where it is to be updated, told where it differs.
pub(super) fn compare(folder: PathBuf, mut analysis: Analysis, update: bool) -> Result<bool, Failure> {
    // What fails is a claim of a test: what is compiled is known all the same.
    analysis.diagnostics.retain(|one| one.code.name != crate::diagnostic::code::FAILED_TEST.name);
    let Ok((checked, analysis)) = compile(analysis) else { return Ok(true) };
    let files = match emit::files(&checked) {
        Ok(files) => files,
        Err(errors) => {
            report::write(Form::Text, &analysis.project.sources, &errors)?;
            return Ok(false);
        }
    };
    let manifest = Manifest::of(&checked, &files, &analysis.project.sources, &Default::default());
    let output = Output::new(folder.clone(), files, manifest, None);
    if update {
        let changes = output.write()?;
        let written = changes.written.iter().filter(|path| !is_manifest(path)).count();
        let removed = changes.removed.len();
        say(&format!(
            "{} written, {removed} removed in `{}`",
            count(written, "snapshot", "snapshots"),
            folder.display()
        ));
        return Ok(true);
    }
    let changes = output.compare();
    for path in changes.written.iter().filter(|path| !is_manifest(path)) {
        let name = folder.join(path);
        let before = std::fs::read_to_string(&name).unwrap_or_default();
        let after = output.text(path).unwrap_or_default();
        let diff = TextDiff::from_lines(before.as_str(), after);
        let name = name.display().to_string();
        say(diff.unified_diff().header(&name, "what the sources compile to").to_string().trim_end());
    }
    for path in &changes.removed {
        say(&format!("`{}`: nothing declares it any more", folder.join(path).display()));
    }
    let differ = changes.written.iter().filter(|path| !is_manifest(path)).count() + changes.removed.len();
    match differ {
        0 => say(&format!("the snapshots in `{}` are as they were", folder.display())),
        _ => say(&format!(
            "{} in `{}`; if that is right, run `leastwise test --update`",
            count(differ, "snapshot differs", "snapshots differ"),
            folder.display()
        )),
    }
    Ok(differ == 0)
}

/// The list of files says where the sources stand: a line more in a source is no other policy.
fn is_manifest(path: &str) -> bool {
    !path.contains('/')
}
