//! Catalogues beside the built-in one.
//!
//! What comes in: AWS's service reference, as files that someone fetched, or the
//! actions and keys that a project declares. What goes out: a blob that
//! [`Catalogue::from_bytes`] takes. What is absent: fetching; and where AWS's
//! files are silent (which resource types an action requires, its dependent
//! actions) what was known before is kept.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::pack::{
    self, ActionRecord, ActionResourceRecord, Annotations, KeyRecord, Model, Properties, Reference, ResourceRecord,
};
use super::{Action, Catalogue, CatalogueError, ConditionKey, KeyType, Service};

/// Packs the built-in catalogue with the services of these files, each a name and a text, in its
/// place. The list of services that AWS publishes beside the files is passed over.
pub fn read_folder_json(files: impl Iterator<Item = (String, String)>) -> Result<Vec<u8>, CatalogueError> {
    merge_json(Catalogue::builtin(), files)
}

/// As [`read_folder_json`], over another catalogue.
pub fn merge_json(base: &Catalogue, files: impl Iterator<Item = (String, String)>) -> Result<Vec<u8>, CatalogueError> {
    let mut model = model_of(base);
    let mut services: BTreeMap<String, Reference> =
        model.services.drain(..).map(|service| (service.name.to_ascii_lowercase(), service)).collect();
    for (file, text) in files {
        let Some(mut service) = read_reference(&file, &text)? else { continue };
        if let Some(old) = base.service(&service.name) {
            keep_known(&mut service, old);
        }
        services.insert(service.name.to_ascii_lowercase(), service);
    }
    model.services = services.into_values().collect();
    Ok(pack::pack(&model))
}

/// Packs a catalogue with what a project declares: actions as `service:Name`, keys with their types.
pub fn with_declared(
    base: &Catalogue,
    actions: &[String],
    keys: &[(String, Vec<KeyType>)],
) -> Result<Vec<u8>, CatalogueError> {
    let mut model = model_of(base);
    for full_name in actions {
        let fail = |message: &str| CatalogueError {
            file: None,
            record: Some(format!("action {full_name}")),
            message: message.into(),
        };
        let (prefix, name) = full_name.split_once(':').ok_or_else(|| fail("write it as service:Name"))?;
        let word = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
        if !word(prefix) || !word(name) {
            return Err(fail("write it as service:Name, without wildcards"));
        }
        if base.action(full_name).is_some() {
            continue;
        }
        let annotations = Annotations { properties: Properties { is_write: true, ..Properties::default() } };
        let declared = ActionRecord {
            name: name.into(),
            annotations: Some(annotations),
            declared: true,
            ..ActionRecord::default()
        };
        match model.services.iter_mut().find(|service| service.name.eq_ignore_ascii_case(prefix)) {
            Some(service) => service.actions.push(declared),
            None => model.services.push(Reference {
                name: prefix.to_ascii_lowercase(),
                actions: vec![declared],
                ..Reference::default()
            }),
        }
    }
    for (name, types) in keys {
        if !name.split_once(':').is_some_and(|(prefix, rest)| !prefix.is_empty() && !rest.is_empty()) {
            return Err(CatalogueError {
                file: None,
                record: Some(format!("key {name}")),
                message: "write it as prefix:name".into(),
            });
        }
        model.declared.retain(|key| !key.name.eq_ignore_ascii_case(name));
        let types = types.iter().map(|one| one.name().to_owned()).collect();
        model.declared.push(KeyRecord { name: name.clone(), types, ..KeyRecord::default() });
    }
    Ok(pack::pack(&model))
}

/// Reads one file; the list of services, which is no reference, gives nothing.
fn read_reference(file: &str, text: &str) -> Result<Option<Reference>, CatalogueError> {
    let fail = |record: Option<String>, message: String| CatalogueError { file: Some(file.into()), record, message };
    let value: Value = serde_json::from_str(text).map_err(|error| fail(None, error.to_string()))?;
    if value.is_array() {
        return Ok(None);
    }
    let raw: Reference<Value, Value, Value> =
        serde_json::from_value(value).map_err(|error| fail(None, error.to_string()))?;
    if raw.name.is_empty() || raw.name.contains(':') {
        return Err(fail(None, "the service's Name is not a prefix".into()));
    }
    Ok(Some(Reference {
        name: raw.name,
        actions: records("Actions", raw.actions, |r: &ActionRecord| &r.name).map_err(|(r, m)| fail(Some(r), m))?,
        condition_keys: records("ConditionKeys", raw.condition_keys, |r: &KeyRecord| &r.name)
            .map_err(|(r, m)| fail(Some(r), m))?,
        resources: records("Resources", raw.resources, |r: &ResourceRecord| &r.name)
            .map_err(|(r, m)| fail(Some(r), m))?,
    }))
}

/// Reads the records of a list; the error is the record and what is wrong with it.
fn records<R: DeserializeOwned>(
    list: &str,
    values: Vec<Value>,
    name: impl Fn(&R) -> &String,
) -> Result<Vec<R>, (String, String)> {
    let mut read = Vec::with_capacity(values.len());
    for (index, value) in values.into_iter().enumerate() {
        let called = value.get("Name").and_then(Value::as_str).map_or_else(|| format!("#{}", index + 1), str::to_owned);
        let record = || format!("{list}: {called}");
        let one: R = serde_json::from_value(value).map_err(|error| (record(), error.to_string()))?;
        if name(&one).is_empty() {
            return Err((record(), "it has no Name".into()));
        }
        read.push(one);
    }
    Ok(read)
}

/// Completes a service with what was known of it where the new file says nothing.
fn keep_known(new: &mut Reference, old: Service<'_>) {
    for action in &mut new.actions {
        let Some(known) = old.action(&action.name).filter(|known| !known.is_declared()) else { continue };
        if action.annotations.is_none() {
            action.annotations = Some(annotations_of(known));
        }
        if action.dependent_actions.is_empty() {
            action.dependent_actions = known.dependent_actions().map(str::to_owned).collect();
        }
        if !action.resources.iter().any(|resource| resource.required) {
            for resource in &mut action.resources {
                resource.required = known
                    .resource_types()
                    .any(|used| used.required && used.resource.name().eq_ignore_ascii_case(&resource.name));
            }
        }
    }
    for key in &mut new.condition_keys {
        if key.types.is_empty() {
            let known = old.condition_keys().find(|known| known.name().eq_ignore_ascii_case(&key.name));
            key.types = known.map(|known| record_of(known).types).unwrap_or_default();
        }
    }
}

fn annotations_of(action: Action<'_>) -> Annotations {
    let level = action.field(1) & pack::LEVEL;
    Annotations { properties: Properties::of_level(level) }
}

fn record_of(key: ConditionKey<'_>) -> KeyRecord {
    KeyRecord {
        name: key.name().into(),
        types: pack::type_names(key.bits()),
        multivalued: key.multivalued(),
        availability: key.availability().map(str::to_owned),
        sensitive: key.is_sensitive(),
    }
}

fn names<'a>(keys: impl Iterator<Item = ConditionKey<'a>>) -> Vec<String> {
    keys.map(|key| key.name().to_owned()).collect()
}

/// A catalogue as what it can be packed from again.
fn model_of(catalogue: &Catalogue) -> Model {
    Model {
        services: catalogue.services().map(reference_of).collect(),
        globals: catalogue.global_keys().map(record_of).collect(),
        declared: catalogue.declared_keys().map(record_of).collect(),
    }
}

fn reference_of(service: Service<'_>) -> Reference {
    let action = |action: Action<'_>| ActionRecord {
        name: action.name().into(),
        action_condition_keys: names(action.condition_keys()),
        annotations: Some(annotations_of(action)),
        resources: action
            .resource_types()
            .map(|used| ActionResourceRecord {
                name: used.resource.name().into(),
                required: used.required,
                condition_keys: Vec::new(),
            })
            .collect(),
        dependent_actions: action.dependent_actions().map(str::to_owned).collect(),
        declared: action.is_declared(),
    };
    Reference {
        name: service.name().into(),
        actions: service.actions().map(action).collect(),
        condition_keys: service.condition_keys().map(record_of).collect(),
        resources: service
            .resource_types()
            .map(|resource| ResourceRecord {
                name: resource.name().into(),
                arn_formats: resource.arn_formats().map(str::to_owned).collect(),
                condition_keys: names(resource.condition_keys()),
            })
            .collect(),
    }
}
