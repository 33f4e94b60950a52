//! Patterns that match no action.

use crate::catalogue::Service;
use crate::diagnostic::{Diagnostic, closest, code};
use crate::lint::nearest::is_near;
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{Effect, Statement};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for (pattern, matched) in subject.actions(index) {
            let Matched::Several(several) = matched else { continue };
            if !several.is_empty() {
                continue;
            }
            let message = format!("`{}` matches no action of `{}`", pattern.value, several.service.name());
            let finding = Diagnostic::new(&code::NO_ACTION_MATCHES, pattern.span, message)
                .label("matches nothing")
                .note(format!("AWS stores a policy with it, {}", of_nothing(statement)));
            // The actions' names without what the wildcards stand for: the literal start tells best what was meant.
            let start = pattern.value.split(['*', '?']).next().unwrap_or_default();
            let (catalogue, verb) = (subject.context.catalogue, start.split_once(':').map_or("", |(_, name)| name));
            let actions = several.service.actions().filter(|action| is_near(catalogue, verb, action.name(), true));
            let starts: Vec<String> = actions.map(|action| cut(&action.full_name(), start.len())).collect();
            let near = closest(start, starts.iter().map(String::as_str)).filter(|near| *near != start);
            findings.on_statement(
                index,
                match near {
                    Some(near) => {
                        let wanted = whole(several.service, format!("{near}{}", &pattern.value[start.len()..]));
                        subject
                            .replace(
                                finding,
                                pattern.span,
                                &pattern.value,
                                &wanted,
                                format!("did you mean `{wanted}`?"),
                            )
                            // The wildcard stays, and stands for actions that nobody has named.
                            .unsafely()
                    }
                    None => finding.help(format!("`leastwise catalogue {}` lists its actions", several.service.name())),
                },
            );
        }
    }
}

/// What becomes of a statement by a pattern of actions that matches none.
pub(super) fn of_nothing(statement: &Statement) -> &'static str {
    match (statement.effect, statement.action.negated) {
        (Effect::Allow, false) => "and it allows nothing",
        (Effect::Deny, false) => "and it denies nothing: what it was meant to stop goes on",
        (Effect::Allow, true) => "and it takes nothing out of what is allowed",
        (Effect::Deny, true) => "and it takes nothing out of what is denied",
    }
}

/// The one action that a pattern matches, where it matches no other; else the pattern.
fn whole(service: Service<'_>, pattern: String) -> String {
    let name = pattern.split_once(':').map_or("", |(_, name)| name);
    let matching: Vec<String> = service.actions_matching(name).take(2).map(|action| action.full_name()).collect();
    match <[String; 1]>::try_from(matching) {
        Ok([one]) => one,
        Err(_) => pattern,
    }
}

fn cut(name: &str, length: usize) -> String {
    name.chars().take(length).collect()
}
