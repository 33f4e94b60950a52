//! The words of `catalogue/global.json` for when a global key is in the request, said in full.

/// When a key is in the request; `None` for a word that is not known here.
pub(super) fn in_words(word: &str) -> Option<&'static str> {
    Some(match word {
        "all" => "in every request, anonymous ones too",
        "always" => "in every request",
        "assume-root-session" => "in requests of a session that sts:AssumeRoot started",
        "browser-link" => "only if the caller's browser sends a referer",
        "chatbot-session" => "in requests of a chat client's role in AWS Chatbot",
        "codebuild-role" => "in requests of a CodeBuild build's role",
        "ec2-role-session" => "in requests with the credentials of an EC2 instance's role",
        "fas" => "in requests that a service makes with the caller's credentials",
        "glue-job-role" => "in requests of a Glue job's role",
        "glue-service-role" => "in requests of a role that the Glue service assumed",
        "iam-user" => "in requests of IAM users",
        "identity-center-user" => "in requests of IAM Identity Center users",
        "lambda-role" => "in requests of a Lambda function's role, made from the function",
        "legacy" => "only in requests of a few services; aws:SourceAccount has taken its place",
        "mcp" => "in requests through an MCP server of AWS, or of its services",
        "mcp-service-action" => "in requests to the actions of AWS's MCP servers",
        "mfa" => "only if the caller has signed in with MFA",
        "most-actions" => "in requests to nearly all actions",
        "not-via-vpce" => "in requests that come over no VPC endpoint",
        "oidc-session" => "in requests of a role that was assumed with an OIDC token",
        "principal-has-tag" => "only if the principal has this tag",
        "principal-in-org" => "only if the principal's account is in an organization",
        "request-has-tag" => "only if the request passes tags",
        "resource-has-tag" => "only if the resource has this tag",
        "resource-in-org" => "only if the resource's account is in an organization",
        "service-principal" => "in requests that an AWS service makes as itself",
        "service-principal-with-source" => "in requests that an AWS service makes as itself for a resource",
        "service-principal-with-source-in-org" => {
            "in requests that an AWS service makes as itself for a resource of an account in an organization"
        }
        "signed" => "in every signed request",
        "signin-oauth-session" => "in requests of a session that AWS Sign-In's OAuth started",
        "source-identity-set" => "only if a source identity was set when the role was assumed",
        "ssm-managed-instance-role" => "in requests with the role of an instance that Systems Manager manages",
        "temporary-credentials" => "in requests with temporary credentials",
        "via-vpce" => "in requests that come over a VPC endpoint",
        "via-vpce-in-org" => "in requests over a VPC endpoint of an account in an organization",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_word_is_known() {
        for key in Catalogue::builtin().global_keys() {
            let word = key.availability().unwrap_or_else(|| panic!("{key:?} has none"));
            assert!(in_words(word).is_some(), "{key:?}: {word}");
        }
    }
}
