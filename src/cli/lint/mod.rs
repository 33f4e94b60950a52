//! `leastwise lint`: the checks on policies in JSON.

mod acceptances;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::FileId;
use crate::catalogue::Catalogue;
use crate::diagnostic::{self, Diagnostic, Summary};
use crate::inventory::{Found, Identity, Subject, find, identities, subject};
use crate::pipeline::{Options, lint_documents};
use crate::policy::Kind;
use crate::policy::read::Mode;

use super::Exit;
use super::baseline::Baseline;
use super::documents::{self, Documents, kind, likely_kind};
use super::failure::Failure;
use super::fixed::Fixed;
use super::report::{self, Fix, Form, Today, count, say};
use super::workspace::{catalogue_of, folder_here, settings_here};

/// What `lint` takes.
#[derive(Debug, Args)]
pub struct Lint {
    /// Files and folders of policy JSON, `-` for standard input: policies, JSON Lines, and what the AWS CLI
    /// (`get-account-authorization-details` among it) and `terraform show -json` print
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// The kind of the policies, where neither the JSON nor the file's name shows it
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    /// How the findings are written
    #[arg(long, value_enum, default_value_t)]
    output: Form,
    /// Let comments, trailing commas and the placeholders of Terraform and CloudFormation pass
    #[arg(long)]
    lenient: bool,
    /// What is accepted, with reasons; else `leastwise.accept.toml` of the project or of the working folder, where there is one
    #[arg(long, value_name = "FILE")]
    accept: Option<PathBuf>,
    #[command(flatten)]
    fix: Fix,
    #[command(flatten)]
    baseline: Baseline,
    #[command(flatten)]
    today: Today,
}

/// Everything that was read, and what is to be said of it.
struct Report {
    documents: Documents,
    policies: usize,
    findings: Vec<Diagnostic>,
}

impl Lint {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        if self.paths.is_empty() {
            return Err(Failure::new(
                "`lint` is told no file",
                "name files or folders of policy JSON, such as `leastwise lint policies`, or `-` for standard input",
            ));
        }
        if let Some(source) = self.paths.iter().find(|path| path.extension().is_some_and(|ending| ending == "lw")) {
            return Err(Failure::new(
                format!("`{}` is source, and `lint` takes policy JSON", source.display()),
                "the same checks on source are `leastwise check`",
            ));
        }
        self.fix.refuse_stdin(&self.paths)?;
        let mut report = self.look()?;
        if let Some(which) = self.fix.which() {
            let mut fixed = Fixed::default();
            while fixed.goes_on() {
                let changed = diagnostic::apply(&report.documents.sources, &report.findings, which);
                if !self.write(&report.documents, &changed, &mut fixed)? {
                    break;
                }
                report = self.look()?;
            }
            fixed.tell();
        }
        report.documents.tell_skipped();
        let Report { documents, policies, mut findings } = report;
        self.baseline.apply(&documents.sources, &mut findings)?;
        report::write(self.output, &documents.sources, &findings)?;
        if self.output == Form::Text && Summary::of(&findings).is_empty() {
            say(&format!("{} checked, no findings", count(policies, "policy", "policies")));
        }
        Ok(if findings.iter().any(Diagnostic::is_deny) { Exit::Findings } else { Exit::Done })
    }

    fn mode(&self) -> Mode {
        if self.lenient { Mode::Lenient } else { Mode::Strict }
    }

    /// The kind of a document: what its surroundings say; else the option; else what its file is called, or what it looks like.
    fn kind_of(&self, path: &Path, found: &Found) -> Option<Kind> {
        found.kind.or(self.kind).or_else(|| likely_kind(path, found))
    }

    /// Reads the files and says what can be said of them.
    fn look(&self) -> Result<Report, Failure> {
        let root = folder_here();
        let config = settings_here(&root)?;
        let own = catalogue_of(&root)?;
        let catalogue = own.as_ref().unwrap_or_else(|| Catalogue::builtin());
        let mut documents = Documents::read(&self.paths, self.mode())?;
        let mut known: Vec<Identity> = Vec::new();
        for (file, source) in documents.sources.files() {
            known.extend(identities(file, source.text(), self.mode()).unwrap_or_default());
        }
        let found = std::mem::take(&mut documents.found);
        let (paths, subjects): (Vec<PathBuf>, Vec<Subject>) = found
            .into_iter()
            .map(|(path, found)| {
                let (kind, name) = (self.kind_of(&path, &found), documents::name(&path, &found));
                let subject = subject(found, kind, Kind::service_of_path(&path.to_string_lossy()), name);
                (path, subject)
            })
            .unzip();
        let what = acceptances::Read { given: &self.paths, paths: &paths, subjects: &subjects, identities: &known };
        let accepted = acceptances::read(self.accept.as_deref(), &root, &mut documents.sources, what)?;
        let today = self.today.day();
        let options = Options { catalogue, config: &config, set: &Default::default(), today: today.as_deref() };
        let policies = subjects.len();
        let mut findings = std::mem::take(&mut documents.errors);
        findings.extend(lint_documents(&documents.sources, subjects, &known, &accepted, options));
        Ok(Report { documents, policies, findings })
    }

    /// Writes the files that fixes have changed, if policies can still be found in them; whether there were some.
    fn write(
        &self,
        documents: &Documents,
        changed: &BTreeMap<FileId, String>,
        fixed: &mut Fixed,
    ) -> Result<bool, Failure> {
        let mut is_written = false;
        for (file, text) in changed {
            let path = Path::new(documents.sources.file(*file).name());
            if path.is_file() && find(*file, text, self.mode()).is_ok() {
                fixed.write(path, text)?;
                is_written = true;
            }
        }
        Ok(is_written)
    }
}
