//! What the checks say of a text of JSON.

use std::collections::BTreeMap;

use leastwise::base::{FileId, SourceMap};
use leastwise::catalogue::Catalogue;
use leastwise::diagnostic::Diagnostic;
use leastwise::inventory::{find, identities, subject};
use leastwise::pipeline::{Options, lint_documents};
use leastwise::policy::Kind;
use leastwise::policy::read::Mode;
use leastwise::project::Config;

/// The findings of `lint`; without a kind the policy is of that which it looks like.
pub fn lint_json(sources: &SourceMap, file: FileId, kind: Option<Kind>) -> Vec<Diagnostic> {
    let (config, set) = (Config::default(), BTreeMap::new());
    let options = Options { catalogue: Catalogue::builtin(), config: &config, set: &set, today: None };
    let text = sources.file(file).text();
    let found = match find(file, text, Mode::Strict) {
        Ok(found) => found,
        Err(error) => return vec![*error],
    };
    let identities = identities(file, text, Mode::Strict).unwrap_or_default();
    let subjects = found.into_iter().map(|found| {
        let (kind, name) = (found.kind.or(kind), found.name.clone());
        let service = Kind::service_of_path(sources.file(file).name());
        subject(found, kind, service, name.unwrap_or_else(|| "policy".to_owned()))
    });
    lint_documents(sources, subjects.collect(), &identities, &[], options)
}
