//! `leastwise build`: compile, check, and write policy JSON.

use std::collections::BTreeSet;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::diagnostic::closest;
use crate::elaborate::Policy;
use crate::emit::{self, Checked, File, Manifest};
use crate::pipeline::{Analysis, compile};
use crate::policy::Kind;

use super::Exit;
use super::failure::Failure;
use super::output::{Changes, Output};
use super::report::{self, Form, Inputs, count, say};
use super::workspace::Workspace;

/// What `build` takes.
#[derive(Debug, Args)]
pub struct Build {
    /// Files and folders of `.lw` source, `-` for standard input; without any, the project of the working folder
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The folder to write to; else that of leastwise.toml, else `build`
    #[arg(long, value_name = "DIR", conflicts_with = "stdout")]
    out: Option<PathBuf>,
    /// What to write
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Print the JSON instead of writing files: one document, or a line of JSON for each of several
    #[arg(long)]
    stdout: bool,
    /// Only this policy, by its name or as `kind/name`
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Write nothing; exit with 1 if the files on disk differ from what would be written
    #[arg(long, conflicts_with = "stdout")]
    check: bool,
    /// Do not run the tests
    #[arg(long)]
    no_tests: bool,
    #[command(flatten)]
    inputs: Inputs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Plain policy JSON
    #[default]
    Json,
}

impl Build {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let workspace = Workspace::open(&self.paths)?;
        let (set, today) = (self.inputs.set(), self.inputs.today());
        let mut analysis = workspace.analyse(&set, today.as_deref());
        workspace.judge(&set, today.as_deref(), &mut analysis, !self.no_tests);
        let (checked, analysis) = match compile(analysis) {
            // The program ends with this command, and the system takes memory back faster than piece by piece.
            Ok((checked, analysis)) => (ManuallyDrop::new(checked), ManuallyDrop::new(analysis)),
            Err(analysis) => return refuse(&analysis),
        };
        report::write(Form::Text, &analysis.project.sources, &analysis.diagnostics)?;
        let Format::Json = self.format;
        let files = match emit::files(&checked) {
            Ok(files) => files,
            Err(errors) => {
                report::write(Form::Text, &analysis.project.sources, &errors)?;
                say("nothing was written");
                return Ok(Exit::Findings);
            }
        };
        let selected = self.selected(&checked, &files)?;
        if self.stdout {
            return print(&checked, &files, selected.as_ref());
        }
        let out = self.out.clone().unwrap_or_else(|| {
            workspace.root.join(workspace.config.project.out.as_deref().unwrap_or(std::path::Path::new("build")))
        });
        let manifest = Manifest::of(&checked, &files, &analysis.project.sources, &workspace.config.limits);
        let output = Output::new(out.clone(), files, manifest, selected.as_ref());
        if self.check {
            return Ok(compare(&output.compare()));
        }
        let changes = output.write()?;
        say(&summary(&changes, &out));
        Ok(Exit::Done)
    }

    /// The paths of the files that `--only` asks for; `None` for all.
    fn selected(&self, checked: &Checked, files: &[File]) -> Result<Option<BTreeSet<String>>, Failure> {
        if self.only.is_empty() {
            return Ok(None);
        }
        let mut paths = BTreeSet::new();
        for wanted in &self.only {
            // A policy that had to be divided is all of its parts.
            let is_wanted = |policy: &Policy| {
                let whole = policy.part_of.as_ref();
                is_it(wanted, policy.kind, &policy.name) || whole.is_some_and(|name| is_it(wanted, policy.kind, name))
            };
            let chosen = checked.policies().iter().zip(files).filter(|(policy, _)| is_wanted(policy));
            let chosen: Vec<String> = chosen.map(|(_, file)| file.path.clone()).collect();
            if chosen.is_empty() {
                let names = checked.policies().iter().map(|policy| policy.name.as_str());
                let help = closest(wanted, names).map(|near| format!("did you mean `{near}`?"));
                return Err(Failure::new(
                    format!("no policy is called `{wanted}`"),
                    help.unwrap_or_else(|| "give the name of a declaration, or `kind/name`".into()),
                ));
            }
            paths.extend(chosen);
        }
        Ok(Some(paths))
    }
}

/// Whether a name, or `kind/name`, is that of a policy.
fn is_it(wanted: &str, kind: Kind, name: &str) -> bool {
    wanted == name || wanted.split_once('/').is_some_and(|(word, rest)| word == kind.keyword() && rest == name)
}

fn refuse(analysis: &Analysis) -> Result<Exit, Failure> {
    report::write(Form::Text, &analysis.project.sources, &analysis.diagnostics)?;
    say("nothing was written");
    Ok(Exit::Findings)
}

/// One document as it is; several as lines that name them.
fn print(checked: &Checked, files: &[File], selected: Option<&BTreeSet<String>>) -> Result<Exit, Failure> {
    let chosen: Vec<_> = checked
        .policies()
        .iter()
        .zip(files)
        .filter(|(_, file)| selected.is_none_or(|paths| paths.contains(&file.path)))
        .collect();
    let mut out = report::output();
    if let [(_, file)] = chosen.as_slice() {
        writeln!(out, "{}", file.text.trim_end())?;
    } else {
        for (policy, file) in chosen {
            let document: serde_json::Value = serde_json::from_str(&file.text).unwrap_or_default();
            writeln!(out, "{}", json!({ "name": policy.name, "kind": policy.kind.keyword(), "document": document }))?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn compare(changes: &Changes) -> Exit {
    if changes.is_empty() {
        say(&format!("{} up to date", count(changes.unchanged, "file is", "files are")));
        return Exit::Done;
    }
    for path in &changes.written {
        say(&format!("`{path}` differs from what would be written"));
    }
    for path in &changes.removed {
        say(&format!("`{path}` would be removed: nothing declares it any more"));
    }
    say("run `leastwise build` and commit what it writes");
    Exit::Findings
}

fn summary(changes: &Changes, out: &std::path::Path) -> String {
    let mut parts = vec![format!("{} written", count(changes.written.len(), "file", "files"))];
    if changes.unchanged > 0 {
        parts.push(format!("{} unchanged", changes.unchanged));
    }
    if !changes.removed.is_empty() {
        parts.push(format!("{} removed", changes.removed.len()));
    }
    format!("{} in `{}`", parts.join(", "), out.display())
}
