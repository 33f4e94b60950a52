//! Audiences of one's own identity provider, of which a token may have several.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::confine;
use crate::lint::federation::Trusted;
use crate::lint::{Findings, Subject};
use crate::policy::{is_eks_cluster, shared_provider};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-confirm-audience-claim-type";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for trusted in Trusted::all(subject) {
        let Some(issuer) = trusted.issuer() else { continue };
        // Of these it is known.
        if shared_provider(issuer).is_some() || is_eks_cluster(issuer) {
            continue;
        }
        let audience = trusted.key("aud");
        for test in &trusted.statement.condition {
            if test.operator.value.set.is_some() || confine::key(test).as_ref() != Some(&audience) {
                continue;
            }
            findings.on_statement(
                trusted.index,
                Diagnostic::new(
                    &code::AUDIENCE_CLAIM,
                    test.key.span,
                    format!("a token of `{issuer}` may have several audiences"),
                )
                .aws("CONFIRM_AUDIENCE_CLAIM_TYPE")
                .label("compared as one value")
                .note(format!("`aud` is one text or a list of them, as the provider likes ({PAGE})"))
                .help("look into a token of the provider: this is right where `aud` is one text"),
            );
        }
    }
}
