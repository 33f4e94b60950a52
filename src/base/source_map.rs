//! The files of one run, by number.

use std::sync::{Arc, OnceLock};

use super::{FileId, Span};

/// A place as people count it: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One file: the name it is shown by, and its text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: String,
    text: Arc<str>,
    line_starts: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// The name it is shown by in diagnostics: its path as the user gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Byte offsets at which lines start, the first of them 0. Counted when first asked for.
    pub fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| codespan_reporting::files::line_starts(&self.text).collect())
    }

    /// The line and column of a byte offset.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= offset).max(1);
        let before = self.text.get(starts[line - 1]..offset).unwrap_or_default();
        LineColumn { line, column: before.chars().count() + 1 }
    }
}

/// All files that a run has read. A [`Span`] is read against it.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Takes a file in and numbers it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(SourceFile { name: name.into(), text: text.into(), line_starts: OnceLock::new() });
        id
    }

    /// Shows the files by other names.
    pub fn rename(&mut self, name: impl Fn(&str) -> String) {
        self.files.iter_mut().for_each(|file| file.name = name(&file.name));
    }

    /// The file of that number.
    ///
    /// # Panics
    /// If `id` was not given out by this map.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Every file with its number, in the order in which they were read.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text().get(span.range()).unwrap_or_default()
    }
}

impl<'a> codespan_reporting::files::Files<'a> for SourceMap {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, codespan_reporting::files::Error> {
        Ok(self.file(id).name())
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, codespan_reporting::files::Error> {
        Ok(self.file(id).text())
    }

    fn line_index(&'a self, id: FileId, offset: usize) -> Result<usize, codespan_reporting::files::Error> {
        Ok(self.file(id).line_starts().partition_point(|&start| start <= offset).max(1) - 1)
    }

    fn line_range(
        &'a self,
        id: FileId,
        line: usize,
    ) -> Result<std::ops::Range<usize>, codespan_reporting::files::Error> {
        let file = self.file(id);
        let starts = file.line_starts();
        let start = *starts
            .get(line)
            .ok_or(codespan_reporting::files::Error::LineTooLarge { given: line, max: starts.len() - 1 })?;
        Ok(start..starts.get(line + 1).copied().unwrap_or(file.text().len()))
    }
}
