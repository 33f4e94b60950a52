//! AWS services that are let in for whomever they work.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::confine::{demand, is_anything, key, takes_back};
use crate::lint::{Findings, Subject};
use crate::policy::{
    Arn, BaseOperator, ConditionTest, Effect, Kind, Located, Principal, SetQualifier, Statement, Text, value,
};

const PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#cross-service-confused-deputy-prevention";

/// Keys that say for whom a service works.
const SOURCE: [&str; 4] = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];

/// Keys of single services that say the same, sorted.
const OF_A_SERVICE: [&str; 2] = ["kms:encryptioncontext:", "lambda:eventsourcetoken"];

/// Keys that are used for it and are not made for it.
const INSTEAD: [&str; 3] = ["aws:referer", "aws:sourceip", "aws:sourceowner"];

/// Services whose calls have no such key, as their documentation says.
/// - <https://docs.aws.amazon.com/ses/latest/dg/eb-archiving.html>
/// - <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>
const WITHOUT_SOURCE: [&str; 2] = ["logdelivery.elasticloadbalancing.amazonaws.com", "ses.amazonaws.com"];

/// Services that ask in their documentation for such a key in the trust policies of their roles, as of 2026-11. Of others a trust
/// policy without is the rule: only somebody in the account can hand them a role.
/// - <https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html>
/// - <https://docs.aws.amazon.com/fis/latest/userguide/getting-started-iam-service-role.html>
/// - <https://docs.aws.amazon.com/frauddetector/latest/ug/confused-deputy-prevention.html>
/// - <https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html>
/// - <https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html>
const IN_TRUST: [&str; 5] = [
    "bedrock.amazonaws.com",
    "fis.amazonaws.com",
    "frauddetector.amazonaws.com",
    "personalize.amazonaws.com",
    "scheduler.amazonaws.com",
];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !matches!(subject.policy.kind, Kind::Resource | Kind::Trust) {
        return;
    }
    for (index, statement) in subject.statements().filter(|(_, one)| one.effect == Effect::Allow) {
        let element = statement.principal.as_ref().filter(|element| !element.negated);
        let services = element.iter().flat_map(|element| &element.principals);
        let mut services = services.filter(|one| is_asked(subject.policy.kind, &one.value)).peekable();
        if services.peek().is_none() || says_for_whom(subject, statement) {
            continue;
        }
        let instead = demand(statement, |key| INSTEAD.contains(&key));
        services.for_each(|service| findings.on_statement(index, finding(statement, service, instead)));
    }
}

/// Whether a principal is a service that should be asked for whom it works.
fn is_asked(kind: Kind, principal: &Principal) -> bool {
    let Principal::Service(name) = principal else { return false };
    let Some(name) = name.plain() else { return kind == Kind::Resource };
    match kind {
        Kind::Trust => IN_TRUST.contains(&name),
        _ => !WITHOUT_SOURCE.contains(&name),
    }
}

/// Whether the statement, or a deny beside it, asks for whom a service works.
fn says_for_whom(subject: &Subject<'_>, statement: &Statement) -> bool {
    let asks = |test: &ConditionTest| {
        let key = key(test).unwrap_or_default();
        let is_source = SOURCE.contains(&key.as_str()) && !test.values.iter().any(|value| is_anybody(test, value));
        let operator = test.operator.value;
        let demands = !operator.base.is_negated()
            && !operator.if_exists
            && operator.base != BaseOperator::Null
            && operator.set != Some(SetQualifier::ForAllValues);
        is_source && demands || OF_A_SERVICE.iter().any(|start| key.starts_with(start))
    };
    statement.condition.iter().any(asks)
        || statement
            .action
            .patterns
            .iter()
            .any(|pattern| takes_back(&subject.policy.document, &pattern.value, |key| SOURCE.contains(&key)))
}

/// Whether a value stands for everybody, or for resources of everybody.
fn is_anybody(test: &ConditionTest, value: &Located<Text>) -> bool {
    let base = test.operator.value.base;
    let Some(text) = value.value.plain() else { return false };
    let of_anybody = |arn: Arn<'_>| arn.account == "*" || arn.account.is_empty() && arn.resource == "*";
    is_anything(base, text) || base.allows_wildcards() && Arn::parse(text).is_ok_and(of_anybody)
}

fn finding(statement: &Statement, service: &Located<Principal>, instead: Option<&ConditionTest>) -> Diagnostic {
    let name = service.value.value();
    let help = match account(statement) {
        Some(account) => format!("say for whom: `when aws:SourceAccount == \"{account}\"`, or the resource that it works for: `when aws:SourceArn == \"...\"`"),
        None => "say for whom: `when aws:SourceAccount == \"...\"`, or `aws:SourceArn`, `aws:SourceOrgID`, `aws:SourceOrgPaths`".to_owned(),
    };
    let message = format!("`{}` may do this for any account of AWS", name.shown());
    let told = Diagnostic::new(&code::CONFUSED_DEPUTY, service.span, message)
        .label("for whomever it works")
        .note(format!(
            "a service acts for all of its customers; one of them can make it act on a resource of yours ({PAGE})"
        ))
        .help(help);
    match instead {
        Some(test) => told
            .aws("RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL")
            .also(test.key.span, "this says nothing of for whom it works"),
        None => told.aws("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"),
    }
}

/// The account that the resources of a statement are in, where there is one.
fn account(statement: &Statement) -> Option<&str> {
    let mut accounts = statement.resource.iter().flat_map(|element| &element.patterns).map(|pattern| {
        let account = pattern.value.plain().and_then(|text| Arn::parse(text).ok()).map(|arn| arn.account);
        account.filter(|account| value::account_id(account).is_ok())
    });
    let first = accounts.next()??;
    accounts.all(|account| account == Some(first)).then_some(first)
}
