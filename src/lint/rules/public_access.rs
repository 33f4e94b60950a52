//! Policies of resources that let in everybody.
//!
//! What a condition and the denies leave is asked of the prover: the public is whoever is no principal, account, organisation, network or
//! source that the policy names.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{
    Arn, BaseOperator, ConditionTest, Document, Effect, Family, Kind, Located, Principal, SetQualifier, Statement,
    glob, value,
};
use crate::prove::{self, Inside, Prover, Verdict, Whose};

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
const PAGE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";

/// Keys that whoever asks fills in as they like.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-referer>
const OF_THE_CALLER: [&str; 2] = ["aws:Referer", "aws:UserAgent"];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Resource {
        return;
    }
    for (index, statement) in subject.statements() {
        let Some(anyone) = anyone(statement).filter(|_| !statement.condition.iter().any(confines)) else { continue };
        if is_public(subject, statement) {
            findings.on_statement(index, finding(statement, anyone));
        }
    }
}

/// The principal of an allow that is everybody.
fn anyone(statement: &Statement) -> Option<&Located<Principal>> {
    let element = statement.principal.as_ref().filter(|_| statement.effect == Effect::Allow)?;
    let is_anyone = |principal: &&Located<Principal>| match &principal.value {
        Principal::Anyone => true,
        Principal::Aws(text) => text.plain() == Some("*"),
        _ => false,
    };
    // `NotPrincipal` is everybody but a few, and has a finding of its own.
    element.principals.iter().find(is_anyone).filter(|_| !element.negated)
}

/// Whether the public gets in by a statement, as the denies of its policy leave it.
fn is_public(subject: &Subject<'_>, statement: &Statement) -> bool {
    let document = &subject.policy.document;
    let is_deny = |other: &&Statement| other.effect == Effect::Deny;
    let denies: Vec<Statement> = document.statements.iter().filter(is_deny).cloned().collect();
    if statement.condition.is_empty() && denies.is_empty() {
        return true;
    }
    let statements = std::iter::once(statement.clone()).chain(denies).collect();
    let document = Document { version: document.version, id: None, statements };
    let mut prover = Prover::new(subject.context.catalogue, &[&document]);
    let of_document = prove::Subject { document: &document, has_principals: true };
    let permissions = prover.permissions(Whose::Document(of_document));
    matches!(prover.closed_to_outside(&permissions, &Inside::Nobody), Verdict::Fails(_))
}

fn finding(statement: &Statement, anyone: &Located<Principal>) -> Diagnostic {
    let spoofed = |test: &&ConditionTest| OF_THE_CALLER.iter().any(|key| test.is_about(key));
    let told = Diagnostic::new(&code::PUBLIC_ACCESS, anyone.span, "this lets in everybody in the world")
        .label("also who has no account with AWS");
    let told = match statement.condition.iter().find(spoofed) {
        Some(test) => told.also(test.key.span, "whoever asks writes this as they like"),
        None => told,
    };
    told.note(format!("no condition and no deny keeps strangers out ({PAGE})"))
        .help("name who may; or ask for something that strangers do not have: `aws:PrincipalOrgID`, `aws:SourceVpce`, `aws:SourceAccount`, `aws:SourceIp`")
}

/// Whether a test plainly holds for nobody but those whom it names.
fn confines(test: &ConditionTest) -> bool {
    let operator = test.operator.value;
    let compares = operator.base != BaseOperator::Null && !operator.base.is_negated();
    if !compares || test.holds_without_key() || operator.set == Some(SetQualifier::ForAllValues) {
        return false;
    }
    let Some(key) = test.key.value.plain() else { return false };
    let names: fn(&str) -> bool = match key.to_ascii_lowercase().as_str() {
        "aws:principalorgid"
        | "aws:principalaccount"
        | "aws:sourceaccount"
        | "aws:sourceowner"
        | "aws:sourceorgid"
        | "aws:sourcevpc"
        | "aws:sourcevpce"
        | "aws:vpceaccount"
        | "aws:vpceorgid"
        | "kms:calleraccount"
        | "s3:dataaccesspointaccount" => is_one,
        "aws:principalorgpaths" | "aws:sourceorgpaths" | "aws:vpceorgpaths" => is_in_an_organization,
        "aws:principalarn" | "aws:sourcearn" | "aws:sourcevpcarn" | "s3:dataaccesspointarn" => is_of_an_account,
        "aws:userid" => is_unique_id,
        "aws:sourceip" if operator.base.family() == Family::IpAddress => is_a_network,
        _ => return false,
    };
    test.values.iter().all(|value| value.value.plain().is_some_and(names))
}

/// An id in full, or that of the resource's own account or organisation.
fn is_one(text: &str) -> bool {
    let own = ["${aws:ResourceAccount}", "${aws:ResourceOrgID}"];
    !text.contains(['*', '?', '$']) || own.iter().any(|own| own.eq_ignore_ascii_case(text))
}

fn is_in_an_organization(text: &str) -> bool {
    text.starts_with("o-") && text.split('/').next().is_some_and(|id| id.len() < text.len() && !glob::is_pattern(id))
}

/// An ARN of a certain account, or that of a bucket, whose name nobody else can have.
fn is_of_an_account(text: &str) -> bool {
    Arn::parse(text).is_ok_and(|arn| {
        let own = arn.account.eq_ignore_ascii_case("${aws:ResourceAccount}") || value::account_id(arn.account).is_ok();
        own || arn.service == "s3" && !arn.resource.starts_with(['*', '?', '$'])
    })
}

/// The unique id of a user or a role, perhaps with any session.
fn is_unique_id(text: &str) -> bool {
    let id = text.split(':').next().unwrap_or_default();
    id.len() >= 12 && !id.contains(['*', '?', '$'])
}

/// A network that is a part of the world: S3 calls what is wider public.
fn is_a_network(text: &str) -> bool {
    value::address_range(text).is_ok_and(|range| match range {
        ipnet::IpNet::V4(range) => range.prefix_len() >= 8,
        ipnet::IpNet::V6(range) => range.prefix_len() >= 32,
    })
}
