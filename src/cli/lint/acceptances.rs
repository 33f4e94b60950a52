//! `leastwise.accept.toml`: what is accepted of policies in JSON, which have no place for it themselves.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::base::{DiskFileSystem, FileId, FileSystem, SourceMap, Span};
use crate::cli::failure::Failure;
use crate::diagnostic::{self, closest};
use crate::elaborate::{Acceptance, Policy};
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

/// What was read, for acceptances to name.
pub(super) struct Read<'a> {
    /// The paths as they were given.
    pub(super) given: &'a [PathBuf],
    /// The file of each subject.
    pub(super) paths: &'a [PathBuf],
    pub(super) subjects: &'a [Subject],
    pub(super) identities: &'a [Identity],
}

/// The acceptances of a file, with what they cover of what was read. Without a path, of the file of the project, if it has one. Those
/// that name nothing of what was read are left out, unless all was read that stands beside the file: of them nothing can be said.
pub(super) fn read(
    path: Option<&Path>,
    root: &Path,
    sources: &mut SourceMap,
    what: Read<'_>,
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
    let is_all = reads_all_beside(path, what.given);
    let acceptances = read.accept.into_iter().filter_map(|entry| {
        let named = Named::of(&entry, &what);
        (is_all || !named.is_nothing()).then(|| acceptance(entry, file, named))
    });
    Ok(acceptances.collect())
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

/// Whether one of the paths is a folder that the file stands in.
fn reads_all_beside(file: &Path, given: &[PathBuf]) -> bool {
    let Ok(file) = std::fs::canonicalize(file) else { return false };
    let mut folders = given.iter().filter(|path| path.is_dir()).filter_map(|path| std::fs::canonicalize(path).ok());
    folders.any(|folder| file.starts_with(folder))
}

/// What an entry names of what was read.
struct Named<'a> {
    policies: Vec<&'a Policy>,
    identities: Vec<&'a Identity>,
}

impl<'a> Named<'a> {
    fn of(entry: &Entry, what: &Read<'a>) -> Self {
        let name = &entry.policy;
        let file = Path::new(name).strip_prefix(".").unwrap_or(Path::new(name));
        let is_meant = |path: &Path, subject: &Subject, policy: &Policy| {
            policy.name == *name
                || subject.aliases.contains(name)
                || subject.arn.as_ref() == Some(name)
                || path.ends_with(file)
        };
        let policies = what.paths.iter().zip(what.subjects).filter_map(|(path, subject)| {
            let policy = subject.policy.as_ref()?;
            is_meant(path, subject, policy).then_some(policy)
        });
        let policies: Vec<&Policy> = policies.collect();
        let files = what.paths.iter().zip(what.subjects).filter(|(path, _)| path.ends_with(file));
        let files: Vec<FileId> = files.filter_map(|(_, subject)| Some(subject.policy.as_ref()?.span.file)).collect();
        let is_named = |one: &&Identity| one.name == *name || one.arn == *name || files.contains(&one.span.file);
        Self { policies, identities: what.identities.iter().filter(is_named).collect() }
    }

    fn is_nothing(&self) -> bool {
        self.policies.is_empty() && self.identities.is_empty()
    }

    /// Whether all of it could be looked at.
    fn is_complete(&self) -> bool {
        self.policies.iter().all(|policy| policy.complete)
    }

    /// The places of what an entry covers.
    fn scopes(&self, entry: &Entry) -> Vec<Span> {
        if entry.sid.is_none() && entry.statement.is_none() {
            let identities = self.identities.iter().map(|one| one.span);
            return self.policies.iter().map(|policy| policy.span).chain(identities).collect();
        }
        let statements = self.policies.iter().flat_map(|policy| policy.document.statements.iter().enumerate());
        let wanted = statements.filter(|(index, statement)| {
            let sid = statement.sid.as_ref().and_then(|sid| sid.value.plain());
            let is_sid = entry.sid.as_deref().is_none_or(|wanted| sid == Some(wanted));
            is_sid && entry.statement.is_none_or(|number| number == index + 1)
        });
        wanted.map(|(_, statement)| statement.span).collect()
    }
}

fn acceptance(entry: Entry, file: FileId, named: Named<'_>) -> Acceptance {
    let scopes = named.scopes(&entry);
    let code = diagnostic::find(entry.code.get_ref()).map_or_else(String::new, |code| code.name.to_owned());
    let span = Span::new(file, entry.code.span().start, entry.code.span().end);
    let because = entry.because.into_inner();
    let (until, complete) = (entry.until.map(|day| day.to_string()), named.is_complete());
    Acceptance { code, because, until, scopes, complete, span, removal: None }
}
