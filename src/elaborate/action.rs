//! Actions of a statement: brace sets, access levels, and what `except` leaves of them.

use std::ops::Range;

use super::elaborator::Elaborator;
use super::environment::Environment;
use super::value::{Value, flatten};
use crate::base::Span;
use crate::catalogue::{AccessLevel, Action};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{ActionElement, ArnFormat, ArnPattern, Effect, Located, ResourceElement, glob};
use crate::syntax::{Choice, Expr};

/// How many names one brace set may stand for.
const MAX_SET: usize = 1_000;

impl<'a> Elaborator<'a> {
    /// The `Action` or `NotAction` of a statement about these resources.
    pub(super) fn actions(
        &mut self,
        environment: &Environment,
        choice: &Choice,
        effect: Effect,
        resources: Option<&ResourceElement>,
    ) -> Option<ActionElement> {
        let these = self.patterns(environment, &choice.these)?;
        let except = self.patterns(environment, &choice.except)?;
        if these.is_empty() {
            self.report(
                environment,
                Diagnostic::new(&code::NO_ACTION_MATCHES, choice.span, "this statement has no action left")
                    .refusing()
                    .label("empty")
                    .note("AWS refuses a statement without actions")
                    .help("give it an action, or put it in an `if` so that it is left out"),
            );
            return None;
        }
        let these = self.levels(environment, these, resources);
        let except = self.levels(environment, except, None);
        if these.is_empty() {
            return None;
        }
        if except.is_empty() {
            return Some(ActionElement { negated: false, patterns: these });
        }
        if these.iter().any(|pattern| matches!(pattern.value.as_str(), "*" | "*:*")) {
            return Some(ActionElement { negated: true, patterns: except });
        }
        let left = self.spell_out(&these, &except, resources);
        if left.is_empty() {
            self.report(
                environment,
                Diagnostic::new(&code::NO_ACTION_MATCHES, choice.span, "`except` leaves no action")
                    .refusing()
                    .label("nothing left")
                    .help("remove the statement or the exception"),
            );
            return None;
        }
        if effect == Effect::Deny {
            self.report(
                environment,
                Diagnostic::new(
                    &code::DENY_BY_EXPANSION,
                    choice.span,
                    format!("this denies the {} actions that the catalogue has today", left.len()),
                )
                .label("an action that AWS adds later is not among them")
                .note("IAM can except actions from all actions (`NotAction`), not from some")
                .help("deny the whole pattern, or except from `*` and restrict the resources"),
            );
        }
        Some(ActionElement { negated: false, patterns: left })
    }

    /// The patterns that expressions stand for. `None` where one is no action; that is reported.
    pub(super) fn patterns(&mut self, environment: &Environment, expressions: &[Expr]) -> Option<Vec<Located<String>>> {
        let mut found = Vec::new();
        let mut complete = true;
        for expression in expressions {
            let mut single = Vec::new();
            flatten(self.evaluate(environment, expression), &mut single);
            for value in single {
                match &value.value {
                    Value::Everything => found.push(Located::new("*".to_owned(), value.span)),
                    Value::Iam(name) => complete &= self.expand(environment, name, value.span, &mut found),
                    // In quotes, braces are characters.
                    Value::Text(text) => found.push(Located::new(text.to_string(), value.span)),
                    Value::Error => complete = false,
                    other => {
                        complete = false;
                        let message = format!("expected an action, found {}", other.describe());
                        self.report(environment, Diagnostic::new(&code::TYPE_MISMATCH, value.span, message).label("no action").help("write an action as AWS does: `s3:GetObject`, `s3:Get*`, `s3:{Get,Put}Object`, `s3:read`"));
                    }
                }
            }
        }
        complete.then_some(found)
    }

    fn expand(&mut self, environment: &Environment, name: &str, span: Span, into: &mut Vec<Located<String>>) -> bool {
        match brace_sets(name) {
            Ok(names) => {
                // In a name that is written right here, each alternative has a place of its own.
                let here = self.project.sources.text(span) == name;
                into.extend(names.into_iter().map(|Alternative { name, range }| {
                    let start = span.start as usize;
                    let at = range.filter(|range| here && !range.is_empty());
                    Located::new(name, at.map_or(span, |at| Span::new(span.file, start + at.start, start + at.end)))
                }));
                true
            }
            Err(count) => {
                let message = format!("this brace set stands for {count} names, more than {MAX_SET}");
                self.report(
                    environment,
                    Diagnostic::new(&code::TOO_LARGE, span, message)
                        .help("use a wildcard, or write fewer sets into one name"),
                );
                false
            }
        }
    }

    /// Puts the actions of an access level in the place of `s3:read`, and names in the letter case in which AWS writes them. Where
    /// that leaves nothing at all, that is a refusal.
    pub(super) fn levels(
        &mut self,
        environment: &Environment,
        patterns: Vec<Located<String>>,
        resources: Option<&ResourceElement>,
    ) -> Vec<Located<String>> {
        let mut found = Vec::with_capacity(patterns.len());
        let mut empty = Vec::new();
        for pattern in patterns {
            let parts = pattern.value.split_once(':');
            let parts = parts.and_then(|(prefix, name)| Some((self.inputs.catalogue.service(prefix)?, prefix, name)));
            let Some((service, prefix, name)) = parts else {
                found.push(pattern);
                continue;
            };
            let Some(level) = AccessLevel::from_word(name) else {
                let known = service.action(name).map_or(name, |action| action.name());
                if known != name || service.name() != prefix {
                    found.push(Located::new(format!("{}:{known}", service.name()), pattern.span));
                } else {
                    found.push(pattern);
                }
                continue;
            };
            let before = found.len();
            let of_level =
                service.actions().filter(|action| action.access_level() == level && can_act_on(*action, resources));
            found.extend(of_level.map(|action| Located::new(action.full_name(), pattern.span)));
            if found.len() == before {
                let message =
                    format!("`{}` has no action of level `{}` for these resources", service.name(), level.word());
                empty.push(
                    Diagnostic::new(&code::NO_ACTION_MATCHES, pattern.span, message)
                        .label("stands for nothing")
                        .help(format!("`leastwise catalogue {prefix}` lists its actions with their levels")),
                );
            }
        }
        for diagnostic in empty {
            self.report(environment, if found.is_empty() { diagnostic.refusing() } else { diagnostic });
        }
        found
    }

    /// The catalogue's actions that match one of `these` and none of `except`; those that can act on the resources, unless none can.
    fn spell_out(
        &self,
        these: &[Located<String>],
        except: &[Located<String>],
        resources: Option<&ResourceElement>,
    ) -> Vec<Located<String>> {
        let (mut left, mut idle) = (Vec::new(), Vec::new());
        for pattern in these {
            let Some((prefix, name)) = pattern.value.split_once(':') else { continue };
            if let Some(service) = self.inputs.catalogue.service(prefix) {
                for action in service.actions_matching(name) {
                    let full = action.full_name();
                    if !except.iter().any(|pattern| glob::matches(&pattern.value, &full, true)) {
                        let able = can_act_on(action, resources);
                        if able { &mut left } else { &mut idle }.push(Located::new(full, pattern.span));
                    }
                }
            }
        }
        if left.is_empty() { idle } else { left }
    }
}

/// Whether an action can act on one of these resources; every action can on `*`.
fn can_act_on(action: Action<'_>, resources: Option<&ResourceElement>) -> bool {
    let Some(resources) = resources.filter(|resources| !resources.negated) else { return true };
    resources.patterns.iter().any(|pattern| {
        let pattern = pattern.value.pattern();
        let pattern = ArnPattern::new(&pattern);
        pattern.is_everything()
            || action
                .resource_types()
                .any(|ty| ty.resource.arn_formats().any(|format| pattern.meets(&ArnFormat::new(format))))
    })
}

/// One of the names that a name with brace sets stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Alternative {
    pub(super) name: String,
    /// Where in the whole its part of the last set stands, in bytes; `None` without a set.
    pub(super) range: Option<Range<usize>>,
}

/// The names that a name with brace sets stands for; `Err` with their number where there are too many.
pub(super) fn brace_sets(name: &str) -> Result<Vec<Alternative>, usize> {
    let mut sets: Vec<(&str, Vec<Range<usize>>)> = Vec::new();
    let mut at = 0;
    while let Some((before, after)) = name[at..].split_once('{') {
        let start = at + before.len() + 1;
        let Some((inside, _)) = after.split_once('}') else { break };
        sets.push((before, set_members(inside, start)));
        at = start + inside.len() + 1;
    }
    let count = sets.iter().fold(1usize, |count, (_, set)| count.saturating_mul(set.len()));
    if count > MAX_SET {
        return Err(count);
    }
    let mut names = vec![Alternative::default()];
    for (before, set) in sets {
        let longer = |sofar: &Alternative, member: &Range<usize>| Alternative {
            name: format!("{}{before}{}", sofar.name, &name[member.clone()]),
            range: Some(member.clone()),
        };
        names = names.iter().flat_map(|sofar| set.iter().map(move |member| longer(sofar, member))).collect();
    }
    names.iter_mut().for_each(|one| one.name.push_str(&name[at..]));
    Ok(names)
}

/// Where the members of a set stand, without the spaces around them. One that is empty is a member too, as in
/// `GetObject{,Version}`, but in a set that holds nothing at all.
fn set_members(inside: &str, start: usize) -> Vec<Range<usize>> {
    let mut members = Vec::new();
    if inside.trim().is_empty() {
        return members;
    }
    let mut at = start;
    for member in inside.split(',') {
        let from = at + (member.len() - member.trim_start().len());
        let trimmed = member.trim();
        members.push(from..from + trimmed.len());
        at += member.len() + 1;
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(name: &str) -> Vec<(String, Option<&str>)> {
        let found = brace_sets(name).unwrap();
        found.into_iter().map(|one| (one.name, one.range.map(|range| &name[range]))).collect()
    }

    #[test]
    fn sets_become_every_combination() {
        assert_eq!(names("s3:Get*"), [("s3:Get*".to_owned(), None)]);
        assert_eq!(
            names("{s3, sqs}:{Get ,List}*"),
            [("s3:Get*", "Get"), ("s3:List*", "List"), ("sqs:Get*", "Get"), ("sqs:List*", "List")]
                .map(|(name, part)| (name.to_owned(), Some(part)))
        );
        assert_eq!(names("s3:{}X"), []);
        assert_eq!(
            names("s3:GetObject{, Version}"),
            [("s3:GetObject", ""), ("s3:GetObjectVersion", "Version")]
                .map(|(name, part)| (name.to_owned(), Some(part)))
        );
    }

    #[test]
    fn explosions_are_counted_not_built() {
        assert_eq!(brace_sets(&format!("s3:{}", "{a,b}".repeat(64))), Err(usize::MAX));
        assert_eq!(brace_sets(&format!("s3:{}", "{a,b}".repeat(10))), Err(1024));
    }
}
