//! The folder that `build` writes: whole files or none, and no file that nothing declares any more.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use crate::emit::{File, Manifest};

use super::failure::Failure;

/// The list of files, in the folder itself.
const MANIFEST: &str = "manifest.json";

/// The output folder as it should be.
pub(super) struct Output {
    folder: PathBuf,
    /// In the order of their paths.
    files: BTreeMap<String, String>,
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
        let mut files: BTreeMap<String, String> = files.into_iter().map(|file| (file.path, file.text)).collect();
        let mut stale = Vec::new();
        match selected {
            Some(paths) => {
                files.retain(|path, _| paths.contains(path));
                manifest.policies.retain(|entry| paths.contains(&entry.file));
                manifest.policies.extend(old.policies.into_iter().filter(|entry| !paths.contains(&entry.file)));
                manifest.policies.sort_by(|a, b| a.file.cmp(&b.file));
            }
            None => {
                let paths = old.policies.into_iter().map(|entry| entry.file);
                stale.extend(paths.filter(|path| is_inside(path) && !files.contains_key(path)));
            }
        }
        files.insert(MANIFEST.to_owned(), manifest.text());
        Self { folder, files, stale }
    }

    /// The text of a file, as it should be.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// What writing would change.
    pub(super) fn compare(&self) -> Changes {
        let mut changes = Changes::default();
        let mut here: HashMap<&str, bool> = HashMap::new();
        for (path, text) in &self.files {
            // Where a folder is missing, so are its files; that saves a question for each.
            let is_there = |folder: &str| self.folder.join(folder).is_dir();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            match *here.entry(folder).or_insert_with(|| is_there(folder)) && is_current(&self.folder.join(path), text) {
                true => changes.unchanged += 1,
                false => changes.written.push(path.clone()),
            }
        }
        changes.removed = self.stale.iter().filter(|path| self.folder.join(path).exists()).cloned().collect();
        changes
    }

    /// Writes what differs. Every file is first written beside its place, those of a new folder in a folder beside it; when all
    /// have been written, they are moved.
    pub(super) fn write(&self) -> Result<Changes, Failure> {
        let changes = self.compare();
        std::fs::create_dir_all(&self.folder)
            .map_err(|error| Failure::of_file("make the folder", &self.folder, &error))?;
        let mut new_folders: BTreeMap<&str, TempDir> = BTreeMap::new();
        let mut ready = Vec::new();
        for path in &changes.written {
            let (place, text) = (self.folder.join(path), &self.files[path]);
            let failed = |error: &std::io::Error| Failure::of_file("write", &place, error);
            match path.rsplit_once('/').filter(|(folder, _)| !self.folder.join(folder).is_dir()) {
                Some((folder, name)) => {
                    if !new_folders.contains_key(folder) {
                        new_folders.insert(folder, new_folder(&self.folder).map_err(|error| failed(&error))?);
                    }
                    std::fs::write(new_folders[folder].path().join(name), text).map_err(|error| failed(&error))?;
                }
                None => {
                    let folder = place.parent().unwrap_or(&self.folder);
                    let file = beside(folder, text.as_bytes()).map_err(|error| failed(&error))?;
                    // Closed: a system lets a program have so many files open and no more.
                    ready.push((file.into_temp_path(), place));
                }
            }
        }
        for (name, folder) in new_folders {
            let place = self.folder.join(name);
            std::fs::rename(folder.path(), &place).map_err(|error| Failure::of_file("write", &place, &error))?;
            let _ = folder.keep();
        }
        for (temporary, place) in ready {
            temporary.persist(&place).map_err(|error| Failure::of_file("write", &place, &error.error))?;
        }
        for path in &changes.removed {
            let path = self.folder.join(path);
            std::fs::remove_file(&path).map_err(|error| Failure::of_file("remove", &path, &error))?;
        }
        Ok(changes)
    }
}

/// Whether a file has that text.
fn is_current(path: &Path, text: &str) -> bool {
    // A length costs one call; most files that differ, differ in it.
    std::fs::metadata(path).is_ok_and(|found| found.len() == text.len() as u64)
        && std::fs::read(path).is_ok_and(|found| found == text.as_bytes())
}

/// A new folder in another, open to whom other folders are.
fn new_folder(folder: &Path) -> std::io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".leastwise-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o777));
    }
    builder.tempdir_in(folder)
}

/// Puts a text in the place of a file's, whole or not at all.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    replace_all(&[(path.to_owned(), text)])
}

/// Puts texts in the places of files'. Every text is first written beside its place; when all have been, they are moved.
pub(super) fn replace_all(files: &[(PathBuf, &str)]) -> Result<(), Failure> {
    let mut ready = Vec::with_capacity(files.len());
    for (path, text) in files {
        let failed = |error: &std::io::Error| Failure::of_file("write", path, error);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = beside(folder, text.as_bytes()).map_err(|error| failed(&error))?;
        match std::fs::metadata(path) {
            // A file cannot be moved there, and is not to be found out when others have been.
            Ok(metadata) if metadata.is_dir() => return Err(failed(&std::io::ErrorKind::IsADirectory.into())),
            Ok(metadata) => file.as_file().set_permissions(metadata.permissions()).map_err(|error| failed(&error))?,
            Err(_) => {}
        }
        // Closed: a system lets a program have so many files open and no more.
        ready.push((file.into_temp_path(), path));
    }
    for (file, path) in ready {
        file.persist(path).map_err(|error| Failure::of_file("write", path, &error.error))?;
    }
    Ok(())
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
