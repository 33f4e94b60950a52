//! Spans as places that exist, at a cost that does not grow with the length of a line.

use std::cell::OnceCell;
use std::ops::Range;

use codespan_reporting::files::{Error, Files};

use crate::base::{FileId, LineColumn, SourceFile, SourceMap, Span};

/// Bytes between two counted points of a file.
const BLOCK: usize = 512;
/// A line of more bytes is not shown.
const LONGEST_LINE: usize = 500;

/// A span cut to its file, in bytes and as people count.
pub(super) struct Place<'a> {
    /// Name of the file, as the user gave it.
    pub file: &'a str,
    /// Where it starts.
    pub start: LineColumn,
    /// Right after where it ends.
    pub end: LineColumn,
    /// Its bytes, on character boundaries.
    pub range: Range<usize>,
}

/// The files of a map, each with a count of its characters once that is asked for.
pub(super) struct Places<'a> {
    files: Vec<Entry<'a>>,
}

struct Entry<'a> {
    source: &'a SourceFile,
    /// Characters before each block.
    blocks: OnceCell<Vec<usize>>,
}

impl<'a> Places<'a> {
    pub fn new(sources: &'a SourceMap) -> Self {
        Self { files: sources.files().map(|(_, source)| Entry { source, blocks: OnceCell::new() }).collect() }
    }

    /// The place of a span; `None` if its file is unknown.
    pub fn place(&self, span: Span) -> Option<Place<'a>> {
        let entry = self.entry(span.file).ok()?;
        let start = entry.boundary(span.start as usize);
        let end = entry.boundary(span.end as usize).max(start);
        Some(Place {
            file: entry.source.name(),
            start: entry.line_column(start),
            end: entry.line_column(end),
            range: start..end,
        })
    }

    /// The text of a file; empty if it is unknown.
    pub fn text(&self, file: FileId) -> &'a str {
        self.entry(file).map_or("", |entry| entry.source.text())
    }

    /// The bytes of a line, counted from 1, without its line break.
    pub fn line(&self, file: FileId, line: usize) -> Option<Range<usize>> {
        let source = self.entry(file).ok()?.source;
        let (starts, text) = (source.line_starts(), source.text());
        let start = *starts.get(line.checked_sub(1)?)?;
        let end = starts.get(line).copied().unwrap_or(text.len());
        Some(start..start + text[start..end].trim_end_matches(['\n', '\r']).len())
    }

    /// Whether a line can be put before a person: not too long, and without characters that steer a terminal.
    pub fn can_show(&self, file: FileId, line: usize) -> bool {
        self.line(file, line)
            .is_some_and(|range| range.len() <= LONGEST_LINE && !self.text(file)[range].chars().any(is_steering))
    }

    fn entry(&self, file: FileId) -> Result<&Entry<'a>, Error> {
        self.files.get(file.0 as usize).ok_or(Error::FileMissing)
    }
}

/// Whether a character moves the cursor, changes colours or turns the direction of writing.
pub(super) fn is_steering(character: char) -> bool {
    (character.is_control() && character != '\t')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Entry<'_> {
    /// The character boundary at or before an offset.
    fn boundary(&self, offset: usize) -> usize {
        let text = self.source.text();
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// Characters before an offset.
    fn characters(&self, offset: usize) -> usize {
        let bytes = self.source.text().as_bytes();
        let blocks = self.blocks.get_or_init(|| {
            let sums = bytes.chunks(BLOCK).scan(0, |sum, block| {
                *sum += count(block);
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect()
        });
        let block = offset / BLOCK;
        blocks[block] + count(&bytes[block * BLOCK..offset])
    }

    /// As [`SourceFile::line_column`], for an offset on a boundary.
    fn line_column(&self, offset: usize) -> LineColumn {
        let starts = self.source.line_starts();
        let line = starts.partition_point(|&start| start <= offset).max(1);
        LineColumn { line, column: self.characters(offset) - self.characters(starts[line - 1]) + 1 }
    }
}

/// Characters that start in these bytes.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// What codespan sees: lines that cannot be shown are empty.
impl<'f> Files<'f> for Places<'_> {
    type FileId = FileId;
    type Name = &'f str;
    type Source = &'f str;

    fn name(&'f self, id: FileId) -> Result<&'f str, Error> {
        Ok(self.entry(id)?.source.name())
    }

    fn source(&'f self, id: FileId) -> Result<&'f str, Error> {
        Ok(self.entry(id)?.source.text())
    }

    fn line_index(&'f self, id: FileId, offset: usize) -> Result<usize, Error> {
        let starts = self.entry(id)?.source.line_starts();
        Ok(starts.partition_point(|&start| start <= offset).max(1) - 1)
    }

    fn line_range(&'f self, id: FileId, index: usize) -> Result<Range<usize>, Error> {
        let range = self.line(id, index + 1).ok_or(Error::LineTooLarge { given: index, max: usize::MAX })?;
        Ok(if self.can_show(id, index + 1) { range } else { range.start..range.start })
    }

    fn column_number(&'f self, id: FileId, _: usize, offset: usize) -> Result<usize, Error> {
        let entry = self.entry(id)?;
        Ok(entry.line_column(entry.boundary(offset)).column)
    }
}
