//! `leastwise lint`: the checks on policies in JSON.

mod acceptances;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::FileId;
use crate::catalogue::Catalogue;
use crate::diagnostic::{self, Diagnostic};
use crate::inventory::{Identity, Subject, find, identities, subject};
use crate::pipeline::{Options, lint_documents};
use crate::policy::Kind;
use crate::policy::read::Mode;

use super::Exit;
use super::baseline::Baseline;
use super::documents::{self, Documents, kind, likely_kind};
use super::failure::Failure;
use super::report::{self, Fix, Form, Today, count, say};
use super::workspace::{catalogue_of, folder_here, settings_here};

/// What `lint` takes.
#[derive(Debug, Args)]
pub struct Lint {
    /// Files and folders of policy JSON, `-` for standard input: policies, JSON Lines, and what the AWS CLI
    /// (`get-account-authorization-details` among it) and `terraform show -json` print
    #[arg(value_name = "FILE", required = true)]
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
        if let Some(source) = self.paths.iter().find(|path| path.extension().is_some_and(|ending| ending == "lw")) {
            return Err(Failure::new(
                format!("`{}` is source, and `lint` takes policy JSON", source.display()),
                "the same checks on source are `leastwise check`",
            ));
        }
        let mut report = self.look()?;
        if let Some(which) = self.fix.which() {
            let changed = diagnostic::apply(&report.documents.sources, &report.findings, which);
            let fixed = changed.iter().map(|(file, text)| self.write(&report.documents, *file, text));
            if fixed.sum::<Result<usize, Failure>>()? > 0 {
                report = self.look()?;
            }
        }
        let Report { documents, policies, mut findings } = report;
        self.baseline.apply(&documents.sources, &mut findings)?;
        report::write(self.output, &documents.sources, &findings)?;
        if self.output == Form::Text && findings.is_empty() {
            say(&format!("{} checked, no findings", count(policies, "policy", "policies")));
        }
        Ok(if findings.iter().any(Diagnostic::is_deny) { Exit::Findings } else { Exit::Done })
    }

    fn mode(&self) -> Mode {
        if self.lenient { Mode::Lenient } else { Mode::Strict }
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
                let (kind, name) = (self.kind.or_else(|| likely_kind(&path, &found)), documents::name(&path, &found));
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

    /// Writes a file that fixes have changed, if policies can still be found in it; the number of files written.
    fn write(&self, documents: &Documents, file: FileId, text: &str) -> Result<usize, Failure> {
        let path = Path::new(documents.sources.file(file).name());
        if !path.is_file() || find(file, text, self.mode()).is_err() {
            return Ok(0);
        }
        super::output::replace(path, text)?;
        say(&format!("fixed `{}`", path.display()));
        Ok(1)
    }
}
