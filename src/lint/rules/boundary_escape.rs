//! A permissions boundary that whoever it confines can take off, rewrite, or leave by way of somebody whom it does not confine.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::reach::{asks_for, is_all};
use crate::lint::{Findings, Subject};
use crate::policy::{Effect, Kind, ResourceElement, Statement, arn_matches, glob};

/// A way out of a boundary.
struct Way {
    actions: &'static [&'static str],
    /// What the action is about: with `{}`, the boundary itself.
    resource: &'static str,
    /// Whether a condition on the boundary of whom it is about keeps it shut.
    bounded: bool,
    label: &'static str,
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate>
const WAYS: [Way; 4] = [
    Way {
        actions: &["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"],
        resource: "",
        bounded: false,
        label: "takes a boundary off",
    },
    Way {
        actions: &["iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"],
        resource: "arn:aws:iam::123456789012:policy/{}",
        bounded: false,
        label: "rewrites the boundary itself",
    },
    Way {
        actions: &[
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:CreateRole",
            "iam:CreateUser",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:PutUserPermissionsBoundary",
            "iam:PutUserPolicy",
        ],
        resource: "",
        bounded: true,
        label: "gives permissions without this boundary",
    },
    Way {
        actions: &["iam:PassRole"],
        resource: "arn:aws:iam::123456789012:role/zq0",
        bounded: false,
        label: "passes roles that have no boundary",
    },
];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    if policy.kind != Kind::Boundary {
        return;
    }
    let denies: Vec<&Statement> =
        policy.document.statements.iter().filter(|statement| statement.effect == Effect::Deny).collect();
    for (index, statement) in subject.statements().filter(|(_, statement)| statement.effect == Effect::Allow) {
        let ways = WAYS.iter().filter_map(|way| Some((way, left(way, statement, &denies, &policy.name)?)));
        let ways: Vec<_> = ways.collect();
        let Some((first, action)) = ways.first() else { continue };
        let pattern = statement.action.patterns.iter().find(|one| glob::matches(&one.value, action, true));
        let place = pattern.or(statement.action.patterns.first()).map_or(statement.span, |one| one.span);
        let named: Vec<&str> = ways.iter().map(|(_, action)| *action).collect();
        let message = format!("whom `{}` confines can get out of it: by `{}`", policy.name, named.join("`, `"));
        findings.on_statement(
            index,
            Diagnostic::new(&code::BOUNDARY_ESCAPE, place, message)
                .label(first.label)
                .note("a boundary confines nobody who can take it off, rewrite it, or act by somebody without one (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate)")
                .help("deny what takes boundaries off and changes this policy; ask for the boundary elsewhere: `when iam:PermissionsBoundary == \"arn:...\"`; name the roles that may be passed"),
        );
    }
}

/// The first action of a way that a statement allows and no statement denies.
fn left(way: &Way, statement: &Statement, denies: &[&Statement], name: &str) -> Option<&'static str> {
    if way.bounded && asks_for(statement, "iam:PermissionsBoundary") {
        return None;
    }
    let resource = way.resource.replace("{}", name);
    let is_about = |statement: &Statement, action: &str| {
        let element = &statement.action;
        element.patterns.iter().any(|one| glob::matches(&one.value, action, true)) != element.negated
    };
    let is_on = |element: Option<&ResourceElement>| {
        resource.is_empty() || element.is_none_or(|element| is_among(element, &resource))
    };
    let allowed = |action: &&&str| is_about(statement, action) && is_on(statement.resource.as_ref());
    let denied = |action: &str| denies.iter().any(|deny| is_about(deny, action) && is_on(deny.resource.as_ref()));
    way.actions.iter().filter(allowed).find(|action| !denied(action)).copied()
}

/// Whether a resource is among those of an element, whatever its account.
fn is_among(element: &ResourceElement, resource: &str) -> bool {
    let matches = |text: &str| {
        is_all(text) || {
            let mut segments: Vec<&str> = text.splitn(6, ':').collect();
            if let Some(account) = segments.get_mut(4) {
                *account = "*";
            }
            arn_matches(&segments.join(":"), resource)
        }
    };
    element.patterns.iter().any(|pattern| matches(&pattern.value.shown())) != element.negated
}
