//! Keys about the resource in the policy of that very resource.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Kind};

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";

/// Whose the resource is, which is the same in every request that the policy of a resource is asked about.
const OF_THE_RESOURCE: [&str; 4] =
    ["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths", "s3:ResourceAccount"];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Resource {
        return;
    }
    for (index, statement) in subject.statements() {
        for test in statement.condition.iter().filter(|test| is_constant(test)) {
            let message = format!("`{}` is the same in every request here", test.key.value.shown());
            findings.on_statement(
                index,
                Diagnostic::new(&code::IRRELEVANT_KEY, test.key.span, message)
                    .label("whose the resource is")
                    .note(format!("the policy is attached to the resource, so that the condition always holds or never does ({PAGE})"))
                    .help("remove it; who asks is told by `aws:PrincipalAccount` and `aws:PrincipalOrgID`")
                    .aws("IRRELEVANT_CONDITION_KEY_IN_POLICY"),
            );
        }
    }
}

/// Whether a test compares whose the resource is with a text; with a variable it may ask whether that is who asks.
fn is_constant(test: &ConditionTest) -> bool {
    OF_THE_RESOURCE.iter().any(|key| test.is_about(key))
        && test.operator.value.base != BaseOperator::Null
        && test.values.iter().all(|value| value.value.plain().is_some_and(|text| !text.contains("${")))
}
