//! Resource control policies that hit more principals than the keys of their conditions are about.
//!
//! An RCP concerns everyone: the principals of accounts and AWS's own services. A request of a service has no keys of a principal, one
//! of a principal has no keys of a service's source; a comparison that holds without its key therefore denies the others too.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Effect, Kind, Statement, glob};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";

/// Keys of a principal, which requests of AWS's services do not have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties>
const OF_PRINCIPALS: [&str; 8] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalType",
    "aws:SourceIdentity",
    "aws:userid",
    "aws:username",
];
/// Keys of the source on whose behalf a service asks, which requests of principals do not have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceaccount>
const OF_SOURCES: [&str; 4] = ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"];
/// What no service asks for: the caller is a web identity or one of a SAML provider.
const OF_IDENTITIES: [&str; 2] = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// A principal of an account.
    Principal,
    /// A service, for a source that it names.
    Service,
    /// A service, in an integration that names no source.
    ServiceWithoutSource,
}

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Rcp {
        return;
    }
    for (index, statement) in subject.statements() {
        if statement.effect != Effect::Deny || !may_come_from_services(statement) {
            continue;
        }
        let first = |is_about: fn(&ConditionTest) -> bool, hits: Caller| {
            let test = statement
                .condition
                .iter()
                .find(|test| is_about(test) && is_comparison(test) && test.holds_without_key());
            test.filter(|_| reaches(statement, hits))
        };
        let found = [
            first(is_of_principal, Caller::Service).map(hits_services),
            first(is_of_source, Caller::Principal).map(hits_principals),
            first(is_of_source, Caller::ServiceWithoutSource).map(hits_integrations),
        ];
        found.into_iter().flatten().for_each(|finding| findings.on_statement(index, finding));
    }
}

fn may_come_from_services(statement: &Statement) -> bool {
    let of_identities = |pattern: &str| OF_IDENTITIES.iter().any(|action| action.eq_ignore_ascii_case(pattern));
    statement.action.patterns.iter().any(|pattern| !of_identities(&pattern.value))
}

fn is_comparison(test: &ConditionTest) -> bool {
    test.operator.value.base != BaseOperator::Null
}

fn is_of_principal(test: &ConditionTest) -> bool {
    let tag = "aws:PrincipalTag/";
    let of_tag = |key: &str| key.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    OF_PRINCIPALS.iter().any(|key| test.is_about(key)) || test.key.value.plain().is_some_and(of_tag)
}

fn is_of_source(test: &ConditionTest) -> bool {
    OF_SOURCES.iter().any(|key| test.is_about(key))
}

/// Whether the condition may hold of a request of such a caller: none of its tests is surely false of it.
fn reaches(statement: &Statement, caller: Caller) -> bool {
    statement.condition.iter().all(|test| may_hold(test, caller))
}

fn may_hold(test: &ConditionTest, caller: Caller) -> bool {
    let is_service = caller != Caller::Principal;
    if test.is_about("aws:PrincipalIsAWSService") && test.operator.value.base == BaseOperator::Bool {
        let wanted = if is_service { "true" } else { "false" };
        return test.values.iter().any(|value| glob::matches(&value.value.pattern(), wanted, true));
    }
    let is_absent = match caller {
        Caller::Principal => is_of_source(test) || test.is_about("aws:PrincipalServiceName"),
        Caller::Service => is_of_principal(test),
        Caller::ServiceWithoutSource => is_of_principal(test) || is_of_source(test),
    };
    !is_absent || test.holds_without_key()
}

fn finding(test: &ConditionTest, message: String, name: &'static str) -> Diagnostic {
    Diagnostic::new(&code::RCP_MISSING_KEY, test.key.span, message)
        .label("not in their requests, and without it this holds")
        .aws(name)
}

fn hits_services(test: &ConditionTest) -> Diagnostic {
    let message = format!("a deny by `{}` denies AWS's own services too", test.key.value.shown());
    finding(test, message, "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY")
        .note(format!("a service that acts for you with its service principal has no keys of a principal ({PAGE})"))
        .help("leave them out: in JSON add `\"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}`, in source write `unless ... or aws:PrincipalIsAWSService`")
}

fn hits_principals(test: &ConditionTest) -> Diagnostic {
    let message = format!("a deny by `{}` denies the principals of your accounts too", test.key.value.shown());
    finding(test, message, "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY")
        .note(format!("only the requests of services say for which source they are made ({PAGE})"))
        .help("deny services only: in JSON add `\"Bool\": {\"aws:PrincipalIsAWSService\": \"true\"}`, in source write `when aws:PrincipalIsAWSService`")
}

fn hits_integrations(test: &ConditionTest) -> Diagnostic {
    let message = format!("a deny by `{}` denies services that name no source too", test.key.value.shown());
    finding(test, message, "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK")
        .note(format!("some integrations of services send no source with their requests ({PAGE})"))
        .help("deny only where there is one: in JSON add `\"Null\": {\"aws:SourceAccount\": \"false\"}`, in source write `when has aws:SourceAccount`")
}
