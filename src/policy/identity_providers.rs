//! Identity providers: what sort a principal names, which serve many organisations under one address, and how their subjects are put
//! together.

use super::glob;

/// What sort of provider a principal names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// SAML
    Saml,
    /// OIDC, by its address without `https://`.
    Oidc(String),
}

impl Provider {
    /// The one of a federated principal: an ARN, or the address of one that AWS knows by itself; nothing of what is none, or is known
    /// on deployment only.
    pub fn of(principal: &str) -> Option<Self> {
        if principal.contains(":saml-provider/") {
            return Some(Provider::Saml);
        }
        let issuer = principal.split_once(":oidc-provider/").map_or(principal, |(_, issuer)| issuer);
        let is_address = issuer.contains('.') && !glob::is_pattern(issuer) && !issuer.contains("://");
        is_address.then(|| Provider::Oidc(issuer.trim_end_matches('/').to_owned()))
    }

    /// The action with which its identities assume roles.
    pub fn action(&self) -> &'static str {
        match self {
            Provider::Saml => "sts:AssumeRoleWithSAML",
            Provider::Oidc(_) => "sts:AssumeRoleWithWebIdentity",
        }
    }

    /// Whether anybody may have an identity of it, whosever account it is set up in.
    pub fn is_shared(&self) -> bool {
        matches!(self, Provider::Oidc(issuer) if shared_provider(issuer).is_some())
    }
}

/// An OIDC provider.
#[derive(Clone, Copy, Debug)]
pub struct IdentityProvider {
    /// Its address, without `https://`.
    pub issuer: &'static str,
    /// The key that says whose identity a token is for: a claim, or a whole key where there is a colon in it.
    pub claim: &'static str,
}

/// The shared providers for which IAM refuses a trust policy that does not ask for their claim, as of 2026-11; and behind them those
/// that anybody may have an identity of, though IAM does not insist.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
#[rustfmt::skip]
const SHARED: &[IdentityProvider] = &[
    IdentityProvider { issuer: "agent.buildkite.com", claim: "sub" },
    IdentityProvider { issuer: "api.pulumi.com/oidc", claim: "aud" },
    IdentityProvider { issuer: "app.terraform.io", claim: "sub" },
    IdentityProvider { issuer: "cognito-identity.amazonaws.com", claim: "aud" },
    IdentityProvider { issuer: "gitlab.com", claim: "sub" },
    IdentityProvider { issuer: "oidc-configuration.audit-log.githubusercontent.com", claim: "sub" },
    IdentityProvider { issuer: "oidc.codefresh.io", claim: "sub" },
    IdentityProvider { issuer: "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu", claim: "sub" },
    IdentityProvider { issuer: "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb", claim: "sub" },
    IdentityProvider { issuer: "oidc.vercel.com", claim: "aud" },
    IdentityProvider { issuer: "proidc.upbound.io", claim: "sub" },
    IdentityProvider { issuer: "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7", claim: "sub" },
    IdentityProvider { issuer: "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr", claim: "sub" },
    IdentityProvider { issuer: "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg", claim: "sub" },
    IdentityProvider { issuer: "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26", claim: "sub" },
    IdentityProvider { issuer: "sandboxes.cloud", claim: "aud" },
    IdentityProvider { issuer: "scalr.io", claim: "sub" },
    IdentityProvider { issuer: "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", claim: "sts:RoleSessionName" },
    IdentityProvider { issuer: "studio.datachain.ai/api", claim: "sub" },
    IdentityProvider { issuer: "token.actions.githubusercontent.com", claim: "sub" },
    IdentityProvider { issuer: "tokens.cloud.shisho.dev", claim: "sub" },
    IdentityProvider { issuer: "vstoken.actions.githubusercontent.com", claim: "sub" },
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
    IdentityProvider { issuer: "accounts.google.com", claim: "aud" },
    IdentityProvider { issuer: "graph.facebook.com", claim: "app_id" },
    IdentityProvider { issuer: "www.amazon.com", claim: "app_id" },
];

/// The shared provider of that address.
pub fn shared_provider(issuer: &str) -> Option<&'static IdentityProvider> {
    SHARED.iter().find(|provider| provider.issuer.eq_ignore_ascii_case(issuer))
}

/// A part of a subject: what stands before it, and what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectPart {
    /// What it follows.
    pub after: &'static str,
    /// What it names; nothing where it does not matter.
    pub name: &'static str,
}

const fn part(after: &'static str, name: &'static str) -> SubjectPart {
    SubjectPart { after, name }
}

const GITHUB_ISSUER: &str = "token.actions.githubusercontent.com";

/// <https://docs.github.com/en/actions/reference/security/oidc>
const GITHUB: &[SubjectPart] = &[part("repo:", "organization"), part("/", "repository"), part(":", "branch")];

/// <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
const GITLAB: &[SubjectPart] = &[part("project_path:", "group"), part("/", "project"), part(":", "branch")];

/// <https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens>
const TERRAFORM: &[SubjectPart] = &[
    part("organization:", "organization"),
    part(":project:", "project"),
    part(":workspace:", "workspace"),
    part(":run_phase:", ""),
];

/// <https://buildkite.com/docs/agent/v3/cli-oidc>
const BUILDKITE: &[SubjectPart] =
    &[part("organization:", "organization"), part(":pipeline:", "pipeline"), part(":ref:", "branch")];

/// <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
const EKS: &[SubjectPart] = &[part("system:serviceaccount:", "namespace"), part(":", "service account")];

/// What the subjects of a provider's tokens consist of, the widest part first; nothing where that is not known.
pub fn subject_parts(issuer: &str) -> &'static [SubjectPart] {
    match issuer.to_ascii_lowercase().as_str() {
        "token.actions.githubusercontent.com" => GITHUB,
        "gitlab.com" => GITLAB,
        "app.terraform.io" => TERRAFORM,
        "agent.buildkite.com" => BUILDKITE,
        issuer if is_eks_cluster(issuer) => EKS,
        _ => &[],
    }
}

/// Claims of GitHub's tokens, beside the subject, that name an organisation: whole, or before a `/`.
pub const GITHUB_OWNER_CLAIMS: &[&str] =
    &["repository", "repository_id", "repository_owner", "repository_owner_id", "job_workflow_ref", "enterprise_id"];

/// The shared provider of which a key is a claim that tells its tenants apart, if it is one.
pub fn tenant_key(key: &str) -> Option<(&'static IdentityProvider, String)> {
    let key = key.to_ascii_lowercase();
    SHARED.iter().find_map(|provider| {
        if provider.claim.contains(':') {
            return provider.claim.eq_ignore_ascii_case(&key).then(|| (provider, key.clone()));
        }
        let claim = key.strip_prefix(provider.issuer)?.trim_start_matches('/').strip_prefix(':')?;
        let is_of_github = provider.issuer == GITHUB_ISSUER && GITHUB_OWNER_CLAIMS.contains(&claim);
        (claim == provider.claim || claim == "sub" || is_of_github).then(|| (provider, claim.to_owned()))
    })
}

/// Whether the values that a pattern of such a claim matches are of one tenant: a whole text is, and a pattern that names the first part
/// of a subject whole. Of GitHub, whose subjects an organisation may put together otherwise, only one that names an owner is.
pub fn names_tenant(provider: &IdentityProvider, claim: &str, pattern: &str) -> bool {
    let wildcard = pattern.find(['*', '?']);
    let literal = &pattern[..wildcard.unwrap_or(pattern.len())];
    match (claim, subject_parts(provider.issuer)) {
        ("sub", _) if provider.issuer == GITHUB_ISSUER => names_owner(literal, wildcard.is_none()),
        _ if wildcard.is_none() => true,
        ("sub", [first, next, ..]) => {
            let named = literal.strip_prefix(first.after).and_then(|rest| rest.split_once(next.after));
            named.is_some_and(|(tenant, _)| !tenant.is_empty())
        }
        ("repository" | "job_workflow_ref", _) => literal.split_once('/').is_some_and(|(owner, _)| !owner.is_empty()),
        _ => false,
    }
}

/// Whether the start of a subject of GitHub's names an owner: claims and their values, in which there are no colons, take turns.
/// <https://docs.github.com/en/actions/reference/security/oidc>
fn names_owner(literal: &str, is_whole: bool) -> bool {
    let parts: Vec<&str> = literal.split(':').collect();
    parts.chunks(2).enumerate().any(|(index, pair)| {
        let [claim, value] = pair else { return false };
        let is_complete = is_whole || index * 2 + 2 < parts.len() || value.contains('/');
        let of_owner = *claim == "repo" || GITHUB_OWNER_CLAIMS.contains(claim);
        of_owner && is_complete && !value.is_empty() && !value.starts_with('/')
    })
}

/// The form of a provider's subjects, where a pattern of them is not of it and so matches none. What organisations of GitHub put
/// together themselves has other parts, and is of claims and their values all the same.
pub fn missed_form(issuer: &str, pattern: &str) -> Option<&'static str> {
    let (literal, is_whole) = match pattern.find(['*', '?']) {
        Some(end) => (&pattern[..end], false),
        None => (pattern, true),
    };
    let starts = |text: &str, start: &str| text.starts_with(start) || !is_whole && start.starts_with(text);
    match issuer.to_ascii_lowercase().as_str() {
        "token.actions.githubusercontent.com" => (!is_of_github(literal, is_whole))
            .then_some("repo:OWNER/REPO:ref:refs/heads/BRANCH`, `repo:OWNER/REPO:environment:NAME"),
        "app.terraform.io" => (!starts(literal, "organization:"))
            .then_some("organization:NAME:project:NAME:workspace:NAME:run_phase:PHASE"),
        issuer if is_eks_cluster(issuer) => {
            let has_name = !is_whole || literal.split(':').filter(|part| !part.is_empty()).count() == 4;
            (!starts(literal, "system:serviceaccount:") || !has_name).then_some("system:serviceaccount:NAMESPACE:NAME")
        }
        _ => None,
    }
}

/// Whether a subject of GitHub's may begin like that, or be that where it is whole.
fn is_of_github(literal: &str, is_whole: bool) -> bool {
    let is_claim = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let Some((claim, value)) = literal.split_once(':') else { return is_claim(literal) && !is_whole };
    if claim != "repo" {
        return is_claim(claim) && !value.starts_with("//");
    }
    let (repository, rest) = match value.split_once(':') {
        Some((repository, rest)) => (repository, rest),
        None if is_whole => (value, "pull_request"),
        None => return true,
    };
    let named = repository.split_once('/');
    if !named.is_some_and(|(owner, name)| !owner.is_empty() && !name.is_empty() && !name.contains('/')) {
        return false;
    }
    match rest.split_once(':') {
        Some(("ref", at)) => at.starts_with("refs/") || !is_whole && "refs/".starts_with(at),
        Some((claim, _)) => is_claim(claim),
        None => is_claim(rest) && (!is_whole || rest == "pull_request"),
    }
}

/// Whether the provider is an EKS cluster, which is its owner's alone.
pub fn is_eks_cluster(issuer: &str) -> bool {
    issuer.starts_with("oidc.eks.") || issuer.starts_with("oidc-eks.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_by_their_address() {
        let claim = |issuer: &str| shared_provider(issuer).map(|provider| provider.claim);
        assert_eq!(claim("token.actions.githubusercontent.com"), Some("sub"));
        assert_eq!(claim("cognito-identity.amazonaws.com"), Some("aud"));
        assert_eq!(claim("gitlab.example.com"), None);
        assert_eq!(claim("oidc.eks.eu-west-1.amazonaws.com/id/ABC"), None);
        assert!(SHARED.iter().all(|one| !one.issuer.contains("://") && !one.issuer.ends_with('/')));
    }

    #[test]
    fn parts_of_subjects() {
        let names = |issuer: &str| subject_parts(issuer).iter().map(|part| part.name).collect::<Vec<_>>();
        assert_eq!(names("token.actions.githubusercontent.com"), ["organization", "repository", "branch"]);
        assert_eq!(names("oidc.eks.eu-west-1.amazonaws.com/id/ABC"), ["namespace", "service account"]);
        assert!(names("example.com").is_empty());
    }

    #[test]
    fn claims_that_tell_tenants_apart() {
        let names =
            |key: &str, pattern: &str| tenant_key(key).map(|(provider, claim)| names_tenant(provider, &claim, pattern));
        let subject = "token.actions.githubusercontent.com:sub";
        for (pattern, expected) in [
            ("repo:acme/*", true),
            ("repo:acme/api:ref:refs/heads/main", true),
            ("repo:acme@12/*", true),
            ("repo:acme*", false),
            ("repo:*/api:*", false),
            ("repo:/*", false),
            ("environment:prod*", false),
            ("*", false),
            // Any organisation may have its subjects made of these.
            ("environment:prod", false),
            ("environment:prod:repository_owner:acme", true),
            ("repository_owner:acme:*", true),
            ("repository_owner:acme*", false),
        ] {
            assert_eq!(names(subject, pattern), Some(expected), "{pattern}");
        }
        assert_eq!(names("Token.Actions.GithubUserContent.com:repository_owner", "acme"), Some(true));
        assert_eq!(names("token.actions.githubusercontent.com:repository", "acme/*"), Some(true));
        assert_eq!(names("token.actions.githubusercontent.com:repository", "a*"), Some(false));
        // Everybody's tokens may be made for the same audience.
        assert_eq!(names("token.actions.githubusercontent.com:aud", "sts.amazonaws.com"), None);
        assert_eq!(names("accounts.google.com:aud", "app"), Some(true));
        assert_eq!(names("app.terraform.io:sub", "organization:acme:project:*"), Some(true));
        assert_eq!(names("oidc.codefresh.io:sub", "account:*"), Some(false));
        assert_eq!(names("gitlab.example.com:sub", "x"), None);
    }

    #[test]
    fn subjects_that_no_token_has() {
        let github = |pattern: &str| missed_form("token.actions.githubusercontent.com", pattern).is_none();
        let good = [
            "repo:acme/api:ref:refs/heads/main",
            "repo:acme/api:ref:refs/tags/v*",
            "repo:acme/api:ref:*",
            "repo:acme/api:environment:prod",
            "repo:acme/api:pull_request",
            "repo:acme/api:*",
            "repo:acme/api*",
            "repo:acme@12/api@34:ref:refs/heads/main",
            "repo:acme/*",
            "repo:acme/api",
            "repo:*",
            "*",
            "repository_owner:acme",
            "job_workflow_ref:acme/flows/.github/workflows/deploy.yml@refs/heads/main",
            "repo:acme/api:job_workflow_ref:acme/flows/*",
        ];
        let bad = [
            "acme/api:ref:refs/heads/main",
            "acme/*",
            "repo:acme/api:main",
            "repo:acme/api:refs/heads/main",
            "repo:acme/api:refs/heads/*",
            "repo:acme/api:ref:main",
            "repo:acme/api:ref:heads/*",
            "repo:acme:ref:refs/heads/main",
            "repo:acme:*",
            "repo:acme/api/main",
            "https://github.com/acme/api",
            "acme",
        ];
        for (patterns, expected) in [(&good[..], true), (&bad[..], false)] {
            for pattern in patterns {
                assert_eq!(github(pattern), expected, "{pattern}");
            }
        }
        let eks = |pattern: &str| missed_form("oidc.eks.eu-west-1.amazonaws.com/id/ABC", pattern).is_none();
        assert!(eks("system:serviceaccount:shop:orders") && eks("system:serviceaccount:shop:*") && eks("system:*"));
        assert!(!eks("system:serviceaccount:orders") && !eks("serviceaccount:shop:orders") && !eks("shop/*"));
        assert!(missed_form("app.terraform.io", "org:acme:*").is_some());
        assert!(missed_form("example.com", "whatever").is_none());
    }
}
