//! `leastwise prove`: one claim about every request, from the shell.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::base::{MemoryFileSystem, SourceMap, Span};
use crate::catalogue::Catalogue;
use crate::elaborate::Universal;
use crate::evaluate::KeyValue;
use crate::pipeline::{Options, analyse};
use crate::policy::read::Mode;
use crate::policy::{Document, Kind, value};
use crate::project::Config;
use crate::prove::{Counterexample, Inside, Permissions, Place, Prover, Subject, Verdict, Whose};

use super::Exit;
use super::documents::{Documents, kind, likely_kind};
use super::failure::Failure;
use super::report::{self, Form};
use super::workspace::{catalogue_of, folder_here, settings_here};

/// What `prove` takes.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 it holds of every request; 1 it does not; 3 it is not known.")]
pub struct Prove {
    /// The policy that the claim is about, as JSON
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Its kind, where its name and its text do not show it
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    #[command(flatten)]
    claim: Claimed,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    output: AnswerForm,
}

/// What is claimed: one thing.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Claimed {
    /// It allows nothing that this one does not
    #[arg(long, value_name = "FILE")]
    within: Option<PathBuf>,
    /// It allows what this one does, and no more
    #[arg(long, value_name = "FILE")]
    equivalent: Option<PathBuf>,
    /// There is nothing that both allow
    #[arg(long, value_name = "FILE")]
    disjoint: Option<PathBuf>,
    /// It allows none of these requests, as a statement of the language says it: 'iam:* on *'
    #[arg(long, value_name = "REQUESTS")]
    never: Option<String>,
    /// It allows all of these requests: 's3:GetObject on s3.object("acme", "in/*") when aws:SecureTransport'
    #[arg(long, value_name = "REQUESTS")]
    always: Option<String>,
    /// It lets nobody in from outside an organisation `o-...` or an account; with `anyone`, not the public
    #[arg(long, value_name = "o-ID|ACCOUNT|anyone", value_parser = inside)]
    no_access_from_outside: Option<Inside>,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum AnswerForm {
    /// One JSON object
    #[default]
    Json,
    /// For people
    Text,
}

fn inside(text: &str) -> Result<Inside, String> {
    match text {
        "anyone" => Ok(Inside::Nobody),
        _ if value::account_id(text).is_ok() => Ok(Inside::Accounts(vec![text.to_owned()])),
        _ if value::org_id(text).is_ok() => Ok(Inside::Organization { id: text.to_owned(), accounts: Vec::new() }),
        _ => Err("give an organisation's id, `o-a1b2c3d4e5`, an account id of 12 digits, or `anyone`".to_owned()),
    }
}

/// A document that was read, and its kind.
struct Given {
    document: Document,
    kind: Kind,
}

impl Prove {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let root = folder_here();
        let own = catalogue_of(&root)?;
        let catalogue = own.as_ref().unwrap_or_else(|| Catalogue::builtin());
        let config = settings_here(&root)?;
        let mut sources = SourceMap::default();
        let mut read = |path: &Path| given(path, self.kind, &mut sources);
        let Some(policy) = read(&self.policy)? else { return Ok(Exit::Unusable) };
        let path = self.claim.within.as_ref().or(self.claim.equivalent.as_ref()).or(self.claim.disjoint.as_ref());
        let other = match path.map(|path| read(path)).transpose()? {
            Some(None) => return Ok(Exit::Unusable),
            Some(other) => other,
            None => None,
        };
        let scope = match self.claim.never.as_ref().or(self.claim.always.as_ref()) {
            Some(text) => match requests(text, catalogue, &config)? {
                Some(document) => Some(document),
                None => return Ok(Exit::Unusable),
            },
            None => None,
        };
        let documents: Vec<&Document> =
            [Some(&policy.document), other.as_ref().map(|other| &other.document), scope.as_ref()]
                .into_iter()
                .flatten()
                .collect();
        let mut prover = Prover::new(catalogue, &documents);
        let of_policy = permissions(&mut prover, &policy);
        let of_other = other.as_ref().map(|other| permissions(&mut prover, other));
        let of_scope = scope
            .as_ref()
            .map(|document| prover.permissions(Whose::Document(Subject { document, has_principals: false })));
        let (verdict, first) = self.verdict(&mut prover, &of_policy, of_other.as_ref(), of_scope.as_ref());
        // Which documents the places of the counterexample are in.
        let other = other.as_ref().map(|other| &other.document);
        let (allowing, nearest) = match first {
            First::Policy => (Some(&policy.document), other),
            First::Other => (other, Some(&policy.document)),
            First::Requests => (None, Some(&policy.document)),
        };
        self.write(&sources, &verdict, allowing, nearest)?;
        Ok(match verdict {
            Verdict::Holds => Exit::Done,
            Verdict::Fails(_) => Exit::Findings,
            Verdict::Unknown(_) => Exit::Unknown,
        })
    }

    fn verdict(
        &self,
        prover: &mut Prover<'_>,
        policy: &Permissions<'_>,
        other: Option<&Permissions<'_>>,
        scope: Option<&Permissions<'_>>,
    ) -> (Verdict, First) {
        if let Some(inside) = &self.claim.no_access_from_outside {
            return (prover.closed_to_outside(policy, inside), First::Policy);
        }
        match (other, scope) {
            (Some(other), _) if self.claim.disjoint.is_some() => (prover.disjoint(policy, other), First::Policy),
            (Some(other), _) => match prover.within(policy, other) {
                Verdict::Holds if self.claim.equivalent.is_some() => (prover.within(other, policy), First::Other),
                verdict => (verdict, First::Policy),
            },
            (None, Some(scope)) if self.claim.always.is_some() => (prover.within(scope, policy), First::Requests),
            (None, Some(scope)) => (prover.disjoint(policy, scope), First::Policy),
            (None, None) => (Verdict::Unknown("nothing is claimed".to_owned()), First::Policy),
        }
    }

    fn write(
        &self,
        sources: &SourceMap,
        verdict: &Verdict,
        allowing: Option<&Document>,
        nearest: Option<&Document>,
    ) -> Result<(), Failure> {
        let mut out = report::output();
        match self.output {
            AnswerForm::Json => writeln!(out, "{:#}", object(sources, verdict, allowing, nearest))?,
            AnswerForm::Text => text(&mut out, sources, verdict, allowing, nearest)?,
        }
        out.flush()?;
        Ok(())
    }
}

/// Whose statement lets a counterexample through.
#[derive(Clone, Copy)]
enum First {
    Policy,
    Other,
    Requests,
}

fn permissions<'d>(prover: &mut Prover<'_>, given: &'d Given) -> Permissions<'d> {
    let has_principals = given.kind.has_principals();
    prover.permissions(Whose::Document(Subject { document: &given.document, has_principals }))
}

/// The one policy of a file; nothing where AWS would refuse it, which is reported.
fn given(path: &Path, kind: Option<Kind>, sources: &mut SourceMap) -> Result<Option<Given>, Failure> {
    let mut documents = Documents { sources: std::mem::take(sources), ..Documents::default() };
    documents.add(path, Mode::Strict)?;
    let mut refused = documents.errors;
    *sources = documents.sources;
    let count = documents.found.len();
    let mut found = documents.found.into_iter();
    if let (Some((path, found)), 1) = (found.next(), count) {
        let kind = kind.or_else(|| likely_kind(&path, &found)).unwrap_or(Kind::Policy);
        match found.document {
            Ok(document) => return Ok(Some(Given { document, kind })),
            Err(errors) => refused.extend(errors),
        }
    } else if refused.is_empty() {
        return Err(Failure::new(
            format!("`{}` holds {count} policies, and a claim is about one", path.display()),
            "give a file with one policy",
        ));
    }
    report::write(Form::Text, sources, &refused)?;
    Ok(None)
}

/// The requests that a text of the language names; nothing where something in it is wrong, which is reported.
fn requests(text: &str, catalogue: &Catalogue, config: &Config) -> Result<Option<Document>, Failure> {
    let source = format!(
        "policy it {{\n  deny s3:ListAllMyBuckets on *\n}}\n\nprove \"claim\" {{\n  it never allows {text}\n}}\n"
    );
    let files = MemoryFileSystem::new([("<claim>", source)]);
    let set = std::collections::BTreeMap::new();
    let options = Options { catalogue, config, set: &set, today: None };
    let mut analysis = analyse(&files, &["<claim>".into()], options);
    if analysis.is_denied() {
        report::write(Form::Text, &analysis.project.sources, &analysis.diagnostics)?;
        return Ok(None);
    }
    let claims = analysis.elaborated.proofs.pop().map(|proof| proof.claims).unwrap_or_default();
    match <[_; 1]>::try_from(claims).map(|[claim]| claim.claim) {
        Ok(Universal::Decides { requests, .. }) => Ok(Some(requests)),
        _ => Err(Failure::new(
            format!("`{text}` names no requests"),
            "write actions, `on` resources, and `when` and `unless` if you like: 's3:* on *'",
        )),
    }
}

fn object(sources: &SourceMap, verdict: &Verdict, allowing: Option<&Document>, nearest: Option<&Document>) -> Value {
    match verdict {
        Verdict::Holds => json!({ "holds": true, "counterexample": null, "statement": null }),
        Verdict::Unknown(why) => {
            json!({ "holds": "unknown", "reason": why, "counterexample": null, "statement": null })
        }
        Verdict::Fails(found) => json!({
            "holds": false,
            "counterexample": counterexample(found),
            "statement": allowing.and_then(|document| statement(sources, document, found.statement)),
            "nearest": nearest.zip(found.nearest).and_then(|(document, place)| statement(sources, document, place)),
        }),
    }
}

fn counterexample(found: &Counterexample) -> Value {
    let value = |value: &KeyValue| match value {
        KeyValue::One(text) => json!(text),
        KeyValue::Several(texts) => json!(texts),
        _ => Value::Null,
    };
    let context: Map<String, Value> = found.keys.iter().map(|(key, one)| (key.clone(), value(one))).collect();
    let request = &found.request;
    json!({
        "principal": request.requester.to_string(),
        "action": request.action,
        "resource": request.resource,
        "context": context,
    })
}

fn statement(sources: &SourceMap, document: &Document, place: Place) -> Option<Value> {
    let statement = document.statements.get(place.statement)?;
    Some(json!({
        "index": place.statement,
        "sid": statement.sid.as_ref().map(|sid| sid.value.to_string()),
        "place": shown(sources, statement.span),
    }))
}

fn shown(sources: &SourceMap, span: Span) -> String {
    report::place(sources, span)
}

fn text(
    out: &mut impl Write,
    sources: &SourceMap,
    verdict: &Verdict,
    allowing: Option<&Document>,
    nearest: Option<&Document>,
) -> std::io::Result<()> {
    match verdict {
        Verdict::Holds => writeln!(out, "it holds of every request"),
        Verdict::Unknown(why) => writeln!(out, "it is not known: {why}"),
        Verdict::Fails(found) => {
            let request = &found.request;
            writeln!(out, "it does not hold")?;
            if found.names_requester {
                write!(out, "{} asks for ", request.requester)?;
            }
            writeln!(out, "{} on {}", request.action, request.resource)?;
            for (key, value) in &found.keys {
                match value {
                    KeyValue::One(text) => writeln!(out, "  with {key} = {text}")?,
                    KeyValue::Several(texts) => writeln!(out, "  with {key} = {}", texts.join(", "))?,
                    _ => {}
                }
            }
            let at = |document: Option<&Document>, place: Option<Place>| {
                let statement = document?.statements.get(place?.statement)?;
                Some(shown(sources, statement.span))
            };
            if let Some(place) = at(allowing, Some(found.statement)) {
                writeln!(out, "the statement at {place} lets it through")?;
            }
            if let Some(place) = at(nearest, found.nearest) {
                writeln!(out, "the statement at {place} comes nearest to covering it")?;
            }
            Ok(())
        }
    }
}
