//! Conditions that contradict themselves from one operator to the next. What cannot be written at all is told earlier.

use super::constant_condition::{Constant, constant};
use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::value::account_id;
use crate::policy::{
    ActionElement, Arn, BaseOperator, ConditionTest, Document, Effect, Family, Located, ResourceElement, SetQualifier,
    Statement, Text, glob,
};
use crate::prove::{self, Prover, Verdict, Whose};

/// Why a condition never holds.
enum Never<'s> {
    /// This test holds of no request.
    Alone(&'s ConditionTest),
    /// The one test excludes the other.
    Together(&'s ConditionTest, &'s ConditionTest),
    /// This test asks for another account than the ARNs there are of.
    Elsewhere(&'s ConditionTest, Span),
}

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // A formula becomes several statements; that one of them never holds may be meant, that none does cannot.
    let never: Vec<_> = subject.statements().map(|(index, one)| (one.span, never(subject, index, one))).collect();
    let mut told = Vec::new();
    for (index, (span, found)) in never.iter().enumerate() {
        let Some(found) = found else { continue };
        let all = never.iter().filter(|(other, _)| other == span).all(|(_, found)| found.is_some());
        if !all || told.contains(&span) {
            continue;
        }
        told.push(span);
        findings.on_statement(index, finding(found));
    }
}

fn never<'s>(subject: &Subject<'s>, index: usize, statement: &'s Statement) -> Option<Never<'s>> {
    let mut tests = subject.tests(index).filter(|(test, _)| test.operator.value.base != BaseOperator::Null);
    let alone = tests.find(|(test, known)| constant(subject.policy.kind, test, *known) == Some(Constant::Never));
    let together = || contradiction(subject, statement).map(|(a, b)| Never::Together(a, b));
    alone.map(|(test, _)| Never::Alone(test)).or_else(together).or_else(|| elsewhere(statement))
}

fn finding(never: &Never<'_>) -> Diagnostic {
    let finding = match never {
        Never::Alone(test) => {
            let message = format!("`{}` of `{}` holds of no request", test.operator.value, test.key.value);
            Diagnostic::new(&code::NEVER_APPLIES, test.key.span, message)
                .aws("REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION")
                .label("cannot hold")
        }
        Never::Together(a, b) => {
            Diagnostic::new(&code::NEVER_APPLIES, b.key.span, "the condition of this statement never holds")
                .aws_names(&[])
                .label("cannot hold")
                .also(a.key.span, "where this holds")
        }
        Never::Elsewhere(test, at) => {
            Diagnostic::new(&code::NEVER_APPLIES, test.key.span, "the condition of this statement never holds")
                .aws_names(&[])
                .label("another account")
                .also(*at, "than that of what stands here")
                .note("an ARN names the account that the key holds (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)")
        }
    };
    let finding = match never {
        Never::Together(a, b) if !is_same_key(a, b) => finding.note("a request through an endpoint or from a network of one's own has no `aws:SourceIp`, and one from the internet has nothing else (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip)"),
        _ => finding,
    };
    finding
        .note("a statement that can never apply grants and denies nothing, whatever it says")
        .help("mend the condition, or remove the statement")
}

/// Two tests of a statement of which one excludes the other.
fn contradiction<'s>(
    subject: &Subject<'_>,
    statement: &'s Statement,
) -> Option<(&'s ConditionTest, &'s ConditionTest)> {
    let tests = &statement.condition;
    let pairs = tests.iter().enumerate().flat_map(|(at, a)| tests[at + 1..].iter().map(move |b| (a, b)));
    if let Some(told) = pairs.clone().find(|(a, b)| is_by_other_way(a, b) || is_by_other_way(b, a)) {
        return Some(told);
    }
    let mut pairs = pairs.filter(|(a, b)| is_same_key(a, b));
    let told = pairs.clone().find(|(a, b)| excludes(a, b) || excludes(b, a));
    told.or_else(|| {
        pairs.find(|(a, b)| may_exclude(a, b) || may_exclude(b, a)).filter(|_| holds_of_none(subject, statement))
    })
}

/// Whether two tests of a key, the first of which demands the key, are such that a proof may show what their texts do not: ranges,
/// patterns, addresses.
fn may_exclude(a: &ConditionTest, b: &ConditionTest) -> bool {
    let compares =
        |test: &ConditionTest| test.operator.value.base != BaseOperator::Null && test.operator.value.set.is_none();
    let demands = !a.operator.value.if_exists && !a.operator.value.base.is_negated();
    compares(a) && compares(b) && demands && !meets(a, b) && !meets(b, a)
}

/// Whether one of the texts that `a` names is one for which `b` holds.
fn meets(a: &ConditionTest, b: &ConditionTest) -> bool {
    let how = comparing(b.operator.value.base);
    let holds = |value: &str| {
        let matches = |other: &Located<Text>| other.value.plain().is_some_and(|other| matches(how, value, other));
        b.values.iter().any(matches) != b.operator.value.base.is_negated()
    };
    let has_variable = b.values.iter().any(|value| value.value.plain().is_none_or(|text| text.contains("${")));
    let is_text = matches!(a.operator.value.base, BaseOperator::StringEquals | BaseOperator::StringLike);
    is_text
        && !matches!(how, Comparing::Unknown)
        && !has_variable
        && exact_values(a).is_some_and(|values| values.into_iter().any(holds))
}

/// Whether the condition of a statement is proved to hold of no request.
fn holds_of_none(subject: &Subject<'_>, statement: &Statement) -> bool {
    let anything = |text: &str| Located::new(text.to_owned(), statement.span);
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: ActionElement { negated: false, patterns: vec![anything("*")] },
        resource: Some(ResourceElement { negated: false, patterns: vec![Located::new("*".into(), statement.span)] }),
        condition: statement.condition.clone(),
        span: statement.span,
    };
    let document = Document { version: subject.policy.document.version, id: None, statements: vec![statement] };
    let mut prover = Prover::new(subject.context.catalogue, &[&document]);
    let all = prover.permissions(Whose::Document(prove::Subject { document: &document, has_principals: false }));
    matches!(prover.disjoint(&all, &all), Verdict::Holds)
}

/// A test that asks for an account, beside ARNs that are all of others: those of the resources, or of the principals.
fn elsewhere(statement: &Statement) -> Option<Never<'_>> {
    let asks = |key: &str| {
        statement.condition.iter().find(|test| {
            let operator = test.operator.value;
            let is_plain = operator.base == BaseOperator::StringEquals && operator.set.is_none() && !operator.if_exists;
            is_plain && test.is_about(key)
        })
    };
    let others = |test: &ConditionTest, arns: &[Located<Text>]| {
        let Some(wanted) = exact_values(test) else { return false };
        let is_other = |arn: &Located<Text>| {
            let account = arn.value.plain().and_then(|text| Arn::parse(text).ok()).map(|arn| arn.account);
            account.is_some_and(|account| account_id(account).is_ok() && !wanted.contains(&account))
        };
        !arns.is_empty() && arns.iter().all(is_other)
    };
    let resource = statement.resource.as_ref().filter(|element| !element.negated);
    let of_resource = asks("aws:ResourceAccount").zip(resource).and_then(|(test, element)| {
        others(test, &element.patterns).then(|| Never::Elsewhere(test, element.patterns[0].span))
    });
    of_resource.or_else(|| {
        let account = asks("aws:PrincipalAccount")?;
        let is_arn = |test: &&ConditionTest| {
            let operator = test.operator.value;
            let demands = !operator.base.is_negated() && operator.set.is_none() && !operator.if_exists;
            demands && test.is_about("aws:PrincipalArn")
        };
        let arn = statement.condition.iter().filter(is_arn).find(|test| others(account, &test.values))?;
        Some(Never::Elsewhere(account, arn.values[0].span))
    })
}

/// Whether one test demands an address on the internet, and the other one an endpoint or a network of one's own, of whose requests no
/// address is told.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>
fn is_by_other_way(address: &ConditionTest, network: &ConditionTest) -> bool {
    let demands = |test: &ConditionTest| {
        let operator = test.operator.value;
        let is_presence =
            operator.base == BaseOperator::Null && test.values.iter().all(|value| value.value.plain() == Some("false"));
        let is_value = operator.base != BaseOperator::Null && !operator.base.is_negated();
        operator.set.is_none() && !operator.if_exists && (is_presence || is_value)
    };
    let is_network = ["aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp", "aws:SourceVpcArn"];
    address.is_about("aws:SourceIp")
        && is_network.iter().any(|key| network.is_about(key))
        && demands(address)
        && demands(network)
}

fn is_same_key(a: &ConditionTest, b: &ConditionTest) -> bool {
    let keys = a.key.value.plain().zip(b.key.value.plain());
    keys.is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Whether every request for which `a` holds is one for which `b` does not, as far as the two tell.
fn excludes(a: &ConditionTest, b: &ConditionTest) -> bool {
    let (operator, other) = (a.operator.value, b.operator.value);
    if operator.base == BaseOperator::Null {
        let is_absent = a.values.iter().all(|value| value.value.plain().is_some_and(|text| text == "true"));
        let holds_without = other.base == BaseOperator::Null
            || other.base.is_negated()
            || other.if_exists
            || other.set == Some(SetQualifier::ForAllValues);
        return is_absent && !holds_without;
    }
    if operator.set.is_some() || other.set.is_some() || operator.if_exists || operator.base.is_negated() {
        return false;
    }
    let Some(values) = exact_values(a) else { return false };
    let Some(others) = b.values.iter().map(|value| value.value.plain()).collect::<Option<Vec<_>>>() else {
        return false;
    };
    if others.iter().any(|other| other.contains("${")) {
        return false;
    }
    let among = |value: &&str| others.iter().any(|text| matches(comparing(other.base), value, text));
    match (operator.base, other.base) {
        (BaseOperator::Bool, BaseOperator::Bool) => !values.iter().any(among),
        _ => other.base.is_negated() && values.iter().all(among),
    }
}

/// How an operator compares.
fn comparing(base: BaseOperator) -> Comparing {
    match base {
        BaseOperator::StringEquals | BaseOperator::StringNotEquals => Comparing::Exactly,
        BaseOperator::StringEqualsIgnoreCase | BaseOperator::StringNotEqualsIgnoreCase | BaseOperator::Bool => {
            Comparing::AnyCase
        }
        BaseOperator::StringLike | BaseOperator::StringNotLike => Comparing::Pattern,
        base if base.family() == Family::Arn => Comparing::Arn,
        _ => Comparing::Unknown,
    }
}

#[derive(Clone, Copy)]
enum Comparing {
    Exactly,
    AnyCase,
    Pattern,
    Arn,
    /// Numbers and dates have several spellings, and ranges overlap.
    Unknown,
}

fn matches(how: Comparing, value: &str, other: &str) -> bool {
    match how {
        Comparing::Exactly => value == other,
        Comparing::AnyCase => value.eq_ignore_ascii_case(other),
        Comparing::Pattern => glob::matches(other, value, false),
        Comparing::Arn => crate::policy::arn_matches(other, value),
        Comparing::Unknown => false,
    }
}

/// The values of a test that is true of these alone.
fn exact_values(test: &ConditionTest) -> Option<Vec<&str>> {
    let base = test.operator.value.base;
    let is_pattern = |text: &str| match base {
        BaseOperator::StringEquals | BaseOperator::Bool => false,
        BaseOperator::StringLike | BaseOperator::ArnEquals | BaseOperator::ArnLike => glob::is_pattern(text),
        _ => true,
    };
    test.values
        .iter()
        .map(|value| value.value.plain().filter(|text| !text.contains("${") && !is_pattern(text)))
        .collect()
}
