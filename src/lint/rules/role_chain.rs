//! Roles from which others are reached that may do more: by a trust policy that names the first, or by one that takes whomever its
//! account lets, and a policy of the first that lets it.

use std::collections::{BTreeMap, HashMap};

use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::Policy;
use crate::evaluate::Requester;
use crate::lint::findings::placed;
use crate::lint::{Boundary, Context, Holder, Identity};
use crate::policy::{Arn, BaseOperator, Document, Effect, Principal, Statement, arn_patterns_meet, glob, value};
use crate::prove::{self, Prover, Subject, Verdict, Whose, allowing, comparing};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining";
const ACTION: &str = "sts:AssumeRole";
/// Where the account of roles of sources is not said.
const SOME_ACCOUNT: &str = "123456789012";
/// How many pairs of roles are compared where trust policies take whomever their account lets.
const MOST_PAIRS: usize = 1000;
/// How many roles a message names that one statement reaches.
const MOST_NAMED: usize = 3;

pub(in crate::lint) fn check(
    context: Context<'_>,
    _: &[Policy],
    identities: &[Identity<'_>],
    found: &mut Vec<Diagnostic>,
) {
    let all: Vec<&Identity<'_>> = identities.iter().filter(|identity| identity.holder == Holder::Role).collect();
    let mut roles: HashMap<&str, Vec<&Identity<'_>>> = HashMap::new();
    all.iter().for_each(|role| roles.entry(role.name).or_default().push(*role));
    for to in &all {
        for trusted in trusted(context, to) {
            let Trusted::Role { name, account, span, statement } = trusted else { continue };
            // Of two roles of one name, in different accounts, it is not known which is meant.
            let Some([from]) = roles.get(name).map(Vec::as_slice) else { continue };
            if std::ptr::eq(*from, *to) || !may_assume(context, account, from, to, true) {
                continue;
            }
            if let Some(action) = gained(context, account, from, to) {
                found.push(finding(from, to, &action, span).about(statement));
            }
        }
    }
    by_account(context, &all, found);
}

/// A role that whomever an account lets may assume.
struct Open<'i, 'a> {
    role: &'i Identity<'a>,
    /// The accounts; without its id, any.
    accounts: Vec<&'a str>,
    /// The roles that its trust policy names: of those it is told otherwise.
    named: Vec<&'a str>,
}

impl<'i, 'a> Open<'i, 'a> {
    fn of(context: Context<'_>, role: &'i Identity<'a>) -> Option<Self> {
        let (mut accounts, mut named) = (Vec::new(), Vec::new());
        trusted(context, role).for_each(|one| match one {
            Trusted::Account(account) => accounts.push(account),
            Trusted::Role { name, .. } => named.push(name),
        });
        (!accounts.is_empty()).then_some(Self { role, accounts, named })
    }
}

/// Roles that a trust policy does not name, and takes because the account lets them.
fn by_account(context: Context<'_>, roles: &[&Identity<'_>], found: &mut Vec<Diagnostic>) {
    let open: Vec<Open<'_, '_>> = roles.iter().filter_map(|role| Open::of(context, role)).collect();
    let mut pairs = 0;
    for from in roles.iter().filter(|from| !open.is_empty() && from.complete && !is_everything(from)) {
        let lets = lets(from);
        let mut reached: BTreeMap<Place, Vec<(&Identity<'_>, String)>> = BTreeMap::new();
        for to in open.iter().filter(|to| !lets.is_empty() && !std::ptr::eq(to.role, *from)) {
            let is_of = |account: &&&str| account.is_empty() || from.account().is_none_or(|own| own == **account);
            let Some(account) = to.accounts.iter().find(is_of).filter(|_| !to.named.contains(&from.name)) else {
                continue;
            };
            let account = if account.is_empty() { to.role.account().unwrap_or(SOME_ACCOUNT) } else { account };
            let Some(place) = lets_assume_role(from, &lets, &to.role.arn_in("aws", account)) else { continue };
            if pairs > MOST_PAIRS || reached.get(&place).is_some_and(|to| to.len() > MOST_NAMED) {
                continue;
            }
            pairs += 1;
            if may_assume(context, account, from, to.role, false)
                && let Some(action) = gained(context, account, from, to.role)
            {
                reached.entry(place).or_default().push((to.role, action));
            }
        }
        found.extend(reached.iter().map(|(place, to)| finding_by_account(from, *place, to)));
    }
}

/// Whether a role may do everything, so that it gains nothing.
fn is_everything(role: &Identity<'_>) -> bool {
    let statements = || role.policies.iter().flat_map(|policy| &policy.document.statements);
    let is_all = |one: &Statement| {
        let resources = one.resource.iter().filter(|element| !element.negated).flat_map(|element| &element.patterns);
        let mut actions = one.action.patterns.iter().filter(|_| !one.action.negated);
        one.condition.is_empty()
            && actions.any(|action| matches!(action.value.as_str(), "*" | "*:*"))
            && resources.into_iter().any(|resource| resource.value.plain() == Some("*"))
    };
    matches!(role.boundary, Boundary::None)
        && statements().all(|one| one.effect == Effect::Allow)
        && statements().any(is_all)
}

/// A policy of a role, a statement of that, and a pattern of its resources.
type Place = (usize, usize, usize);

/// The patterns by which a role is let assume roles; of `NotResource` the first.
fn lets(from: &Identity<'_>) -> Vec<Place> {
    let mut places = Vec::new();
    for (place, policy) in from.policies.iter().enumerate() {
        for (index, statement) in policy.document.statements.iter().enumerate().filter(|(_, one)| lets_assume(one)) {
            let Some(element) = &statement.resource else { continue };
            let patterns = if element.negated { 1 } else { element.patterns.len() };
            places.extend((0..patterns).map(|pattern| (place, index, pattern)));
        }
    }
    places
}

/// The first of these patterns that is about a role, as far as a look tells.
fn lets_assume_role(from: &Identity<'_>, places: &[Place], to: &str) -> Option<Place> {
    let meets = |(policy, statement, pattern): &&Place| {
        let element = from.policies[*policy].document.statements[*statement].resource.as_ref();
        element.is_some_and(|element| {
            let pattern = element.patterns.get(*pattern).map(|one| one.value.pattern()).unwrap_or_default();
            element.negated || arn_patterns_meet(&glob::open_variables(&pattern), to)
        })
    };
    places.iter().find(meets).copied()
}

/// Whom a trust policy trusts.
enum Trusted<'a> {
    /// A role of the project's accounts: where it stands, and the statement.
    Role { name: &'a str, account: &'a str, span: Span, statement: Span },
    /// Whomever an account of the project lets; without its id, any account.
    Account(&'a str),
}

/// The roles and accounts that the trust policy of a role names, as far as they are the project's.
fn trusted<'a>(context: Context<'_>, role: &Identity<'a>) -> impl Iterator<Item = Trusted<'a>> + use<'a> {
    let own = context.surroundings.accounts.clone();
    let statements = role.trust.into_iter().flat_map(|trust| &trust.document.statements).filter(|one| lets_assume(one));
    let principals = statements.flat_map(|one| {
        let element = one.principal.as_ref().filter(|element| !element.negated);
        element.into_iter().flat_map(|element| &element.principals).map(move |principal| (principal, one.span))
    });
    let trusted = principals.filter_map(|(principal, statement)| {
        if principal.value == Principal::Anyone {
            return Some(("", Trusted::Account("")));
        }
        let Principal::Aws(text) = &principal.value else { return None };
        let text = text.plain()?;
        if text == "*" {
            return Some(("", Trusted::Account("")));
        }
        if value::account_id(text).is_ok() {
            return Some((text, Trusted::Account(text)));
        }
        let arn = Arn::parse(text).ok().filter(|arn| arn.service == "iam")?;
        if arn.resource == "root" {
            return Some((arn.account, Trusted::Account(arn.account)));
        }
        let name = arn.resource.strip_prefix("role/")?.rsplit('/').next()?;
        Some((arn.account, Trusted::Role { name, account: arn.account, span: principal.span, statement }))
    });
    trusted
        .filter(move |(account, _)| account.is_empty() || own.is_empty() || own.contains(*account))
        .map(|(_, trusted)| trusted)
}

fn lets_assume(statement: &Statement) -> bool {
    statement.effect == Effect::Allow && is_about(statement)
}

/// Whether the actions of a statement hold that of assuming a role.
fn is_about(statement: &Statement) -> bool {
    statement.action.includes(ACTION)
}

/// Whether a role may assume another: its policies and its boundary allow it, and so does the trust policy of the other; where that
/// names the role, and both are in one account, nothing but a deny and the boundary can keep it from it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html>
fn may_assume(context: Context<'_>, account: &str, from: &Identity<'_>, to: &Identity<'_>, named: bool) -> bool {
    let Some(trust) = to.trust else { return false };
    let account = if account.is_empty() { SOME_ACCOUNT } else { account };
    let (from_arn, to_arn) = (from.arn_in("aws", account), to.arn_in("aws", account));
    let account_of = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
    let own = from.policies.iter().flat_map(|policy| &policy.document.statements);
    let own = own.filter(|one| is_about(one)).cloned();
    let mut identity = document(own.collect(), from.policies.first().map(|policy| &policy.document));
    if named && account_of(&from_arn) == account_of(&to_arn) {
        identity.statements.extend(allowing(&[ACTION], &[&to_arn], Vec::new()).statements);
    }
    let concerning = trust.document.statements.iter().filter_map(|one| concerning(one, from, account, named));
    let on_role = |one: Statement| Statement {
        resource: allowing(&[], &[&to_arn], Vec::new()).statements[0].resource.clone(),
        ..one
    };
    let trust = document(concerning.map(on_role).collect(), Some(&trust.document));
    let as_role = vec![comparing(BaseOperator::ArnEquals, "aws:PrincipalArn", &[&from_arn], false)];
    let request = allowing(&[ACTION], &[&to_arn], as_role);
    let boundary = match from.boundary {
        Boundary::None => None,
        Boundary::Known(policy) => Some(&policy.document),
        Boundary::Elsewhere => return false,
    };
    let documents: Vec<&Document> = [&identity, &trust, &request].into_iter().chain(boundary).collect();
    let mut prover = Prover::new(context.catalogue, &documents);
    let whose = |document| Whose::Document(Subject { document, has_principals: false });
    let layers: Vec<_> = documents.iter().map(|document| prover.permissions(whose(*document))).collect();
    matches!(prover.nothing_in_common(&layers.iter().collect::<Vec<_>>()), Verdict::Fails(_))
}

/// Statements as a document of the version of another.
fn document(statements: Vec<Statement>, like: Option<&Document>) -> Document {
    Document { version: like.map(|one| one.version).unwrap_or_default(), id: None, statements }
}

/// A statement of a trust policy, if it is about a role of an account: one that allows names it, `named`, or its account.
fn concerning(statement: &Statement, from: &Identity<'_>, account: &str, named: bool) -> Option<Statement> {
    let element = statement.principal.as_ref()?;
    let is_role = |text: &str| {
        Arn::parse(text).is_ok_and(|arn| {
            let name = arn.resource.strip_prefix("role/").and_then(|role| role.rsplit('/').next());
            arn.service == "iam" && name == Some(from.name)
        })
    };
    let is_account = |text: &str| text == "*" || text == account || text.ends_with(&format!(":{account}:root"));
    let is_meant = |principal: &Principal| match principal {
        Principal::Anyone => true,
        Principal::Aws(text) => text.plain().is_some_and(|text| {
            let is_it = is_role(text);
            if statement.effect == Effect::Allow && named { is_it } else { is_it || is_account(text) }
        }),
        _ => false,
    };
    let concerns = element.principals.iter().any(|one| is_meant(&one.value)) != element.negated;
    concerns.then(|| Statement { principal: None, ..statement.clone() })
}

/// An action that one role may do and another may not, as far as their policies are known; the chain itself is none.
fn gained(context: Context<'_>, account: &str, from: &Identity<'_>, to: &Identity<'_>) -> Option<String> {
    let whose = |role| layers(account, role).map(|layers| Whose::Identity(Box::new(layers)));
    let (from, to) = (whose(from).filter(|_| from.complete)?, whose(to)?);
    let documents: Vec<&Document> = from.documents().chain(to.documents()).collect();
    let mut prover = Prover::new(context.catalogue, &documents);
    let (from, to) = (prover.permissions(from), prover.permissions(to));
    match prover.within(&to, &from) {
        Verdict::Fails(found) => Some(found.request.action),
        Verdict::Holds | Verdict::Unknown(_) => None,
    }
}

/// What decides on a role's requests; nothing where not all of it is known. Both roles ask under one name, since who asks is not what
/// is compared.
fn layers<'a>(account: &str, role: &Identity<'a>) -> Option<prove::Identity<'a>> {
    let is_whole = role.policies.iter().all(|policy| policy.complete);
    let account = if account.is_empty() { SOME_ACCOUNT } else { account };
    let boundary = match role.boundary {
        Boundary::None => None,
        Boundary::Known(policy) => Some(&policy.document),
        Boundary::Elsewhere => return None,
    };
    is_whole.then(|| prove::Identity {
        requester: Requester::Session {
            account: account.to_owned(),
            role: format!("arn:aws:iam::{account}:role/Someone"),
            session: None,
        },
        identity: role.policies.iter().map(|policy| &policy.document).collect(),
        boundary,
        session: Vec::new(),
        endpoint: Vec::new(),
        scps: Vec::new(),
        rcps: Vec::new(),
        resources: Vec::new(),
        somewhere: Vec::new(),
        facts: Vec::new(),
    })
}

fn finding(from: &Identity<'_>, to: &Identity<'_>, action: &str, span: Span) -> Diagnostic {
    let message = format!("the role `{}` may do more as `{}`: `{action}`", from.name, to.name);
    Diagnostic::new(&code::ROLE_CHAIN, span, message)
        .label("reaches this role, which may do what it may not")
        .whose(from.span)
        .also(from.span, "neither its policies nor its boundary give it that")
        .also(to.span, "these are the permissions that it ends with")
        .note(format!("who assumes a role acts with its permissions alone, and its own policies and boundary no longer hold ({PAGE})"))
        .help("count whoever may assume the first role among those who have the permissions of the second, or let somebody else assume the second")
}

fn finding_by_account(
    from: &Identity<'_>,
    (policy, index, pattern): Place,
    reached: &[(&Identity<'_>, String)],
) -> Diagnostic {
    let policy = from.policies[policy];
    let statement = &policy.document.statements[index];
    let place = statement.resource.as_ref().and_then(|element| element.patterns.get(pattern));
    let (first, action) = &reached[0];
    let message = format!("the role `{}` may do more as `{}`: `{action}`", from.name, first.name);
    let mut told = Diagnostic::new(&code::ROLE_CHAIN, place.map_or(statement.span, |place| place.span), message)
        .label(format!("reaches `{}`, which may do what it may not", first.name))
        .whose(from.span)
        .also(first.span, "trusts whomever its account lets");
    let others: Vec<String> = reached.iter().skip(1).map(|(to, _)| format!("`{}`", to.name)).collect();
    if !others.is_empty() {
        let more = if others.len() >= MOST_NAMED { ", perhaps others too" } else { "" };
        told = told.note(format!("and more as {}{more}", others.join(", ")));
    }
    let told = told
        .note(format!("who assumes a role acts with its permissions alone, and its own policies and boundary no longer hold ({PAGE})"))
        .help("name the roles that it may assume; or name in their trust policies who assumes them");
    placed(policy, index, told)
}
