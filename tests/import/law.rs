//! What every import keeps.

use std::collections::BTreeMap;

use leastwise::base::{FileId, MemoryFileSystem, SourceMap};
use leastwise::catalogue::Catalogue;
use leastwise::diagnostic::Diagnostic;
use leastwise::format::format;
use leastwise::import::{Lookup, Named, Names, source_of_likely_kind};
use leastwise::inventory::{Found, recognise};
use leastwise::pipeline::{Analysis, Options, analyse};
use leastwise::policy::{Document, difference, write};
use leastwise::project::{Config, Defaults};

fn compile(text: &str) -> Analysis {
    let files = MemoryFileSystem::new([("imported.lw", text)]);
    let (config, set) = (Config::default(), BTreeMap::new());
    let options = Options { catalogue: Catalogue::builtin(), config: &config, set: &set, today: None };
    analyse(&files, &["imported.lw".into()], options)
}

pub fn named(found: &Found, document: &Document) -> Named {
    Named {
        kind: found.kind.unwrap_or_else(|| recognise(document)),
        name: "imported".to_owned(),
        document: document.clone(),
        span: found.span,
        comments: Vec::new(),
        inline: false,
        description: None,
    }
}

/// The source, or what is refused of the policy.
pub fn import(sources: &SourceMap, named: &Named) -> Result<String, Vec<Diagnostic>> {
    let defaults = Defaults::default();
    let lookup = Lookup { sources, catalogue: Catalogue::builtin(), defaults: &defaults };
    let mut names = Names::default();
    names.take(&named.name);
    source_of_likely_kind(lookup, named, &mut names).map(|(_, text)| text)
}

/// Diagnostics in a few words.
pub fn told(errors: &[Diagnostic]) -> String {
    errors.iter().map(|error| format!("{}: {}\n", error.code.name, error.message)).collect()
}

/// What keeps a source from being that of a policy.
pub fn comes_back(named: &Named, text: &str) -> Result<(), String> {
    let show = |what: &str| format!("{what}\n{text}");
    if format(FileId(0), text).ok().as_deref() != Some(text) {
        return Err(show("is not formatted"));
    }
    let analysis = compile(text);
    let denied: Vec<String> = analysis
        .diagnostics
        .iter()
        .filter(|finding| finding.is_deny() && finding.code.name != "size-limit")
        .map(|finding| format!("{}: {}", finding.code.name, finding.message))
        .collect();
    if !denied.is_empty() {
        return Err(show(&denied.join("\n")));
    }
    if let Some(unused) = analysis.diagnostics.iter().find(|finding| finding.code.name == "unused-acceptance") {
        return Err(show(&unused.message));
    }
    let [policy] = analysis.elaborated.policies.as_slice() else { return Err(show("is not one policy")) };
    if let Some(reason) = difference(&policy.document, &named.document) {
        return Err(show(&format!("{reason}:\n{}", write(&policy.document, true).unwrap_or_default())));
    }
    // What waits for its deployment has no bytes yet.
    let Ok(bytes) = write(&policy.document, true) else { return Ok(()) };
    // And once more: what was compiled is imported to what compiles to the same bytes.
    let again = Named { document: policy.document.clone(), ..named.clone() };
    let second = import(&analysis.project.sources, &again)
        .map_err(|refused| show(&format!("then refused: {}", told(&refused))))?;
    let second = compile(&second);
    let second = write(&second.elaborated.policies[0].document, true).unwrap();
    if second != bytes {
        return Err(show(&format!("compiles to other bytes the second time:\n{bytes}\n{second}")));
    }
    Ok(())
}
