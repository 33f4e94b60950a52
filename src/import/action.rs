//! Actions as brace sets: of a service, the actions that start with one verb together.

use std::collections::BTreeMap;

use super::literal::{is_iam_name, quote};
use crate::policy::{Located, compare_actions};

/// A set is divided where it becomes longer, so that it fits on a line.
const WIDEST: usize = 84;
/// So many actions of one verb are worth a set of their own.
const OF_ONE_VERB: usize = 3;

/// The expressions that stand for these patterns, in a stable order.
pub(super) fn actions(patterns: &[Located<String>]) -> Vec<String> {
    let mut sorted: Vec<&str> = patterns.iter().map(|pattern| pattern.value.as_str()).collect();
    sorted.sort_unstable_by(|a, b| compare_actions(a, b));
    // Of two spellings that differ in letter case the one that AWS writes comes first.
    sorted.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    let mut out = Vec::new();
    let mut services: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for pattern in sorted {
        match pattern.split_once(':').filter(|_| is_iam_name(pattern)) {
            Some((prefix, name)) => services.entry(prefix.to_ascii_lowercase()).or_default().push(name),
            None if pattern == "*" => out.push("*".to_owned()),
            None => out.push(quote(&pattern.into())),
        }
    }
    out.extend(whole_services(&mut services));
    for (service, names) in services {
        out.extend(sets(&service, names));
    }
    out
}

/// `{s3,sqs}:*` for the services of which everything is named.
fn whole_services(services: &mut BTreeMap<String, Vec<&str>>) -> Vec<String> {
    let whole: Vec<String> =
        services.iter().filter(|(_, names)| names.as_slice() == ["*"]).map(|(service, _)| service.clone()).collect();
    if whole.len() < 2 {
        return Vec::new();
    }
    services.retain(|_, names| names.as_slice() != ["*"]);
    chunks(whole, "", ":*")
}

/// The names of one service, by verbs where these have many.
fn sets(service: &str, names: Vec<&str>) -> Vec<String> {
    let whole = chunks(names.iter().map(|name| (*name).to_owned()).collect(), &format!("{service}:"), "");
    if whole.len() == 1 && whole[0].len() <= WIDEST {
        return whole;
    }
    let mut verbs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    names.iter().for_each(|name| verbs.entry(verb(name)).or_default().push(name));
    let mut out = Vec::new();
    let mut rest = Vec::new();
    for (verb, names) in verbs {
        let tails: Vec<String> = names.iter().map(|name| name[verb.len()..].to_owned()).collect();
        if verb.is_empty() || names.len() < OF_ONE_VERB || tails.iter().any(|tail| !is_member(tail)) {
            rest.extend(names);
        } else {
            out.extend(chunks(tails, &format!("{service}:{verb}"), ""));
        }
    }
    rest.sort_unstable_by(|a, b| compare_actions(a, b));
    out.extend(chunks(rest.into_iter().map(str::to_owned).collect(), &format!("{service}:"), ""));
    out
}

/// The first word of a name in camel case.
fn verb(name: &str) -> &str {
    let end = name.char_indices().skip(1).find(|(_, c)| !c.is_ascii_lowercase()).map_or(name.len(), |(at, _)| at);
    &name[..end]
}

/// What may stand in a set beside others.
fn is_member(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'?' | b'_' | b'-'))
}

/// The members as sets that fit on a line; those that cannot stand in a set, alone.
fn chunks(members: Vec<String>, before: &str, after: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut width = 0;
    for member in members {
        if !is_member(&member) {
            out.push(format!("{before}{member}{after}"));
            continue;
        }
        if !open.is_empty() && before.len() + width + member.len() + 2 > WIDEST {
            out.push(set(std::mem::take(&mut open), before, after));
            width = 0;
        }
        width += member.len() + 1;
        open.push(member);
    }
    if !open.is_empty() {
        out.push(set(open, before, after));
    }
    out
}

fn set(members: Vec<String>, before: &str, after: &str) -> String {
    if let [one] = members.as_slice() {
        return format!("{before}{one}{after}");
    }
    // `{Get,List}*`
    let heads: Option<Vec<&str>> = members.iter().map(|member| member.strip_suffix('*')).collect();
    match heads.filter(|heads| heads.iter().all(|head| is_member(head))) {
        Some(heads) => format!("{before}{{{}}}*{after}", heads.join(",")),
        None => format!("{before}{{{}}}{after}", members.join(",")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;

    fn written(patterns: &[&str]) -> Vec<String> {
        actions(&patterns.iter().map(|one| Located::new((*one).to_owned(), Span::default())).collect::<Vec<_>>())
    }

    #[test]
    fn of_a_service_together() {
        assert_eq!(written(&["s3:GetObject"]), ["s3:GetObject"]);
        let two_services = written(&["s3:PutObject", "sqs:*", "S3:GetObject", "s3:GetObject"]);
        assert_eq!(two_services, ["s3:{GetObject,PutObject}", "sqs:*"]);
        assert_eq!(written(&["iam:List*", "iam:Get*"]), ["iam:{Get,List}*"]);
        assert_eq!(written(&["s3:*", "sqs:*", "*"]), ["*", "{s3,sqs}:*"]);
        assert_eq!(written(&["s3:Get Object", "x"]), ["\"s3:Get Object\"", "\"x\""]);
    }
}
