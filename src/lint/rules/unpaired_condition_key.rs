//! Condition keys that mean little without another beside them.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Effect, Statement};

/// The keys that say in which network a private address is.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpcsourceip>
const NETWORKS: [&str; 3] = ["aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn"];
const DYNAMODB: &str = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for test in statement.condition.iter().filter(|test| test.operator.value.base != BaseOperator::Null) {
            if is_of(test, "aws:VpcSourceIp") && !is_asked(subject, statement, &NETWORKS) {
                findings.on_statement(index, unpaired(test));
            }
            if is_of(test, "dynamodb:Attributes") && selects_freely(subject, index, statement) {
                findings.on_statement(index, without_select(statement, test));
            }
        }
    }
}

fn is_of(test: &ConditionTest, key: &str) -> bool {
    test.key.value.plain().is_some_and(|own| own.eq_ignore_ascii_case(key))
}

/// Whether one of these keys is tested: in an allow, by the statement itself; for a deny, which others may complete, by any.
fn is_asked(subject: &Subject<'_>, statement: &Statement, keys: &[&str]) -> bool {
    let asks = |statement: &Statement| statement.condition.iter().any(|test| keys.iter().any(|key| is_of(test, key)));
    match statement.effect {
        Effect::Allow => asks(statement),
        Effect::Deny => subject.statements().any(|(_, statement)| asks(statement)),
    }
}

fn unpaired(test: &ConditionTest) -> Diagnostic {
    let message = "`aws:VpcSourceIp` without the network that it is in";
    Diagnostic::new(&code::UNPAIRED_CONDITION_KEY, test.key.span, message)
        .aws("MISSING_PAIRED_CONDITION_KEYS")
        .label("a private address, of whatever network")
        .note("anybody can have that address in a network of their own (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpcsourceip)")
        .help(format!("compare `{}` beside it", NETWORKS.join("` or `")))
}

/// Whether an action of the statement returns what `dynamodb:Select` says, which nothing asks about.
fn selects_freely(subject: &Subject<'_>, index: usize, statement: &Statement) -> bool {
    let asked = is_asked(subject, statement, &["dynamodb:Select"]);
    let selects = |matched: &Matched<'_>| match matched {
        Matched::One(action) => action.sees_key("dynamodb:Select").is_some(),
        Matched::Several(several) => several.actions().any(|action| action.sees_key("dynamodb:Select").is_some()),
        Matched::Everything => true,
        Matched::NoService | Matched::Nothing(_) => false,
    };
    !asked && (statement.action.negated || subject.actions(index).any(|(_, matched)| selects(matched)))
}

fn without_select(statement: &Statement, test: &ConditionTest) -> Diagnostic {
    let what = match statement.effect {
        Effect::Allow => "a request that names no attributes gets all of them",
        Effect::Deny => "a request that names no attributes is not denied, and gets all of them",
    };
    Diagnostic::new(&code::UNPAIRED_CONDITION_KEY, test.key.span, what)
        .aws("DYNAMODB_ATTRIBUTES_WITHOUT_SELECT")
        .label("without `dynamodb:Select`")
        .note(format!("`dynamodb:Attributes` holds the attributes that a request names; without `dynamodb:Select` being `SPECIFIC_ATTRIBUTES` it need not name any ({DYNAMODB})"))
        .help("demand `dynamodb:Select` to be `SPECIFIC_ATTRIBUTES`, where the request has it (`StringEqualsIfExists`)")
}
