//! `leastwise minimise`: the smallest policy JSON that means the same.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::elaborate::{Policy, Target};
use crate::inventory::recognise;
use crate::lint::{Context, Surroundings, lint};
use crate::minimise::{Minimised, Options, Taken, Unsplit, minimise, service_of, size, split};
use crate::policy::read::Mode;
use crate::policy::{Document, Kind, write};

use super::Exit;
use super::documents::{self, Documents, kind, likely_kind};
use super::failure::Failure;
use super::report::{self, Form, count, say};
use super::workspace::{catalogue_of, folder_here, settings_here};

/// What `minimise` takes.
#[derive(Debug, Args)]
pub struct Minimise {
    /// Files and folders of policy JSON, `-` for standard input: policies, JSON Lines, and what the AWS CLI and
    /// `terraform show -json` print
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<PathBuf>,
    /// The kind of the policies, where the JSON does not show it
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    /// Write NAME.json into this folder, or NAME-1.json, NAME-2.json, ... where a policy is divided
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Count on actions that the catalogue does not know: put no wildcard in the place of actions
    #[arg(long)]
    open_world: bool,
}

impl Minimise {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        if let Some(source) = self.paths.iter().find(|path| path.extension().is_some_and(|ending| ending == "lw")) {
            return Err(Failure::new(
                format!("`{}` is source, and `minimise` takes policy JSON", source.display()),
                "compile it, and minimise what comes out: `leastwise build`, which does so itself where a limit would be broken",
            ));
        }
        let root = folder_here();
        let limits = settings_here(&root)?.limits;
        let own = catalogue_of(&root)?;
        let catalogue = own.as_ref().unwrap_or_else(|| Catalogue::builtin());
        let documents = Documents::read(&self.paths, Mode::Strict)?;
        documents.tell_skipped();
        let Documents { sources, found, errors: mut refused, .. } = documents;
        let surroundings = Surroundings::default();
        let context = Context { sources: &sources, catalogue, surroundings: &surroundings };
        let mut policies = Vec::new();
        for (path, mut found) in found {
            let guessed = likely_kind(&path, &found);
            let name = documents::name(&path, &found);
            match std::mem::replace(&mut found.document, Err(Vec::new())) {
                Ok(document) => {
                    let kind = self.kind.or(guessed).unwrap_or_else(|| recognise(&document));
                    let mut policy = policy(kind, name, document, &found);
                    let mut wrong = wrong(context, &policy);
                    // A kind that was guessed gives way to the one that the document shows.
                    let shown = recognise(&policy.document);
                    if self.kind.is_none() && !wrong.is_empty() && shown != kind {
                        policy = self::policy(shown, policy.name, policy.document, &found);
                        wrong = self::wrong(context, &policy);
                    }
                    if wrong.is_empty() {
                        policies.push(policy);
                    }
                    refused.append(&mut wrong);
                }
                Err(mut wrong) => refused.append(&mut wrong),
            }
        }
        if !refused.is_empty() {
            report::write(Form::Text, &sources, &refused)?;
            return Ok(Exit::Unusable);
        }
        let mut exit = Exit::Done;
        let mut files: Vec<(String, String)> = Vec::new();
        for policy in &policies {
            let (documents, fits) = self.smallest(catalogue, policy, &limits);
            if !fits {
                exit = Exit::Findings;
            }
            for (index, document) in documents.iter().enumerate() {
                let name = match documents.len() {
                    1 => policy.name.clone(),
                    _ => format!("{}-{}", policy.name, index + 1),
                };
                let text = write(document, policy.kind.rules().minified).unwrap_or_default();
                files.push((name, text));
            }
        }
        self.write(&files)?;
        Ok(exit)
    }

    /// The smallest documents of a policy, and whether they are within the limit; says what was done.
    fn smallest(
        &self,
        catalogue: &Catalogue,
        policy: &Policy,
        limits: &BTreeMap<String, usize>,
    ) -> (Vec<Document>, bool) {
        let service = policy.target.as_ref().map(|target| target.service.as_str());
        let limit = policy.limit(limits);
        let options = Options { kind: policy.kind, service, open_world: self.open_world };
        let Minimised { document, taken } = minimise(catalogue, &policy.document, options);
        // What AWS is given is counted as it stands.
        let written = policy.written.map(|written| written.counted(limit.counting));
        let before = written.unwrap_or_else(|| size(policy.kind, service, &policy.document));
        let after = size(policy.kind, service, &document);
        let done = told(&taken);
        let done = if done.is_empty() { String::new() } else { format!(": {done}") };
        say(&format!("`{}`: {before} {} before, {after} after{done}", policy.name, limit.counting.unit()));
        if after <= limit.size {
            return (vec![document], true);
        }
        match split(catalogue, policy.kind, policy.inline, &document, limit.size) {
            Ok(parts) => {
                let sizes: Vec<String> =
                    parts.iter().map(|part| size(policy.kind, service, part).to_string()).collect();
                say(&format!(
                    "`{}`: AWS takes {} in one {}; divided into {} of {}",
                    policy.name,
                    limit.size,
                    policy.kind,
                    parts.len(),
                    sizes.join(", ")
                ));
                (parts, true)
            }
            Err(why) => {
                say(&format!("`{}`: AWS takes {}, and {}", policy.name, limit.size, reason(&why, policy.kind)));
                (vec![document], limit.assumed)
            }
        }
    }

    fn write(&self, files: &[(String, String)]) -> Result<(), Failure> {
        let Some(folder) = &self.out else {
            let mut out = report::output();
            if let [(_, text)] = files {
                writeln!(out, "{}", text.trim_end())?;
            } else {
                let all: Vec<serde_json::Value> =
                    files.iter().map(|(_, text)| serde_json::from_str(text).unwrap_or_default()).collect();
                writeln!(out, "{}", serde_json::to_string_pretty(&all).unwrap_or_default())?;
            }
            out.flush()?;
            return Ok(());
        };
        let mut names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0].eq_ignore_ascii_case(pair[1])) {
            return Err(Failure::new(
                format!("two policies are called `{}`", twice[0]),
                "minimise them one by one, into folders of their own",
            ));
        }
        let is_file_name =
            |name: &&str| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
        if let Some(name) = names.iter().find(|name| !is_file_name(name)) {
            return Err(Failure::new(format!("`{name}` is no name of a file"), "leave `--out` out"));
        }
        std::fs::create_dir_all(folder).map_err(|error| Failure::of_file("make the folder", folder, &error))?;
        let path = |name: &str| Path::new(folder).join(format!("{name}.json"));
        let ready: Vec<(PathBuf, &str)> = files.iter().map(|(name, text)| (path(name), text.as_str())).collect();
        super::output::replace_all(&ready)?;
        say(&format!("{} written in `{}`", count(files.len(), "file", "files"), folder.display()));
        Ok(())
    }
}

fn policy(kind: Kind, name: String, document: Document, found: &crate::inventory::Found) -> Policy {
    let target = service_of(kind, &document).map(|service| {
        let arn = format!("arn:aws:{service}:*:*:*").as_str().into();
        Target { service, arn }
    });
    let inline = found.inline && kind == Kind::Policy;
    Policy { target, inline, written: found.written, ..Policy::of_document(kind, name, document, found.span) }
}

/// What AWS would refuse of a policy whatever its size.
fn wrong(context: Context<'_>, policy: &Policy) -> Vec<Diagnostic> {
    // What it is called elsewhere is not what it will be called, and its size is not what is asked.
    let named = Policy { name: "policy".to_owned(), written: None, ..policy.clone() };
    let mut found = lint(context, std::slice::from_ref(&named), &[]);
    found.retain(|finding| finding.is_deny() && !finding.code.acceptable);
    found
}

/// The steps in a few words.
pub(super) fn told(taken: &Taken) -> String {
    let steps = [
        (taken.subsumed, "statement subsumed", "statements subsumed"),
        (taken.merged, "statement merged into another", "statements merged into others"),
        (taken.covered, "element covered by others", "elements covered by others"),
        (taken.shortened, "action shortened", "actions shortened"),
    ];
    let said = steps.into_iter().filter(|(number, ..)| *number > 0);
    said.map(|(number, one, several)| count(number, one, several)).collect::<Vec<_>>().join(", ")
}

/// Why a policy is not divided.
pub(super) fn reason(why: &Unsplit, kind: Kind) -> String {
    match why {
        Unsplit::OnlyOne => format!("{} cannot be divided: there is one, and no more", kind.with_article()),
        Unsplit::Inline => "inline policies are counted together: make some of it managed".to_owned(),
        Unsplit::Statement(index) => format!("statement {} alone is larger, and has no list to divide", index + 1),
        Unsplit::TooMany(number, most) => format!("{number} policies would be needed, where {most} can be attached"),
    }
}
