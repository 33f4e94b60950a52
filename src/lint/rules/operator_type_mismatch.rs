//! Operators that compare other values than the key holds.

use crate::base::Span;
use crate::catalogue::{ConditionKey, KeyType};
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Family, Located, Operator, Text, value};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, _) in subject.statements() {
        for (test, known) in subject.tests(index) {
            let Some(key) = test.key.value.plain() else { continue };
            let Some(known) = known.filter(|known| !known.types().is_empty()) else {
                continue;
            };
            if let Some(range) = range_as_text(known, test) {
                findings.on_statement(index, of_range(subject, index, test, key, range));
                continue;
            }
            let family = test.operator.value.base.family();
            if !is_mismatched(known, test) || told(subject, test) {
                continue;
            }
            // What is no base64 is told of the operator, which would read it so.
            let unread =
                |value: &Located<Text>| value.value.plain().is_some_and(|text| value::check(family, text).is_err());
            let names: &[&str] = match family {
                Family::Binary if test.values.iter().any(unread) => &["TYPE_MISMATCH", "TYPE_MISMATCH_STRING"],
                _ => &["TYPE_MISMATCH"],
            };
            let types: Vec<&str> = known.types().iter().map(KeyType::name).collect();
            let message = format!("`{}` cannot compare values of `{key}`", test.operator.value);
            findings.on_statement(
                index,
                Diagnostic::new(&code::OPERATOR_TYPE_MISMATCH, test.operator.span, message)
                    .label(format!("for values of type {}", family.name()))
                    .also(test.key.span, format!("its type is {}", types.join(" or ")))
                    .note("a value that the operator cannot read matches nothing (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)")
                    .aws_names(names)
                    .help(format!("compare it as {}", types.join(" or "))),
            );
        }
    }
}

/// Whether the operator reads no values of the key's types.
pub(super) fn is_mismatched(known: ConditionKey<'_>, test: &ConditionTest) -> bool {
    let family = test.operator.value.base.family();
    let is_text = family == Family::Arn && is_global_text(known);
    !known.types().is_empty() && (is_text || !known.types().iter().any(|ty| can_compare(family, ty)))
}

/// Whether a key is one of AWS's own whose values are no ARNs: ids and names, with tags left out, which may be anything.
fn is_global_text(known: ConditionKey<'_>) -> bool {
    known.is_global() && !known.name().contains('/') && known.types().iter().all(|ty| ty == KeyType::String)
}

/// A range of addresses that is compared, as text, with a key of addresses.
fn range_as_text<'a>(known: ConditionKey<'_>, test: &'a ConditionTest) -> Option<&'a str> {
    let is_address = known.types().iter().all(|ty| ty == KeyType::Ip);
    let values = test.values.iter().filter(|_| is_address && test.operator.value.base.family() == Family::String);
    values.filter_map(|value| value.value.plain()).find(|text| text.contains('/') && value::address_range(text).is_ok())
}

fn of_range(subject: &Subject<'_>, index: usize, test: &ConditionTest, key: &str, range: &str) -> Diagnostic {
    let message = format!("`{}` cannot compare `{key}` with a range", test.operator.value);
    let finding = Diagnostic::new(&code::OPERATOR_TYPE_MISMATCH, test.operator.span, message)
        .label("compares text")
        .aws("TYPE_MISMATCH")
        .also(test.key.span, "its type is IPAddress")
        .note(format!("no address is the text `{range}`; ranges are for `IpAddress` and `NotIpAddress` (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress)"));
    let base = match test.operator.value.base.is_negated() {
        true => BaseOperator::NotIpAddress,
        false => BaseOperator::IpAddress,
    };
    match subject.is_json(test.key.span) {
        true => subject.with_operator(finding, index, test, Operator { base, ..test.operator.value }),
        false => finding.help("compare it as IPAddress: without `as String`, with `in`"),
    }
}

/// Whether the source says no type, so that the operator follows from the key: where it does not fit, that has been told.
fn told(subject: &Subject<'_>, test: &ConditionTest) -> bool {
    let key = test.key.span;
    // Of a key alone, the operator stands for all of it.
    let operator = test.operator.span;
    let end = if operator.start <= key.start { operator.end } else { operator.start };
    let between = subject.source(Span { start: key.end, end: end.max(key.end), ..key });
    !subject.is_json(key) && !between.split_whitespace().any(|word| word == "as")
}

/// Whether an operator of a family reads values of a type. Every value is text to the String operators, but a
/// date may be written in several ways; ARNs are texts to
/// services that document their keys as String; a date may come as a number of seconds.
fn can_compare(family: Family, ty: KeyType) -> bool {
    match family {
        Family::Null => true,
        Family::String => ty != KeyType::Date,
        Family::Arn => matches!(ty, KeyType::Arn | KeyType::String),
        Family::Numeric => matches!(ty, KeyType::Numeric | KeyType::Date),
        Family::Date => matches!(ty, KeyType::Date | KeyType::Numeric),
        Family::Bool => ty == KeyType::Bool,
        Family::Binary => ty == KeyType::Binary,
        Family::IpAddress => ty == KeyType::Ip,
    }
}
