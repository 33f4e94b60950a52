//! Sessions of pipelines that outlast their jobs, and of chained roles that AWS cuts short.

use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::Policy;
use crate::lint::{Context, Holder, Identity};
use crate::policy::{Effect, Principal};

const CHAINING: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining";
const DURATION: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-settings.html#id_roles_update-session-duration";

/// An hour, in seconds: what a session lasts unless somebody asks for more, and what a chained one lasts at most.
const HOUR: u64 = 3600;

/// Identity providers whose identities are jobs of a pipeline: what their address starts with.
const PIPELINES: [&str; 11] = [
    "agent.buildkite.com",
    "api.bitbucket.org/",
    "api.pulumi.com/oidc",
    "app.terraform.io",
    "gitlab.com",
    "oidc.circleci.com/",
    "oidc.codefresh.io",
    "scalr.io",
    "token.actions.githubusercontent.com",
    "vstoken.actions.githubusercontent.com",
    "vstoken.dev.azure.com/",
];

/// Services that run pipelines.
const SERVICES: [&str; 5] = [
    "codebuild.amazonaws.com",
    "codecatalyst-runner.amazonaws.com",
    "codecatalyst.amazonaws.com",
    "codedeploy.amazonaws.com",
    "codepipeline.amazonaws.com",
];

pub(in crate::lint) fn check(_: Context<'_>, identity: &Identity<'_>, found: &mut Vec<Diagnostic>) {
    let Some(seconds) = identity.max_session.filter(|seconds| *seconds > HOUR && identity.holder == Holder::Role)
    else {
        return;
    };
    let Some(trust) = identity.trust else { return };
    let told = |message: String| Diagnostic::new(&code::LONG_SESSION, identity.span, message);
    if let Some(pipeline) = trusted(trust).find_map(pipeline) {
        found.push(
            told(format!("sessions of the role `{}` may last {}", identity.name, hours(seconds)))
                .label(format!("assumed by the jobs of `{pipeline}`"))
                .note(format!("credentials that leak from a job are good until its session ends ({DURATION})"))
                .help("let it last an hour, and a job that takes longer ask anew"),
        );
    } else if trusted(trust).next().is_some() && trusted(trust).all(is_role) {
        found.push(
            told(format!("sessions of the role `{}` cannot last {}", identity.name, hours(seconds)))
                .label("assumed by roles only")
                .note(format!("a session that another role's session asks for lasts an hour at most ({CHAINING})"))
                .help("leave the maximum at an hour"),
        );
    }
}

/// Whom a trust policy allows something.
fn trusted(trust: &Policy) -> impl Iterator<Item = &Principal> {
    let allows = trust.document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let elements = allows.filter_map(|statement| statement.principal.as_ref()).filter(|element| !element.negated);
    elements.flat_map(|element| &element.principals).map(|principal| &principal.value)
}

/// What runs the jobs that a principal stands for.
fn pipeline(principal: &Principal) -> Option<&'static str> {
    match principal {
        Principal::Service(name) => SERVICES.into_iter().find(|service| name.plain() == Some(service)),
        Principal::Federated(text) => {
            let text = text.pattern();
            let issuer = text.split_once(":oidc-provider/").map_or(&*text, |(_, issuer)| issuer);
            PIPELINES.into_iter().find(|known| issuer == *known || known.ends_with('/') && issuer.starts_with(known))
        }
        _ => None,
    }
}

/// A role or its session.
fn is_role(principal: &Principal) -> bool {
    matches!(principal, Principal::Aws(text) if [":role/", ":assumed-role/"].iter().any(|part| text.pattern().contains(part)))
}

fn hours(seconds: u64) -> String {
    match (seconds / HOUR, seconds % HOUR / 60) {
        (hours, 0) => format!("{hours} hours"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
