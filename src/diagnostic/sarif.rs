//! SARIF 2.1.0, as code scanning services read it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::base::SourceMap;

use super::places::{Place, Places};
use super::{Code, Diagnostic, Help, Label, Level, reported};

/// Writes one SARIF log with one run. Its rules are the codes that occur, by name.
pub fn write_sarif(out: &mut dyn Write, sources: &SourceMap, diagnostics: &[Diagnostic]) -> io::Result<()> {
    let places = Places::new(sources);
    let used: BTreeMap<&str, &Code> = reported(diagnostics).map(|d| (d.code.name, d.code)).collect();
    let indices: BTreeMap<&str, usize> = used.keys().enumerate().map(|(index, &name)| (name, index)).collect();
    // The standard wants suppressions on all results of a run or on none.
    let suppressing = reported(diagnostics).any(|diagnostic| diagnostic.accepted.is_some());
    let results: Vec<Value> =
        reported(diagnostics).map(|diagnostic| result(&places, &indices, suppressing, diagnostic)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "leastwise",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": used.into_values().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Allow => "none",
        Level::Warn => "warning",
        Level::Deny => "error",
    }
}

fn rule(code: &Code) -> Value {
    let title = code.page.lines().map(|line| line.trim_start_matches('#').trim()).find(|line| !line.is_empty());
    json!({
        "id": code.name,
        "shortDescription": {"text": title.unwrap_or(code.name)},
        "help": {"text": code.page, "markdown": code.page},
        "defaultConfiguration": {"level": level(code.level)},
        "properties": {"tags": code.aliases},
    })
}

fn result(places: &Places, rules: &BTreeMap<&str, usize>, suppressing: bool, diagnostic: &Diagnostic) -> Value {
    let mut message = diagnostic.message.clone();
    for note in &diagnostic.notes {
        message.extend(["\n", note]);
    }
    if let Some(help) = &diagnostic.help {
        message.extend(["\nhelp: ", &help.text]);
    }
    let mut result = json!({
        "ruleId": diagnostic.code.name,
        "level": level(diagnostic.level),
        "message": {"text": message},
        "locations": location(places, &diagnostic.primary).into_iter().collect::<Vec<_>>(),
    });
    if let Some(index) = rules.get(diagnostic.code.name) {
        result["ruleIndex"] = json!(index);
    }
    let related: Vec<Value> = diagnostic.secondary.iter().filter_map(|label| location(places, label)).collect();
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    if let Some(fix) = diagnostic.help.as_ref().and_then(|help| fix(places, help)) {
        result["fixes"] = json!([fix]);
    }
    if suppressing {
        let suppression = |reason| json!({"kind": "inSource", "status": "accepted", "justification": reason});
        result["suppressions"] = diagnostic.accepted.iter().map(suppression).collect();
    }
    result
}

fn location(places: &Places, label: &Label) -> Option<Value> {
    let place = places.place(label.span)?;
    let physical = json!({"artifactLocation": {"uri": uri(place.file)}, "region": region(&place)});
    let mut location = json!({"physicalLocation": physical});
    if !label.text.is_empty() {
        location["message"] = json!({"text": label.text});
    }
    Some(location)
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

/// `None` without edits, or if one of them is in an unknown file.
fn fix(places: &Places, help: &Help) -> Option<Value> {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &help.edits {
        let place = places.place(edit.span)?;
        let replacement = json!({"deletedRegion": region(&place), "insertedContent": {"text": edit.text}});
        files.entry(place.file).or_default().push(replacement);
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(|(file, replacements)| json!({"artifactLocation": {"uri": uri(file)}, "replacements": replacements}))
        .collect();
    (!changes.is_empty()).then(|| json!({"description": {"text": help.text}, "artifactChanges": changes}))
}

/// A path as a URI reference: `file:` if it is absolute, else relative.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    let drive = path.len() >= 3 && path.as_bytes()[0].is_ascii_alphabetic() && &path.as_bytes()[1..3] == b":\\";
    if drive {
        uri.push_str("file:///");
    } else if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => uri.push(byte.into()),
            b':' if drive && uri.len() == "file:///C".len() => uri.push(':'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
