//! `leastwise.accept.toml`: what is accepted of policies in JSON, which have no place for it themselves.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::base::{DiskFileSystem, FileId, FileSystem, SourceMap, Span};
use crate::cli::failure::Failure;
use crate::diagnostic::{self, closest};
use crate::elaborate::Acceptance;
use crate::inventory::{Identity, Subject};

/// What the file is called.
const NAME: &str = "leastwise.accept.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    #[serde(default)]
    accept: Vec<Entry>,
}

/// `[[accept]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The name of a policy, user, group or role, or the path of a file.
    policy: String,
    /// The Sid of a statement; without, all of the policy.
    sid: Option<String>,
    /// The number of a statement, from 1, where it has no Sid.
    statement: Option<usize>,
    /// The code that is accepted.
    code: Spanned<String>,
    /// Why.
    because: Spanned<String>,
    /// The last day on which it holds.
    until: Option<toml::value::Datetime>,
}

/// The acceptances of a file, with what they cover of what was read. Without a path, of the file of the project, if it has one.
pub(super) fn read(
    path: Option<&Path>,
    root: &Path,
    sources: &mut SourceMap,
    paths: &[PathBuf],
    subjects: &[Subject],
    identities: &[Identity],
) -> Result<Vec<Acceptance>, Failure> {
    let usual = root.join(NAME);
    let path = match path {
        Some(path) => path,
        None if usual.is_file() => &usual,
        None => return Ok(Vec::new()),
    };
    let text = DiskFileSystem.read(path).map_err(|error| Failure::of_file("read", path, &error))?;
    let read: Accepted = toml::from_str(&text).map_err(|error| {
        let place = error.span().map(|range| place(&text, range)).unwrap_or_default();
        let message = error.message().replace('\n', "; ");
        Failure::new(
            format!("{}{place}: {message}", path.display()),
            "write `[[accept]]` with `policy`, `code`, `because`, and where they are wanted `sid`, `statement`, `until`",
        )
    })?;
    let shown = path.to_string_lossy().replace('\\', "/");
    let refused = |range: Range<usize>, (message, help): (String, String)| {
        Failure::new(format!("{shown}{}: {message}", place(&text, range)), help)
    };
    for entry in &read.accept {
        if entry.because.get_ref().trim().is_empty() {
            let why = ("an acceptance gives a reason".to_owned(), "say why, in `because`".to_owned());
            return Err(refused(entry.because.span(), why));
        }
        check_code(entry.code.get_ref()).map_err(|why| refused(entry.code.span(), why))?;
    }
    let file = sources.add(shown.as_str(), text.as_str());
    Ok(read.accept.into_iter().map(|entry| acceptance(entry, file, paths, subjects, identities)).collect())
}

/// `:3:9`
fn place(text: &str, range: Range<usize>) -> String {
    let before = &text[..range.start.min(text.len())];
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
    format!(":{}:{column}", before.matches('\n').count() + 1)
}

/// What is wrong with a code, and the way out.
fn check_code(name: &str) -> Result<(), (String, String)> {
    match diagnostic::find(name) {
        Some(code) if code.acceptable => Ok(()),
        Some(_) => Err((
            format!("`{name}` cannot be accepted"),
            "mend what it finds: AWS refuses it, or it means nothing".to_owned(),
        )),
        None => {
            let near = closest(name, diagnostic::all().iter().map(|code| code.name));
            let help =
                near.map_or_else(|| "take the code from a report".to_owned(), |near| format!("did you mean `{near}`?"));
            Err((format!("no diagnostic is called `{name}`"), help))
        }
    }
}

fn acceptance(
    entry: Entry,
    file: FileId,
    paths: &[PathBuf],
    subjects: &[Subject],
    identities: &[Identity],
) -> Acceptance {
    let mut scopes = Vec::new();
    for (path, subject) in paths.iter().zip(subjects) {
        let Some(policy) = &subject.policy else { continue };
        let is_named = policy.name == entry.policy || subject.arn.as_deref() == Some(&entry.policy);
        if !is_named && !path.ends_with(&entry.policy) {
            continue;
        }
        let statements = policy.document.statements.iter().enumerate().filter(|(index, statement)| {
            let sid = statement.sid.as_ref().and_then(|sid| sid.value.plain());
            let is_sid = entry.sid.as_deref().is_none_or(|wanted| sid == Some(wanted));
            is_sid && entry.statement.is_none_or(|number| number == index + 1)
        });
        match (&entry.sid, entry.statement) {
            (None, None) => scopes.push(policy.span),
            _ => scopes.extend(statements.map(|(_, statement)| statement.span)),
        }
    }
    if entry.sid.is_none() && entry.statement.is_none() {
        let named = identities.iter().filter(|one| one.name == entry.policy || one.arn == entry.policy);
        scopes.extend(named.map(|one| one.span));
    }
    let code = diagnostic::find(entry.code.get_ref()).map_or_else(String::new, |code| code.name.to_owned());
    let span = Span::new(file, entry.code.span().start, entry.code.span().end);
    let because = entry.because.into_inner();
    Acceptance { code, because, until: entry.until.map(|day| day.to_string()), scopes, span, removal: None }
}
