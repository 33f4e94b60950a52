//! Service control policies about callers whom they do not reach.
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#not-restricted-by-scp>

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Effect, Kind, Statement};

const PAGE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#not-restricted-by-scp";

/// Keys that only requests of AWS's service principals have.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn>
const OF_SERVICES: [&str; 6] = [
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Scp {
        return;
    }
    let found: Vec<(usize, &Statement, Option<Diagnostic>)> = subject
        .statements()
        .map(|(index, statement)| {
            let mut tests = statement.condition.iter();
            (index, statement, tests.find_map(|test| of_services(statement, test).or_else(|| of_linked_roles(test))))
        })
        .collect();
    for (index, statement, finding) in &found {
        // A formula becomes several statements; of one of them it may be meant.
        let mut siblings = found.iter().filter(|(_, other, _)| other.span == statement.span);
        if siblings.all(|(_, _, finding)| finding.is_some()) {
            finding.iter().for_each(|finding| findings.on_statement(*index, finding.clone()));
        }
    }
}

fn finding(test: &ConditionTest, message: String) -> Diagnostic {
    Diagnostic::new(&code::SCP_EXEMPT, test.key.span, message)
        .note(format!("service control policies concern the users and roles of member accounts; service principals, service-linked roles and the management account are not restricted ({PAGE})"))
}

/// Keys of service principals, whose requests no service control policy is asked about.
fn of_services(statement: &Statement, test: &ConditionTest) -> Option<Diagnostic> {
    let key = OF_SERVICES.iter().find(|key| test.is_about(key));
    let asks_for_services = test.is_about("aws:PrincipalIsAWSService")
        && test.operator.value.base == BaseOperator::Bool
        && test.values.iter().all(|value| value.value.plain().is_some_and(|text| text.eq_ignore_ascii_case("true")));
    if key.is_none() && !asks_for_services {
        return None;
    }
    // That there are none is said in passing, as in `Null: true`, and changes nothing.
    if test.operator.value.base == BaseOperator::Null && test.holds_without_key() {
        return None;
    }
    let holds = key.is_some() && test.holds_without_key();
    let effect = match (holds, statement.effect) {
        (false, Effect::Deny) => "never denies anything",
        (false, Effect::Allow) => "never allows anything",
        (true, Effect::Deny) => "denies whatever the key was meant to say",
        (true, Effect::Allow) => "allows whatever the key was meant to say",
    };
    let message =
        format!("`{}` is about AWS's services, which no service control policy reaches", test.key.value.shown());
    Some(
        finding(test, message).label(format!("so the statement {effect}")).help(
            "say it in a resource control policy, which services are asked about, or in the policy of the resource",
        ),
    )
}

/// A condition that holds for service-linked roles only.
fn of_linked_roles(test: &ConditionTest) -> Option<Diagnostic> {
    let compares = test.operator.value.base != BaseOperator::Null && !test.holds_without_key();
    let is_linked = |text: &str| text.contains(":role/aws-service-role/");
    let linked = test.values.iter().all(|value| value.value.plain().is_some_and(is_linked));
    if !compares || !linked || !test.is_about("aws:PrincipalArn") {
        return None;
    }
    Some(
        finding(test, "this is about service-linked roles, which no service control policy restricts".to_owned())
            .label("so the statement never applies")
            .help("remove the statement; what such a role may do is decided by its service"),
    )
}
