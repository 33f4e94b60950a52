//! Identity providers of one's own of which every identity gets in.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::federation::Trusted;
use crate::lint::{Findings, Subject};
use crate::policy::{Provider, is_eks_cluster, shared_provider};

const OIDC: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html";
const SAML: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // Of a provider whose tokens lack what is asked for, nobody gets in; that is told of the key.
    for trusted in Trusted::all(subject).into_iter().filter(|trusted| trusted.asks_of_another().is_none()) {
        if let Some(finding) = problem(subject, &trusted) {
            findings.on_statement(trusted.index, finding);
        }
    }
}

fn problem(subject: &Subject<'_>, trusted: &Trusted<'_>) -> Option<Diagnostic> {
    let told = |message: String| Diagnostic::new(&code::UNCONFINED_FEDERATION, trusted.principal.span, message);
    let issuer = match &trusted.provider {
        Provider::Saml if trusted.confines_any(subject) => return None,
        Provider::Saml => {
            return Some(
                told(
                    "every assertion of this provider that names the role is taken, wherever it was made for"
                        .to_owned(),
                )
                .label("`SAML:aud` is not asked for")
                .aws_names(&[])
                .note(format!("the audience says for which service an assertion was made ({SAML})"))
                .help("ask for it: `saml:aud == \"https://signin.aws.amazon.com/saml\"`"),
            );
        }
        Provider::Oidc(issuer) => issuer,
    };
    let shared = shared_provider(issuer);
    if shared.is_none() && !trusted.confines_any(subject) {
        return Some(
            told(format!("every identity of `{issuer}` may assume this role"))
                .aws("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL")
                .label("no claim is asked for")
                .note(format!("a condition on the claims of its tokens says which identities are meant ({OIDC})"))
                .help(format!("ask for the audience and the subject: `key(\"{issuer}:aud\") == \"...\" and key(\"{issuer}:sub\") == \"...\"`")),
        );
    }
    if is_eks_cluster(issuer) && !trusted.confines(subject, "sub") {
        return Some(
            told("every service account of this cluster may assume the role".to_owned())
                .aws_names(&[])
                .label(format!("`{issuer}:sub` is not asked for"))
                .note("the subject names the namespace and the service account (https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html)")
                .help(format!("ask for it: `key(\"{issuer}:sub\") == \"system:serviceaccount:NAMESPACE:NAME\"`")),
        );
    }
    let by_subject = is_eks_cluster(issuer) || shared.is_some_and(|provider| provider.claim == "sub");
    let is_subject_asked = by_subject && trusted.confines(subject, "sub");
    (is_subject_asked && !trusted.confines(subject, "aud")).then(|| {
        told("a token that was made for another audience is taken too".to_owned())
            .aws_names(&[])
            .label(format!("`{issuer}:aud` is not asked for"))
            .note(format!("the audience says for whom a token was made ({OIDC})"))
            .help(format!(
                "ask for it: `{issuer}:aud == \"sts.amazonaws.com\"`, or the audience that the provider has in IAM"
            ))
    })
}
