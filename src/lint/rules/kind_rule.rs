//! Elements that a kind of policy does not have, or must have.

use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::read::Mode;
use crate::policy::read::json::{Place, parse};
use crate::policy::{
    Effect, Kind, Located, Presence, Principal, PrincipalElement, ResourceElement, ResourceRule, Rules, Statement,
    Version,
};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    let rules = policy.kind.rules();
    of_document(subject, rules, findings);
    for (index, statement) in subject.statements() {
        let found = [
            effect(subject, rules, statement),
            principal(subject, rules, statement),
            not_principal(subject, rules, statement),
            not_action(policy.kind, rules, statement),
            resource(subject, rules, statement),
            bare_wildcard(policy.kind, rules, statement),
        ];
        found.into_iter().flatten().for_each(|finding| findings.on_statement(index, finding));
        trust_actions(subject, index, findings);
    }
}

fn finding(rules: &Rules, span: Span, message: String) -> Diagnostic {
    Diagnostic::new(&code::KIND_RULE, span, message).note(format!("see {}", rules.source))
}

fn of_document(subject: &Subject<'_>, rules: &Rules, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    let (kind, document) = (policy.kind, &policy.document);
    if document.statements.is_empty() && policy.complete {
        let message = format!("this {kind} has no statement");
        findings.on_policy(
            finding(rules, policy.span, message)
                .label("empty")
                .note("AWS refuses a policy without statements")
                .help("give it an `allow` or a `deny`, or remove it")
                .aws_names(&[]),
        );
    }
    if document.id.is_some() && !rules.id {
        let message = format!("{} has no `Id`", kind.with_article());
        let told = finding(rules, member(subject, "Id"), message).aws_names(&[]);
        findings.on_policy(told.help(if is_json(subject.source(policy.span)) {
            "remove it"
        } else {
            "remove `@id(...)`"
        }));
    }
    if document.version == Version::V2008 && !rules.version_2008 {
        let message = format!("{} is of version 2012-10-17 only", kind.with_article());
        let told = finding(rules, member(subject, "Version"), message).aws_names(&[]);
        findings.on_policy(match is_json(subject.source(policy.span)) {
            true => told.help("write `\"Version\": \"2012-10-17\"`"),
            false => told.help("remove `@version(...)`"),
        });
    }
    if policy.inline && kind != Kind::Policy {
        let message = format!("{} cannot be inline", kind.with_article());
        findings.on_policy(
            finding(rules, policy.span, message)
                .note("an identity policy is managed or embedded in one user, group or role; of the others there is one sort")
                .help("remove `@inline`"),
        );
    }
}

/// Whether a document stands as JSON where it is.
fn is_json(text: &str) -> bool {
    text.starts_with('{')
}

/// An element of the document, where JSON has it; else the document.
fn member(subject: &Subject<'_>, name: &str) -> Span {
    let span = subject.policy.span;
    let place = Place::At(span.file, span.start as usize);
    let json = Some(subject.source(span)).filter(|text| is_json(text));
    let parsed = json.and_then(|text| parse(place, text, Mode::Lenient).ok());
    parsed.and_then(|parsed| parsed.root.get(name).map(|node| node.span)).unwrap_or(span)
}

/// The word `allow` or `deny` of a statement, where the source has it so.
fn effect_word(subject: &Subject<'_>, statement: &Statement) -> Span {
    let span = statement.span;
    let word = ["allow", "deny"].into_iter().find(|word| subject.source(span).starts_with(word));
    word.map_or(span, |word| Span { end: span.start + word.len() as u32, ..span })
}

fn effect(subject: &Subject<'_>, rules: &Rules, statement: &Statement) -> Option<Diagnostic> {
    let kind = subject.policy.kind;
    (statement.effect == Effect::Allow && !rules.allow && !is_full_access(statement)).then(|| {
        let message = format!("{} cannot allow", kind.with_article());
        finding(rules, effect_word(subject, statement), message)
            .label("does not belong here")
            .note("`RCPFullAWSAccess`, which is attached everywhere, is the only one that does")
            .help("say what is denied: `deny ... unless ...`")
            .aws("RCP_SYNTAX_ERROR_ALLOW")
    })
}

/// Whether a statement is that of `RCPFullAWSAccess`, which AWS attaches itself.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
fn is_full_access(statement: &Statement) -> bool {
    let anyone = |element: &PrincipalElement| !element.negated && is_anyone(element);
    let anything = |element: &ResourceElement| {
        !element.negated && element.patterns.iter().all(|pattern| pattern.value.plain() == Some("*"))
    };
    statement.effect == Effect::Allow
        && statement.condition.is_empty()
        && statement.principal.as_ref().is_some_and(anyone)
        && !statement.action.negated
        && statement.action.patterns.iter().all(|pattern| pattern.value == "*")
        && statement.resource.as_ref().is_some_and(anything)
}

/// Whether a principal element names nobody in particular.
fn is_anyone(element: &PrincipalElement) -> bool {
    element.principals.iter().all(|principal| principal.value == Principal::Anyone)
}

fn principal(subject: &Subject<'_>, rules: &Rules, statement: &Statement) -> Option<Diagnostic> {
    let kind = subject.policy.kind;
    match (&statement.principal, rules.principal) {
        (None, Presence::OnlyAnyone) => Some(
            finding(
                rules,
                effect_word(subject, statement),
                format!("a statement of {} has a principal", kind.with_article()),
            )
            .label("whom does it concern?")
            .note("the `Principal` of its statements is `\"*\"`")
            .help("add `\"Principal\": \"*\"`")
            .aws("MISSING_PRINCIPAL"),
        ),
        (None, Presence::Required) => Some(
            finding(
                rules,
                effect_word(subject, statement),
                format!("a statement of {} names its principals", kind.with_article()),
            )
            .label("whom does it concern?")
            .help("say it with `to`: `to role(\"123456789012\", \"Name\")`, `to service(\"...\")`, `to anyone`")
            .aws("MISSING_PRINCIPAL"),
        ),
        (Some(element), Presence::Forbidden) => Some(
            finding(rules, element.principals.first()?.span, format!("{} names no principal", kind.with_article()))
                .label("does not belong here")
                .note("it concerns whatever it is attached to")
                .help("remove `to ...`")
                .aws(if kind == Kind::Scp { "SCP_SYNTAX_ERROR_PRINCIPAL" } else { "UNSUPPORTED_PRINCIPAL" }),
        ),
        (Some(element), Presence::OnlyAnyone) => {
            let named = element.principals.iter().find(|one| one.value != Principal::Anyone)?;
            Some(
                finding(rules, named.span, format!("{} concerns everyone", kind.with_article()))
                    .label("cannot be named here")
                    .note("the `Principal` of its statements can only be `\"*\"`")
                    .help("leave out `to ...`, and narrow it with a condition: `unless aws:PrincipalArn like \"...\"`")
                    .aws("RCP_SYNTAX_ERROR_PRINCIPAL"),
            )
        }
        _ => None,
    }
}

fn not_principal(subject: &Subject<'_>, rules: &Rules, statement: &Statement) -> Option<Diagnostic> {
    let kind = subject.policy.kind;
    let element = statement.principal.as_ref().filter(|element| element.negated && !rules.not_principal)?;
    let name = match rules.principal {
        Presence::Required if kind == Kind::Trust => Some("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL"),
        Presence::Required => None,
        // Whom it names has been told.
        Presence::OnlyAnyone if is_anyone(element) => Some("RCP_SYNTAX_ERROR_PRINCIPAL"),
        Presence::OnlyAnyone | Presence::Forbidden => return None,
    };
    let told =
        finding(rules, element.principals.first()?.span, format!("{} has no `NotPrincipal`", kind.with_article()))
            .label("excepted from everyone")
            .help("name whom it concerns; or leave out `@accept(not-principal)`, so that `except` becomes a condition");
    Some(match name {
        Some(name) => told.aws(name),
        None => told,
    })
}

fn not_action(kind: Kind, rules: &Rules, statement: &Statement) -> Option<Diagnostic> {
    (statement.action.negated && !rules.not_action).then(|| {
        let span = statement.action.patterns.first().map_or(statement.span, |pattern| pattern.span);
        let told = finding(rules, span, format!("{} has no `NotAction`", kind.with_article()))
            .label("excepted from all actions")
            .help("name the actions");
        if kind == Kind::Rcp { told.aws("RCP_SYNTAX_ERROR_NOTACTION") } else { told }
    })
}

fn resource(subject: &Subject<'_>, rules: &Rules, statement: &Statement) -> Option<Diagnostic> {
    let kind = subject.policy.kind;
    match (&statement.resource, rules.resource) {
        (None, ResourceRule::Required) => Some(
            finding(
                rules,
                effect_word(subject, statement),
                format!("a statement of {} names its resources", kind.with_article()),
            )
            .label("on what?")
            .help("say it with `on`: `on s3.bucket(\"name\")`, or `on *`")
            .aws("MISSING_RESOURCE"),
        ),
        (None, ResourceRule::Optional) => without_resource(subject, rules, statement),
        (Some(element), ResourceRule::Forbidden) => Some(
            finding(rules, element.patterns.first()?.span, format!("{} names no resource", kind.with_article()))
                .label("does not belong here")
                .note("it concerns the role that it is attached to")
                .help("remove `on ...`")
                .aws("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"),
        ),
        _ => None,
    }
}

/// Services whose policies name their resources in every statement, with the page that says so. Others, as ECR, take none.
const NAMING: [(&str, &str); 2] = [
    ("kms", "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html"),
    (
        "s3",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html",
    ),
];

/// A statement that has no effect, or is refused, without its resources.
fn without_resource(subject: &Subject<'_>, rules: &Rules, statement: &Statement) -> Option<Diagnostic> {
    let is_of = |service: &str| {
        let of = |pattern: &Located<String>| {
            pattern.value.split(':').next().is_some_and(|prefix| prefix.eq_ignore_ascii_case(service))
        };
        // Whose policy it is may be a guess by some of its actions: all of them have to be of the service.
        let is_for = subject.policy.target.as_ref().is_none_or(|target| target.service == service);
        let patterns = &statement.action.patterns;
        is_for && !patterns.is_empty() && patterns.iter().all(of)
    };
    let (service, page) = NAMING.iter().find(|(service, _)| is_of(service))?;
    let message = format!("a statement of a policy of `{service}` names its resources");
    Some(
        finding(rules, effect_word(subject, statement), message)
            .label("on what?")
            .note(format!("without them the statement has no effect, or is refused ({page})"))
            .help("say it with `on`: `on self`, or `on *`")
            .aws("MISSING_RESOURCE"),
    )
}

/// A resource control policy names services.
fn bare_wildcard(kind: Kind, rules: &Rules, statement: &Statement) -> Option<Diagnostic> {
    let is_bare = |pattern: &&Located<String>| matches!(pattern.value.as_str(), "*" | "*:*");
    let bare = statement.action.patterns.iter().find(is_bare).filter(|_| kind == Kind::Rcp)?;
    if is_full_access(statement) {
        return None;
    }
    Some(
        finding(rules, bare.span, "an action of a resource control policy has a service".to_owned())
            .label("all services")
            .help("name the services: `{s3,sqs,kms}:*`")
            .aws("RCP_SYNTAX_ERROR_ACTION"),
    )
}

/// What a trust policy can allow.
const TRUST_ACTIONS: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

fn trust_actions(subject: &Subject<'_>, index: usize, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Trust {
        return;
    }
    for (pattern, _) in subject.actions(index) {
        if TRUST_ACTIONS.iter().any(|action| crate::policy::glob::matches(&pattern.value, action, true)) {
            continue;
        }
        let message = format!("`{}` is nothing that a trust policy decides", pattern.value);
        findings.on_statement(
            index,
            finding(subject.policy.kind.rules(), pattern.span, message)
                .label("does not belong here")
                .help(format!("a trust policy decides on `{}`", TRUST_ACTIONS.join("`, `"))),
        );
    }
}
