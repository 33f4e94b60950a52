//! Wildcards and variables in values of keys that name an account, an organisation, a network or a session.

use crate::catalogue::ConditionKey;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{
    BaseOperator, ConditionTest, Effect, Family, Statement, Version, glob, variables, without_variables,
};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
/// How much of a session's unique id has to be said before a wildcard.
const FIXED: usize = 6;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for (test, known) in subject.tests(index) {
            let Some(known) = known.filter(|_| lets_in(statement, test)) else { continue };
            for value in &test.values {
                let Some(text) = value.value.plain() else { continue };
                let finding = match () {
                    () if known.is_sensitive() => of_sensitive(subject, test, text),
                    () if known.name().eq_ignore_ascii_case("aws:userid") => of_session(test, text),
                    () => None,
                };
                if let Some((aws, message, label)) = finding {
                    findings.on_statement(index, told(known, value.span, (aws, message, label)));
                }
            }
        }
    }
}

/// Whether more values let more requests through: in an allow those that match, in a deny those that do not.
fn lets_in(statement: &Statement, test: &ConditionTest) -> bool {
    let base = test.operator.value.base;
    base.family() == Family::String && (statement.effect == Effect::Deny) == base.is_negated()
}

type Told = (&'static str, String, String);

fn told(known: ConditionKey<'_>, span: crate::base::Span, (aws, message, label): Told) -> Diagnostic {
    Diagnostic::new(&code::PERMISSIVE_VALUE, span, message)
        .aws(aws)
        .label(label)
        .note(format!("whoever has a value that fits is let in ({PAGE})"))
        .help(match known.is_sensitive() {
            true => format!("name each value of `{}` in full", known.name()),
            false => "write the unique id of the role, and `*` behind the colon: `AROA...:*`".to_owned(),
        })
}

fn is_like(test: &ConditionTest) -> bool {
    matches!(test.operator.value.base, BaseOperator::StringLike | BaseOperator::StringNotLike)
}

fn of_sensitive(subject: &Subject<'_>, test: &ConditionTest, text: &str) -> Option<Told> {
    let key = &test.key.value;
    // That the key is there at all may be meant, and is told as that.
    if is_like(test) && glob::is_pattern(&without_variables(text)) && !text.bytes().all(|byte| byte == b'*') {
        let message = format!("`{text}` matches values of `{key}` that are somebody else's");
        return Some(("WILDCARD_USAGE_TOO_PERMISSIVE", message, "holds a wildcard".to_owned()));
    }
    if subject.policy.document.version != Version::V2012 {
        return None;
    }
    let filled_by_aws = |known: ConditionKey<'_>| known.is_sensitive() || known.name() == "aws:Ec2InstanceSourceVpc";
    let is_own = |name: &str| subject.context.catalogue.key(name).is_none_or(filled_by_aws);
    let all = variables(text);
    let foreign = all.iter().flatten().find(|variable| !variable.is_escape() && !is_own(variable.key))?;
    let message = format!("`{}` decides which value of `{key}` is let in", &text[foreign.range.clone()]);
    Some(("VARIABLE_USAGE_TOO_PERMISSIVE", message, "chosen by whoever sets it".to_owned()))
}

/// `aws:userid` of a role's session is the role's unique id, a colon, and the name that whoever took the role chose.
fn of_session(test: &ConditionTest, text: &str) -> Option<Told> {
    let at = text.find(['*', '?']).filter(|_| is_like(test) && !text.contains("${"))?;
    let is_everything = text.bytes().all(|byte| byte == b'*');
    let before_colon = text.find(':').is_none_or(|colon| at < colon);
    (before_colon && at < FIXED && !is_everything).then(|| {
        let message = format!("`{text}` matches sessions of any role that are called so");
        ("WILDCARD_USAGE_TOO_PERMISSIVE", message, "the id of the role is left open".to_owned())
    })
}
