//! Workflow commands that GitHub shows as annotations.

use std::io::{self, Write};

use crate::base::SourceMap;

use super::places::Places;
use super::{Diagnostic, Level, reported};

/// Writes one workflow command a line; an accepted finding is a notice.
pub fn write_github(out: &mut dyn Write, sources: &SourceMap, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let places = Places::new(sources);
    for diagnostic in reported(diagnostics) {
        let command = match (&diagnostic.accepted, diagnostic.level) {
            (Some(_), _) => "notice",
            (None, Level::Deny) => "error",
            (None, _) => "warning",
        };
        write!(out, "::{command} ")?;
        if let Some(place) = places.place(diagnostic.primary.span) {
            let (start, end) = (place.start, place.end);
            write!(out, "file={},line={}", escape_property(&place.file.replace('\\', "/")), start.line)?;
            // Columns are not allowed where the lines differ.
            if start.line == end.line {
                write!(out, ",col={},endLine={},endColumn={},", start.column, end.line, end.column)?;
            } else {
                write!(out, ",endLine={},", end.line)?;
            }
        }
        let mut message = diagnostic.message.clone();
        for note in &diagnostic.notes {
            message.extend(["\n", note]);
        }
        if let Some(help) = &diagnostic.help {
            message.extend(["\nhelp: ", &help.text]);
        }
        if let Some(reason) = &diagnostic.accepted {
            message.extend(["\naccepted: ", reason]);
        }
        writeln!(out, "title={}::{}", escape_property(diagnostic.code.name), escape(&message))?;
    }
    Ok(())
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}
