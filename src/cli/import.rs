//! `leastwise import`: policy JSON to source.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::base::SourceMap;
use crate::diagnostic::Diagnostic;
use crate::import::{Lookup, Named, Names, source, source_of_likely_kind};
use crate::inventory::{Found, externs, recognise};
use crate::policy::Kind;
use crate::policy::read::Mode;

use super::Exit;
use super::documents::{self, Documents, kind, likely_kind};
use super::failure::Failure;
use super::report::{self, Form, count, say};
use super::workspace::{catalogue_of, folder_here, settings_here};

/// What `import` takes.
#[derive(Debug, Args)]
pub struct Import {
    /// Files and folders of policy JSON, `-` for standard input: policies, JSON Lines, and what the AWS CLI and
    /// `terraform show -json` print
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<PathBuf>,
    /// The kind of the policies, where the JSON does not show it
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    /// The name of the policy, where there is one
    #[arg(long)]
    name: Option<String>,
    /// Write a file for each policy into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write over files that exist
    #[arg(long, requires = "out")]
    force: bool,
    /// Take comments and trailing commas, and let placeholders of Terraform and CloudFormation stay open as `extern`s
    #[arg(long)]
    lenient: bool,
}

/// A policy as source.
struct Imported {
    name: String,
    text: String,
}

impl Import {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let mode = if self.lenient { Mode::Lenient } else { Mode::Strict };
        let documents = Documents::read(&self.paths, mode)?;
        documents.tell_skipped();
        let Documents { sources, found, mut errors, .. } = documents;
        if self.name.is_some() && found.len() > 1 {
            let message = format!("`--name` names one policy, and there are {}", found.len());
            return Err(Failure::new(message, "import them one by one, or leave the name out"));
        }
        let (imported, mut refused) = self.convert(&sources, found)?;
        errors.append(&mut refused);
        let written = self.write(&imported)?;
        report::write(Form::Text, &sources, &errors)?;
        if let Some(folder) = &self.out {
            say(&format!("{} written in `{}`", count(written, "file", "files"), folder.display()));
        }
        Ok(if errors.iter().any(Diagnostic::is_deny) { Exit::Findings } else { Exit::Done })
    }

    fn convert(
        &self,
        sources: &SourceMap,
        found: Vec<(PathBuf, Found)>,
    ) -> Result<(Vec<Imported>, Vec<Diagnostic>), Failure> {
        let root = folder_here();
        let defaults = settings_here(&root)?.defaults;
        let own = catalogue_of(&root)?;
        let catalogue = own.as_ref().unwrap_or_else(|| crate::catalogue::Catalogue::builtin());
        let lookup = Lookup { sources, catalogue, defaults: &defaults };
        let (mut imported, mut errors) = (Vec::new(), Vec::new());
        // In a file for each policy, each has its own names but for the policies themselves.
        let mut all = Names::default();
        // Placeholders keep their names, also where a policy is called the same.
        let documents = found.iter().filter_map(|(_, found)| found.document.as_ref().ok());
        documents.flat_map(externs).for_each(|name| all.take(&name));
        for (path, found) in found {
            let document = match found.document {
                Ok(document) => document,
                Err(mut refused) => {
                    errors.append(&mut refused);
                    continue;
                }
            };
            let found = Found { document: Err(Vec::new()), ..found };
            let guessed = likely_kind(&path, &found).unwrap_or_else(|| recognise(&document));
            let kind = self.kind.unwrap_or(guessed);
            let called = self.name.clone().unwrap_or_else(|| documents::name(&path, &found));
            let name = all.fresh(&called);
            let mut own_names = Names::default();
            own_names.take(&name);
            let names = if self.out.is_some() { &mut own_names } else { &mut all };
            let inline = found.inline && kind == Kind::Policy;
            let Found { comments, description, span, .. } = found;
            let named = Named { kind, name: name.clone(), document, span, comments, inline, description };
            let result = match self.kind {
                Some(kind) => source(lookup, &named, names).map(|text| (kind, text)),
                None => source_of_likely_kind(lookup, &named, names),
            };
            match result {
                Ok((as_kind, text)) => {
                    if as_kind != kind {
                        say(&format!("`{name}` cannot be a {kind}; it is imported as a {as_kind}"));
                    }
                    imported.push(Imported { name, text });
                }
                Err(mut refused) => errors.append(&mut refused),
            }
        }
        Ok((imported, errors))
    }

    fn write(&self, imported: &[Imported]) -> Result<usize, Failure> {
        let Some(folder) = &self.out else {
            let mut out = report::output();
            for (index, policy) in imported.iter().enumerate() {
                if index > 0 {
                    writeln!(out)?;
                }
                out.write_all(policy.text.as_bytes())?;
            }
            out.flush()?;
            return Ok(0);
        };
        let path = |policy: &Imported| folder.join(format!("{}.lw", policy.name));
        if let Some(existing) = imported.iter().map(path).find(|path| path.exists() && !self.force) {
            return Err(Failure::new(
                format!("`{}` is there already", existing.display()),
                "write over it with `--force`, or into another folder",
            ));
        }
        std::fs::create_dir_all(folder).map_err(|error| Failure::of_file("make the folder", folder, &error))?;
        let files: Vec<_> = imported.iter().map(|policy| (path(policy), policy.text.as_str())).collect();
        super::output::replace_all(&files)?;
        Ok(imported.len())
    }
}
