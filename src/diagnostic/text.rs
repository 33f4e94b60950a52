//! Text for people.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::Error;
use codespan_reporting::term::termcolor::{Ansi, NoColor, WriteColor};
use codespan_reporting::term::{self, Config, DisplayStyle};

use crate::base::{FileId, SourceMap, Span};

use super::places::{Place, Places, is_steering};
use super::{Diagnostic, Help, Level, Summary, reported};

/// A label over more lines is shown on its first line.
const MOST_LINES: usize = 12;
/// Messages are cut to so many characters: a name in them may be as long as the user made it.
const LONGEST_MESSAGE: usize = 500;
/// Lines of more characters are not previewed.
const LONGEST_PREVIEW: usize = 100;

/// Writes every diagnostic with the source it is about, then one line that counts them; nothing if there are none.
///
/// Where the line of a label is too long to be shown, or would steer the terminal, the place is named instead.
pub fn write_text(
    out: &mut dyn Write,
    sources: &SourceMap,
    diagnostics: &[Diagnostic],
    colour: bool,
) -> io::Result<()> {
    let places = Places::new(sources);
    if colour {
        write_all(&mut Ansi::new(&mut *out), &places, diagnostics)?;
    } else {
        write_all(&mut NoColor::new(&mut *out), &places, diagnostics)?;
    }
    let summary = Summary::of(diagnostics);
    if summary.is_empty() { Ok(()) } else { writeln!(out, "{summary}") }
}

fn write_all(out: &mut dyn WriteColor, places: &Places, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let rich = Config::default();
    let named = Config { display_style: DisplayStyle::Medium, ..Config::default() };
    for diagnostic in reported(diagnostics) {
        let (rendered, snippet) = convert(places, diagnostic);
        let config = if snippet { &rich } else { &named };
        term::emit_to_write_style(out, config, places, &rendered).map_err(|error| match error {
            Error::Io(error) => error,
            error => io::Error::other(error),
        })?;
        if !snippet {
            writeln!(out)?;
        }
    }
    Ok(())
}

/// As codespan has it, and whether it can be shown with its source. If not, every label with a text becomes a note.
fn convert(places: &Places, diagnostic: &Diagnostic) -> (codespan::Diagnostic<FileId>, bool) {
    let severity = match (&diagnostic.accepted, diagnostic.level) {
        (Some(_), _) => codespan::Severity::Note,
        (None, Level::Deny) => codespan::Severity::Error,
        (None, _) => codespan::Severity::Warning,
    };
    let (mut labels, mut notes) = (Vec::new(), Vec::new());
    let (primary, words) = (diagnostic.primary.span, clean(&diagnostic.primary.text));
    let mut snippet = true;
    if let Some(place) = places.place(primary) {
        let range = shown(places, primary.file, &place);
        snippet = range.is_some();
        if !snippet && !words.is_empty() {
            notes.push(words.to_string());
        }
        labels.push(codespan::Label::primary(primary.file, range.unwrap_or(place.range)).with_message(words));
    }
    for label in &diagnostic.secondary {
        let Some(place) = places.place(label.span) else { continue };
        match shown(places, label.span.file, &place).filter(|_| snippet) {
            Some(range) => {
                labels.push(codespan::Label::secondary(label.span.file, range).with_message(clean(&label.text)));
            }
            None if label.text.is_empty() => {}
            None => {
                let (file, start) = (clean(place.file), place.start);
                notes.push(format!("{file}:{}:{}: {}", start.line, start.column, clean(&label.text)));
            }
        }
    }
    notes.extend(diagnostic.notes.iter().map(|note| clean_lines(note)));
    if let Some(help) = &diagnostic.help {
        let preview = preview(places, help).map(|line| format!("\n    {line}")).unwrap_or_default();
        notes.push(format!("help: {}{preview}", clean_lines(&help.text)));
    }
    if let Some(reason) = &diagnostic.accepted {
        notes.push(format!("accepted: {}", clean_lines(reason)));
    }
    let rendered = codespan::Diagnostic::new(severity)
        .with_code(diagnostic.code.name)
        .with_message(clean(&diagnostic.message))
        .with_labels(labels)
        .with_notes(notes);
    (rendered, snippet)
}

/// The bytes to underline, without line breaks at their end; `None` if their lines cannot be shown.
fn shown(places: &Places, file: FileId, place: &Place) -> Option<Range<usize>> {
    let text = &places.text(file)[place.range.clone()];
    let start = place.range.start;
    let end = start + text.trim_end_matches(['\n', '\r']).len();
    let last = places.place(Span::new(file, start, end))?.end.line;
    if last - place.start.line >= MOST_LINES {
        let first = places.line(file, place.start.line)?;
        return places.can_show(file, place.start.line).then_some(start..first.end.max(start));
    }
    (place.start.line..=last).all(|line| places.can_show(file, line)).then_some(start..end)
}

/// The line as it reads after the fix, if the fix changes but one line and that is short.
fn preview(places: &Places, help: &Help) -> Option<String> {
    let span = help.edits.first()?.span;
    let number = places.place(span)?.start.line;
    if !places.can_show(span.file, number) {
        return None;
    }
    let line = places.line(span.file, number)?;
    let mut edits: Vec<_> = help.edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let (text, mut preview, mut done) = (places.text(span.file), String::new(), line.start);
    for edit in edits {
        let range = edit.span.range();
        if edit.span.file != span.file || range.end > line.end || edit.text.len() > LONGEST_PREVIEW {
            return None;
        }
        preview.push_str(text.get(done..range.start)?);
        preview.push_str(&edit.text);
        text.get(range.clone())?;
        done = range.end;
    }
    preview.push_str(text.get(done..line.end)?);
    let preview = preview.trim();
    let short = !preview.is_empty() && preview.chars().count() <= LONGEST_PREVIEW;
    (short && !preview.chars().any(is_steering)).then(|| preview.to_string())
}

/// One line of bounded length in which nothing steers the terminal.
fn clean(text: &str) -> Cow<'_, str> {
    let length = text.char_indices().nth(LONGEST_MESSAGE).map_or(text.len(), |(offset, _)| offset);
    let cut = &text[..length];
    let mut clean = match cut.chars().any(is_steering) {
        false => Cow::Borrowed(cut),
        true => cut
            .chars()
            .fold(String::new(), |mut out, character| {
                match is_steering(character) {
                    true => out.extend(character.escape_default()),
                    false => out.push(character),
                }
                out
            })
            .into(),
    };
    if length < text.len() {
        clean.to_mut().push_str("...");
    }
    clean
}

/// The same, line by line.
fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}
