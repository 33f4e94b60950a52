//! What others reach, in their simplest form: merging as AWS CDK does, and actions shortened word by word as `iam-shrink` does.

use std::collections::{BTreeMap, BTreeSet};

use leastwise::catalogue::Catalogue;
use leastwise::policy::{Document, Located, Statement, glob, statements_differ};

/// Statements of one effect that differ in one of action, resource and principal become one. Sids do not keep them apart here, as they
/// do with CDK: what it reaches on policies without any is the measure.
pub fn merged(document: &Document) -> Document {
    let mut statements = document.statements.clone();
    let mut again = true;
    while again {
        again = false;
        let mut first = 0;
        while first < statements.len() {
            let mut second = first + 1;
            while second < statements.len() {
                match pair(&statements[first], &statements[second]) {
                    Some(both) => {
                        statements[first] = both;
                        statements.remove(second);
                        again = true;
                    }
                    None => second += 1,
                }
            }
            first += 1;
        }
    }
    Document { statements, ..document.clone() }
}

fn pair(a: &Statement, b: &Statement) -> Option<Statement> {
    let mut both = a.clone();
    both.sid = None;
    let same = |a: &Statement, b: &Statement| {
        statements_differ(&Statement { sid: None, ..a.clone() }, &Statement { sid: None, ..b.clone() }).is_none()
    };
    let with = |change: &dyn Fn(&mut Statement, &Statement)| {
        let mut changed = a.clone();
        change(&mut changed, b);
        same(&changed, b)
    };
    if !a.action.negated && !b.action.negated && with(&|to, from| to.action = from.action.clone()) {
        both.action.patterns.extend(b.action.patterns.iter().cloned());
        return Some(both);
    }
    if with(&|to, from| to.resource = from.resource.clone()) {
        let (into, from) = (both.resource.as_mut()?, b.resource.as_ref()?);
        if into.negated || from.negated {
            return None;
        }
        into.patterns.extend(from.patterns.iter().cloned());
        return Some(both);
    }
    if with(&|to, from| to.principal = from.principal.clone()) {
        let (into, from) = (both.principal.as_mut()?, b.principal.as_ref()?);
        if into.negated || from.negated {
            return None;
        }
        into.principals.extend(from.principals.iter().cloned());
        return Some(both);
    }
    None
}

/// The actions of each statement by wildcards for what surrounds the words that most of them have: twice, as `iam-shrink` does unless
/// it is told otherwise. What the catalogue does not know stays as it is.
pub fn shrunk(document: &Document) -> Document {
    let mut out = document.clone();
    for statement in &mut out.statements {
        let mut by_service: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut rest = Vec::new();
        for pattern in &statement.action.patterns {
            let parts = pattern.value.split_once(':');
            let known = parts.and_then(|(prefix, name)| Some((Catalogue::builtin().service(prefix)?, name)));
            let names: Vec<&str> =
                known.iter().flat_map(|(service, name)| service.actions_matching(name)).map(|one| one.name()).collect();
            match known.filter(|_| !names.is_empty()) {
                Some((service, _)) => {
                    let all = by_service.entry(service.name().to_owned()).or_default();
                    all.extend(names.into_iter().map(str::to_owned));
                }
                None => rest.push(pattern.clone()),
            }
        }
        for (prefix, wanted) in by_service {
            let service = Catalogue::builtin().service(&prefix).unwrap();
            let unwanted: Vec<&str> =
                service.actions().map(|one| one.name()).filter(|name| !wanted.contains(*name)).collect();
            let short = if unwanted.is_empty() { vec!["*".to_owned()] } else { rounds(&wanted, &unwanted) };
            rest.extend(short.iter().map(|name| Located::new(format!("{prefix}:{name}"), statement.span)));
        }
        statement.action.patterns = rest;
    }
    out
}

fn rounds(wanted: &BTreeSet<String>, unwanted: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = wanted.iter().cloned().collect();
    for deep in [false, true] {
        let mut counts: Vec<(usize, String)> = Vec::new();
        let all: BTreeSet<String> = names.iter().flat_map(|name| words(name)).filter(|word| word != "*").collect();
        for word in all {
            counts.push((names.iter().filter(|name| name.contains(&word)).count(), word));
        }
        counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        for (_, word) in counts.iter().take(if deep { usize::MAX } else { 1 }) {
            let reduced: BTreeSet<String> = names.iter().map(|name| around(name, word, unwanted)).collect();
            let list: Vec<String> = reduced.into_iter().collect();
            let covered = |one: &String| list.iter().any(|other| other != one && glob::covers(other, one, true));
            names = list.iter().filter(|one| !covered(one)).cloned().collect();
        }
    }
    names
}

/// A name with a `*` for as many words as can be on either side of one.
fn around(name: &str, word: &str, unwanted: &[&str]) -> String {
    let words = words(name);
    let Some(at) = words.iter().position(|one| one == word) else { return name.to_owned() };
    let mut kept: Vec<String> = words.clone();
    let text = |kept: &[String]| {
        let mut out = String::new();
        for one in kept {
            if !(one == "*" && out.ends_with('*')) {
                out.push_str(one);
            }
        }
        out
    };
    let sides = [(at + 1..words.len()).collect::<Vec<_>>(), (0..at).rev().collect()];
    for side in sides {
        for index in side {
            let before = std::mem::replace(&mut kept[index], "*".to_owned());
            if unwanted.iter().any(|one| glob::matches(&text(&kept), one, true)) {
                kept[index] = before;
                break;
            }
        }
    }
    text(&kept)
}

fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let chars: Vec<char> = name.chars().collect();
    for (at, &character) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1);
        let starts = character == '*'
            || before == Some('*')
            || character.is_uppercase()
                && (before.is_some_and(|one| one.is_lowercase()) || after.is_some_and(|one| one.is_lowercase()));
        match out.last_mut().filter(|_| !starts) {
            Some(last) => last.push(character),
            None => out.push(character.to_string()),
        }
    }
    out
}
