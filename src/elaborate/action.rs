//! Actions of a statement: brace sets, access levels, and what `except` leaves of them.

use super::elaborator::Elaborator;
use super::environment::Environment;
use super::value::{Value, flatten};
use crate::base::Span;
use crate::catalogue::{AccessLevel, Action};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{ActionElement, Effect, Located, ResourceElement, formats_meet, glob};
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
        let these = self.levels(environment, these, resources);
        let except = self.levels(environment, except, None);
        if these.is_empty() {
            self.report(
                environment,
                Diagnostic::new(&code::NO_ACTION_MATCHES, choice.span, "this statement has no action left")
                    .note("AWS refuses a statement without actions")
                    .help("give it an action, or put it in an `if` so that it is left out"),
            );
            return None;
        }
        if except.is_empty() {
            return Some(ActionElement { negated: false, patterns: these });
        }
        if these.iter().any(|pattern| pattern.value == "*") {
            return Some(ActionElement { negated: true, patterns: except });
        }
        let left = self.spell_out(&these, &except);
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
        if left.is_empty() {
            self.report(
                environment,
                Diagnostic::new(&code::NO_ACTION_MATCHES, choice.span, "`except` leaves no action")
                    .help("remove the statement or the exception"),
            );
            return None;
        }
        Some(ActionElement { negated: false, patterns: left })
    }

    /// The patterns that expressions stand for. `None` where one is no action; that is reported.
    fn patterns(&mut self, environment: &Environment, expressions: &[Expr]) -> Option<Vec<Located<String>>> {
        let mut found = Vec::new();
        let mut complete = true;
        for expression in expressions {
            let mut single = Vec::new();
            flatten(self.evaluate(environment, expression), &mut single);
            for value in single {
                match &value.value {
                    Value::Everything => found.push(Located::new("*".to_owned(), value.span)),
                    Value::Iam(name) => complete &= self.expand(environment, name, value.span, &mut found),
                    Value::Text(text) if text.plain().is_some_and(|text| text == "*" || text.contains(':')) => {
                        complete &= self.expand(environment, &text.to_string(), value.span, &mut found);
                    }
                    Value::Error => complete = false,
                    other => {
                        complete = false;
                        let message = format!("expected an action, found {}", other.describe());
                        self.report(environment, Diagnostic::new(&code::TYPE_MISMATCH, value.span, message).help("write an action as AWS does: `s3:GetObject`, `s3:Get*`, `s3:{Get,Put}Object`, `s3:read`"));
                    }
                }
            }
        }
        complete.then_some(found)
    }

    fn expand(&mut self, environment: &Environment, name: &str, span: Span, into: &mut Vec<Located<String>>) -> bool {
        match brace_sets(name) {
            Ok(names) => {
                into.extend(names.into_iter().map(|name| Located::new(name, span)));
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

    /// Puts the actions of an access level in the place of `s3:read`.
    fn levels(
        &mut self,
        environment: &Environment,
        patterns: Vec<Located<String>>,
        resources: Option<&ResourceElement>,
    ) -> Vec<Located<String>> {
        let mut found = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let level =
                pattern.value.split_once(':').and_then(|(prefix, word)| Some((prefix, AccessLevel::from_word(word)?)));
            let Some((prefix, level)) = level else {
                found.push(pattern);
                continue;
            };
            let Some(service) = self.inputs.catalogue.service(prefix) else {
                found.push(pattern);
                continue;
            };
            let before = found.len();
            let of_level =
                service.actions().filter(|action| action.access_level() == level && can_act_on(*action, resources));
            found.extend(of_level.map(|action| Located::new(action.full_name(), pattern.span)));
            if found.len() == before {
                let message =
                    format!("`{}` has no action of level `{}` on these resources", service.name(), level.word());
                self.report(
                    environment,
                    Diagnostic::new(&code::NO_ACTION_MATCHES, pattern.span, message)
                        .help(format!("`leastwise catalogue {prefix}` lists its actions with their levels")),
                );
            }
        }
        found
    }

    /// The catalogue's actions that match one of `these` and none of `except`.
    fn spell_out(&self, these: &[Located<String>], except: &[Located<String>]) -> Vec<Located<String>> {
        let mut left = Vec::new();
        for pattern in these {
            let Some((prefix, name)) = pattern.value.split_once(':') else { continue };
            if let Some(service) = self.inputs.catalogue.service(prefix) {
                for action in service.actions_matching(name) {
                    let full = action.full_name();
                    if !except.iter().any(|pattern| glob::matches(&pattern.value, &full, true)) {
                        left.push(Located::new(full, pattern.span));
                    }
                }
            }
        }
        left
    }
}

/// Whether an action can act on one of these resources; every action can on `*`.
fn can_act_on(action: Action<'_>, resources: Option<&ResourceElement>) -> bool {
    let Some(resources) = resources.filter(|resources| !resources.negated) else { return true };
    resources.patterns.iter().any(|pattern| {
        let pattern = pattern.value.pattern();
        pattern == "*"
            || action.resource_types().any(|ty| ty.resource.arn_formats().any(|format| formats_meet(format, &pattern)))
    })
}

/// The names that a name with brace sets stands for; `Err` with their number where there are too many.
pub(super) fn brace_sets(name: &str) -> Result<Vec<String>, usize> {
    let mut runs: Vec<Vec<&str>> = Vec::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('{') {
        runs.push(vec![before]);
        let Some((inside, tail)) = after.split_once('}') else { break };
        runs.push(inside.split(',').map(str::trim).filter(|one| !one.is_empty()).collect());
        rest = tail;
    }
    if runs.is_empty() {
        return Ok(vec![name.to_owned()]);
    }
    runs.push(vec![rest]);
    let count = runs.iter().fold(1usize, |count, run| count.saturating_mul(run.len()));
    if count > MAX_SET {
        return Err(count);
    }
    let mut names = vec![String::new()];
    for run in runs {
        names = names.iter().flat_map(|name| run.iter().map(move |part| format!("{name}{part}"))).collect();
    }
    Ok(names)
}
