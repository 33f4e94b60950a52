//! One JSON object for programs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;

use crate::base::{FileId, LineColumn, SourceMap, Span};

use super::json_path::paths;
use super::places::{Place, Places};
use super::{Diagnostic, Edit, Label, Safety, Summary, reported};

#[derive(Serialize)]
struct Report<'a> {
    findings: Vec<Finding<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'static str,
    aliases: &'a [&'static str],
    level: &'static str,
    message: &'a str,
    #[serde(flatten)]
    region: Region<'a>,
    /// The way to the place inside a JSON document.
    path: Option<String>,
    /// AWS's rule, and where AWS states it.
    notes: &'a [String],
    /// Other places that say why.
    related: Vec<Related<'a>>,
    help: Option<&'a str>,
    fix: Option<Vec<Change<'a>>>,
    /// Whether `--fix` applies the fix, or only `--fix --unsafe`.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix_is_safe: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<&'a str>,
}

/// All `null` where the place is not known.
#[derive(Default, Serialize)]
struct Region<'a> {
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
}

/// Another place, and what is there.
#[derive(Serialize)]
struct Related<'a> {
    #[serde(flatten)]
    region: Region<'a>,
    text: &'a str,
}

/// One edit: its range as line and column and as bytes, and what stands there afterwards.
#[derive(Serialize)]
struct Change<'a> {
    #[serde(flatten)]
    region: Region<'a>,
    start: usize,
    end: usize,
    text: &'a str,
}

/// Writes `{"findings": [...], "summary": {...}}`.
pub fn write_json(out: &mut dyn Write, sources: &SourceMap, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let places = Places::new(sources);
    let ways = ways(&places, diagnostics);
    let report = Report {
        findings: reported(diagnostics)
            .map(|diagnostic| {
                let path = ways.get(&diagnostic.primary.span).cloned();
                Finding { path, ..finding(&places, diagnostic) }
            })
            .collect(),
        summary: Summary::of(diagnostics),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

/// The ways to the places of findings in JSON; by place.
fn ways(places: &Places, diagnostics: &[Diagnostic]) -> BTreeMap<Span, String> {
    let mut of_file: BTreeMap<FileId, BTreeSet<Span>> = BTreeMap::new();
    for span in reported(diagnostics).map(|diagnostic| diagnostic.primary.span) {
        if places.place(span).is_some_and(|place| !place.file.ends_with(".lw") && !place.file.ends_with(".toml")) {
            of_file.entry(span.file).or_default().insert(span);
        }
    }
    let mut ways = BTreeMap::new();
    for (file, spans) in of_file {
        let offsets: Vec<usize> = spans.iter().map(|span| span.start as usize).collect();
        ways.extend(spans.into_iter().zip(paths(places.text(file), &offsets)));
    }
    ways
}

fn finding<'a>(places: &Places<'a>, diagnostic: &'a Diagnostic) -> Finding<'a> {
    let help = diagnostic.help.as_ref();
    let fix = help.filter(|help| !help.edits.is_empty()).and_then(|help| changes(places, &help.edits));
    Finding {
        code: diagnostic.code.name,
        aliases: diagnostic.aliases(),
        level: diagnostic.level.name(),
        message: &diagnostic.message,
        region: places.place(diagnostic.primary.span).as_ref().map(region).unwrap_or_default(),
        path: None,
        notes: &diagnostic.notes,
        related: diagnostic.secondary.iter().filter_map(|label| related(places, label)).collect(),
        help: help.map(|help| help.text.as_str()),
        fix_is_safe: fix.as_ref().and(help).map(|help| help.safety == Safety::Safe),
        fix,
        accepted: diagnostic.accepted.as_deref(),
    }
}

fn related<'a>(places: &Places<'a>, label: &'a Label) -> Option<Related<'a>> {
    places.place(label.span).map(|place| Related { region: region(&place), text: &label.text })
}

/// `None` if one of them is in an unknown file: half a fix is none.
fn changes<'a>(places: &Places<'a>, edits: &'a [Edit]) -> Option<Vec<Change<'a>>> {
    let change = |edit: &'a Edit| {
        let place = places.place(edit.span)?;
        Some(Change { region: region(&place), start: place.range.start, end: place.range.end, text: &edit.text })
    };
    edits.iter().map(change).collect()
}

fn region<'a>(place: &Place<'a>) -> Region<'a> {
    let &Place { file, start: LineColumn { line, column }, end, .. } = place;
    Region {
        file: Some(file),
        line: Some(line),
        column: Some(column),
        end_line: Some(end.line),
        end_column: Some(end.column),
    }
}
