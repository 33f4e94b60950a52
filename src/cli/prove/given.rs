//! Claims about policies in JSON.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::base::{MemoryFileSystem, SourceMap, Span};
use crate::catalogue::Catalogue;
use crate::cli::documents::{Documents, likely_kind};
use crate::cli::failure::Failure;
use crate::cli::report::{self, Form};
use crate::cli::workspace::{catalogue_of, folder_here, settings_here};
use crate::elaborate::Universal;
use crate::pipeline::{Options, analyse_claim};
use crate::policy::read::Mode;
use crate::policy::{Document, Kind, value};
use crate::project::{Config, LooseClaim, World};
use crate::prove::difference::as_attached;
use crate::prove::{Inside, Permissions, Place, Prover, Realm, Subject, Verdict, Whose};

use super::answer::{Answer, Shown, widest};

/// What is claimed: one thing.
#[derive(Debug, Args)]
#[group(multiple = false, requires = "policy")]
pub(super) struct Claimed {
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

impl Claimed {
    /// Refuses claims that mean nothing of policies of these kinds: that one lets somebody in which says of nobody whom it is for, or
    /// about what two of which only one says so have in common. Limits are for anybody, and may be set beside what they limit.
    fn check_kinds(&self, kind: Kind, other: Option<Kind>) -> Result<(), Failure> {
        if self.no_access_from_outside.is_some() && !kind.has_principals() {
            return Err(Failure::new(
                format!("{} lets nobody in: it is for whoever it is attached to", kind.with_article()),
                "claim it of the policy of a resource or of a trust policy; if this is one, say so: `--kind resource`, `--kind trust`",
            ));
        }
        let names_whom = |kind: Kind| matches!(kind, Kind::Trust | Kind::Resource);
        match other {
            Some(other)
                if kind.has_principals() != other.has_principals() && [kind, other].into_iter().any(names_whom) =>
            {
                Err(Failure::new(
                    format!(
                        "{} says whom it is for, and {} does not",
                        said(kind, other, true),
                        said(kind, other, false)
                    ),
                    "compare policies that both say it, or both do not; where a file does not show its kind, `--kind` says that of both",
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The one of two kinds whose statements say whom they are for, or the other, in words.
fn said(kind: Kind, other: Kind, has_principals: bool) -> String {
    if kind.has_principals() == has_principals { kind.with_article() } else { other.with_article() }
}

fn inside(text: &str) -> Result<Inside, String> {
    match text {
        "anyone" => Ok(Inside::Nobody),
        _ if value::account_id(text).is_ok() => Ok(Inside::Accounts(vec![text.to_owned()])),
        _ if value::org_id(text).is_ok() => Ok(Inside::Organization { id: text.to_owned(), accounts: Vec::new() }),
        _ => Err("give an organisation's id, `o-a1b2c3d4e5`, an account id of 12 digits, or `anyone`".to_owned()),
    }
}

/// A claim about a policy in JSON.
pub(super) struct Given<'a> {
    pub(super) policy: &'a Path,
    pub(super) kind: Option<Kind>,
    pub(super) claimed: &'a Claimed,
    /// In the place of that of the settings.
    pub(super) world: Option<World>,
}

/// A document that was read, and its kind.
struct Read {
    document: Document,
    kind: Kind,
}

impl Given<'_> {
    /// What is found out; nothing where something cannot be used, which is reported.
    pub(super) fn answer(&self) -> Result<Option<Answer>, Failure> {
        let root = folder_here();
        let own = catalogue_of(&root)?;
        let catalogue = own.as_ref().unwrap_or_else(|| Catalogue::builtin());
        let mut config = settings_here(&root)?;
        let world = self.world.unwrap_or(config.proofs.world);
        let mut sources = SourceMap::default();
        let mut read = |path: &Path| given(path, self.kind, &mut sources);
        let Some(policy) = read(self.policy)? else { return Ok(None) };
        let claimed = self.claimed;
        let path = claimed.within.as_ref().or(claimed.equivalent.as_ref()).or(claimed.disjoint.as_ref());
        let other = match path.map(|path| read(path)).transpose()? {
            Some(None) => return Ok(None),
            Some(other) => other,
            None => None,
        };
        claimed.check_kinds(policy.kind, other.as_ref().map(|other| other.kind))?;
        let scope = match claimed.never.as_ref().or(claimed.always.as_ref()) {
            Some(text) => match requests(text, catalogue, &config)? {
                Some(document) => Some(document),
                None => return Ok(None),
            },
            None => None,
        };
        let documents: Vec<&Document> =
            [Some(&policy.document), other.as_ref().map(|other| &other.document), scope.as_ref()]
                .into_iter()
                .flatten()
                .collect();
        let mut decided = |world: World| {
            config.proofs.world = world;
            let mut prover = Prover::of(catalogue, &documents, Realm::of(&config));
            self.decided(&mut prover, &policy, other.as_ref(), scope.as_ref())
        };
        let (verdict, first) = decided(world)?;
        let is_so = |world| matches!(decided(world), Ok((Verdict::Holds, _)));
        let world = if matches!(verdict, Verdict::Holds) { widest(world, is_so) } else { world };
        // Which documents the places of the counterexample are in.
        let other = other.as_ref().map(|other| &other.document);
        let (allowing, nearest) = match first {
            First::Policy => (Some(&policy.document), other),
            First::Other => (other, Some(&policy.document)),
            First::Requests => (None, Some(&policy.document)),
        };
        let (statement, nearest) = match &verdict {
            Verdict::Fails(found) => (
                allowing.and_then(|document| shown(&sources, document, found.statement)),
                nearest.zip(found.nearest).and_then(|(document, place)| shown(&sources, document, place)),
            ),
            Verdict::Holds | Verdict::Unknown(_) => (None, None),
        };
        Ok(Some(Answer { verdict, world, statement, nearest }))
    }

    /// What a prover finds out; an error where it is asked of requests of which there are none.
    fn decided(
        &self,
        prover: &mut Prover<'_>,
        policy: &Read,
        other: Option<&Read>,
        scope: Option<&Document>,
    ) -> Result<(Verdict, First), Failure> {
        let policy = permissions(prover, policy);
        let other = other.map(|other| permissions(prover, other));
        let scope =
            scope.map(|document| prover.permissions(Whose::Document(Subject { document, has_principals: false })));
        if let (Some(text), Some(scope)) = (self.claimed.never.as_ref().or(self.claimed.always.as_ref()), &scope)
            && prover.is_nothing(scope)
        {
            return Err(Failure::new(
                format!("no request is like that: `{text}`"),
                "`leastwise catalogue ACTION` shows the resources that an action is about and the keys that it sees",
            ));
        }
        Ok(self.verdict(prover, &policy, other.as_ref(), scope.as_ref()))
    }

    fn verdict(
        &self,
        prover: &mut Prover<'_>,
        policy: &Permissions<'_>,
        other: Option<&Permissions<'_>>,
        scope: Option<&Permissions<'_>>,
    ) -> (Verdict, First) {
        if let Some(inside) = &self.claimed.no_access_from_outside {
            return (prover.closed_to_outside(policy, inside), First::Policy);
        }
        match (other, scope) {
            (Some(other), _) if self.claimed.disjoint.is_some() => (prover.disjoint(policy, other), First::Policy),
            (Some(other), _) => match prover.within(policy, other) {
                Verdict::Holds if self.claimed.equivalent.is_some() => (prover.within(other, policy), First::Other),
                verdict => (verdict, First::Policy),
            },
            (None, Some(scope)) if self.claimed.always.is_some() => (prover.within(scope, policy), First::Requests),
            (None, Some(scope)) => (prover.disjoint(policy, scope), First::Policy),
            (None, None) => (Verdict::Unknown("nothing is claimed".to_owned()), First::Policy),
        }
    }
}

/// Whose statement lets a counterexample through.
#[derive(Clone, Copy)]
enum First {
    Policy,
    Other,
    Requests,
}

fn permissions<'d>(prover: &mut Prover<'_>, given: &'d Read) -> Permissions<'d> {
    let has_principals = given.kind.has_principals();
    prover.permissions(Whose::Document(Subject { document: &given.document, has_principals }))
}

/// The one policy of a file; nothing where AWS would refuse it, which is reported.
fn given(path: &Path, kind: Option<Kind>, sources: &mut SourceMap) -> Result<Option<Read>, Failure> {
    let mut documents = Documents { sources: std::mem::take(sources), ..Documents::default() };
    documents.add(path, Mode::Strict)?;
    let mut refused = documents.errors;
    *sources = documents.sources;
    let count = documents.found.len();
    let mut found = documents.found.into_iter();
    if let (Some((path, found)), 1) = (found.next(), count) {
        let kind = kind.or_else(|| likely_kind(&path, &found)).unwrap_or(Kind::Policy);
        match found.document {
            Ok(document) => return Ok(Some(Read { document: as_attached(document, kind), kind })),
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
    let files = MemoryFileSystem::new([("policy.lw", "policy it { deny s3:ListAllMyBuckets on * }")]);
    let set = std::collections::BTreeMap::new();
    let options = Options { catalogue, config, set: &set, today: None };
    let claim = LooseClaim { before: "it never allows", text };
    let mut analysis = analyse_claim(&files, &["policy.lw".into()], claim, options);
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

fn shown(sources: &SourceMap, document: &Document, place: Place) -> Option<Shown> {
    // What AWS attaches itself stands nowhere.
    let statement = document.statements.get(place.statement).filter(|one| one.span != Span::default())?;
    Some(Shown {
        policy: None,
        index: place.statement,
        sid: statement.sid.as_ref().map(|sid| sid.value.to_string()),
        place: report::place(sources, statement.span),
    })
}
