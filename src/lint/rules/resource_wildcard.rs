//! `*` as the resource of actions that could all name theirs.

use crate::catalogue::{AccessLevel, Action, ResourceType};
use crate::diagnostic::{Diagnostic, code};
use crate::lint::reach::is_all;
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{Effect, Kind, Located, PlaceholderRole, Text, fill, placeholders};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Policy {
        return;
    }
    for (index, statement) in subject.statements() {
        let element = statement.resource.as_ref().filter(|element| !element.negated);
        let star = element.and_then(|element| element.patterns.iter().find(|one| is_all(&one.value.shown())));
        let is_open = statement.effect == Effect::Allow && statement.condition.is_empty() && !statement.action.negated;
        let Some(star) = star.filter(|_| is_open) else { continue };
        let Some(types) = types(subject, index) else { continue };
        let mut formats: Vec<&str> = types.iter().filter_map(|ty| ty.arn_formats().next()).collect();
        formats.sort_unstable();
        formats.dedup();
        let shown = formats.iter().take(4).copied().collect::<Vec<_>>().join("`, `");
        let more = if formats.len() > 4 { ", ..." } else { "" };
        let told = Diagnostic::new(&code::RESOURCE_WILDCARD, star.span, "every action of this statement could name its resources")
            .label("all of them, in every account and region")
            .note("which resources an action takes, the service authorization reference says (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)");
        let told = match types.as_slice() {
            [only] if formats.len() == 1 => of_project(subject, &told, star, *only),
            _ => None,
        }
        .unwrap_or_else(|| told.help(format!("name them, in the form `{shown}`{more}")));
        findings.on_statement(index, told);
    }
}

/// A finding with the edit that names all resources of a type in the account and region of the project.
fn of_project(
    subject: &Subject<'_>,
    told: &Diagnostic,
    star: &Located<Text>,
    ty: ResourceType<'_>,
) -> Option<Diagnostic> {
    let defaults = &subject.context.surroundings.defaults;
    let format = ty.arn_formats().next()?;
    let of_project = |role: PlaceholderRole, own: &Option<String>| {
        let has = placeholders(format).iter().any(|one| one.role == role);
        if has { own.clone() } else { Some(String::new()) }
    };
    let account = of_project(PlaceholderRole::Account, &defaults.account)?;
    let region = of_project(PlaceholderRole::Region, &defaults.region)?;
    if account.is_empty() {
        return None;
    }
    let partition = defaults.partition.as_deref().unwrap_or("aws");
    let values = placeholders(format).iter().filter(|one| one.role == PlaceholderRole::Value).count();
    let arn = fill(format, partition, &region, &account, &vec!["*"; values])?;
    let (text, help) = match subject.source(star.span) {
        "*" => {
            let call = format!("{}.{}({})", ty.service().name(), ty.ident(), vec!["\"*\""; values].join(", "));
            (call.clone(), call)
        }
        "\"*\"" => (format!("\"{arn}\""), arn),
        _ => return None,
    };
    let help = format!("name them, or write `{help}`: those of this project's account");
    Some(told.clone().fix(help, star.span, text).unsafely())
}

/// The types of the resources of a statement's actions, if each of them takes some and one at least changes them.
fn types<'a>(subject: &Subject<'a>, index: usize) -> Option<Vec<ResourceType<'a>>> {
    let mut types: Vec<ResourceType<'a>> = Vec::new();
    let mut changes = false;
    let mut take = |action: Action<'a>| {
        if action.is_declared() || action.resource_types().len() == 0 {
            return false;
        }
        changes |= !matches!(action.access_level(), AccessLevel::List | AccessLevel::Read);
        for on in action.resource_types() {
            if !types.contains(&on.resource) {
                types.push(on.resource);
            }
        }
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
    changes.then_some(types)
}
