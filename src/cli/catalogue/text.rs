//! Answers for people: aligned columns, what matters most first.

use std::io::{self, Write};

use super::availability;
use super::constructor;
use super::lookup::{Answer, seen_by};
use crate::catalogue::{AccessLevel, Action, Catalogue, ConditionKey, ResourceType, Service};
use crate::cli::report::count;

pub(super) fn write(out: &mut impl Write, catalogue: &Catalogue, answers: &[Answer<'_>]) -> io::Result<()> {
    for (index, answer) in answers.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        match answer {
            Answer::Services(services) => write_services(out, services)?,
            Answer::Service(service) => write_service(out, *service)?,
            Answer::Action(action) => write_action(out, *action)?,
            Answer::Actions(level, actions) => write_actions(out, *level, actions)?,
            Answer::ResourceTypes(types) => write_resource_types(out, types)?,
            Answer::Key(key) => write_key(out, catalogue, *key)?,
            Answer::Keys(keys) => write_keys(out, keys)?,
            Answer::Claim(key, claim) => {
                writeln!(out, "{key}")?;
                writeln!(out, "  Type       String")?;
                writeln!(
                    out,
                    "  Available  in sts:AssumeRoleWithWebIdentity: the claim `{claim}` of the provider's token"
                )?;
            }
        }
    }
    Ok(())
}

/// Rows as columns, each as wide as its widest cell; the last is as long as it is.
fn table(out: &mut impl Write, indent: &str, rows: &[Vec<String>]) -> io::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        writeln!(out, "{}", format!("{indent}{}", cells.join("  ")).trim_end())?;
    }
    Ok(())
}

fn write_services(out: &mut impl Write, services: &[Service<'_>]) -> io::Result<()> {
    let actions: usize = services.iter().map(|service| service.actions().len()).sum();
    let services_count = count(services.len(), "service", "services");
    writeln!(out, "{services_count}, {}; `leastwise catalogue NAME` shows one", count(actions, "action", "actions"))?;
    writeln!(out)?;
    let longest = services.iter().map(|service| service.name().len()).max().unwrap_or(0);
    for service in services {
        writeln!(out, "{:<longest$}  {:>4}", service.name(), service.actions().len())?;
    }
    Ok(())
}

fn write_service(out: &mut impl Write, service: Service<'_>) -> io::Result<()> {
    let (actions, types, keys) =
        (service.actions().len(), service.resource_types().len(), service.condition_keys().len());
    writeln!(
        out,
        "{}: {}, {}, {}",
        service.name(),
        count(actions, "action", "actions"),
        count(types, "resource type", "resource types"),
        count(keys, "condition key", "condition keys"),
    )?;
    if actions > 0 {
        writeln!(
            out,
            "\nActions, with level and resource types (* the action needs one; `-` it takes no resource, only `*`)"
        )?;
        table(
            out,
            "  ",
            &service.actions().map(|action| action_row(action, action.name().to_owned())).collect::<Vec<_>>(),
        )?;
    }
    if types > 0 {
        writeln!(out, "\nResource types")?;
        table(out, "  ", &service.resource_types().flat_map(format_rows).collect::<Vec<_>>())?;
    }
    if keys > 0 {
        writeln!(out, "\nCondition keys")?;
        table(
            out,
            "  ",
            &service.condition_keys().map(|key| vec![key.name().to_owned(), types_of(key)]).collect::<Vec<_>>(),
        )?;
    }
    Ok(())
}

/// An action's name, level and resource types.
fn action_row(action: Action<'_>, name: String) -> Vec<String> {
    let types = action.resource_types();
    let types: Vec<String> =
        types.map(|used| format!("{}{}", used.resource.ident(), if used.required { "*" } else { "" })).collect();
    let types = match (types.is_empty(), action.is_declared()) {
        (true, true) => "declared in leastwise.toml".to_owned(),
        (true, false) => "-".to_owned(),
        (false, _) => types.join(", "),
    };
    vec![name, action.access_level().name().to_owned(), types]
}

/// A row for each ARN format of a resource type: the constructor and the ARN.
fn format_rows(ty: ResourceType<'_>) -> Vec<Vec<String>> {
    ty.arn_formats().map(|format| vec![constructor(ty, format), format.to_owned()]).collect()
}

fn write_actions(out: &mut impl Write, level: Option<AccessLevel>, actions: &[Action<'_>]) -> io::Result<()> {
    let number = count(actions.len(), "action", "actions");
    match level {
        Some(level) => writeln!(
            out,
            "{number} of level {}; as `{}` in a statement, those of them that can act on its resources",
            level.name(),
            level.word(),
        )?,
        None => writeln!(out, "{number}")?,
    }
    writeln!(out)?;
    let rows = actions.iter().map(|action| match level {
        Some(_) => {
            let mut row = action_row(*action, action.full_name());
            row.remove(1);
            row
        }
        None => action_row(*action, action.full_name()),
    });
    table(out, "  ", &rows.collect::<Vec<_>>())
}

fn write_action(out: &mut impl Write, action: Action<'_>) -> io::Result<()> {
    writeln!(out, "{}  {}", action.full_name(), action.access_level().name())?;
    if action.is_declared() {
        return writeln!(
            out,
            "\nIt is declared in leastwise.toml: its level is taken to be Write, its resource types and keys are not known."
        );
    }
    writeln!(out)?;
    if action.resource_types().len() == 0 {
        writeln!(out, "Resource types: none, it takes only `*`")?;
    } else {
        writeln!(out, "Resource types")?;
        let mut used: Vec<_> = action.resource_types().collect();
        used.sort_by_key(|used| !used.required);
        let rows = used.into_iter().flat_map(|used| {
            format_rows(used.resource).into_iter().map(move |mut row| {
                row.insert(1, if used.required { "required" } else { "" }.to_owned());
                row
            })
        });
        table(out, "  ", &rows.collect::<Vec<_>>())?;
    }
    writeln!(out)?;
    if action.condition_keys().len() == 0 {
        writeln!(out, "Condition keys: only the global ones (`leastwise catalogue 'aws:*'`)")?;
    } else {
        writeln!(out, "Condition keys, beside the global ones (`leastwise catalogue 'aws:*'`)")?;
        table(
            out,
            "  ",
            &action.condition_keys().map(|key| vec![key.name().to_owned(), types_of(key)]).collect::<Vec<_>>(),
        )?;
    }
    if action.dependent_actions().len() > 0 {
        writeln!(out, "\nDependent actions, which the caller may need as well")?;
        for name in action.dependent_actions() {
            writeln!(out, "  {name}")?;
        }
    }
    Ok(())
}

fn write_resource_types(out: &mut impl Write, types: &[ResourceType<'_>]) -> io::Result<()> {
    for (index, ty) in types.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let of_aws = if ty.name() == ty.ident() { String::new() } else { format!("  (AWS: {})", ty.name()) };
        writeln!(out, "{}.{}{of_aws}", ty.service().name(), ty.ident())?;
        table(out, "  ", &format_rows(*ty))?;
        if ty.condition_keys().len() > 0 {
            writeln!(out, "\nCondition keys of every action on it")?;
            table(
                out,
                "  ",
                &ty.condition_keys().map(|key| vec![key.name().to_owned(), types_of(key)]).collect::<Vec<_>>(),
            )?;
        }
        let on_it = ty.service().actions().filter_map(|action| {
            let used = action.resource_types().find(|used| used.resource == *ty)?;
            let required = if used.required { "required" } else { "" };
            Some(vec![action.full_name(), action.access_level().name().to_owned(), required.to_owned()])
        });
        let on_it: Vec<_> = on_it.collect();
        if !on_it.is_empty() {
            writeln!(out, "\n{} on it", count(on_it.len(), "action", "actions"))?;
            table(out, "  ", &on_it)?;
        }
    }
    Ok(())
}

/// A key's types, and whether it holds several values.
fn types_of(key: ConditionKey<'_>) -> String {
    let types: Vec<&str> = key.types().iter().map(|ty| ty.name()).collect();
    let types = if types.is_empty() { "unknown".to_owned() } else { types.join(" or ") };
    if key.multivalued() { format!("{types}, several values") } else { types }
}

fn available(key: ConditionKey<'_>) -> Option<String> {
    let word = key.availability()?;
    Some(availability::in_words(word).map_or_else(|| word.to_owned(), str::to_owned))
}

fn write_keys(out: &mut impl Write, keys: &[ConditionKey<'_>]) -> io::Result<()> {
    writeln!(out, "{}", count(keys.len(), "condition key", "condition keys"))?;
    writeln!(out)?;
    let rows = keys.iter().map(|key| vec![key.name().to_owned(), types_of(*key), available(*key).unwrap_or_default()]);
    table(out, "  ", &rows.collect::<Vec<_>>())
}

fn write_key(out: &mut impl Write, catalogue: &Catalogue, key: ConditionKey<'_>) -> io::Result<()> {
    writeln!(out, "{}", key.name())?;
    let mut rows = vec![vec!["Type".to_owned(), types_of(key)]];
    if key.multivalued() {
        rows.push(vec!["Quantifier".to_owned(), "say `any` or `all` of its values".to_owned()]);
    }
    if key.is_global() {
        let when = available(key).unwrap_or_else(|| "not documented".to_owned());
        rows.push(vec!["Available".to_owned(), when]);
    }
    if key.is_sensitive() {
        rows.push(vec!["Sensitive".to_owned(), "yes: a value with wildcards has no valid use".to_owned()]);
    }
    if key.is_declared() {
        rows.push(vec!["Declared".to_owned(), "in leastwise.toml".to_owned()]);
    }
    if key.is_global() {
        return table(out, "  ", &rows);
    }
    let actions = seen_by(catalogue, key);
    rows.push(vec!["Seen by".to_owned(), count(actions.len(), "action", "actions")]);
    table(out, "  ", &rows)?;
    if !actions.is_empty() {
        writeln!(out)?;
        let rows = actions.iter().map(|action| vec![action.full_name(), action.access_level().name().to_owned()]);
        table(out, "  ", &rows.collect::<Vec<_>>())?;
    }
    Ok(())
}
