//! Allows of which denies take everything away.

use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::cover::Part;
use crate::lint::{Context, Findings, Identity, Subject};
use crate::policy::{ActionElement, Document, Effect, Statement};
use crate::prove::{self, Prover, Verdict, Whose};

const PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html";

/// How many denies of a document are looked at, and how many statements it has at most, and pairs of actions an allow and its denies, for
/// several denies to be looked at together: more than AWS's quotas have room for.
const MOST_DENIES: usize = 200;
const MOST_STATEMENTS: usize = 200;
const MOST_PAIRS: usize = 1_000_000;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let document = &subject.policy.document;
    let denies = denies(document);
    if denies.is_empty() {
        return;
    }
    for (index, statement) in subject.statements().filter(|(_, one)| one.effect == Effect::Allow) {
        let allow = Part { statement, version: document.version };
        let shadow = denies.iter().copied().find(|deny| shadows(*deny, allow));
        let shadow = shadow.or_else(|| together(subject, &denies, allow));
        match shadow {
            Some(deny) => findings.on_statement(index, shadowed(statement, deny.statement)),
            None => partly(allow, &denies).into_iter().for_each(|told| findings.on_statement(index, told)),
        }
    }
}

/// Actions of an allow of several that one deny takes all of.
fn partly(allow: Part<'_>, denies: &[Part<'_>]) -> Vec<Diagnostic> {
    let element = &allow.statement.action;
    if element.negated || element.patterns.len() < 2 {
        return Vec::new();
    }
    let mut statement = allow.statement.clone();
    let told = element.patterns.iter().filter_map(|pattern| {
        statement.action = ActionElement { negated: false, patterns: vec![pattern.clone()] };
        let alone = Part { statement: &statement, ..allow };
        let deny = denies.iter().find(|deny| deny.covers_actions(alone) && shadows(**deny, alone))?;
        let message = format!("all that this statement allows of `{}` is denied", pattern.value);
        Some(at(pattern.span, message, deny.statement).help("remove the action, or leave it out of the deny"))
    });
    told.collect()
}

/// Allows that the denies of an identity's other policies, or of its boundary, take away.
pub(in crate::lint) fn check_identity(_: Context<'_>, identity: &Identity<'_>, found: &mut Vec<Diagnostic>) {
    let all: Vec<_> = identity.documents().collect();
    let with_denies: Vec<_> =
        all.iter().map(|policy| (*policy, denies(&policy.document))).filter(|(_, denies)| !denies.is_empty()).collect();
    if all.len() < 2 || with_denies.is_empty() {
        return;
    }
    for policy in &identity.policies {
        let others = with_denies.iter().filter(|(other, _)| !std::ptr::eq(*other, *policy));
        let others: Vec<_> = others.flat_map(|(_, denies)| denies).collect();
        for statement in policy.document.statements.iter().filter(|one| one.effect == Effect::Allow) {
            let allow = Part { statement, version: policy.document.version };
            if let Some(deny) = others.iter().find(|deny| shadows(***deny, allow)) {
                found.push(shadowed(statement, deny.statement).about(statement.span));
            }
        }
    }
}

fn denies(document: &Document) -> Vec<Part<'_>> {
    let denies = document.statements.iter().filter(|one| one.effect == Effect::Deny).take(MOST_DENIES);
    denies.map(|statement| Part { statement, version: document.version }).collect()
}

/// Whether one deny takes all of an allow. In the policy of a resource the two may be about other principals.
fn shadows(deny: Part<'_>, allow: Part<'_>) -> bool {
    deny.covers(allow)
        || everybody(deny.statement)
            && deny.covers_actions(allow)
            && deny.covers_resources(allow)
            && deny.holds_wherever(allow)
}

fn everybody(statement: &Statement) -> bool {
    let element = statement.principal.as_ref();
    element.is_some_and(|element| {
        !element.negated && element.principals.iter().any(|one| one.value == crate::policy::Principal::Anyone)
    })
}

/// One of several denies that together take all of an allow. Only where each action is denied on some terms, and the terms may add up,
/// is it worth a proof.
fn together<'d>(subject: &Subject<'_>, denies: &[Part<'d>], allow: Part<'_>) -> Option<Part<'d>> {
    let actions = denies.iter().map(|deny| deny.statement.action.patterns.len()).sum::<usize>();
    if subject.policy.document.statements.len() > MOST_STATEMENTS
        || actions.saturating_mul(allow.statement.action.patterns.len()) > MOST_PAIRS
    {
        return None;
    }
    let candidates: Vec<Part<'d>> = denies.iter().copied().filter(|deny| may_meet(*deny, allow)).collect();
    if candidates.len() < 2 || allow.statement.action.negated || !adds_up(&candidates, allow.statement) {
        return None;
    }
    let of_allow = std::iter::once(allow.statement.clone());
    let statements = of_allow.chain(candidates.iter().map(|deny| deny.statement.clone())).collect();
    let document = Document { version: allow.version, id: None, statements };
    let whole = prove::Subject { document: &document, has_principals: subject.policy.kind.has_principals() };
    let mut prover = Prover::new(subject.context.catalogue, &[&document]);
    let permissions = prover.permissions(Whose::Document(whole));
    matches!(prover.disjoint(&permissions, &permissions), Verdict::Holds).then_some(candidates[0])
}

/// Whether a deny may be about some of what an allow is about.
fn may_meet(deny: Part<'_>, allow: Part<'_>) -> bool {
    use crate::policy::glob::intersects;
    let (one, other) = (&deny.statement.action, &allow.statement.action);
    one.negated || other.patterns.iter().any(|a| one.patterns.iter().any(|b| intersects(&a.value, &b.value, true)))
}

/// Whether every pattern of actions of an allow is covered by a deny, and by two of them if these have conditions.
fn adds_up(denies: &[Part<'_>], allow: &Statement) -> bool {
    let covers = |deny: &Part<'_>, pattern: &str| {
        let element = &deny.statement.action;
        element.negated || element.patterns.iter().any(|one| crate::policy::glob::covers(&one.value, pattern, true))
    };
    allow.action.patterns.iter().all(|one| {
        let mut covering = denies.iter().filter(|deny| covers(deny, &one.value));
        covering.clone().any(|deny| deny.statement.condition.is_empty()) || covering.by_ref().nth(1).is_some()
    })
}

fn shadowed(allow: &Statement, deny: &Statement) -> Diagnostic {
    at(first_action(allow), "all that this statement allows is denied".to_owned(), deny)
        .help("remove the statement, or leave what it allows out of the deny")
}

fn at(span: Span, message: String, deny: &Statement) -> Diagnostic {
    Diagnostic::new(&code::SHADOWED_ALLOW, span, message)
        .label("allows nothing")
        .also(first_action(deny), "denied here")
        .note(format!("a deny wins over every allow ({PAGE})"))
}

fn first_action(statement: &Statement) -> Span {
    statement.action.patterns.first().map_or(statement.span, |first| first.span)
}
