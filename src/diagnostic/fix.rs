//! Applying the exact edits of diagnostics.

use std::collections::BTreeMap;

use crate::base::{FileId, SourceMap};

use super::{Diagnostic, Edit, Help, Safety, reported};

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that may be applied without a look at them.
    Safe,
    /// Those too that change what is allowed or denied.
    All,
}

/// The edits of one file by start and end: no two overlap, and no two insert at one place.
type Edits<'a> = BTreeMap<(usize, usize), &'a str>;

/// The texts of the files that the fixes of these diagnostics change.
///
/// Fixes are taken in order and whole: one with an edit that overlaps an edit already taken is left out, as is one whose edits
/// point outside of their file. Two insertions at one place overlap. Accepted findings are left as they are.
pub fn apply(sources: &SourceMap, diagnostics: &[Diagnostic], which: Which) -> BTreeMap<FileId, String> {
    let texts: Vec<&str> = sources.files().map(|(_, file)| &**file.text()).collect();
    let mut taken: BTreeMap<FileId, Edits> = BTreeMap::new();
    for diagnostic in reported(diagnostics).filter(|diagnostic| diagnostic.accepted.is_none()) {
        let wanted = |help: &&Help| which == Which::All || help.safety == Safety::Safe;
        let Some(help) = diagnostic.help.as_ref().filter(wanted) else { continue };
        let valid =
            |edit: &Edit| texts.get(edit.span.file.0 as usize).is_some_and(|t| t.get(edit.span.range()).is_some());
        if help.edits.iter().all(valid) {
            take(&mut taken, &help.edits);
        }
    }
    taken.retain(|_, edits| !edits.is_empty());
    taken.into_iter().map(|(file, edits)| (file, rewrite(texts[file.0 as usize], &edits))).collect()
}

/// Takes all of these edits, or none.
fn take<'a>(taken: &mut BTreeMap<FileId, Edits<'a>>, edits: &'a [Edit]) {
    for (index, edit) in edits.iter().enumerate() {
        let file = taken.entry(edit.span.file).or_default();
        let key = (edit.span.start as usize, edit.span.end as usize);
        if overlaps(file, key) {
            for edit in &edits[..index] {
                let key = (edit.span.start as usize, edit.span.end as usize);
                taken.entry(edit.span.file).or_default().remove(&key);
            }
            return;
        }
        file.insert(key, &edit.text);
    }
}

/// Whether a range overlaps one of the edits. They do not overlap each other, so that only its neighbours need a look.
fn overlaps(edits: &Edits, key: (usize, usize)) -> bool {
    let before = edits.range(..=key).next_back();
    let after = edits.range(key..).next();
    before.into_iter().chain(after).any(|(&other, _)| other == key || (other.0 < key.1 && key.0 < other.1))
}

/// The text with the edits applied.
fn rewrite(text: &str, edits: &Edits) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (&(start, end), replacement) in edits {
        out.push_str(&text[done..start]);
        out.push_str(replacement);
        done = end;
    }
    out.push_str(&text[done..]);
    out
}
