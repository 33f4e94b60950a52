//! Identity providers that serve many organisations under one address, and how their subjects are put together.

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
}
