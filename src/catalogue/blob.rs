//! The blob, read in place: checked reads of records, strings and lists.
//!
//! Nothing here trusts the bytes. A read outside a section gives 0, an empty
//! string or an empty list, so a blob that was damaged can give wrong answers
//! but never a panic or an endless walk.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use super::CatalogueError;
use super::pack::{HEADER, LISTS, MAGIC, SECTIONS, STRINGS, WIDTH, checksum};

pub struct Blob {
    data: Cow<'static, [u8]>,
    sections: [(usize, usize); SECTIONS],
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

/// Compares names without regard to the case of ASCII letters.
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase))
}

impl Blob {
    /// Reads the header; the checksum is looked at when `verify` says so.
    pub fn new(data: Cow<'static, [u8]>, verify: bool) -> Result<Blob, CatalogueError> {
        if data.get(..8) != Some(MAGIC.as_slice()) {
            let layout = data.get(..8).and_then(|magic| magic.strip_prefix(&MAGIC[..7])).map(|digit| digit[0]);
            return Err(CatalogueError::new(match layout.filter(u8::is_ascii_graphic) {
                Some(other) => format!(
                    "another version of Leastwise wrote it, in layout {}; this one reads layout {}",
                    char::from(other),
                    char::from(MAGIC[7])
                ),
                None => "it is not a catalogue".to_owned(),
            }));
        }
        if u32_at(&data, 8) != u32::try_from(data.len()).ok() || data.len() < HEADER {
            return Err(CatalogueError::new("it is cut short or too long"));
        }
        if verify && u32_at(&data, 12) != Some(checksum(&data[16..])) {
            return Err(CatalogueError::new("it is damaged: its checksum does not match"));
        }
        let mut sections = [(0, 0); SECTIONS];
        for (index, section) in sections.iter_mut().enumerate() {
            let offset = u32_at(&data, 16 + index * 8).unwrap_or(0) as usize;
            let len = u32_at(&data, 20 + index * 8).unwrap_or(0) as usize;
            if offset < HEADER || offset.checked_add(len).is_none_or(|end| end > data.len()) {
                return Err(CatalogueError::new("it is damaged: a section is out of place"));
            }
            *section = (offset, len);
        }
        Ok(Blob { data, sections })
    }

    fn section(&self, section: usize) -> &[u8] {
        let (offset, len) = self.sections[section];
        self.data.get(offset..offset.saturating_add(len)).unwrap_or_default()
    }

    /// The whole blob.
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// How many records a section has.
    pub fn len(&self, section: usize) -> u32 {
        (self.sections[section].1 / 4 / WIDTH[section].max(1)) as u32
    }

    /// A field of a record.
    pub fn field(&self, section: usize, record: u32, field: usize) -> u32 {
        let at = (record as usize).checked_mul(WIDTH[section]).and_then(|at| at.checked_add(field)?.checked_mul(4));
        at.and_then(|at| u32_at(self.section(section), at)).unwrap_or(0)
    }

    /// The records of a run given by two fields of a record: its first and its length.
    pub fn run(&self, owner: (usize, u32), field: usize, section: usize) -> Range<u32> {
        let len = self.len(section);
        let first = self.field(owner.0, owner.1, field).min(len);
        let count = self.field(owner.0, owner.1, field + 1).min(len - first);
        first..first + count
    }

    /// The bytes of an interned string.
    pub fn text(&self, at: u32) -> &[u8] {
        let strings = self.section(STRINGS);
        let at = at as usize;
        let text = || {
            let len = u16::from_le_bytes(strings.get(at..at.checked_add(2)?)?.try_into().ok()?);
            strings.get(at + 2..at.checked_add(2 + usize::from(len))?)
        };
        text().unwrap_or_default()
    }

    /// An interned string.
    pub fn string(&self, at: u32) -> &str {
        std::str::from_utf8(self.text(at)).unwrap_or_default()
    }

    /// The string that a field of a record refers to.
    pub fn name(&self, section: usize, record: u32, field: usize) -> &str {
        self.string(self.field(section, record, field))
    }

    /// Where the items of a list are in the section of lists.
    fn items(&self, at: u32) -> Range<u32> {
        let len = self.len(LISTS);
        let first = at.saturating_add(1).min(len);
        let count = self.field(LISTS, at, 0).min(len - first);
        first..first + count
    }

    /// The items of a list.
    pub fn list(&self, at: u32) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.items(at).map(|index| self.field(LISTS, index, 0))
    }

    /// Whether a sorted list has an item within the range; gives the first.
    pub fn list_within(&self, at: u32, wanted: Range<u32>) -> Option<u32> {
        let Range { mut start, end: last } = self.items(at);
        let mut end = last;
        while start < end {
            let middle = start + (end - start) / 2;
            if self.field(LISTS, middle, 0) < wanted.start { start = middle + 1 } else { end = middle }
        }
        let found = self.field(LISTS, start, 0);
        (start < last && wanted.contains(&found)).then_some(found)
    }

    /// The first record in a run, sorted by a name field, whose name is not before the one given.
    pub fn lower_bound(&self, section: usize, run: Range<u32>, field: usize, name: &[u8]) -> u32 {
        let Range { mut start, mut end } = run;
        while start < end {
            let middle = start + (end - start) / 2;
            let there = self.text(self.field(section, middle, field));
            if compare(there, name) == Ordering::Less { start = middle + 1 } else { end = middle }
        }
        start
    }

    /// The record of a run that has the name, whatever the case.
    pub fn find(&self, section: usize, run: Range<u32>, field: usize, name: &str) -> Option<u32> {
        let end = run.end;
        let at = self.lower_bound(section, run, field, name.as_bytes());
        (at < end && self.text(self.field(section, at, field)).eq_ignore_ascii_case(name.as_bytes())).then_some(at)
    }
}
