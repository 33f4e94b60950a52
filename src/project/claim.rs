//! A claim from outside of the files, about what all of them declare.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::graph::{Binding, Loader, Module, Project, load_all, mentioned_library_modules};
use crate::base::{FileSystem, Span};
use crate::diagnostic::Diagnostic;
use crate::syntax::{is_name, parse_claim};

/// A claim that stands in no file, and may speak of whatever the files declare.
#[derive(Clone, Copy, Debug)]
pub struct LooseClaim<'a> {
    /// Words that go without saying, before its text.
    pub before: &'static str,
    /// Its text.
    pub text: &'a str,
}

/// What a claim is called that stands in no file.
const CLAIM: &str = "<claim>";

/// Reads the files as [`super::load`] does, and the claim, as the last module.
pub fn load_with_claim(files: &dyn FileSystem, paths: &[PathBuf], claim: LooseClaim<'_>) -> (Project, Vec<Diagnostic>) {
    load_all(files, paths, Some(claim))
}

impl Loader<'_> {
    /// Parses the claim, and lets it speak of everything.
    pub(super) fn claim(&mut self, claim: LooseClaim<'_>) {
        let file = self.project.sources.add(CLAIM, claim.text);
        let parsed = parse_claim(file, claim.before, claim.text);
        self.diagnostics.extend(parsed.diagnostics.iter().cloned());
        for name in mentioned_library_modules(claim.text) {
            self.library(name);
        }
        let names = self.names_of_all();
        self.project.modules.push(Module { file, parsed, names, is_library: false });
    }

    /// What all modules declare; and the modules themselves, where nothing is called as they are.
    fn names_of_all(&self) -> HashMap<String, (Binding, Span)> {
        let mut names: HashMap<String, (Binding, Span)> = HashMap::new();
        let own = || self.project.modules().filter(|(_, module)| !module.is_library);
        for (id, module) in own() {
            for (index, item) in module.parsed.file.items.iter().enumerate() {
                let Some(name) = Module::declared(item) else { continue };
                let found = names.entry(name.text.clone()).or_insert((Binding::Item(id, index), name.span));
                if let Binding::Item(first, _) = found.0
                    && first != id
                {
                    found.0 = Binding::Several(first, id);
                }
            }
        }
        for (id, module) in own() {
            let path = Path::new(self.project.sources.file(module.file).name());
            if let Some(name) = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| is_name(stem)) {
                names.entry(name.to_owned()).or_insert((Binding::Module(id), Span::new(module.file, 0, 0)));
            }
        }
        names
    }
}
