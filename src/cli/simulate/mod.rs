//! `leastwise simulate`: one request, or a file of them, through every layer.

mod answer;
mod cases;
mod declared;
mod given;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::catalogue::{Action, Catalogue};
use crate::evaluate::{Context, KeyValue, Outcome};
use crate::policy::{Kind, glob};

use super::Exit;
use super::documents::{below, kind};
use super::failure::Failure;
use super::report::Inputs;
use super::workspace::is_stdin;

/// What `simulate` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 allowed, or every case as expected; 1 denied, or a case otherwise; 3 it depends on keys that are not given."
)]
pub struct Simulate {
    /// Files and folders of `.lw` source, `-` for standard input; or of policy JSON: the policies of who asks, each of the kind
    /// that its name or its text shows, or what `aws iam get-account-authorization-details` prints. Without any, the project of
    /// the working folder
    #[arg(value_name = "PATH", conflicts_with = "cases")]
    paths: Vec<PathBuf>,
    /// Who asks: a role of the sources or a user or role of the export by its name or ARN, a service, an identity provider, `*`
    /// for nobody in particular
    #[arg(long = "as", value_name = "WHO", required_unless_present = "cases", requires_all = ["action", "resource"])]
    who: Option<String>,
    /// The action, as `s3:GetObject`
    #[arg(long, requires = "who")]
    action: Option<String>,
    /// The ARN of the resource; `*` for an action that has none; several times for a request on several, which needs all of them
    #[arg(long, requires = "who")]
    resource: Vec<String>,
    /// The value of a condition key; several times for a key that holds several, and `KEY=` for a key that the request does not have
    #[arg(long, value_name = "KEY=VALUE", value_parser = setting, requires = "who")]
    context: Vec<(String, String)>,
    /// Keys that are not given are absent; otherwise they are unknown, and a decision may depend on them
    #[arg(long, requires = "who")]
    strict: bool,
    /// A role that the request passes to a service, by its ARN: it needs `iam:PassRole` on it too
    #[arg(long, value_name = "ROLE", requires = "who")]
    passes: Vec<String>,
    /// A `session` or an `endpoint` of the sources that the request goes through
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "who")]
    through: Vec<String>,
    /// Policy JSON, and the kind that it is, whatever it is called; several files parted by commas are on one level of the
    /// organisation, and one `--layer scp=...` after the other is a level each
    #[arg(long, value_name = "KIND=FILE", value_parser = layer, requires = "who")]
    layer: Vec<(Kind, Vec<PathBuf>)>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t, requires = "who")]
    output: answer::AnswerForm,
    #[command(flatten)]
    inputs: Inputs,
    /// A JSON array of cases: each a request with the policies of every layer, and the decision that is expected
    #[arg(long, value_name = "FILE", conflicts_with = "who")]
    cases: Option<PathBuf>,
    /// Keys that a case does not set are unknown, and a decision may depend on them; otherwise they are absent
    #[arg(long, requires = "cases")]
    open: bool,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

fn layer(text: &str) -> Result<(Kind, Vec<PathBuf>), String> {
    let (word, files) = text.split_once('=').ok_or("write it as KIND=FILE, `boundary=developer.json`")?;
    Ok((kind(word)?, files.split(',').map(PathBuf::from).collect()))
}

/// One check of a request: an action on a resource.
#[derive(Clone, Debug)]
struct Check {
    action: String,
    resource: String,
}

impl Simulate {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        match (&self.cases, &self.who, &self.action) {
            (Some(path), ..) => cases::Cases { path, open: self.open }.run(),
            (None, Some(who), Some(action)) if self.of_json()? => self.ask_given(who, action),
            (None, Some(who), Some(action)) => self.ask_declared(who, action),
            // The command line has asked for one of them.
            _ => Err(Failure::new("nothing is asked", "give `--as`, `--action` and `--resource`, or `--cases`")),
        }
    }

    /// Whether the policies come from JSON, and not from sources.
    fn of_json(&self) -> Result<bool, Failure> {
        let mut json = self.layer.iter().flat_map(|(_, files)| files).map(|file| file.display().to_string()).next();
        let mut source = None;
        for path in &self.paths {
            let is_json = if path.is_dir() { is_folder_of_json(path)? } else { is_json(path) };
            (if is_json { &mut json } else { &mut source }).get_or_insert_with(|| path.display().to_string());
        }
        match (json, source) {
            (Some(json), Some(source)) => Err(Failure::new(
                format!("`{source}` is source and `{json}` is JSON, and one request has its policies from one of them"),
                "import the JSON with `leastwise import`, or build the source, and name one of the two",
            )),
            (json, _) => Ok(json.is_some()),
        }
    }

    /// The checks that the request needs: the action on each of its resources, and the roles that it passes.
    fn checks(&self, catalogue: &Catalogue, action: &str) -> Result<Vec<Check>, Failure> {
        let action = known_action(catalogue, action)?;
        let mut checks = Vec::new();
        for resource in &self.resource {
            one_resource(catalogue, &action, resource)?;
            checks.push(Check { action: action.clone(), resource: resource.clone() });
        }
        for role in &self.passes {
            if !role.contains(":role/") {
                return Err(Failure::new(
                    format!("`{role}` is not the ARN of a role"),
                    "`--passes` takes the role that the request hands to a service: `arn:aws:iam::123456789012:role/NAME`",
                ));
            }
            checks.push(Check { action: "iam:PassRole".to_owned(), resource: role.clone() });
        }
        Ok(checks)
    }

    /// The actions that the request may need besides, and that are not asked about.
    fn also_needed(&self, catalogue: &Catalogue, checks: &[Check]) -> Vec<String> {
        let asked = |name: &str| checks.iter().any(|check| check.action.eq_ignore_ascii_case(name));
        let action = checks.first().and_then(|check| catalogue.action(&check.action));
        let needed = action.into_iter().flat_map(Action::dependent_actions);
        needed.filter(|name| !asked(name)).map(str::to_owned).collect()
    }

    /// The keys that are given. A key that AWS does not have is refused: a decision without it would not be about what was meant.
    fn context(&self, catalogue: &Catalogue) -> Result<Context, Failure> {
        let mut context = if self.strict { Context::strict() } else { Context::open() };
        for (key, _) in &self.context {
            if !catalogue.has_key(key) {
                let message = format!("AWS has no condition key `{key}`");
                return Err(Failure::new(message, catalogue.instead_of_key(key)));
            }
            let of_key = self.context.iter().filter(|(other, _)| other.eq_ignore_ascii_case(key));
            let values: Vec<&str> = of_key.map(|(_, value)| value.as_str()).collect();
            let is_set = catalogue.key(key).is_some_and(|key| key.multivalued());
            let value = match values.as_slice() {
                [""] => KeyValue::Absent,
                [one] if !is_set => KeyValue::One((*one).to_owned()),
                several => KeyValue::Several(several.iter().map(|&value| value.to_owned()).collect()),
            };
            context.set(key, value);
        }
        Ok(context)
    }
}

fn exit(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Allowed => Exit::Done,
        Outcome::Depends => Exit::Unknown,
        Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied => Exit::Findings,
    }
}

fn is_json(path: &Path) -> bool {
    let endings = ["json", "jsonl", "ndjson"];
    !is_stdin(path) && path.extension().is_some_and(|ending| endings.iter().any(|one| ending.eq_ignore_ascii_case(one)))
}

/// Whether a folder holds policy JSON and no source.
fn is_folder_of_json(folder: &Path) -> Result<bool, Failure> {
    use crate::base::{DiskFileSystem, FileSystem};
    let sources = DiskFileSystem.sources(folder).map_err(|error| Failure::of_file("read", folder, &error))?;
    Ok(sources.is_empty() && !below(folder)?.is_empty())
}

/// The action in AWS's spelling.
fn known_action(catalogue: &Catalogue, action: &str) -> Result<String, Failure> {
    catalogue
        .action(action)
        .map(Action::full_name)
        .ok_or_else(|| Failure::new(format!("AWS has no action `{action}`"), catalogue.instead_of_action(action)))
}

/// Refuses what is not one resource of the action.
fn one_resource(catalogue: &Catalogue, action: &str, resource: &str) -> Result<(), Failure> {
    if resource != "*" && glob::is_pattern(resource) {
        return Err(Failure::new(
            format!("`{resource}` is a pattern, and this asks about one resource"),
            "write the ARN of one that could be asked for",
        ));
    }
    let needs_resource = |action: Action<'_>| action.resource_types().len() > 0;
    if resource == "*" && catalogue.action(action).is_some_and(needs_resource) {
        return Err(Failure::new(
            format!("`{action}` is asked for about a resource, and `*` is none"),
            "write its ARN; a `test` may claim something of every resource",
        ));
    }
    Ok(())
}
