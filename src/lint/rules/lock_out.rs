//! Policies after which nobody can do anything, or mend the policy.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{
    ArnPattern, BaseOperator, Effect, Kind, Principal, Statement, Text, arn_pattern_covers, rcp_supports,
};

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>
const KMS: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html";

/// What changes the policy of a resource, by the prefix of its service.
const CHANGES: [(&str, &str); 8] = [
    ("dynamodb", "dynamodb:PutResourcePolicy"),
    ("ecr", "ecr:SetRepositoryPolicy"),
    ("kms", "kms:PutKeyPolicy"),
    ("lambda", "lambda:AddPermission"),
    ("s3", "s3:PutBucketPolicy"),
    ("secretsmanager", "secretsmanager:PutResourcePolicy"),
    ("sns", "sns:SetTopicAttributes"),
    ("sqs", "sqs:SetQueueAttributes"),
];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        if let Some(told) = over_tls(statement) {
            findings.on_statement(index, told);
        }
    }
    match subject.policy.kind {
        Kind::Resource => of_resource(subject, findings),
        Kind::Scp => of_organization(subject, findings, |subject, index| {
            subject.actions(index).any(|(_, matched)| matches!(matched, Matched::Everything))
        }),
        Kind::Rcp => of_organization(subject, findings, |subject, index| {
            subject.actions(index).any(|(pattern, _)| {
                pattern.value.split_once(':').is_some_and(|(prefix, name)| rcp_supports(prefix) && name == "*")
            })
        }),
        _ => {}
    }
}

/// A deny of what comes over TLS, as nearly all does: the other way round than it was meant.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport>
fn over_tls(statement: &Statement) -> Option<Diagnostic> {
    let [test] = statement.condition.as_slice() else { return None };
    let [value] = test.values.as_slice() else { return None };
    let is_key = test.key.value.plain().is_some_and(|key| key.eq_ignore_ascii_case("aws:SecureTransport"));
    let is_true = value.value.plain().is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let is_it = statement.effect == Effect::Deny
        && is_key
        && is_true
        && test.operator.value.base == BaseOperator::Bool
        && test.operator.value.set.is_none();
    is_it.then(|| {
        Diagnostic::new(&code::LOCK_OUT, value.span, "this denies what comes over TLS, and lets pass what does not")
            .label("the other way round")
            .note("the key is `true` of a request over TLS, and nearly every request to AWS is one (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport)")
            .help("deny where it is `false`")
    })
}

fn finding(statement: &Statement, message: String) -> Diagnostic {
    let span = statement.action.patterns.first().map_or(statement.span, |pattern| pattern.span);
    Diagnostic::new(&code::LOCK_OUT, span, message).label("without exception")
}

fn of_organization(subject: &Subject<'_>, findings: &mut Findings<'_>, is_all: fn(&Subject<'_>, usize) -> bool) {
    for (index, statement) in subject.statements() {
        if !is_unconditional_deny(statement)
            || statement.action.negated
            || !is_everything(statement)
            || !is_all(subject, index)
        {
            continue;
        }
        let (message, note) = match subject.policy.kind {
            Kind::Scp => (
                "this denies everything to everybody in the accounts that it is attached to",
                "their root users too; only the management account and service-linked roles are left (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html)",
            ),
            _ => (
                "this denies everything on these resources to everybody",
                "AWS's own services and root users too (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html)",
            ),
        };
        let told = finding(statement, message.to_owned()).note(note);
        findings.on_statement(index, told.help("say for whom or where: `when ...`, `unless ...`; or name the actions"));
    }
}

fn is_unconditional_deny(statement: &Statement) -> bool {
    statement.effect == Effect::Deny && statement.condition.is_empty()
}

fn is_everything(statement: &Statement) -> bool {
    statement.resource.as_ref().is_some_and(|element| {
        !element.negated
            && element.patterns.iter().any(|pattern| ArnPattern::new(&pattern.value.pattern()).is_everything())
    })
}

/// Whether a statement is about all that the policy is attached to.
fn is_about(statement: &Statement, own: &Text) -> bool {
    let Some(element) = &statement.resource else { return true };
    let covers = |pattern: &str| own.plain().is_some_and(|own| arn_pattern_covers(pattern, own));
    !element.negated && element.patterns.iter().any(|pattern| pattern.value.plain().is_some_and(covers))
}

fn is_everybody(statement: &Statement) -> bool {
    let is_anyone = |principal: &Principal| match principal {
        Principal::Anyone => true,
        Principal::Aws(text) => text.plain() == Some("*"),
        _ => false,
    };
    let element = statement.principal.as_ref();
    element.is_some_and(|element| !element.negated && element.principals.iter().any(|one| is_anyone(&one.value)))
}

fn of_resource(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    let Some(target) = policy.target.as_ref().filter(|_| policy.complete) else { return };
    let Some((_, change)) = CHANGES.iter().find(|(service, _)| *service == target.service) else { return };
    let mut is_denied = false;
    for (index, statement) in subject.statements() {
        if is_unconditional_deny(statement)
            && is_everybody(statement)
            && is_about(statement, &target.arn)
            && statement.action.includes(change)
        {
            is_denied = true;
            let message = format!("this denies `{change}` to everybody, so that nobody can change the policy again");
            findings.on_statement(
                index,
                finding(statement, message)
                    .note("an explicit deny also hits root users and administrators (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html)")
                    .help("except who administers it: `unless aws:PrincipalArn like \"...\"`; or name fewer actions"),
            );
        }
    }
    if target.service == "kms" && !is_denied && !policy.document.statements.iter().any(lets_change_key) {
        let told = Diagnostic::new(&code::LOCK_OUT, policy.span, "nobody may change the policy of this key again")
            .label("no statement allows `kms:PutKeyPolicy`")
            .note(format!("AWS refuses such a key policy, unless `BypassPolicyLockoutSafetyCheck` is set ({KMS})"))
            .help("let the account administer it: `allow kms:* on * to account(\"...\")`");
        findings.on_policy(told);
    }
}

/// Whether a statement of a key's policy lets somebody who has an account change it.
fn lets_change_key(statement: &Statement) -> bool {
    let is_somebody = |principal: &Principal| matches!(principal, Principal::Anyone | Principal::Aws(_));
    let by = statement.principal.as_ref();
    statement.effect == Effect::Allow
        && statement.action.includes("kms:PutKeyPolicy")
        && by.is_some_and(|element| element.negated || element.principals.iter().any(|one| is_somebody(&one.value)))
}
