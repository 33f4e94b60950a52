//! A request with the policies that JSON files hold: those of one identity, or an account's export.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Simulate, answer, exit};
use crate::base::SourceMap;
use crate::catalogue::Catalogue;
use crate::cli::Exit;
use crate::cli::documents::{self, Documents, likely_kind};
use crate::cli::failure::Failure;
use crate::cli::report::{self, Form};
use crate::cli::workspace::{catalogue_of, folder_here, settings_here};
use crate::diagnostic::{Diagnostic, closest};
use crate::elaborate::Policy;
use crate::evaluate::{Context, Request, Requester};
use crate::inventory::{Found, Identity, identities, recognise};
use crate::policy::read::Mode;
use crate::policy::{Arn, Kind};
use crate::verify::{Given, simulate_given};

impl Simulate {
    pub(super) fn ask_given(&self, who: &str, action: &str) -> Result<Exit, Failure> {
        let own = catalogue_of(&folder_here())?;
        let catalogue = own.as_ref().unwrap_or_else(|| Catalogue::builtin());
        let checks = self.checks(catalogue, action)?;
        let context = self.context(catalogue)?;
        if let Some(name) = self.through.first() {
            return Err(Failure::new(
                format!("`--through {name}` names a declaration, and these policies are JSON"),
                "give the file: `--layer session=FILE` or `--layer endpoint=FILE`",
            ));
        }
        let input = self.read()?;
        if !input.refused.is_empty() {
            report::write(Form::Text, &input.sources, &input.refused)?;
            return Ok(Exit::Unusable);
        }
        let requester = self.requester(who, &input)?;
        let given = self.layers(&requester, input.policies, &input.identities, action)?;
        let mut answers = Vec::new();
        for check in &checks {
            let request = request(&requester, &check.action, &check.resource, context.clone());
            answers.push((check.clone(), simulate_given(&given, &request)));
        }
        let also_needed = self.also_needed(catalogue, &checks);
        let asked = answer::Answers { who, checks: &answers, also_needed: &also_needed };
        Ok(exit(asked.write(self.output, &input.sources)?))
    }

    /// Reads all files that are given.
    fn read(&self) -> Result<Input, Failure> {
        let mut input = Input::default();
        if !self.paths.is_empty() {
            let documents = Documents::read(&self.paths, Mode::Strict)?;
            documents.tell_skipped();
            for (id, file) in documents.sources.files() {
                let found = identities(id, file.text(), Mode::Strict);
                input.identities.extend(found.unwrap_or_default());
            }
            input.take(documents, None);
        }
        for (level, (kind, files)) in self.layer.iter().enumerate() {
            let mut documents = Documents { sources: std::mem::take(&mut input.sources), ..Documents::default() };
            for file in files {
                documents.add(file, Mode::Strict)?;
            }
            input.take(documents, Some((*kind, level)));
        }
        Ok(input)
    }

    /// Who asks: a user or role of the export, whoever an ARN names, or a role of that name where nothing says more.
    fn requester(&self, who: &str, input: &Input) -> Result<Requester, Failure> {
        let possible = || input.identities.iter().filter(|identity| !identity.is_group());
        if let Some(identity) = possible().find(|identity| identity.arn == who || identity.name == who) {
            return requester(&identity.arn);
        }
        if let Some(requester) = Requester::parse(who) {
            let of_session = |identity: &&Identity| role_of_session(who).is_some_and(|name| identity.name == name);
            return Ok(match possible().find(of_session) {
                Some(role) => requester.with_role(&role.arn),
                None => requester,
            });
        }
        if !input.identities.is_empty() {
            let names: Vec<&str> = possible().map(|identity| identity.name.as_str()).collect();
            let help = closest(who, names).map_or("name a user or a role by its name or ARN".to_owned(), |near| {
                format!("did you mean `{near}`?")
            });
            return Err(Failure::new(format!("the export has no user and no role `{who}`"), help));
        }
        let account = settings_here(&folder_here())?.defaults.account;
        let of_resource =
            || self.resource.iter().find_map(|one| Arn::parse(one).ok().map(|arn| arn.account.to_owned()));
        match account.or_else(of_resource).filter(|account| !account.is_empty()) {
            Some(account) => requester(&format!("arn:aws:iam::{account}:role/{who}")),
            None => Err(Failure::new(
                format!("`{who}` names nobody who can ask"),
                "give an ARN: `--as arn:aws:iam::123456789012:role/NAME`",
            )),
        }
    }

    /// The policies that have a say for who asks.
    fn layers(
        &self,
        requester: &Requester,
        policies: Vec<GivenPolicy>,
        identities: &[Identity],
        action: &str,
    ) -> Result<Given, Failure> {
        let mut given = Given::default();
        let identity = identity_of(requester, identities)?;
        let own = identity.map(|identity| own_arns(identity, identities));
        complete(identity, own.as_ref(), &policies)?;
        let (mut boundaries, mut scps) = (Vec::new(), Vec::new());
        for GivenPolicy { policy, arn, level } in policies {
            let is_boundary = arn.is_some() && identity.is_some_and(|one| one.boundary == arn);
            if is_boundary {
                boundaries.push(policy.clone());
            }
            match (policy.kind, level) {
                (Kind::Policy, _) => {
                    // Of an export, those that are embedded in who asks or attached to it.
                    if own.as_ref().is_none_or(|own| arn.as_ref().is_none_or(|arn| own.contains(arn))) {
                        given.identity.push(policy);
                    }
                }
                (Kind::Boundary, _) => boundaries.push(policy),
                (Kind::Session, _) => given.session.push(policy),
                (Kind::Endpoint, _) => given.endpoint.push(policy),
                (Kind::Rcp, _) => given.rcps.push(policy),
                (Kind::Scp, Some(level)) => {
                    given.scps.resize(given.scps.len().max(level + 1), Vec::new());
                    given.scps[level].push(policy);
                }
                (Kind::Scp, None) => scps.push(policy),
                (Kind::Trust, _) if !action.to_ascii_lowercase().starts_with("sts:") => {}
                (Kind::Trust | Kind::Resource, _) => given.resources.push((arn, policy)),
            }
        }
        given.scps.retain(|level| !level.is_empty());
        if Given::needs_levels(&scps) {
            return Err(Failure::new(
                "several of these service control policies allow something, and it matters on which levels they are",
                "give them level by level from the root: `--layer scp=ROOT.json --layer scp=UNIT.json,OTHER.json`",
            ));
        }
        if !scps.is_empty() {
            given.scps.push(scps);
        }
        if boundaries.len() > 1 {
            let names: Vec<&str> = boundaries.iter().map(|policy| policy.name.as_str()).collect();
            return Err(Failure::new(
                format!("who asks has one boundary, and these are {}: `{}`", names.len(), names.join("`, `")),
                "give one",
            ));
        }
        given.boundary = boundaries.pop();
        Ok(given)
    }
}

/// What the files hold.
#[derive(Default)]
struct Input {
    sources: SourceMap,
    policies: Vec<GivenPolicy>,
    identities: Vec<Identity>,
    refused: Vec<Diagnostic>,
}

/// A document, and what is known of it.
struct GivenPolicy {
    policy: Policy,
    /// Of a managed policy its ARN; of others that of the user, group or role; none outside an export.
    arn: Option<String>,
    /// The place among the `--layer`s.
    level: Option<usize>,
}

impl Input {
    fn take(&mut self, documents: Documents, layer: Option<(Kind, usize)>) {
        self.sources = documents.sources;
        self.refused.extend(documents.errors);
        for (path, found) in documents.found {
            let (kind, name) = (kind_of(&path, &found, layer.map(|(kind, _)| kind)), documents::name(&path, &found));
            match found.document {
                Ok(document) => {
                    let policy = Policy::of_document(kind, name, document, found.span);
                    self.policies.push(GivenPolicy { policy, arn: found.arn, level: layer.map(|(_, level)| level) });
                }
                Err(refused) => self.refused.extend(refused),
            }
        }
    }
}

/// The kind of a document. A file that is called after a kind without principals, and holds some, is another.
fn kind_of(path: &Path, found: &Found, given: Option<Kind>) -> Kind {
    let likely = likely_kind(path, found).unwrap_or(Kind::Policy);
    let has_principals = found.document.as_ref().is_ok_and(|document| recognise(document).has_principals());
    match given {
        Some(kind) => kind,
        None if has_principals && !likely.has_principals() => found.document.as_ref().map_or(likely, recognise),
        None => likely,
    }
}

fn requester(arn: &str) -> Result<Requester, Failure> {
    Requester::parse(arn)
        .ok_or_else(|| Failure::new(format!("`{arn}` names nobody who can ask"), "give the ARN of a user or a role"))
}

/// The name of the role of a session's ARN.
fn role_of_session(arn: &str) -> Option<&str> {
    arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.split('/').next())
}

/// The user or role of the export that asks; none where there is no export.
fn identity_of<'i>(requester: &Requester, identities: &'i [Identity]) -> Result<Option<&'i Identity>, Failure> {
    let arn = match requester {
        Requester::User { arn, .. } => arn,
        Requester::Session { role, .. } => role,
        _ => return Ok(None),
    };
    let found = identities.iter().find(|identity| identity.arn == *arn);
    match found {
        None if !identities.is_empty() => Err(Failure::new(
            format!("the policies of `{arn}` are not known: the export does not have it"),
            "name a user or a role of the account",
        )),
        found => Ok(found),
    }
}

/// The ARNs of what holds the identity policies of a user or role: itself, its groups, and the managed ones.
fn own_arns(identity: &Identity, identities: &[Identity]) -> BTreeSet<String> {
    let groups = identities.iter().filter(|one| one.is_group() && identity.groups.contains(&one.name));
    let all = std::iter::once(identity).chain(groups);
    all.flat_map(|one| std::iter::once(&one.arn).chain(&one.attached)).cloned().collect()
}

/// Refuses an export that names a policy of who asks and does not hold it.
fn complete(
    identity: Option<&Identity>,
    own: Option<&BTreeSet<String>>,
    policies: &[GivenPolicy],
) -> Result<(), Failure> {
    let held: BTreeSet<&str> = policies.iter().filter_map(|one| one.arn.as_deref()).collect();
    let managed = own.into_iter().flatten().filter(|arn| arn.contains(":policy/"));
    let mut needed = managed.chain(identity.and_then(|identity| identity.boundary.as_ref()));
    match needed.find(|arn| !held.contains(arn.as_str())) {
        None => Ok(()),
        Some(arn) => Err(Failure::new(
            format!("the export does not hold `{arn}`, which is attached to who asks"),
            "export everything: `aws iam get-account-authorization-details`, without `--filter`",
        )),
    }
}

fn request(requester: &Requester, action: &str, resource: &str, context: Context) -> Request {
    Request {
        requester: requester.clone(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: None,
        context,
    }
}
