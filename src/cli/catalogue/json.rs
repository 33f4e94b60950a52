//! Answers for scripts: one object with lists, in the field names of AWS's service reference.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::constructor;
use super::lookup::{Answer, seen_by};
use crate::catalogue::{AccessLevel, Action, Catalogue, ConditionKey, ResourceType, Service};

/// `{"Services": [...], "Actions": [...], "Resources": [...], "ConditionKeys": [...]}`, all four of them always.
pub(super) fn write(out: &mut impl Write, catalogue: &Catalogue, answers: &[Answer<'_>]) -> io::Result<()> {
    let (mut services, mut actions, mut resources, mut keys) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for answer in answers {
        match answer {
            Answer::Services(some) => services.extend(
                some.iter().map(|service| json!({ "Name": service.name(), "ActionCount": service.actions().len() })),
            ),
            Answer::Service(service) => services.push(of_service(*service)),
            Answer::Action(action) => actions.push(of_action(*action, true)),
            Answer::Actions(_, some) => actions.extend(some.iter().map(|action| of_action(*action, false))),
            Answer::ResourceTypes(some) => resources.extend(some.iter().map(|ty| of_resource_type(*ty))),
            Answer::Key(key) => {
                let mut record = of_key(*key);
                if !key.is_global() {
                    let seen_by: Vec<String> = seen_by(catalogue, *key).into_iter().map(Action::full_name).collect();
                    record["Actions"] = seen_by.into();
                }
                keys.push(record);
            }
            Answer::Keys(some) => keys.extend(some.iter().map(|key| of_key(*key))),
            Answer::Claim(key, claim) => keys.push(json!({ "Name": key, "Types": ["String"], "Claim": claim })),
        }
    }
    let all = json!({ "Services": services, "Actions": actions, "Resources": resources, "ConditionKeys": keys });
    serde_json::to_writer_pretty(&mut *out, &all)?;
    writeln!(out)
}

fn of_service(service: Service<'_>) -> Value {
    json!({
        "Name": service.name(),
        "Actions": service.actions().map(|action| of_action(action, false)).collect::<Vec<_>>(),
        "Resources": service.resource_types().map(of_resource_type).collect::<Vec<_>>(),
        "ConditionKeys": service.condition_keys().map(of_key).collect::<Vec<_>>(),
    })
}

/// An action: alone with its resource types and keys in full, in a list with their names.
fn of_action(action: Action<'_>, full: bool) -> Value {
    let level = action.access_level();
    let mut record = json!({
        "Service": action.service().name(),
        "Name": action.name(),
        "AccessLevel": level.name(),
        "Annotations": { "Properties": {
            "IsList": level == AccessLevel::List,
            "IsPermissionManagement": level == AccessLevel::PermissionsManagement,
            "IsTaggingOnly": level == AccessLevel::Tagging,
            "IsWrite": level >= AccessLevel::Write,
        }},
    });
    let resources = action.resource_types().map(|used| {
        let mut resource = json!({ "Name": used.resource.name(), "Required": used.required });
        if full {
            add_formats(&mut resource, used.resource);
        }
        resource
    });
    record["Resources"] = resources.collect();
    record["ConditionKeys"] =
        action.condition_keys().map(|key| if full { of_key(key) } else { key.name().into() }).collect();
    record["DependentActions"] = action.dependent_actions().collect::<Vec<_>>().into();
    if action.is_declared() {
        record["Declared"] = true.into();
    }
    record
}

fn add_formats(record: &mut Value, ty: ResourceType<'_>) {
    record["Constructors"] = ty.arn_formats().map(|format| constructor(ty, format)).collect();
    record["ARNFormats"] = ty.arn_formats().collect();
}

fn of_resource_type(ty: ResourceType<'_>) -> Value {
    let mut record = json!({ "Service": ty.service().name(), "Name": ty.name() });
    add_formats(&mut record, ty);
    record["ConditionKeys"] = ty.condition_keys().map(ConditionKey::name).collect();
    record
}

fn of_key(key: ConditionKey<'_>) -> Value {
    let types = key.types();
    let array = if key.multivalued() { "ArrayOf" } else { "" };
    let mut record = Map::new();
    record.insert("Name".into(), key.name().into());
    record.insert("Types".into(), types.iter().map(|ty| format!("{array}{}", ty.name())).collect());
    record.insert("Multivalued".into(), key.multivalued().into());
    record.insert("Global".into(), key.is_global().into());
    if let Some(word) = key.availability() {
        record.insert("Availability".into(), word.into());
    }
    if key.is_sensitive() {
        record.insert("Sensitive".into(), true.into());
    }
    if key.is_declared() {
        record.insert("Declared".into(), true.into());
    }
    Value::Object(record)
}
