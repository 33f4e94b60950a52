//! Subjects of tokens with a wildcard in place of whose they are.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::federation::Trusted;
use crate::lint::{Findings, Subject};
use crate::policy::{GITHUB_OWNER_CLAIMS, SubjectPart, glob, subject_parts};

const PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub";
const GITHUB: &str = "token.actions.githubusercontent.com";

/// Other claims of GitHub's tokens that confine what a part of the subject leaves open.
const GITHUB_CLAIMS: [(&str, &[&str]); 3] = [
    ("organization", GITHUB_OWNER_CLAIMS),
    ("repository", &["repository", "repository_id", "job_workflow_ref"]),
    ("branch", &["ref", "environment", "job_workflow_ref"]),
];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for trusted in Trusted::all(subject) {
        let Some(issuer) = trusted.issuer() else { continue };
        let parts = subject_parts(issuer);
        let Some(test) = trusted.demands("sub").filter(|test| test.operator.value.base.allows_wildcards()) else {
            continue;
        };
        for value in &test.values {
            let open = value.value.plain().and_then(|text| open_part(parts, text));
            let Some(part) = open.filter(|part| !is_confined(&trusted, issuer, part)) else { continue };
            let text = value.value.shown();
            let message = format!("`{text}` leaves the {} open", part.name);
            let finding = Diagnostic::new(&code::WIDE_SUBJECT, value.span, message)
                .label(format!("any {}", part.name))
                .note(format!("whoever can make a token with such a subject can assume the role ({PAGE})"))
                .help(format!("write the {} out, or ask for another claim that names it", part.name));
            let finding = match issuer {
                GITHUB => finding.aws("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED"),
                _ => finding,
            };
            findings.on_statement(trusted.index, finding);
        }
    }
}

/// The widest part of a subject that a pattern leaves open. A pattern of another form, as GitHub's subjects may be given, leaves
/// nothing open that is known.
fn open_part(parts: &[SubjectPart], pattern: &str) -> Option<SubjectPart> {
    let wildcard = pattern.find(['*', '?'])?;
    let mut literal = &pattern[..wildcard];
    let first = parts.first()?;
    // Not even the first word is whole.
    if first.after.starts_with(literal) {
        return Some(*first);
    }
    literal = literal.strip_prefix(first.after)?;
    for (part, next) in parts.iter().zip(&parts[1..]) {
        match literal.split_once(next.after) {
            Some((_, rest)) => literal = rest,
            None => return Some(*part).filter(|part| !part.name.is_empty()),
        }
    }
    let rest = &pattern[wildcard - literal.len()..];
    parts.last().copied().filter(|part| match part.name {
        "" => false,
        // Environments and tags have rules of their own.
        "branch" => ["ref:refs/heads/*", "ref_type:branch:ref:*", "refs/heads/*"]
            .iter()
            .any(|all| glob::covers(rest, all, false)),
        _ => true,
    })
}

fn is_confined(trusted: &Trusted<'_>, issuer: &str, part: &SubjectPart) -> bool {
    let claims = GITHUB_CLAIMS.iter().find(|(name, _)| issuer == GITHUB && *name == part.name);
    claims.is_some_and(|(_, claims)| claims.iter().any(|claim| trusted.demands(claim).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(issuer: &str, pattern: &str) -> Option<&'static str> {
        open_part(subject_parts(issuer), pattern).map(|part| part.name)
    }

    #[test]
    fn parts_that_patterns_of_github_leave_open() {
        let cases = [
            ("repo:*", Some("organization")),
            ("r*", Some("organization")),
            ("repo:acme*", Some("organization")),
            ("repo:*/api:ref:refs/heads/main", Some("organization")),
            ("repo:acme/*", Some("repository")),
            ("repo:acme/api-*:ref:refs/heads/main", Some("repository")),
            ("repo:acme/api*", Some("repository")),
            ("repo:acme/api:*", Some("branch")),
            ("repo:acme/api:ref:*", Some("branch")),
            ("repo:acme/api:ref:refs/heads/*", Some("branch")),
            ("repo:acme/api:ref:refs/heads/release/*", None),
            ("repo:acme/api:ref:refs/tags/v*", None),
            ("repo:acme/api:environment:*", None),
            ("repo:acme/api:ref:refs/heads/main", None),
            ("environment:prod*", None),
        ];
        for (pattern, part) in cases {
            assert_eq!(open(GITHUB, pattern), part, "{pattern}");
        }
    }

    #[test]
    fn parts_that_patterns_of_others_leave_open() {
        assert_eq!(open("gitlab.com", "project_path:acme/*:ref_type:branch:ref:main"), Some("project"));
        assert_eq!(open("gitlab.com", "project_path:acme/api:ref_type:branch:ref:*"), Some("branch"));
        assert_eq!(open("app.terraform.io", "organization:acme:project:*:workspace:*:run_phase:*"), Some("project"));
        assert_eq!(open("app.terraform.io", "organization:acme:project:p:workspace:w:run_phase:*"), None);
        let eks = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";
        assert_eq!(open(eks, "system:serviceaccount:*:orders"), Some("namespace"));
        assert_eq!(open(eks, "system:serviceaccount:shop:*"), Some("service account"));
        assert_eq!(open("example.com", "*"), None);
    }
}
