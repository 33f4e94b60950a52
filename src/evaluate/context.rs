//! What a request says of the condition keys.

use std::collections::HashMap;

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyValue {
    /// The request leaves it open.
    Unknown,
    /// The request does not have it. A key with an empty list of values is absent too.
    Absent,
    /// One value, which may be empty, as the prefix of a listing of a whole bucket is.
    One(String),
    /// The values of a key that holds several.
    Several(Vec<String>),
}

/// The keys of a request. Letter case of their names does not matter.
#[derive(Clone, Debug, Default)]
pub struct Context {
    values: HashMap<String, KeyValue>,
    strict: bool,
}

impl Context {
    /// A context in which every key that is not set is unknown.
    pub fn open() -> Self {
        Self::default()
    }

    /// A context in which every key that is not set is absent.
    pub fn strict() -> Self {
        Self { values: HashMap::new(), strict: true }
    }

    /// Sets a key.
    pub fn set(&mut self, key: &str, value: KeyValue) {
        let value = match value {
            KeyValue::Several(values) if values.is_empty() => KeyValue::Absent,
            other => other,
        };
        self.values.insert(key.to_ascii_lowercase(), value);
    }

    /// Sets a key that has not been set.
    pub(super) fn set_default(&mut self, key: &str, value: KeyValue) {
        self.values.entry(key.to_ascii_lowercase()).or_insert(value);
    }

    /// What is known of a key, whose name is in lower case.
    pub(crate) fn get(&self, lower: &str) -> KeyValue {
        let unset = if self.strict { KeyValue::Absent } else { KeyValue::Unknown };
        self.values.get(lower).cloned().unwrap_or(unset)
    }
}
