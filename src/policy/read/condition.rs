//! The `Condition` element: operators, keys, values.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>

use super::document::{broken, empty};
use super::json::{Member, Node, Value};
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::{BaseOperator, ConditionTest, Located, Operator, SetQualifier, Text};

/// The tests of a condition; what AWS refuses goes into `errors`, what it takes and does not show in the tests into `remarks`.
pub(super) fn read(node: &Node<'_>, errors: &mut Vec<Diagnostic>, remarks: &mut Vec<Diagnostic>) -> Vec<ConditionTest> {
    let Value::Object(operators) = &node.value else {
        let message = format!("`Condition` is an object, and this is {}", node.describe());
        errors.push(
            broken(node.span, message)
                .aws("DATA_TYPE_MISMATCH")
                .help("write `{\"StringEquals\": {\"key\": \"value\"}}`"),
        );
        return Vec::new();
    };
    if operators.is_empty() {
        remarks.push(empty(node.span, "this condition demands nothing", "EMPTY_OBJECT_CONDITION"));
    }
    let mut tests: Vec<ConditionTest> = Vec::new();
    for member in operators {
        match operator(member) {
            Ok(operator) => keys(member, operator, &mut tests, errors, remarks),
            Err(error) => errors.push(*error),
        }
    }
    tests
}

fn operator(member: &Member<'_>) -> Result<Operator, Box<Diagnostic>> {
    member.name.parse::<Operator>().map_err(|_| {
        let error = Diagnostic::new(
            &code::UNKNOWN_OPERATOR,
            member.name_span,
            format!("`{}` is no condition operator", member.name),
        )
        .aws(match member.name.eq_ignore_ascii_case("NullIfExists") {
            true => "NULL_WITH_IF_EXISTS",
            false => "INVALID_CONDITION_OPERATOR",
        })
        .note("AWS refuses a policy with an unknown operator; it takes the known ones in any letter case (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)");
        Box::new(match suggestion(&member.name) {
            Some(near) => error.fix(format!("did you mean `{near}`?"), member.name_span, format!("\"{near}\"")),
            None => error.help("its operators are `StringEquals`, `StringLike`, `ArnLike`, `Bool`, ..., with `IfExists` behind and `ForAllValues:` or `ForAnyValue:` before"),
        })
    })
}

/// The nearest operator, with the prefix and suffix that were meant.
fn suggestion(name: &str) -> Option<String> {
    let (set, rest) = name.split_once(':').map_or(("", name), |(set, rest)| (set, rest));
    let set = match set {
        "" => "",
        other => closest(other, ["ForAllValues", "ForAnyValue"])?,
    };
    let (base, suffix) = match rest.len().checked_sub("IfExists".len()).and_then(|at| rest.split_at_checked(at)) {
        Some((base, end)) if end.eq_ignore_ascii_case("IfExists") => (base, "IfExists"),
        _ => (rest, ""),
    };
    let base = closest(base, BaseOperator::ALL.iter().map(|operator| operator.name()))?;
    let suffix = if base == "Null" { "" } else { suffix };
    let near = if set.is_empty() { format!("{base}{suffix}") } else { format!("{set}:{base}{suffix}") };
    near.parse::<Operator>().is_ok().then_some(near)
}

fn keys(
    member: &Member<'_>,
    operator: Operator,
    tests: &mut Vec<ConditionTest>,
    errors: &mut Vec<Diagnostic>,
    remarks: &mut Vec<Diagnostic>,
) {
    let Value::Object(keys) = &member.value.value else {
        let message = format!("`{}` holds an object of keys, and this is {}", member.name, member.value.describe());
        errors.push(broken(member.value.span, message).aws("DATA_TYPE_MISMATCH").help("write `{\"key\": \"value\"}`"));
        return;
    };
    if keys.is_empty() {
        remarks.push(empty(member.value.span, "this operator tests no key", "EMPTY_OBJECT_CONDITION"));
    }
    for key in keys {
        let same = |test: &&ConditionTest| {
            test.operator.value == operator
                && test.key.value.plain().is_some_and(|text| text.eq_ignore_ascii_case(&key.name))
        };
        if let Some(first) = tests.iter().find(same) {
            let message = format!("`{}` is tested twice with `{operator}`", key.name);
            errors.push(
                broken(key.name_span, message)
                    .aws("DUPLICATE_KEYS_WITH_DIFFERENT_CASE")
                    .also(first.key.span, "first here")
                    .note(
                        "keys and operators are told apart by more than letter case; AWS does not say which would win",
                    )
                    .help("bring the values together, or remove one"),
            );
            continue;
        }
        let Some(values) = values(&key.value, &key.name, operator, errors) else { continue };
        remarks.extend(mixed(&key.value, &key.name));
        tests.push(ConditionTest {
            operator: Located::new(operator, member.name_span),
            key: Located::new(key.name.as_ref().into(), key.name_span),
            values,
        });
    }
}

/// Values of several JSON types beside each other.
fn mixed(node: &Node<'_>, key: &str) -> Option<Diagnostic> {
    let [first, rest @ ..] = node.elements() else { return None };
    let other = rest.iter().find(|other| other.describe() != first.describe())?;
    let message = format!("the values of `{key}` are {} and {}", first.describe(), other.describe());
    Some(
        Diagnostic::new(&code::BAD_CONDITION_VALUE, other.span, message)
            .aws("INVALID_CONDITION_DATA_TYPE")
            .label("of another JSON type")
            .also(first.span, "than the first")
            .note("the values of a key are of one JSON type (https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html)")
            .help("write all of them in quotes"),
    )
}

/// AWS's name for a test without a value, and what it comes to.
fn without_values(operator: Operator) -> (&'static str, &'static str) {
    match (operator.set, operator.if_exists) {
        (_, true) => ("EMPTY_ARRAY_CONDITION_IFEXISTS", "it holds only of a request without the key"),
        (Some(SetQualifier::ForAllValues), _) => {
            ("EMPTY_ARRAY_CONDITION_FORALLVALUES", "it holds only of a request without the key")
        }
        (Some(SetQualifier::ForAnyValue), _) => ("EMPTY_ARRAY_CONDITION_FORANYVALUE", "it holds of no request"),
        _ => ("EMPTY_ARRAY_CONDITION", "an empty list matches no value"),
    }
}

fn values(node: &Node<'_>, key: &str, operator: Operator, errors: &mut Vec<Diagnostic>) -> Option<Vec<Located<Text>>> {
    let elements = match &node.value {
        Value::Array(elements) => elements.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if elements.is_empty() {
        let (aws, why) = without_values(operator);
        errors.push(
            broken(node.span, format!("`{key}` is compared with nothing"))
                .aws(aws)
                .note(format!("{why} (https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html)"))
                .help("name a value; or ask with `Null` whether the key is there"),
        );
        return None;
    }
    let mut values = Vec::with_capacity(elements.len());
    for element in elements {
        let text: Text = match &element.value {
            Value::String(text) => text.as_ref().into(),
            Value::Number(text) => (*text).into(),
            Value::Bool(value) => if *value { "true" } else { "false" }.into(),
            _ => {
                let message = format!("a value is a string, a number or a Boolean, and this is {}", element.describe());
                errors.push(broken(element.span, message).aws("DATA_TYPE_MISMATCH").help("write it in quotes"));
                return None;
            }
        };
        values.push(Located::new(text, element.span));
    }
    Some(values)
}
