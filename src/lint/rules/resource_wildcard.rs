//! `*` as the resource of actions that could all name theirs.

use crate::catalogue::{AccessLevel, Action};
use crate::diagnostic::{Diagnostic, code};
use crate::lint::reach::is_all;
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{Effect, Kind};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Policy {
        return;
    }
    for (index, statement) in subject.statements() {
        let element = statement.resource.as_ref().filter(|element| !element.negated);
        let star = element.and_then(|element| element.patterns.iter().find(|one| is_all(&one.value.shown())));
        let is_open = statement.effect == Effect::Allow && statement.condition.is_empty() && !statement.action.negated;
        let Some(star) = star.filter(|_| is_open) else { continue };
        let Some(formats) = formats(subject, index) else { continue };
        let shown = formats.iter().take(4).copied().collect::<Vec<_>>().join("`, `");
        let more = if formats.len() > 4 { ", ..." } else { "" };
        findings.on_statement(
            index,
            Diagnostic::new(&code::RESOURCE_WILDCARD, star.span, "every action of this statement could name its resources")
                .label("all of them, in every account and region")
                .note("which resources an action takes, the service authorization reference says (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)")
                .help(format!("name them, in the form `{shown}`{more}")),
        );
    }
}

/// The formats of the resources of a statement's actions, if each of them takes some and one at least changes them.
fn formats<'a>(subject: &Subject<'a>, index: usize) -> Option<Vec<&'a str>> {
    let mut formats = Vec::new();
    let mut changes = false;
    let mut take = |action: Action<'a>| {
        if action.is_declared() || action.resource_types().len() == 0 {
            return false;
        }
        changes |= !matches!(action.access_level(), AccessLevel::List | AccessLevel::Read);
        formats.extend(action.resource_types().filter_map(|ty| ty.resource.arn_formats().next()));
        true
    };
    for (_, matched) in subject.actions(index) {
        let all = match matched {
            Matched::One(action) => take(*action),
            Matched::Several(several) => !several.is_empty() && several.actions().all(&mut take),
            Matched::Everything | Matched::NoService | Matched::Nothing(_) => false,
        };
        if !all {
            return None;
        }
    }
    formats.sort_unstable();
    formats.dedup();
    changes.then_some(formats)
}
