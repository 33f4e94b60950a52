//! Roles from which others are reached that may do more.

use std::collections::HashMap;

use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::Policy;
use crate::evaluate::Requester;
use crate::lint::{Boundary, Context, Holder, Identity};
use crate::policy::{Arn, Document, Effect, Principal, PrincipalElement, Statement, glob};
use crate::prove::{self, Prover, Verdict, Whose};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining";
const ACTION: &str = "sts:AssumeRole";
/// Where the account of roles of sources is not said.
const SOME_ACCOUNT: &str = "123456789012";

pub(in crate::lint) fn check(
    context: Context<'_>,
    _: &[Policy],
    identities: &[Identity<'_>],
    found: &mut Vec<Diagnostic>,
) {
    let mut roles: HashMap<&str, Vec<&Identity<'_>>> = HashMap::new();
    for role in identities.iter().filter(|identity| identity.holder == Holder::Role) {
        roles.entry(role.name).or_default().push(role);
    }
    for to in identities.iter().filter(|identity| identity.holder == Holder::Role) {
        for (name, account, span, statement) in trusted_roles(context, to) {
            // Of two roles of one name, in different accounts, it is not known which is meant.
            let Some([from]) = roles.get(name).map(Vec::as_slice) else { continue };
            if std::ptr::eq(*from, to) {
                continue;
            }
            if let Some(action) = gained(context, account, from, to) {
                found.push(finding(from, to, &action, span).about(statement));
            }
        }
    }
}

/// The roles of the project's accounts that a trust policy names: the name, the account, where it stands, and the statement.
fn trusted_roles<'a>(
    context: Context<'_>,
    role: &Identity<'a>,
) -> impl Iterator<Item = (&'a str, &'a str, Span, Span)> + use<'a> {
    let own = context.surroundings.accounts.clone();
    let statements = role.trust.into_iter().flat_map(|trust| &trust.document.statements).filter(|one| lets_assume(one));
    let principals = statements.flat_map(|one| {
        let element: Option<&PrincipalElement> = one.principal.as_ref().filter(|element| !element.negated);
        element.into_iter().flat_map(|element| &element.principals).map(move |principal| (principal, one.span))
    });
    principals.filter_map(move |(principal, statement)| {
        let Principal::Aws(text) = &principal.value else { return None };
        let arn = Arn::parse(text.plain()?).ok().filter(|arn| arn.service == "iam")?;
        let name = arn.resource.strip_prefix("role/")?.rsplit('/').next()?;
        let is_own = own.is_empty() || own.contains(arn.account);
        is_own.then_some((name, arn.account, principal.span, statement))
    })
}

fn lets_assume(statement: &Statement) -> bool {
    let mut patterns = statement.action.patterns.iter();
    statement.effect == Effect::Allow && patterns.any(|pattern| glob::matches(&pattern.value, ACTION, true))
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
        facts: Vec::new(),
    })
}

fn finding(from: &Identity<'_>, to: &Identity<'_>, action: &str, span: Span) -> Diagnostic {
    let message = format!("the role `{}` may do more as `{}`: `{action}`", from.name, to.name);
    Diagnostic::new(&code::ROLE_CHAIN, span, message)
        .label("reaches this role, which may do what it may not")
        .also(from.span, "neither its policies nor its boundary give it that")
        .also(to.span, "these are the permissions that it ends with")
        .note(format!("who assumes a role acts with its permissions alone, and its own policies and boundary no longer hold ({PAGE})"))
        .help("count whoever may assume the first role among those who have the permissions of the second, or let somebody else assume the second")
}
