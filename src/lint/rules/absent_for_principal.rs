//! Condition keys, and variables of their names, that the requests of a kind of principal never have.

use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::federation::Trusted;
use crate::lint::{Context, Findings, Holder, Identity, Subject};
use crate::policy::{BaseOperator, ConditionTest, Document, Kind, Statement, Version, variables};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html";

/// A session is one of a role or of a federated user. Of a trust policy it is the tokens of the providers that it trusts.
pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for trusted in Trusted::all(subject) {
        if let Some(test) = trusted.asks_of_another() {
            findings.on_statement(trusted.index, of_another_provider(&trusted, test));
        }
    }
    if subject.policy.kind != Kind::Session {
        return;
    }
    for (index, statement) in subject.statements() {
        for one in absent(subject.context, Holder::Role, &subject.policy.document, statement) {
            findings.on_statement(index, one.told("a session"));
        }
    }
}

/// A claim of one provider's tokens that is asked of another's.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
fn of_another_provider(trusted: &Trusted<'_>, test: &ConditionTest) -> Diagnostic {
    let provider = trusted.issuer().unwrap_or("this SAML provider");
    let key = test.key.value.shown();
    Diagnostic::new(&code::ABSENT_FOR_PRINCIPAL, test.key.span, format!("tokens of `{provider}` do not have `{key}`"))
        .label("a claim of another provider")
        .also(trusted.principal.span, "whose tokens are taken")
        .note("a condition key of a token begins with the address of the provider that made it, as its ARN has it (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif); a test of a missing key does not hold, so that nobody can assume the role")
        .help(match trusted.issuer() {
            Some(issuer) => format!("ask for claims of `{issuer}:...`, or trust the other provider"),
            None => "ask for claims of `saml:...`, or trust the other provider".to_owned(),
        })
}

/// What the policies and the boundary of a role or a user ask for, and its requests do not have.
pub(in crate::lint) fn check_identity(context: Context<'_>, identity: &Identity<'_>, found: &mut Vec<Diagnostic>) {
    let whose = match identity.holder {
        Holder::Role => format!("role `{}`", identity.name),
        Holder::User => format!("user `{}`", identity.name),
        Holder::Group => format!("the users of group `{}`", identity.name),
        Holder::Unknown => return,
    };
    for policy in identity.documents() {
        for statement in &policy.document.statements {
            let all = absent(context, identity.holder, &policy.document, statement);
            found.extend(all.into_iter().map(|one| one.told(&whose).about(statement.span)));
        }
    }
}

/// A key that is asked for and never there.
struct Absent {
    span: Span,
    key: String,
    /// Whether it is asked for as a variable.
    is_variable: bool,
}

impl Absent {
    fn told(self, whose: &str) -> Diagnostic {
        let key = &self.key;
        let (label, note) = match self.is_variable {
            true => (
                "a variable without a value",
                "a resource with such a variable matches nothing, and a condition with it no value",
            ),
            false => ("never there", "a test of a missing key does not hold, and with a negated operator always does"),
        };
        Diagnostic::new(&code::ABSENT_FOR_PRINCIPAL, self.span, format!("requests of {whose} do not have `{key}`"))
            .label(label)
            .note(format!("{note} ({PAGE})"))
            .help(match key.eq_ignore_ascii_case("aws:username") {
                true => {
                    "for a role take a tag of it, `aws:PrincipalTag/...`, or the name of its session in `aws:userid`"
                        .to_owned()
                }
                false => "take a key that is in every request of such a principal, or remove it".to_owned(),
            })
    }
}

fn absent(context: Context<'_>, holder: Holder, document: &Document, statement: &Statement) -> Vec<Absent> {
    let is_absent = |key: &str| {
        context.catalogue.key(key).and_then(|known| known.availability()).is_some_and(|when| is_never(holder, when))
    };
    let mut found = Vec::new();
    let resources = statement.resource.iter().flat_map(|element| &element.patterns);
    let values = statement.condition.iter().filter(|test| test.operator.value.base.substitutes_variables());
    for text in resources.chain(values.flat_map(|test| &test.values)) {
        let Some(plain) = text.value.plain().filter(|text| document.version == Version::V2012 && text.contains("${"))
        else {
            continue;
        };
        let without_value =
            variables(plain).into_iter().flatten().find(|one| one.default.is_none() && is_absent(one.key));
        let key = without_value.map(|variable| variable.key.to_owned());
        found.extend(key.map(|key| Absent { span: text.span, key, is_variable: true }));
    }
    for test in &statement.condition {
        let operator = test.operator.value;
        let Some(key) = test.key.value.plain().filter(|key| is_absent(key)) else { continue };
        // Absence is provided for.
        if !operator.if_exists && operator.base != BaseOperator::Null {
            found.push(Absent { span: test.key.span, key: key.to_owned(), is_variable: false });
        }
    }
    found
}

/// Whether a principal of that kind never has a key, by the word of `catalogue/global.json` for when it is there.
fn is_never(holder: Holder, availability: &str) -> bool {
    match holder {
        Holder::Role => availability == "iam-user",
        Holder::User | Holder::Group => matches!(
            availability,
            "assume-root-session"
                | "oidc-session"
                | "chatbot-session"
                | "ec2-role-session"
                | "glue-service-role"
                | "glue-job-role"
                | "codebuild-role"
                | "lambda-role"
                | "ssm-managed-instance-role"
        ),
        Holder::Unknown => false,
    }
}
