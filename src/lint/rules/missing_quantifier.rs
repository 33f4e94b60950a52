//! Keys of several values without `any`, `all` or `no`, and keys of one value with one of them.

use crate::base::Span;
use crate::catalogue::{ConditionKey, web_identity_claim};
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Operator, SetQualifier};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, _) in subject.statements() {
        for (test, known) in subject.tests(index).filter(|(test, _)| test.operator.value.base != BaseOperator::Null) {
            let Some(key) = test.key.value.plain() else { continue };
            let Some(multivalued) = is_multivalued(known, key) else { continue };
            let finding = match (multivalued, test.operator.value.set) {
                (true, None) => missing(subject, test, key),
                (false, Some(set)) => superfluous(subject, index, test, key, set),
                _ => continue,
            };
            findings.on_statement(index, finding);
        }
    }
}

/// Whether a key holds several values; `None` where that is not known.
fn is_multivalued(known: Option<ConditionKey<'_>>, key: &str) -> Option<bool> {
    match known {
        Some(known) => Some(known.multivalued()),
        None => web_identity_claim(key).map(|claim| claim.eq_ignore_ascii_case("amr")),
    }
}

fn missing(subject: &Subject<'_>, test: &ConditionTest, key: &str) -> Diagnostic {
    let finding = Diagnostic::new(&code::MISSING_QUANTIFIER, test.key.span, format!("`{key}` holds several values"))
        .aws("MISSING_QUALIFIER")
        .label("some, all or none of them?")
        .note(format!("a key with several values is compared with `ForAnyValue` or `ForAllValues`; without, IAM finds no match ({PAGE})"));
    // Which of them was meant decides what is allowed; there is no edit to make unasked.
    if !subject.is_json(test.key.span) {
        finding.help(format!("write `any {key}` where one such value is enough, `all {key}` where each must be such, `no {key}` where none may be"))
    } else {
        finding.help("write `ForAnyValue:` or `ForAllValues:` before the operator")
    }
}

fn superfluous(subject: &Subject<'_>, index: usize, test: &ConditionTest, key: &str, set: SetQualifier) -> Diagnostic {
    let danger = match set {
        SetQualifier::ForAllValues => "`ForAllValues` is true of a request without the key",
        SetQualifier::ForAnyValue => "`ForAnyValue` is for keys with several values",
    };
    let finding = Diagnostic::new(&code::MISSING_QUANTIFIER, test.key.span, format!("`{key}` holds one value"))
        .label("compared as if it held several")
        .note(format!("{danger} ({PAGE})"));
    let finding = match (set, web_identity_claim(key)) {
        (SetQualifier::ForAllValues, _) => finding.aws("FORALLVALUES_WITH_SINGLE_VALUED_KEY"),
        (SetQualifier::ForAnyValue, Some("aud")) => finding.aws("FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE"),
        (SetQualifier::ForAnyValue, _) => finding.aws_names(&[]),
    };
    if subject.is_json(test.key.span) {
        let wanted = Operator { set: None, ..test.operator.value };
        let finding = subject.with_operator(finding, index, test, wanted);
        return if set == SetQualifier::ForAllValues { finding.unsafely() } else { finding };
    }
    match quantifier_before(subject, test.key.span) {
        Some(("any", span)) => finding.fix("remove `any`", span, ""),
        // Both hold where there is no value, and so does `not k == v`.
        Some(("no", span)) => finding.fix("write `not` instead of `no`", span, "not "),
        _ => finding.help(format!("remove `all`; and write `{key}?` if a request without the key is meant as well")),
    }
}

/// The quantifier right before a key, with the space that follows it.
fn quantifier_before<'a>(subject: &Subject<'a>, key: Span) -> Option<(&'a str, Span)> {
    let before = subject.source(Span { start: 0, end: key.start, ..key });
    let words = before.trim_end();
    let word = ["any", "all", "no"].into_iter().find(|word| words.ends_with(word))?;
    Some((word, Span { start: (words.len() - word.len()) as u32, end: key.start, ..key }))
}
