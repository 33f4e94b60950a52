//! The policy documents of JSON files, and the names and kinds that they show.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::base::{DiskFileSystem, FileId, FileSystem, SourceMap};
use crate::diagnostic::Diagnostic;
use crate::inventory::{Found, find, recognise, resembles_policy};
use crate::policy::Kind;
use crate::policy::read::Mode;

use super::failure::Failure;
use super::report::{count, say};
use super::workspace::{is_stdin, read_stdin};

/// What some JSON files hold.
#[derive(Default)]
pub(super) struct Documents {
    /// The files.
    pub(super) sources: SourceMap,
    /// The documents, with the path of their file.
    pub(super) found: Vec<(PathBuf, Found)>,
    /// What is wrong with whole files.
    pub(super) errors: Vec<Diagnostic>,
    /// How many files of folders hold no policy: what else stands there is not refused.
    pub(super) skipped: usize,
}

impl Documents {
    /// Reads the files that the paths stand for.
    pub(super) fn read(paths: &[PathBuf], mode: Mode) -> Result<Self, Failure> {
        let mut documents = Documents::default();
        for (path, is_named) in files(paths)? {
            documents.take(&path, mode, is_named)?;
        }
        if documents.skipped > 0 && documents.found.is_empty() && documents.errors.is_empty() {
            return Err(Failure::new(
                format!(
                    "there is no policy in {}",
                    count(documents.skipped, "file of these folders", "files of these folders")
                ),
                "name the files that should hold one",
            ));
        }
        Ok(documents)
    }

    /// Says how many files were skipped.
    pub(super) fn tell_skipped(&self) {
        if self.skipped > 0 {
            say(&format!("{} without a policy skipped", count(self.skipped, "file", "files")));
        }
    }

    /// Reads one file, or standard input.
    pub(super) fn add(&mut self, path: &Path, mode: Mode) -> Result<FileId, Failure> {
        self.take(path, mode, true)
    }

    /// The same; a file that is not named, but stands in a folder, need not hold a policy.
    fn take(&mut self, path: &Path, mode: Mode, is_named: bool) -> Result<FileId, Failure> {
        let text = match is_stdin(path) {
            true => read_stdin()?,
            false => DiskFileSystem.read(path).map_err(|error| Failure::of_file("read", path, &error))?,
        };
        let shown = if is_stdin(path) { "<stdin>".into() } else { path.to_string_lossy().replace('\\', "/") };
        let file = self.sources.add(shown, text);
        let text = self.sources.file(file).text().clone();
        let found = find(file, &text, mode);
        let shows = match &found {
            Ok(found) => found.iter().any(|one| one.document.is_ok() || one.rest.is_some() || one.kind.is_some()),
            Err(_) => false,
        };
        if !is_named && !shows && Kind::of_path(&path.to_string_lossy()).is_none() && !resembles_policy(&text) {
            self.skipped += 1;
            return Ok(file);
        }
        match found {
            Ok(found) => self.found.extend(found.into_iter().map(|document| (path.to_path_buf(), document))),
            Err(error) => self.errors.push(*error),
        }
        Ok(file)
    }
}

/// The JSON files that paths stand for, each once, and whether it was named itself.
fn files(paths: &[PathBuf]) -> Result<Vec<(PathBuf, bool)>, Failure> {
    let mut files: Vec<(PathBuf, bool)> = Vec::new();
    let mut places: HashMap<PathBuf, usize> = HashMap::new();
    for path in paths {
        let is_named = !path.is_dir();
        let found = if is_named { vec![path.clone()] } else { below(path)? };
        for file in found {
            let file = file.strip_prefix(".").map(Path::to_path_buf).unwrap_or(file);
            let place = *places.entry(file.clone()).or_insert(files.len());
            match files.get_mut(place) {
                Some((_, was_named)) => *was_named |= is_named,
                None => files.push((file, is_named)),
            }
        }
    }
    if files.is_empty() {
        return Err(Failure::new("there are no JSON files in these folders", "name the files"));
    }
    Ok(files)
}

/// The JSON files in a folder.
pub(super) fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let found = DiskFileSystem.below(folder, &["json", "jsonl", "ndjson"]);
    found.map_err(|error| Failure::of_file("read", folder, &error))
}

/// The kind of a document: what its surroundings say, else what its file is called, else what it looks like.
pub(super) fn likely_kind(path: &Path, found: &Found) -> Option<Kind> {
    found
        .kind
        .or_else(|| Kind::of_path(&path.to_string_lossy()))
        .or_else(|| found.document.as_ref().ok().map(recognise))
}

/// What a document is called.
pub(super) fn name(path: &Path, found: &Found) -> String {
    found.name.clone().unwrap_or_else(|| stem(path))
}

/// `region-lock` for `scp/region-lock.json` and for `region-lock.scp.json`.
fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if is_stdin(path) {
        return "policy".to_owned();
    }
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
    match stem.rsplit_once('.') {
        Some((before, kind)) if Kind::of_word(kind).is_some() => before.to_owned(),
        _ => stem,
    }
}

/// The kind of that keyword, for the command line.
pub(super) fn kind(text: &str) -> Result<Kind, String> {
    Kind::of_word(text).ok_or_else(|| {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.keyword()).collect();
        format!("the kinds are {}", known.join(", "))
    })
}
