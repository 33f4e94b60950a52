//! Condition keys that a request has for one of its resources only, in statements about the others.
//!
//! A request of EC2 is decided once for each of its resources, each with the keys of its type.

use crate::catalogue::{Action, ActionResource, ConditionKey};
use crate::diagnostic::{Diagnostic, Level, code};
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{ArnPattern, BaseOperator, ConditionTest, Effect, SetQualifier, Statement};

const PAGE: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-policy-structure.html";

pub(in crate::lint) fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        let Some(element) = statement.resource.as_ref().filter(|element| !element.negated) else { continue };
        let texts: Vec<_> = element.patterns.iter().map(|pattern| pattern.value.pattern()).collect();
        let resources: Vec<ArnPattern<'_>> = texts.iter().map(|text| ArnPattern::new(text)).collect();
        for (pattern, matched) in subject.actions(index) {
            let Matched::One(action) = matched else { continue };
            if action.service().name() != "ec2" {
                continue;
            }
            let meets = |ty: &ActionResource<'a>| resources.iter().any(|pattern| subject.meets(pattern, ty.resource));
            let met: Vec<ActionResource<'a>> = action.resource_types().filter(meets).collect();
            for (test, known) in subject.tests(index) {
                let Some(known) = known else { continue };
                if let Some(finding) = problem(statement, (*action, &met), test, known) {
                    findings.on_statement(index, finding.also(pattern.span, "of this action"));
                }
            }
        }
    }
}

fn has_key(ty: &ActionResource<'_>, key: ConditionKey<'_>) -> bool {
    ty.resource.condition_keys().any(|listed| listed.name() == key.name())
}

fn problem(
    statement: &Statement,
    (action, met): (Action<'_>, &[ActionResource<'_>]),
    test: &ConditionTest,
    key: ConditionKey<'_>,
) -> Option<Diagnostic> {
    // What no type has comes with the request as a whole, or with none.
    if met.is_empty() {
        return None;
    }
    let asks_for_absence = test.operator.value.if_exists || test.operator.value.base == BaseOperator::Null;
    let of_key = || action.resource_types().filter(|ty| has_key(ty, key));
    let with: Vec<&str> = of_key().map(|ty| ty.resource.name()).take(4).collect();
    let ident = of_key().find(|ty| ty.required).or_else(|| of_key().next())?.resource.ident();
    let without = met.iter().find(|ty| ty.required && !has_key(ty, key)).map(|ty| ty.resource.name());
    let (message, level) = match without {
        _ if !asks_for_absence && !met.iter().any(|ty| has_key(ty, key)) => {
            (format!("no resource of this statement has `{}`", test.key.value), code::KEY_NEVER_SEEN.level)
        }
        Some(other) if statement.effect == Effect::Deny && holds_on_absence(test) => {
            let name = action.full_name();
            (format!("this always denies `{name}`: its `{other}` has no `{}`", test.key.value), Level::Warn)
        }
        _ => return None,
    };
    let finding = Diagnostic::new(&code::KEY_NEVER_SEEN, test.key.span, message)
        .aws_names(&[])
        .label(format!("a key of `{}`", with.join("`, `")))
        .note(format!("a request is decided for each of its resources, with the keys of that one ({PAGE})"))
        .help(format!("name the resources that have it: `ec2.{ident}(...)`"));
    Some(Diagnostic { level, ..finding })
}

/// Whether a test holds of a request without the key.
fn holds_on_absence(test: &ConditionTest) -> bool {
    let operator = test.operator.value;
    match operator.base {
        BaseOperator::Null => test.values.iter().all(|value| value.value.plain() == Some("true")),
        _ if operator.if_exists || operator.set == Some(SetQualifier::ForAllValues) => true,
        base => base.is_negated() && operator.set.is_none(),
    }
}
