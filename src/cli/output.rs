//! The folder that `build` writes: whole files or none, and no file that nothing declares any more.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::emit::{File, Manifest};

use super::failure::Failure;

/// The list of files, in the folder itself.
const MANIFEST: &str = "manifest.json";

/// The output folder as it should be.
pub(super) struct Output {
    folder: PathBuf,
    files: Vec<File>,
    /// Files of an earlier build that this one does not make.
    stale: Vec<String>,
}

/// What a build did to the folder, or would do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) written: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) unchanged: usize,
}

impl Changes {
    pub(super) fn is_empty(&self) -> bool {
        self.written.is_empty() && self.removed.is_empty()
    }
}

impl Output {
    /// The folder with these files and their manifest. Where only some policies are `selected`, the others stay as the manifest
    /// in the folder has them.
    pub(super) fn new(
        folder: PathBuf,
        files: Vec<File>,
        mut manifest: Manifest,
        selected: Option<&BTreeSet<String>>,
    ) -> Self {
        let old = earlier_manifest(&folder);
        let (mut files, mut stale) = (files, Vec::new());
        match selected {
            Some(paths) => {
                files.retain(|file| paths.contains(&file.path));
                manifest.policies.retain(|entry| paths.contains(&entry.file));
                let kept = old.policies.into_iter().filter(|entry| !paths.contains(&entry.file));
                manifest.policies.extend(kept);
                manifest.policies.sort_by(|a, b| a.file.cmp(&b.file));
            }
            None => {
                let made: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
                stale.extend(
                    old.policies
                        .into_iter()
                        .map(|entry| entry.file)
                        .filter(|path| is_inside(path) && !made.contains(path.as_str())),
                );
            }
        }
        files.push(File { path: MANIFEST.to_owned(), text: manifest.text() });
        Self { folder, files, stale }
    }

    /// What writing would change.
    pub(super) fn compare(&self) -> Changes {
        let mut changes = Changes::default();
        for file in &self.files {
            match self.is_current(file) {
                true => changes.unchanged += 1,
                false => changes.written.push(file.path.clone()),
            }
        }
        changes.removed = self.stale.iter().filter(|path| self.folder.join(path).exists()).cloned().collect();
        changes
    }

    /// Writes what differs. Every file is first written beside its place and then moved there, when all have been written.
    pub(super) fn write(&self) -> Result<Changes, Failure> {
        let changes = self.compare();
        let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
        let mut ready = Vec::with_capacity(changes.written.len());
        for file in self.files.iter().filter(|file| !self.is_current(file)) {
            let path = self.folder.join(&file.path);
            let folder = path.parent().unwrap_or(&self.folder).to_path_buf();
            if folders.insert(folder.clone()) {
                std::fs::create_dir_all(&folder)
                    .map_err(|error| Failure::of_file("make the folder", &folder, &error))?;
            }
            ready.push((
                beside(&folder, file.text.as_bytes()).map_err(|error| Failure::of_file("write", &path, &error))?,
                path,
            ));
        }
        for (temporary, path) in ready {
            temporary.persist(&path).map_err(|error| Failure::of_file("write", &path, &error.error))?;
        }
        for path in &changes.removed {
            let path = self.folder.join(path);
            std::fs::remove_file(&path).map_err(|error| Failure::of_file("remove", &path, &error))?;
        }
        Ok(changes)
    }

    fn is_current(&self, file: &File) -> bool {
        let path = self.folder.join(&file.path);
        // A length costs one call; most files that differ, differ in it.
        std::fs::metadata(&path).is_ok_and(|found| found.len() == file.text.len() as u64)
            && std::fs::read(&path).is_ok_and(|found| found == file.text.as_bytes())
    }
}

/// A new file in that folder that holds these bytes, readable as other files are.
pub(super) fn beside(folder: &Path, bytes: &[u8]) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".leastwise-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    Ok(file)
}

/// The manifest of an earlier build; an empty one where there is none, or where something else stands under its name.
fn earlier_manifest(folder: &Path) -> Manifest {
    let text = std::fs::read_to_string(folder.join(MANIFEST)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Whether a path that stood in a file leads into the folder, one folder deep, as ours do.
fn is_inside(path: &str) -> bool {
    let mut parts = path.split('/');
    let (Some(kind), Some(name), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    crate::policy::Kind::ALL.iter().any(|known| known.keyword() == kind)
        && name.ends_with(".json")
        && !name.contains('\\')
}
