//! What AWS documents of its services: actions, resource types, condition keys.
//!
//! What comes in: names and patterns of names, in any case. What goes out:
//! [`Service`], [`Action`], [`ResourceType`] and [`ConditionKey`], small values
//! that point into the catalogue and copy nothing. [`Catalogue::builtin`] is part
//! of the program; [`update`] makes others, from AWS's service reference and from
//! what a project declares. Nothing is decoded at the start: a lookup is a binary
//! search of tables in place.
//!
//! What is absent: what an action does, how services are called in prose, and
//! anything a network would be needed for. A name that is
//! absent here may yet exist at AWS; the catalogue only knows its own date.
//!
//! Beside the catalogue there are three dated tables, [`regions`],
//! [`service_principals`] and [`some_services`], and [`shapes`] of values.

mod blob;
mod names;
mod nearest;
pub mod pack;
pub mod regions;
pub mod service_principals;
pub mod shapes;
pub mod some_services;
pub mod update;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

pub use names::{matches_pattern, web_identity_claim};

use blob::{Blob, compare};
use names::{fills_in, glob};
use pack::{ACTIONS, GLOBALS, KEYS, PATTERNS, RESOURCES, SERVICES};

static BUILTIN_BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin"));

static BUILTIN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue {
    // The build script wrote it for this reader, so its checksum need not be looked at.
    blob: Blob::new(Cow::Borrowed(BUILTIN_BYTES), false).expect("the built-in catalogue is whole"),
});

/// What is wrong with a catalogue or with a file that was to go into one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueError {
    /// The file, when there is one.
    pub file: Option<String>,
    /// The line and the column in the file, from 1, when they are known.
    pub place: Option<(usize, usize)>,
    /// The record within it, such as `Actions: GetObject`.
    pub record: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl CatalogueError {
    fn new(message: impl Into<String>) -> CatalogueError {
        CatalogueError { file: None, place: None, record: None, message: message.into() }
    }

    /// What the JSON reader says, with its place apart.
    fn of_json(error: &serde_json::Error) -> CatalogueError {
        let place = (error.line() > 0).then(|| (error.line(), error.column().max(1)));
        let message = error.to_string();
        let cut = message.rfind(" at line ").filter(|_| place.is_some()).unwrap_or(message.len());
        CatalogueError { place, ..CatalogueError::new(&message[..cut]) }
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.place) {
            (Some(file), Some((line, column))) => write!(f, "{file}:{line}:{column}: ")?,
            (Some(file), None) => write!(f, "{file}: ")?,
            (None, Some((line, column))) => write!(f, "{line}:{column}: ")?,
            (None, None) => {}
        }
        if let Some(record) = &self.record {
            write!(f, "{record}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for CatalogueError {}

/// A catalogue of AWS's services.
pub struct Catalogue {
    blob: Blob,
}

impl Catalogue {
    /// The catalogue that is part of the program.
    pub fn builtin() -> &'static Catalogue {
        &BUILTIN
    }

    /// A catalogue from a blob, which is checked first.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Catalogue, CatalogueError> {
        Ok(Catalogue { blob: Blob::new(Cow::Owned(bytes), true)? })
    }

    /// The blob of this catalogue, to keep in a file.
    pub fn as_bytes(&self) -> &[u8] {
        self.blob.bytes()
    }

    /// All services, sorted by name.
    pub fn services(&self) -> impl ExactSizeIterator<Item = Service<'_>> + DoubleEndedIterator {
        (0..self.blob.len(SERVICES)).map(|index| Service { catalogue: self, index })
    }

    /// The service with this prefix.
    pub fn service(&self, prefix: &str) -> Option<Service<'_>> {
        let index = self.blob.find(SERVICES, 0..self.blob.len(SERVICES), 0, prefix)?;
        Some(Service { catalogue: self, index })
    }

    /// The action with this full name, such as `s3:GetObject`.
    pub fn action(&self, full_name: &str) -> Option<Action<'_>> {
        let (prefix, name) = full_name.split_once(':')?;
        self.service(prefix)?.action(name)
    }

    /// The action with this id, which must come from this catalogue.
    pub fn action_by_id(&self, id: ActionId) -> Option<Action<'_>> {
        (id.action < self.blob.len(ACTIONS)).then_some(Action { catalogue: self, index: id.action })
    }

    /// The keys that are global, sorted by name.
    pub fn global_keys(&self) -> impl ExactSizeIterator<Item = ConditionKey<'_>> {
        (0..self.blob.len(GLOBALS)).map(|at| self.key_at(self.blob.field(GLOBALS, at, 0)))
    }

    /// The global key with this name, such as `aws:PrincipalTag/team`.
    pub fn global_key(&self, name: &str) -> Option<ConditionKey<'_>> {
        self.key(name).filter(|key| key.is_global())
    }

    /// The key with this name, global or listed on any service's page. A name that fills in a
    /// placeholder finds the key: `aws:RequestTag/team` is `aws:RequestTag/${TagKey}`.
    pub fn key(&self, name: &str) -> Option<ConditionKey<'_>> {
        let exact = self.keys_named(name);
        if !exact.is_empty() {
            return Some(self.key_at(exact.start));
        }
        // Most differ before their placeholders: those are left out before they are read as text.
        let starts_alike = |key: &u32| {
            let text =
                self.blob.text(self.blob.field(KEYS, *key, 0)).iter().take_while(|byte| !matches!(byte, b'$' | b'<'));
            text.zip(name.as_bytes()).take(4).all(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        let patterns = (0..self.blob.len(PATTERNS)).map(|at| self.blob.field(PATTERNS, at, 0)).filter(starts_alike);
        best_pattern(patterns.map(|index| self.key_at(index)), name)
    }

    /// The keys that a project declares, sorted by name.
    pub fn declared_keys(&self) -> impl Iterator<Item = ConditionKey<'_>> {
        (0..self.blob.len(KEYS)).map(|index| self.key_at(index)).filter(|key| key.is_declared())
    }

    /// The records of the keys with this very name.
    fn keys_named(&self, name: &str) -> Range<u32> {
        let all = self.blob.len(KEYS);
        let start = self.blob.lower_bound(KEYS, 0..all, 0, name.as_bytes());
        let same = |&at: &u32| self.blob.name(KEYS, at, 0).eq_ignore_ascii_case(name);
        start..(start..all).find(|at| !same(at)).unwrap_or(all)
    }

    fn key_at(&self, index: u32) -> ConditionKey<'_> {
        ConditionKey { catalogue: self, index }
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Catalogue({} services, {} actions)", self.blob.len(SERVICES), self.blob.len(ACTIONS))
    }
}

/// Of the keys whose placeholder the name fills in, the one that says most before it, then after it.
fn best_pattern<'a>(keys: impl Iterator<Item = ConditionKey<'a>>, name: &str) -> Option<ConditionKey<'a>> {
    keys.filter(|key| fills_in(key.name(), name)).max_by_key(|key| {
        let (start, end) = pack::placeholder(key.name()).unwrap_or_default();
        (start, key.name().len() - (end - start), end, Reverse(key.index))
    })
}

/// The parts every pointer into a catalogue shares: the same catalogue and index make it equal.
macro_rules! pointer {
    ($type:ident, $show:ident) => {
        impl PartialEq for $type<'_> {
            fn eq(&self, other: &Self) -> bool {
                std::ptr::eq(self.catalogue, other.catalogue) && self.index == other.index
            }
        }
        impl Eq for $type<'_> {}
        impl Hash for $type<'_> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.index.hash(state);
            }
        }
        impl fmt::Debug for $type<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self.$show())
            }
        }
    };
}

/// A service.
#[derive(Clone, Copy)]
pub struct Service<'a> {
    catalogue: &'a Catalogue,
    index: u32,
}

pointer!(Service, name);

impl<'a> Service<'a> {
    /// Its prefix, such as `s3`.
    pub fn name(self) -> &'a str {
        self.catalogue.blob.name(SERVICES, self.index, 0)
    }

    fn action_run(self) -> Range<u32> {
        self.catalogue.blob.run((SERVICES, self.index), 1, ACTIONS)
    }

    fn resource_run(self) -> Range<u32> {
        self.catalogue.blob.run((SERVICES, self.index), 3, RESOURCES)
    }

    /// Its actions, sorted by name.
    pub fn actions(self) -> impl ExactSizeIterator<Item = Action<'a>> + DoubleEndedIterator {
        self.action_run().map(move |index| Action { catalogue: self.catalogue, index })
    }

    /// The action with this name, without the prefix.
    pub fn action(self, name: &str) -> Option<Action<'a>> {
        let index = self.catalogue.blob.find(ACTIONS, self.action_run(), 0, name)?;
        Some(Action { catalogue: self.catalogue, index })
    }

    /// The actions that match a pattern of `*` and `?`, without the prefix, sorted by name.
    pub fn actions_matching<'p>(self, pattern: &'p str) -> impl Iterator<Item = Action<'a>> + use<'a, 'p> {
        let pattern = pattern.as_bytes();
        let literal = &pattern[..pattern.iter().position(|c| matches!(c, b'*' | b'?')).unwrap_or(pattern.len())];
        let blob = &self.catalogue.blob;
        let run = self.action_run();
        let start = blob.lower_bound(ACTIONS, run.clone(), 0, literal);
        (start..run.end)
            .map(move |index| (index, blob.text(blob.field(ACTIONS, index, 0))))
            .take_while(|(_, name)| compare(&name[..name.len().min(literal.len())], literal).is_eq())
            .filter(|(_, name)| glob(pattern, name))
            .map(move |(index, _)| Action { catalogue: self.catalogue, index })
    }

    /// Its resource types, sorted by identifier.
    pub fn resource_types(self) -> impl ExactSizeIterator<Item = ResourceType<'a>> + DoubleEndedIterator {
        self.resource_run().map(move |index| ResourceType { catalogue: self.catalogue, index })
    }

    /// The resource type with this identifier.
    pub fn resource_type(self, ident: &str) -> Option<ResourceType<'a>> {
        let index = self.catalogue.blob.find(RESOURCES, self.resource_run(), 1, ident)?;
        Some(ResourceType { catalogue: self.catalogue, index })
    }

    /// The keys its page lists, sorted by name; a global key is there if its page lists it.
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey<'a>> {
        let blob = &self.catalogue.blob;
        blob.list(blob.field(SERVICES, self.index, 5)).map(move |index| self.catalogue.key_at(index))
    }
}

/// What stands for an action of one catalogue in a set or a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId {
    /// The position of the service among the services.
    pub service: u32,
    /// The position of the action among all actions of all services.
    pub action: u32,
}

/// An action.
#[derive(Clone, Copy)]
pub struct Action<'a> {
    catalogue: &'a Catalogue,
    index: u32,
}

pointer!(Action, full_name);

/// A resource type as an action uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionResource<'a> {
    /// The resource type.
    pub resource: ResourceType<'a>,
    /// Whether the action always needs one.
    pub required: bool,
}

impl<'a> Action<'a> {
    fn field(self, field: usize) -> u32 {
        self.catalogue.blob.field(ACTIONS, self.index, field)
    }

    /// What stands for it in a set or a map.
    pub fn id(self) -> ActionId {
        ActionId { service: self.field(2), action: self.index }
    }

    /// Its service.
    pub fn service(self) -> Service<'a> {
        Service { catalogue: self.catalogue, index: self.field(2) }
    }

    /// Its name, without the prefix.
    pub fn name(self) -> &'a str {
        self.catalogue.blob.string(self.field(0))
    }

    /// Its name with the prefix, such as `s3:GetObject`.
    pub fn full_name(self) -> String {
        [self.service().name(), ":", self.name()].concat()
    }

    /// Its access level; of an action that a project declares, write.
    pub fn access_level(self) -> AccessLevel {
        match self.field(1) & pack::LEVEL {
            1 => AccessLevel::List,
            2 => AccessLevel::Write,
            3 => AccessLevel::Tagging,
            4 => AccessLevel::PermissionsManagement,
            _ => AccessLevel::Read,
        }
    }

    /// Whether a project declared it, so that its resource types and keys are not known.
    pub fn is_declared(self) -> bool {
        self.field(1) & pack::ACTION_DECLARED != 0
    }

    /// The resource types it acts on. There are none if it only takes `*`.
    pub fn resource_types(self) -> impl ExactSizeIterator<Item = ActionResource<'a>> {
        self.catalogue.blob.list(self.field(3)).map(move |item| ActionResource {
            resource: ResourceType { catalogue: self.catalogue, index: item >> 1 },
            required: item & 1 == 1,
        })
    }

    /// The keys it sees, sorted by name: its own and those of its resource types. Global keys that
    /// its page does not list for it are left out.
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey<'a>> {
        self.catalogue.blob.list(self.field(4)).map(move |index| self.catalogue.key_at(index))
    }

    /// The key with this name, filled in or not, if the action sees it. A global key that its page
    /// does not list for it is not seen, in this sense. Of what a project declares: its actions see
    /// every key of their service, its keys are seen by every action of the service they are named
    /// after, or by all actions if there is no such service.
    pub fn sees_key(self, name: &str) -> Option<ConditionKey<'a>> {
        let exact = self.catalogue.keys_named(name);
        if let Some(index) = self.catalogue.blob.list_within(self.field(4), exact) {
            return Some(self.catalogue.key_at(index));
        }
        if let Some(key) = best_pattern(self.condition_keys().filter(|key| key.has_placeholder()), name) {
            return Some(key);
        }
        let key = self.catalogue.key(name).filter(|key| !key.is_global())?;
        let prefix = name.split(':').next().unwrap_or_default();
        let own = prefix.eq_ignore_ascii_case(self.service().name());
        let seen = self.is_declared() && own
            || key.is_declared() && (own || self.catalogue.service(prefix).is_none())
            || self.is_declared() && self.service().condition_keys().any(|listed| listed == key);
        seen.then_some(key)
    }

    /// The actions that a caller needs beside it, as full names, sorted.
    pub fn dependent_actions(self) -> impl ExactSizeIterator<Item = &'a str> {
        let blob = &self.catalogue.blob;
        blob.list(self.field(5)).map(|at| blob.string(at))
    }
}

/// A resource type.
#[derive(Clone, Copy)]
pub struct ResourceType<'a> {
    catalogue: &'a Catalogue,
    index: u32,
}

pointer!(ResourceType, ident);

impl<'a> ResourceType<'a> {
    fn field(self, field: usize) -> u32 {
        self.catalogue.blob.field(RESOURCES, self.index, field)
    }

    /// AWS's name of it, such as `loadbalancer/app/`.
    pub fn name(self) -> &'a str {
        self.catalogue.blob.string(self.field(0))
    }

    /// Its name as an identifier, such as `loadbalancer-app`; no other of its service has it.
    pub fn ident(self) -> &'a str {
        self.catalogue.blob.string(self.field(1))
    }

    /// Its service.
    pub fn service(self) -> Service<'a> {
        Service { catalogue: self.catalogue, index: self.field(2) }
    }

    /// Its ARNs, with placeholders such as `${Partition}`.
    pub fn arn_formats(self) -> impl ExactSizeIterator<Item = &'a str> {
        let blob = &self.catalogue.blob;
        blob.list(self.field(3)).map(|at| blob.string(at))
    }

    /// The keys that every action on it sees, sorted by name.
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ConditionKey<'a>> {
        self.catalogue.blob.list(self.field(4)).map(move |index| self.catalogue.key_at(index))
    }
}

/// What an action does, in AWS's five words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Lists resources.
    List,
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// Only changes tags.
    Tagging,
    /// Changes who may do what.
    PermissionsManagement,
}

impl AccessLevel {
    /// All levels.
    pub const ALL: [AccessLevel; 5] = [
        AccessLevel::List,
        AccessLevel::Read,
        AccessLevel::Write,
        AccessLevel::Tagging,
        AccessLevel::PermissionsManagement,
    ];

    /// The language's word for it.
    pub fn word(self) -> &'static str {
        match self {
            AccessLevel::List => "list",
            AccessLevel::Read => "read",
            AccessLevel::Write => "write",
            AccessLevel::Tagging => "tagging",
            AccessLevel::PermissionsManagement => "permissions",
        }
    }

    /// AWS's name of it.
    pub fn name(self) -> &'static str {
        match self {
            AccessLevel::List => "List",
            AccessLevel::Read => "Read",
            AccessLevel::Write => "Write",
            AccessLevel::Tagging => "Tagging",
            AccessLevel::PermissionsManagement => "Permissions management",
        }
    }

    /// The level that the language's word stands for.
    pub fn from_word(word: &str) -> Option<AccessLevel> {
        AccessLevel::ALL.into_iter().find(|level| level.word() == word)
    }
}

/// A type of a key's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum KeyType {
    /// Text.
    String,
    /// A number.
    Numeric,
    /// A date.
    Date,
    /// True or false.
    Bool,
    /// An ARN.
    Arn,
    /// An IP address.
    Ip,
    /// Bytes.
    Binary,
}

impl KeyType {
    /// All types.
    pub const ALL: [KeyType; 7] =
        [KeyType::String, KeyType::Numeric, KeyType::Date, KeyType::Bool, KeyType::Arn, KeyType::Ip, KeyType::Binary];

    /// AWS's name of it.
    pub fn name(self) -> &'static str {
        match self {
            KeyType::String => "String",
            KeyType::Numeric => "Numeric",
            KeyType::Date => "Date",
            KeyType::Bool => "Bool",
            KeyType::Arn => "ARN",
            KeyType::Ip => "IPAddress",
            KeyType::Binary => "Binary",
        }
    }
}

/// A set of types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeyTypes(u8);

impl KeyTypes {
    /// Whether the type is in the set.
    pub fn contains(self, one: KeyType) -> bool {
        self.0 & (1 << one as u8) != 0
    }

    /// Whether there is none: the types are not known.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The types, in the order of [`KeyType::ALL`].
    pub fn iter(self) -> impl Iterator<Item = KeyType> {
        KeyType::ALL.into_iter().filter(move |one| self.contains(*one))
    }
}

impl FromIterator<KeyType> for KeyTypes {
    fn from_iter<I: IntoIterator<Item = KeyType>>(types: I) -> KeyTypes {
        KeyTypes(types.into_iter().fold(0, |bits, one| bits | 1 << one as u8))
    }
}

/// A condition key.
#[derive(Clone, Copy)]
pub struct ConditionKey<'a> {
    catalogue: &'a Catalogue,
    index: u32,
}

pointer!(ConditionKey, name);

impl<'a> ConditionKey<'a> {
    fn bits(self) -> u32 {
        self.catalogue.blob.field(KEYS, self.index, 1)
    }

    /// Its name as it is documented, with its placeholder, such as `aws:RequestTag/${TagKey}`.
    pub fn name(self) -> &'a str {
        self.catalogue.blob.name(KEYS, self.index, 0)
    }

    /// The types of its values; none if they are not known.
    pub fn types(self) -> KeyTypes {
        KeyTypes((self.bits() & pack::TYPES) as u8)
    }

    /// Whether it holds several values.
    pub fn multivalued(self) -> bool {
        self.bits() & pack::MULTIVALUED != 0
    }

    /// When it is in the request, as a word of `catalogue/global.json`; only global keys have one.
    pub fn availability(self) -> Option<&'a str> {
        let text = self.catalogue.blob.name(KEYS, self.index, 2);
        (!text.is_empty()).then_some(text)
    }

    /// Whether AWS marks it as sensitive: a value with wildcards has no valid use.
    pub fn is_sensitive(self) -> bool {
        self.bits() & pack::SENSITIVE != 0
    }

    /// Whether it is global.
    pub fn is_global(self) -> bool {
        self.bits() & pack::GLOBAL != 0
    }

    /// Whether a project declared it.
    pub fn is_declared(self) -> bool {
        self.bits() & pack::KEY_DECLARED != 0
    }

    /// Whether its documented name holds a placeholder.
    pub fn has_placeholder(self) -> bool {
        self.bits() & pack::PATTERN != 0
    }
}

#[cfg(test)]
mod tests;
