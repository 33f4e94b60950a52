//! Reading files, from the disk or from memory.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// What the compiler needs of a disk.
pub trait FileSystem {
    /// The whole text of a file. Bytes that are not UTF-8 are an error of kind `InvalidData`.
    fn read(&self, path: &Path) -> io::Result<String>;

    /// The `.lw` files below a folder in a stable order, hidden and git-ignored ones left out; a path that is a file is itself.
    fn sources(&self, path: &Path) -> io::Result<Vec<PathBuf>>;

    /// Whether something stands at that path.
    fn exists(&self, path: &Path) -> bool;
}

/// The real disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskFileSystem;

impl DiskFileSystem {
    /// The files below a folder with one of these endings, in a stable order, hidden and git-ignored ones left out.
    pub fn below(self, folder: &Path, endings: &[&str]) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in ignore::WalkBuilder::new(folder).require_git(false).sort_by_file_path(|a, b| a.cmp(b)).build() {
            let entry = entry.map_err(io::Error::other)?;
            let ending = entry.path().extension().and_then(|ending| ending.to_str());
            if ending.is_some_and(|ending| endings.contains(&ending)) && !entry.path().is_dir() {
                found.push(entry.into_path());
            }
        }
        Ok(found)
    }
}

impl FileSystem for DiskFileSystem {
    fn read(&self, path: &Path) -> io::Result<String> {
        std::fs::read_to_string(path)
    }

    fn sources(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        if !path.is_dir() {
            std::fs::metadata(path)?;
            return Ok(vec![path.to_path_buf()]);
        }
        self.below(path, &["lw"])
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }
}

/// Files held in memory: tests, examples in the documentation, an editor's unsaved buffers.
#[derive(Clone, Debug, Default)]
pub struct MemoryFileSystem {
    files: BTreeMap<PathBuf, String>,
}

impl MemoryFileSystem {
    /// A file system that holds these files.
    pub fn new<P: Into<PathBuf>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        Self { files: files.into_iter().map(|(path, text)| (path.into(), text.into())).collect() }
    }
}

impl FileSystem for MemoryFileSystem {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.files.get(path).cloned().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))
    }

    fn sources(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let found: Vec<_> = self
            .files
            .keys()
            .filter(|file| file.starts_with(path) && file.extension().is_some_and(|e| e == "lw"))
            .cloned()
            .collect();
        if found.is_empty() && !self.exists(path) {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no such file or folder"));
        }
        Ok(found)
    }

    fn exists(&self, path: &Path) -> bool {
        self.files.keys().any(|file| file.starts_with(path))
    }
}

/// Texts that stand before the files below them: standard input, an editor's unsaved buffers.
pub struct Overlay<'a> {
    texts: MemoryFileSystem,
    below: &'a dyn FileSystem,
}

impl<'a> Overlay<'a> {
    /// These texts, and whatever else is below.
    pub fn new(texts: MemoryFileSystem, below: &'a dyn FileSystem) -> Self {
        Self { texts, below }
    }
}

impl FileSystem for Overlay<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        self.texts.read(path).or_else(|_| self.below.read(path))
    }

    fn sources(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        if self.texts.files.contains_key(path) { Ok(vec![path.to_path_buf()]) } else { self.below.sources(path) }
    }

    fn exists(&self, path: &Path) -> bool {
        self.texts.exists(path) || self.below.exists(path)
    }
}
