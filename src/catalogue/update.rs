//! Catalogues beside the built-in one.
//!
//! What comes in: AWS's service reference, as files that someone fetched, or the
//! actions and keys that a project declares. What goes out: a blob that
//! [`Catalogue::from_bytes`] takes. What is absent: fetching; and where AWS's
//! files are silent (which resource types an action requires, its dependent
//! actions) what was known before is kept.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::pack::{
    self, ActionRecord, ActionResourceRecord, Annotations, KeyRecord, Model, Properties, Reference, ResourceRecord,
};
use super::{Action, Catalogue, CatalogueError, ConditionKey, KeyType, Service};

/// A catalogue with what files said.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The blob, as [`Catalogue::from_bytes`] takes it.
    pub bytes: Vec<u8>,
    /// The services that the files were about, sorted.
    pub services: Vec<String>,
    /// How many global condition keys the files held.
    pub globals: usize,
}

/// Packs the built-in catalogue with the services of these files, each a name and a text, in its place.
pub fn read_folder_json(files: impl Iterator<Item = (String, String)>) -> Result<Merged, Vec<CatalogueError>> {
    merge_json(Catalogue::builtin(), files)
}

/// As [`read_folder_json`], over another catalogue. A file stands for the whole of its service. A list of global keys
/// stands for those keys, and the lists of services that AWS publishes beside its files are passed over. If any file
/// cannot be used, none is, and every such file is named.
pub fn merge_json(
    base: &Catalogue,
    files: impl Iterator<Item = (String, String)>,
) -> Result<Merged, Vec<CatalogueError>> {
    let mut model = model_of(base);
    let mut services: BTreeMap<String, Reference> =
        model.services.drain(..).map(|service| (service.name.to_ascii_lowercase(), service)).collect();
    let mut globals: BTreeMap<String, KeyRecord> =
        model.globals.drain(..).map(|key| (key.name.to_ascii_lowercase(), key)).collect();
    let (mut read, mut errors) = (BTreeMap::<String, String>::new(), Vec::new());
    let mut new_globals = 0;
    for (file, text) in files {
        match read_file(&file, &text) {
            Ok(Content::Service(mut service)) => {
                let name = service.name.to_ascii_lowercase();
                if let Some(other) = read.insert(name.clone(), file.clone()) {
                    let message = format!("`{other}` is about the service `{}` too", service.name);
                    errors.push(CatalogueError { file: Some(file), ..CatalogueError::new(message) });
                    continue;
                }
                if let Some(old) = base.service(&service.name) {
                    keep_known(&mut service, old);
                }
                services.insert(name, *service);
            }
            Ok(Content::Globals(keys)) => {
                new_globals += keys.len();
                globals.extend(keys.into_iter().map(|key| (key.name.to_ascii_lowercase(), key)));
            }
            Ok(Content::Index) => {}
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    model.services = services.into_values().collect();
    model.globals = globals.into_values().collect();
    Ok(Merged { bytes: pack::pack(&model), services: read.into_keys().collect(), globals: new_globals })
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
            record: Some(format!("action {full_name}")),
            ..CatalogueError::new(message)
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
            let record = Some(format!("key {name}"));
            return Err(CatalogueError { record, ..CatalogueError::new("write it as prefix:name") });
        }
        model.declared.retain(|key| !key.name.eq_ignore_ascii_case(name));
        let types = types.iter().map(|one| one.name().to_owned()).collect();
        model.declared.push(KeyRecord { name: name.clone(), types, ..KeyRecord::default() });
    }
    Ok(pack::pack(&model))
}

/// What a file holds.
enum Content {
    /// One service.
    Service(Box<Reference>),
    /// Global condition keys.
    Globals(Vec<KeyRecord>),
    /// A list of services, which says nothing of them.
    Index,
}

fn read_file(file: &str, text: &str) -> Result<Content, CatalogueError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let of_json =
        |error: &serde_json::Error| CatalogueError { file: Some(file.into()), ..CatalogueError::of_json(error) };
    let fail = |message: &str| CatalogueError { file: Some(file.into()), ..CatalogueError::new(message) };
    // Read as what it should be, an error has a place; only then is the record looked for that it is in.
    let in_record = |error: &serde_json::Error, record: Option<String>| CatalogueError { record, ..of_json(error) };
    if text.trim_start().starts_with('[') {
        return read_list(text).map_err(|(error, record)| in_record(&error, record));
    }
    if is_mapping(text) {
        return Ok(Content::Index);
    }
    let mut service: Reference =
        serde_json::from_str(text).map_err(|error| in_record(&error, record_at_fault(text)))?;
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if service.name.is_empty() || !service.name.chars().all(word) {
        return Err(fail("the service's `Name` is not a prefix"));
    }
    if service.actions.is_empty() && service.condition_keys.is_empty() && service.resources.is_empty() {
        return Err(fail("it is no service reference: it lists no `Actions`"));
    }
    let nameless = [
        ("Actions", service.actions.iter().position(|action| !is_action_name(&action.name))),
        ("ConditionKeys", service.condition_keys.iter().position(|key| key.name.is_empty())),
        ("Resources", service.resources.iter().position(|resource| resource.name.is_empty())),
    ];
    if let Some((list, index)) = nameless.into_iter().find_map(|(list, at)| Some((list, at?))) {
        let message = if list == "Actions" { "it has no `Name` that an action may have" } else { "it has no `Name`" };
        return Err(CatalogueError { record: Some(format!("{list}: #{}", index + 1)), ..fail(message) });
    }
    // Some pages join several formats into one text.
    for resource in &mut service.resources {
        let formats = resource.arn_formats.iter().flat_map(|format| format.split(", "));
        resource.arn_formats = formats.map(|format| format.trim().to_owned()).filter(|f| !f.is_empty()).collect();
    }
    Ok(Content::Service(Box::new(service)))
}

/// Whether it is AWS's list of the services of its SDKs, `mapping.json`.
fn is_mapping(text: &str) -> bool {
    let fields = || serde_json::from_str::<BTreeMap<String, IgnoredAny>>(text).ok();
    text.contains("\"SDK\"") && fields().is_some_and(|fields| fields.keys().eq(["SDK"]))
}

fn is_action_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|c| c.is_ascii_graphic() && !matches!(c, b':' | b'*' | b'?'))
}

/// Reads a list: of global keys, or of the services that AWS publishes.
fn read_list(text: &str) -> Result<Content, (serde_json::Error, Option<String>)> {
    let values: Vec<Value> = serde_json::from_str(text).map_err(|error| (error, None))?;
    if values.iter().all(|value| value.get("service").is_some()) {
        return Ok(Content::Index);
    }
    let keys: Vec<KeyRecord> = serde_json::from_str(text).map_err(|error| (error, None))?;
    match keys.iter().position(|key| !key.name.contains(':')) {
        None => Ok(Content::Globals(keys)),
        Some(index) => {
            let error = serde::de::Error::custom("it has no `Name` that a condition key may have");
            Err((error, Some(format!("#{}", index + 1))))
        }
    }
}

/// The first record of a service's text that cannot be read, such as `Actions: GetObject`.
fn record_at_fault(text: &str) -> Option<String> {
    let raw: Reference<Value, Value, Value> = serde_json::from_str(text).ok()?;
    first_unreadable::<ActionRecord>("Actions", raw.actions)
        .or_else(|| first_unreadable::<KeyRecord>("ConditionKeys", raw.condition_keys))
        .or_else(|| first_unreadable::<ResourceRecord>("Resources", raw.resources))
}

fn first_unreadable<R: DeserializeOwned>(list: &str, values: Vec<Value>) -> Option<String> {
    values.into_iter().enumerate().find_map(|(index, value)| {
        let called = value.get("Name").and_then(Value::as_str).map_or_else(|| format!("#{}", index + 1), str::to_owned);
        serde_json::from_value::<R>(value).is_err().then(|| format!("{list}: {called}"))
    })
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
