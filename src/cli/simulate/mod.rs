//! `leastwise simulate`: one request, or a file of them, through every layer.

mod answer;
mod cases;

use std::path::PathBuf;

use clap::Args;

use crate::catalogue::{Action, Catalogue};
use crate::diagnostic::closest;
use crate::evaluate::{Context, KeyValue, Outcome};
use crate::policy::glob;
use crate::verify::{Question, Unanswerable, instead_of_action, simulate};

use super::Exit;
use super::failure::Failure;
use super::report::{self, Form, Inputs};
use super::workspace::Workspace;

/// What `simulate` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 allowed, or every case as expected; 1 denied, or a case otherwise; 3 it depends on keys that are not given."
)]
pub struct Simulate {
    /// Files and folders of `.lw` source, `-` for standard input; without any, the project of the working folder
    #[arg(value_name = "PATH", conflicts_with = "cases")]
    paths: Vec<PathBuf>,
    /// Who asks: a role of the sources by its name or ARN, a service, an identity provider, `*` for nobody in particular
    #[arg(long = "as", value_name = "WHO", required_unless_present = "cases", requires_all = ["action", "resource"])]
    who: Option<String>,
    /// The action, as `s3:GetObject`
    #[arg(long, requires = "who")]
    action: Option<String>,
    /// The ARN of the resource; `*` for an action that has none
    #[arg(long, requires = "who")]
    resource: Option<String>,
    /// The value of a condition key; several times for a key that holds several, and `KEY=` for a key that the request does not have
    #[arg(long, value_name = "KEY=VALUE", value_parser = setting, requires = "who")]
    context: Vec<(String, String)>,
    /// Keys that are not given are absent; otherwise they are unknown, and a decision may depend on them
    #[arg(long, requires = "who")]
    strict: bool,
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

impl Simulate {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        match (&self.cases, &self.who, &self.action, &self.resource) {
            (Some(path), ..) => cases::Cases { path, open: self.open }.run(),
            (None, Some(who), Some(action), Some(resource)) => self.ask(who, action, resource),
            // The command line has asked for one of them.
            _ => Err(Failure::new("nothing is asked", "give `--as`, `--action` and `--resource`, or `--cases`")),
        }
    }

    fn ask(&self, who: &str, action: &str, resource: &str) -> Result<Exit, Failure> {
        let workspace = Workspace::open(&self.paths)?;
        let action = known_action(workspace.catalogue(), action)?;
        if resource != "*" && glob::is_pattern(resource) {
            return Err(Failure::new(
                format!("`{resource}` is a pattern, and this asks about one resource"),
                "write the ARN of one that could be asked for",
            ));
        }
        let needs_resource = |action: Action<'_>| action.resource_types().len() > 0;
        if resource == "*" && workspace.catalogue().action(&action).is_some_and(needs_resource) {
            return Err(Failure::new(
                format!("`{action}` is asked for about a resource, and `*` is none"),
                "write its ARN; a `test` may claim something of every resource",
            ));
        }
        let context = self.context(workspace.catalogue())?;
        let analysis = workspace.analyse(&self.inputs.set(), self.inputs.today().as_deref());
        if analysis.is_denied() {
            report::write(Form::Text, &analysis.project.sources, &analysis.diagnostics)?;
            return Ok(Exit::Unusable);
        }
        let question = Question { who, action: &action, resource, context };
        let answer = simulate(&analysis.elaborated, &workspace.config.defaults, question)
            .map_err(|reason| unanswerable(who, &reason))?;
        let asked = answer::Asked { who, action: &action, resource };
        answer::write(self.output, &analysis.project.sources, asked, &answer)?;
        Ok(match answer.decision.outcome {
            Outcome::Allowed => Exit::Done,
            Outcome::Depends => Exit::Unknown,
            Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied => Exit::Findings,
        })
    }

    /// The keys that are given. A key that AWS does not have is refused: a decision without it would not be about what was meant.
    fn context(&self, catalogue: &Catalogue) -> Result<Context, Failure> {
        let mut context = if self.strict { Context::strict() } else { Context::open() };
        for (key, _) in &self.context {
            if catalogue.key(key).is_none() {
                return Err(unknown_key(catalogue, key));
            }
            let of_key = self.context.iter().filter(|(other, _)| other.eq_ignore_ascii_case(key));
            let values: Vec<&str> = of_key.map(|(_, value)| value.as_str()).collect();
            let value = match values.as_slice() {
                [""] => KeyValue::Absent,
                [one] => KeyValue::One((*one).to_owned()),
                several => KeyValue::Several(several.iter().map(|&value| value.to_owned()).collect()),
            };
            context.set(key, value);
        }
        Ok(context)
    }
}

/// The action in AWS's spelling.
fn known_action(catalogue: &Catalogue, action: &str) -> Result<String, Failure> {
    catalogue
        .action(action)
        .map(Action::full_name)
        .ok_or_else(|| Failure::new(format!("AWS has no action `{action}`"), instead_of_action(catalogue, action)))
}

fn unknown_key(catalogue: &Catalogue, key: &str) -> Failure {
    let service = key.split_once(':').and_then(|(prefix, _)| catalogue.service(prefix));
    let of_service = service.into_iter().flat_map(|one| one.condition_keys());
    let near = closest(key, catalogue.global_keys().chain(of_service).map(|key| key.name()));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`leastwise catalogue aws:*` lists the global keys; a service's keys start with its prefix".to_owned(),
    };
    Failure::new(format!("AWS has no condition key `{key}`"), help)
}

fn unanswerable(who: &str, reason: &Unanswerable) -> Failure {
    match reason {
        Unanswerable::NoRole(names) => {
            let near = closest(who, names.iter().map(String::as_str));
            let help = match (near, names.as_slice()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, []) => "the sources declare no role: write `role NAME { policy ... }`".to_owned(),
                (None, names) => format!("the roles are `{}`", names.join("`, `")),
            };
            Failure::new(format!("`{who}` is no role of these sources, and names nobody else who can ask"), help)
        }
        Unanswerable::Undeclared => Failure::new(
            format!("the policies of `{who}` are not known: these sources do not declare it"),
            "declare it as a `role`, or give all of its policies in a file, with `--cases`",
        ),
    }
}
