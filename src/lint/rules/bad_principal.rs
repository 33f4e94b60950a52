//! Principals that AWS does not take, or that cannot do what the statement lets them.

use super::deleted_principal::is_unique_id;
use crate::base::Span;
use crate::catalogue::service_principals;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{Arn, Effect, Kind, Located, Principal, Statement, glob, value};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // What is no place for a principal has been told; its words are not judged too.
    if subject.policy.kind.rules().principal != crate::policy::Presence::Required {
        return;
    }
    for (index, statement) in subject.statements() {
        for principal in statement.principal.iter().flat_map(|element| &element.principals) {
            if let Some(finding) = problem(subject, principal) {
                findings.on_statement(index, finding);
            }
        }
        if subject.policy.kind == Kind::Trust {
            let found = [mismatched_action(subject, statement), missing_actions(subject, statement)];
            found.into_iter().flatten().for_each(|finding| findings.on_statement(index, finding));
        }
    }
}

fn finding(span: Span, message: String, reason: &str) -> Diagnostic {
    Diagnostic::new(&code::BAD_PRINCIPAL, span, message)
        .label("not one that AWS takes")
        .note(format!("{reason} ({PAGE})"))
}

fn problem(subject: &Subject<'_>, principal: &Located<Principal>) -> Option<Diagnostic> {
    // That nothing is put in for a variable here is a finding of its own.
    let text = principal.value.text()?.plain().filter(|text| !text.contains("${"))?;
    let span = subject.within(principal.span, text, 0..text.len());
    match &principal.value {
        Principal::Anyone => None,
        Principal::Aws(_) => aws(subject.policy.kind, span, text),
        Principal::Service(_) => service(subject, span, text),
        Principal::Federated(_) => federated(subject, span, text),
        Principal::CanonicalUser(_) => canonical_user(subject, span, text),
    }
}

/// An account, a role, a user, a session; by id or by ARN.
fn aws(kind: Kind, span: Span, text: &str) -> Option<Diagnostic> {
    if text == "*" || value::account_id(text).is_ok() || is_unique_id(text) {
        return None;
    }
    if glob::is_pattern(text) {
        let account = Arn::parse(text).ok().map(|arn| arn.account).filter(|account| value::account_id(account).is_ok());
        let trusted = account.map_or("the account".to_owned(), |account| format!("`account(\"{account}\")`"));
        return Some(
            finding(
                span,
                format!("`{text}` is matched character by character"),
                "a principal holds no wildcards; `*` alone is everyone",
            )
            .aws("UNSUPPORTED_WILDCARD_IN_PRINCIPAL")
            .label("no pattern")
            .help(format!("name {trusted}, and narrow it with a condition: `when aws:PrincipalArn like \"{text}\"`")),
        );
    }
    let arn = match Arn::parse(text) {
        Ok(arn) => arn,
        Err(error) => {
            return Some(
                finding(span, format!("`{text}` is no principal"), error.reason)
                    .help("write `account(\"...\")`, `role(\"...\", \"Name\")`, `user(...)`, or the ARN of one"),
            );
        }
    };
    let known: &[&str] = match arn.service {
        "iam" => &["root", "role/", "user/"],
        "sts" => &["assumed-role/", "federated-user/"],
        _ => &[],
    };
    let fits =
        known.iter().any(|start| arn.resource == *start || start.ends_with('/') && arn.resource.starts_with(start));
    let session = arn.resource.strip_prefix("assumed-role/");
    if arn.service == "sts" && session.is_some_and(|role| role.trim_end_matches('/').split('/').count() != 2) {
        let role = session.and_then(|role| role.split('/').next()).unwrap_or_default();
        let reason = "a session is named with its role and its own name: `assumed-role/Role/session`";
        return Some(
            finding(span, format!("`{text}` names no session"), reason)
                .help(format!("name the session, or trust the role: `role(\"{}\", \"{role}\")`", arn.account)),
        );
    }
    if is_access_identity(&arn) && kind != Kind::Trust {
        return None;
    }
    if fits && arn.account.len() == 12 && arn.region.is_empty() {
        return None;
    }
    let group = arn.service == "iam" && arn.resource.starts_with("group/");
    let reason = match group {
        true => "a group is no principal: it is a way to attach policies to users",
        false => "a principal is an account's root, a user, a role, a session of a role or a federated user",
    };
    Some(finding(span, format!("`{text}` is no principal"), reason).help(match group {
        true => "name the users or a role that they assume",
        false => "write `account(\"...\")`, `role(\"...\", \"Name\")`, `user(...)`, or the ARN of one",
    }))
}

/// Whether an ARN is that of an origin access identity, as which CloudFront reads a bucket.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>
fn is_access_identity(arn: &Arn<'_>) -> bool {
    (arn.service, arn.account) == ("iam", "cloudfront")
        && arn.resource.starts_with("user/CloudFront Origin Access Identity ")
}

fn service(subject: &Subject<'_>, span: Span, text: &str) -> Option<Diagnostic> {
    if service_principals::is_service_principal(text) {
        return None;
    }
    let near = service_principals::nearest(text);
    let is_domain = text.ends_with(".amazonaws.com")
        || text.ends_with(".amazonaws.com.cn")
        || text.ends_with(".amazon.com")
        || text.ends_with(".aws.internal");
    if is_domain && near.is_none() && !glob::is_pattern(text) && text == text.to_ascii_lowercase() {
        // The table of names is never complete: what is near to none of them may be new.
        return None;
    }
    let told = finding(
        span,
        format!("AWS has no service principal `{text}`"),
        "a service principal is a name and `.amazonaws.com`, spelt as the service's documentation has it",
    )
    .aws("INVALID_SERVICE_PRINCIPAL_FORMAT");
    Some(match near {
        Some(near) => subject.replace(told, span, text, &near, format!("did you mean `{near}`?")),
        None => told.help("write it as in `service(\"lambda.amazonaws.com\")`"),
    })
}

/// An identity provider: its ARN, or the domain of one that needs none.
fn federated(subject: &Subject<'_>, span: Span, text: &str) -> Option<Diagnostic> {
    if subject.policy.kind != Kind::Trust {
        let reason = "the identities of a provider assume roles, and ask for everything else as those";
        return Some(
            finding(span, format!("`{text}` can only be trusted by a role"), reason)
                .aws("FEDERATED_PRINCIPAL_NOT_SUPPORTED")
                .help("name the role that its identities assume: `role(\"123456789012\", \"Name\")`"),
        );
    }
    let is_domain = !text.contains(':') && text.contains('.') && !glob::is_pattern(text) && !text.contains('/');
    let provider = Arn::parse(text).ok().filter(|arn| arn.service == "iam" && arn.account.len() == 12);
    let is_provider = provider.is_some_and(|arn| {
        !glob::is_pattern(arn.resource)
            && ["saml-provider/", "oidc-provider/"].iter().any(|start| arn.resource.starts_with(start))
    });
    if let Some(scheme) = text.find("https://").filter(|_| is_provider) {
        // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
        let wanted = format!("{}{}", &text[..scheme], &text[scheme + "https://".len()..]);
        let told = finding(
            span,
            format!("`{text}` is no identity provider"),
            "the ARN of an OIDC provider has the address without `https://`",
        )
        .aws("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY");
        return Some(subject.replace(told, span, text, &wanted, format!("write `{wanted}`")));
    }
    (!is_domain && !is_provider).then(|| {
        finding(span, format!("`{text}` is no identity provider"), "a federated principal is the ARN of an OIDC or SAML provider of the account, or one of the domains that need none")
            .aws("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY")
            .help("write `federated(\"arn:aws:iam::123456789012:oidc-provider/...\")` or `...:saml-provider/...`")
    })
}

fn canonical_user(subject: &Subject<'_>, span: Span, text: &str) -> Option<Diagnostic> {
    let good = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_s3 = subject.policy.kind != Kind::Trust
        && subject.policy.target.as_ref().is_none_or(|target| target.service.starts_with("s3"));
    (!good || !is_s3).then(|| {
        finding(
            span,
            format!("`{text}` is no canonical user id here"),
            "a canonical user id has 64 hexadecimal digits, and only S3 knows it",
        )
        .help("name the account: `account(\"123456789012\")`")
    })
}

/// The actions by which roles are assumed, each by principals of its own.
pub(super) const ASSUMING: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// Who assumes a role how: web identities and SAML by actions of their own.
fn mismatched_action(subject: &Subject<'_>, statement: &Statement) -> Option<Diagnostic> {
    if statement.effect != Effect::Allow || statement.action.negated {
        return None;
    }
    let allows =
        |action: &str| statement.action.patterns.iter().any(|pattern| glob::matches(&pattern.value, action, true));
    let assuming = |pattern: &&Located<String>| ASSUMING.iter().any(|one| one.eq_ignore_ascii_case(&pattern.value));
    let principals = || statement.principal.iter().flat_map(|element| &element.principals);
    let told = |action: &Located<String>, message: String, principal: &Located<Principal>| {
        finding(action.span, message, "an OIDC provider's identities call `AssumeRoleWithWebIdentity`, a SAML provider's `AssumeRoleWithSAML`, everyone else `AssumeRole`")
            .aws("MISMATCHED_ACTION_FOR_PRINCIPAL")
            .label("not with this")
            .also(principal.span, "this principal")
    };
    let action = statement.action.patterns.iter().find(assuming)?;
    if let Some(principal) = principals().find(|one| !allows(one.value.assumes_with())) {
        let wanted = principal.value.assumes_with();
        let told = told(action, format!("this principal assumes roles with `{wanted}`"), principal);
        return Some(subject.replace(told, action.span, &action.value, wanted, format!("write `{wanted}`")));
    }
    // An action that none of the principals calls.
    let is_called = |action: &str| principals().any(|one| one.value.assumes_with().eq_ignore_ascii_case(action));
    let idle = statement.action.patterns.iter().filter(assuming).find(|pattern| !is_called(&pattern.value))?;
    let is_open = principals().any(|one| match &one.value {
        Principal::Aws(text) => text.plain() == Some("*"),
        Principal::Federated(text) => text.has_extern(),
        other => *other == Principal::Anyone,
    });
    let first = principals().next().filter(|_| !is_open)?;
    let told = told(idle, format!("no principal of this statement assumes roles with `{}`", idle.value), first);
    Some(subject.without_entry(
        told,
        idle.span,
        format!("remove `{}`; or name the identity provider that it is for", idle.value),
    ))
}

/// Services that start a session with tags, or with a source identity, and what they need for it beside `sts:AssumeRole`.
/// - <https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html>
/// - <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
pub(super) const NEEDING_MORE: [(&str, &[&str]); 2] = [
    ("rolesanywhere.amazonaws.com", &["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]),
    ("pods.eks.amazonaws.com", &["sts:AssumeRole", "sts:TagSession"]),
];

/// A service that cannot assume the role with what the policy allows it.
fn missing_actions(subject: &Subject<'_>, statement: &Statement) -> Option<Diagnostic> {
    if statement.effect != Effect::Allow || statement.action.negated {
        return None;
    }
    let named = |statement: &Statement, name: &str| {
        let principals = statement.principal.iter().flat_map(|element| &element.principals);
        principals.map(|one| (&one.value, one.span)).find_map(|(principal, span)| match principal {
            Principal::Service(text) if text.plain() == Some(name) => Some(span),
            _ => None,
        })
    };
    let allows = |statement: &Statement, action: &str| {
        statement.action.patterns.iter().any(|pattern| glob::matches(&pattern.value, action, true))
    };
    let (place, name, needed) =
        NEEDING_MORE.iter().find_map(|(name, needed)| Some((named(statement, name)?, *name, *needed)))?;
    let others = &subject.policy.document.statements;
    let is_allowed = |action: &str| {
        others.iter().any(|one| one.effect == Effect::Allow && named(one, name).is_some() && allows(one, action))
    };
    let missing: Vec<String> =
        needed.iter().filter(|action| !is_allowed(action)).map(|action| format!("`{action}`")).collect();
    if missing.is_empty() {
        return None;
    }
    let missing = missing.join(" and ");
    let action = statement.action.patterns.first()?;
    let reason = "the service starts its sessions with tags or a source identity, and fails where it may not";
    let told = finding(action.span, format!("`{name}` cannot assume the role without {missing}"), reason)
        .label("too little")
        .also(place, "for this service")
        .help(format!("allow {missing} too"));
    Some(if name.starts_with("rolesanywhere") {
        told.aws("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY")
    } else {
        told
    })
}
