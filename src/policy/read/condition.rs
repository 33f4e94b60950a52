//! The `Condition` element: operators, keys, values.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>

use super::document::broken;
use super::json::{Member, Node, Value};
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::{BaseOperator, ConditionTest, Located, Operator, Text};

/// The tests of a condition; what is wrong goes into `errors`.
pub(super) fn read(node: &Node<'_>, errors: &mut Vec<Diagnostic>) -> Vec<ConditionTest> {
    let Value::Object(operators) = &node.value else {
        let message = format!("`Condition` is an object, and this is {}", node.describe());
        errors.push(broken(node.span, message).help("write `{\"StringEquals\": {\"key\": \"value\"}}`"));
        return Vec::new();
    };
    let mut tests: Vec<ConditionTest> = Vec::new();
    for member in operators {
        match operator(member) {
            Ok(operator) => keys(member, operator, &mut tests, errors),
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

fn keys(member: &Member<'_>, operator: Operator, tests: &mut Vec<ConditionTest>, errors: &mut Vec<Diagnostic>) {
    let Value::Object(keys) = &member.value.value else {
        let message = format!("`{}` holds an object of keys, and this is {}", member.name, member.value.describe());
        errors.push(broken(member.value.span, message).help("write `{\"key\": \"value\"}`"));
        return;
    };
    for key in keys {
        let same = |test: &&ConditionTest| {
            test.operator.value == operator
                && test.key.value.plain().is_some_and(|text| text.eq_ignore_ascii_case(&key.name))
        };
        if let Some(first) = tests.iter().find(same) {
            let message = format!("`{}` is tested twice with `{operator}`", key.name);
            errors.push(
                broken(key.name_span, message)
                    .also(first.key.span, "first here")
                    .note(
                        "keys and operators are told apart by more than letter case; AWS does not say which would win",
                    )
                    .help("bring the values together, or remove one"),
            );
            continue;
        }
        let Some(values) = values(&key.value, &key.name, errors) else { continue };
        tests.push(ConditionTest {
            operator: Located::new(operator, member.name_span),
            key: Located::new(key.name.as_ref().into(), key.name_span),
            values,
        });
    }
}

fn values(node: &Node<'_>, key: &str, errors: &mut Vec<Diagnostic>) -> Option<Vec<Located<Text>>> {
    let elements = match &node.value {
        Value::Array(elements) => elements.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if elements.is_empty() {
        errors.push(
            broken(node.span, format!("`{key}` is compared with nothing"))
                .note("an empty list matches no value, or every request, depending on the operator")
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
                errors.push(broken(element.span, message).help("write it in quotes"));
                return None;
            }
        };
        values.push(Located::new(text, element.span));
    }
    Some(values)
}
