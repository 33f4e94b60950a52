//! Entries of a list that another entry covers.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::cover::{resource_covers, value_covers};
use crate::lint::{Findings, Subject};
use crate::policy::value::{account_id, number};
use crate::policy::{Arn, BaseOperator, ConditionTest, Family, Kind, Located, Principal, PrincipalElement, Text, glob};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // What a template puts together is not the policy's to leave out.
    for (index, statement) in subject.statements().filter(|(index, _)| !subject.is_from_template(*index)) {
        for (one, by) in actions(&statement.action.patterns) {
            findings.on_statement(
                index,
                redundant(subject, "REDUNDANT_ACTION", (&one.value, one.span), (&by.value, by.span)),
            );
        }
        for (one, by) in statement.resource.iter().flat_map(|element| resources(subject, &element.patterns)) {
            let (text, other) = (one.value.to_string(), by.value.to_string());
            findings
                .on_statement(index, redundant(subject, "REDUNDANT_RESOURCE", (&text, one.span), (&other, by.span)));
        }
        for test in &statement.condition {
            for (one, by) in numbers(test) {
                let (text, other) = (one.value.to_string(), by.value.to_string());
                let told = redundant(subject, "REDUNDANT_CONDITION_VALUE_NUM", (&text, one.span), (&other, by.span));
                findings.on_statement(index, told);
            }
            for (one, by) in values(test) {
                let (text, other) = (one.value.to_string(), by.value.to_string());
                let told = redundant(subject, None, (&text, one.span), (&other, by.span));
                findings.on_statement(index, told);
            }
        }
        for (one, by) in statement.principal.iter().flat_map(|element| twins(&element.principals)) {
            let (text, other) = (one.value.value().to_string(), by.value.value().to_string());
            findings.on_statement(index, redundant(subject, None, (&text, one.span), (&other, by.span)));
        }
        if subject.policy.kind == Kind::Trust {
            for (one, by) in statement.principal.iter().flat_map(sessions) {
                let (text, other) = (one.value.value().to_string(), by.value.value().to_string());
                let aws = "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY";
                findings.on_statement(index, redundant(subject, aws, (&text, one.span), (&other, by.span)));
            }
        }
    }
}

fn redundant(
    subject: &Subject<'_>,
    aws: impl Into<Option<&'static str>>,
    (one, span): (&str, Span),
    (by, at): (&str, Span),
) -> Diagnostic {
    let message = match one == by {
        true => format!("`{one}` stands twice in this list"),
        false => format!("`{by}` covers `{one}`"),
    };
    let finding = Diagnostic::new(&code::REDUNDANT_ENTRY, span, message)
        .aws_names(aws.into().as_slice())
        .label("adds nothing")
        .also(at, if one == by { "first here" } else { "in this" })
        .note(format!("what a list covers twice goes on being covered when one entry is removed or narrowed ({PAGE})"));
    subject.without_entry(
        finding,
        span,
        format!("remove `{one}`; or keep it, and remove the wider one, if that is meant"),
    )
}

/// With how many wide entries each entry of a list is compared: with all of them in every list that AWS's quotas have room for.
fn most(entries: usize) -> usize {
    400_000 / entries.max(1)
}

type Pair<'a, T> = (&'a Located<T>, &'a Located<T>);

/// For each entry of a list the first that is the same.
fn first_of_each<T>(entries: &[T], order: impl Fn(&T, &T) -> Ordering) -> Vec<usize> {
    let mut first: Vec<usize> = (0..entries.len()).collect();
    let mut sorted = first.clone();
    sorted.sort_by(|a, b| order(&entries[*a], &entries[*b]));
    for pair in sorted.windows(2) {
        if order(&entries[pair[0]], &entries[pair[1]]).is_eq() {
            first[pair[1]] = first[pair[0]];
        }
    }
    first
}

/// The entries that another one covers, each with the first such: the same entry, or a wide one of its service or of any.
fn covered<'a, T>(
    entries: &'a [Located<T>],
    first: &[usize],
    is_wide: impl Fn(&T) -> bool,
    service: impl Fn(&T) -> Option<String>,
    covers: impl Fn(usize, usize) -> bool,
) -> Vec<Pair<'a, T>> {
    let mut wide: HashMap<Option<String>, Vec<usize>> = HashMap::new();
    for (at, one) in entries.iter().enumerate().filter(|(_, one)| is_wide(&one.value)) {
        wide.entry(service(&one.value)).or_default().push(at);
    }
    let covering = |at: usize, one: &Located<T>| {
        if first[at] != at {
            return Some(first[at]);
        }
        if wide.is_empty() {
            return None;
        }
        let own = wide.get(&service(&one.value)).into_iter().chain(wide.get(&None)).flatten();
        let mut others = own.take(most(entries.len())).copied().filter(|other| *other != at);
        // Of two that say the same in other words, the first stays.
        others.find(|other| covers(*other, at) && (*other < at || !covers(at, *other)))
    };
    entries.iter().enumerate().filter_map(|(at, one)| Some((one, &entries[covering(at, one)?]))).collect()
}

/// Actions that another pattern of the list covers, each with that. A pattern is compared with those of its own service only, and
/// with those that name none.
fn actions(patterns: &[Located<String>]) -> Vec<Pair<'_, String>> {
    if patterns.len() < 2 {
        return Vec::new();
    }
    let service = |text: &String| {
        text.split_once(':').map(|(prefix, _)| prefix.to_ascii_lowercase()).filter(|prefix| !glob::is_pattern(prefix))
    };
    let first = first_of_each(patterns, |a, b| {
        let [a, b] = [a, b].map(|one| one.value.bytes().map(|byte| byte.to_ascii_lowercase()));
        a.cmp(b)
    });
    let covers = |a: usize, b: usize| glob::covers(&patterns[a].value, &patterns[b].value, true);
    covered(patterns, &first, |text| glob::is_pattern(text), service, covers)
}

/// Resources that another pattern of the list covers, each with that. A pattern is compared with those of its own service only, and
/// with those that may be of any.
fn resources<'a>(subject: &Subject<'_>, patterns: &'a [Located<Text>]) -> Vec<Pair<'a, Text>> {
    if patterns.len() < 2 {
        return Vec::new();
    }
    let version = subject.policy.document.version;
    let service = |text: &Text| {
        let arn = text.plain().and_then(|text| Arn::parse(text).ok())?;
        (!glob::is_pattern(arn.partition) && !glob::is_pattern(arn.service)).then(|| arn.service.to_owned())
    };
    let first = first_of_each(patterns, |a, b| a.value.cmp(&b.value));
    // Most pairs differ before the first wildcard, which is quickly seen.
    let begins = |a: usize, b: usize| match (patterns[a].value.plain(), patterns[b].value.plain()) {
        (Some(a), Some(b)) => b.starts_with(&a[..a.find(['*', '?', '$']).unwrap_or(a.len())]),
        _ => false,
    };
    let covers = |a: usize, b: usize| {
        begins(a, b) && resource_covers((&patterns[a].value, version), (&patterns[b].value, version), true)
    };
    covered(patterns, &first, |text| text.plain().is_some_and(glob::is_pattern), service, covers)
}

/// Numbers that another number of the test makes idle.
fn numbers(test: &ConditionTest) -> Vec<Pair<'_, Text>> {
    use BaseOperator::{NumericGreaterThan, NumericGreaterThanEquals, NumericLessThan, NumericLessThanEquals};
    let wants_greatest = match test.operator.value.base {
        NumericLessThan | NumericLessThanEquals => true,
        NumericGreaterThan | NumericGreaterThanEquals => false,
        _ => return Vec::new(),
    };
    let read = |value: &Located<Text>| value.value.plain().and_then(|text| number(text).ok());
    let Some(read) = test.values.iter().map(|value| Some((read(value)?, value))).collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    let widest = match wants_greatest {
        true => read.iter().max_by(|a, b| a.0.cmp(&b.0)),
        false => read.iter().min_by(|a, b| a.0.cmp(&b.0)),
    };
    let Some((_, widest)) = widest else { return Vec::new() };
    read.iter()
        .map(|(_, value)| *value)
        .filter(|value| !std::ptr::eq(*value, *widest))
        .map(|value| (value, *widest))
        .collect()
}

/// Values of a test that say the same as another, or are within it.
fn values(test: &ConditionTest) -> Vec<Pair<'_, Text>> {
    let base = test.operator.value.base;
    // Of numbers it is told which is the widest; two Booleans are a finding of their own.
    if matches!(base.family(), Family::Numeric | Family::Bool | Family::Null) || test.values.len() < 2 {
        return Vec::new();
    }
    let mut first: HashMap<&Text, usize> = HashMap::new();
    for (at, one) in test.values.iter().enumerate() {
        first.entry(&one.value).or_insert(at);
    }
    let plain = |at: usize| test.values[at].value.plain().filter(|text| !text.contains("${"));
    let wide: Vec<usize> =
        (0..test.values.len()).filter(|at| plain(*at).is_some_and(|text| is_wide(base, text))).collect();
    let covers = |a: usize, b: usize| plain(a).zip(plain(b)).is_some_and(|(a, b)| value_covers(base, a, b));
    let covering = |at: usize, one: &Located<Text>| match first[&one.value] {
        twin if twin != at => Some(twin),
        _ => wide
            .iter()
            .take(most(test.values.len()))
            .copied()
            .filter(|other| *other != at)
            .find(|other| covers(*other, at) && (*other < at || !covers(at, *other))),
    };
    let found = test.values.iter().enumerate().filter_map(|(at, one)| Some((one, &test.values[covering(at, one)?])));
    found.collect()
}

/// Whether a value may stand for several. Of what stands for all there are it is told that it asks for nothing.
fn is_wide(base: BaseOperator, text: &str) -> bool {
    match base.family() {
        Family::IpAddress => text.contains('/') && !text.ends_with("/0"),
        _ => base.allows_wildcards() && glob::is_pattern(text) && text.bytes().any(|byte| byte != b'*'),
    }
}

/// Principals that another of the list is too: an account is as well its root.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts>
fn twins(principals: &[Located<Principal>]) -> Vec<Pair<'_, Principal>> {
    let name = |one: &Principal| {
        let text = one.value().shown().into_owned();
        let is_account = matches!(one, Principal::Aws(_)) && account_id(&text).is_ok();
        (one.json_key(), if is_account { format!("arn:aws:iam::{text}:root") } else { text })
    };
    let mut first: HashMap<(&str, String), &Located<Principal>> = HashMap::new();
    let mut found = Vec::new();
    for one in principals {
        match first.entry(name(&one.value)) {
            Entry::Occupied(known) => found.push((one, *known.get())),
            Entry::Vacant(free) => _ = free.insert(one),
        }
    }
    found
}

/// Sessions of a role beside the role.
fn sessions(element: &PrincipalElement) -> Vec<Pair<'_, Principal>> {
    let arn = |principal: &'_ Located<Principal>| match &principal.value {
        Principal::Aws(text) => text.plain().map(str::to_owned),
        _ => None,
    };
    let role_of = |text: &str| {
        let (head, resource) = text.split_once(":assumed-role/")?;
        let (name, _) = resource.split_once('/')?;
        Some((head.replacen(":sts:", ":iam:", 1), name.to_owned()))
    };
    let is_role = |text: &str, (head, name): &(String, String)| {
        text.strip_prefix(head.as_str())
            .and_then(|rest| rest.strip_prefix(":role/"))
            .is_some_and(|path| path.rsplit('/').next() == Some(name))
    };
    let roles: Vec<(String, &Located<Principal>)> = element
        .principals
        .iter()
        .filter_map(|one| Some((arn(one)?, one)))
        .filter(|(text, _)| text.contains(":role/"))
        .collect();
    let session = |one: &'_ Located<Principal>| arn(one).and_then(|text| role_of(&text));
    let found = element.principals.iter().filter(|_| !element.negated).filter_map(|one| {
        let of = session(one)?;
        Some((one, roles.iter().find(|(text, _)| is_role(text, &of))?.1))
    });
    found.collect()
}
