//! Packs service references into the blob that the reader searches in place.
//!
//! What comes in: [`Reference`]s, one a service, in the schema of AWS's service
//! reference with our additions, and the global condition keys. What goes out:
//! one read-only blob. The build script packs the built-in catalogue with this
//! same file, so it depends on nothing else in the library.
//!
//! The blob is a header, then sections. Every number is a little-endian `u32`;
//! records have a fixed width, tables are sorted by lower-case name, and a
//! string is kept once, as its length (`u16`) and its bytes.
//!
//! ```text
//! header     magic (8 bytes), length of the blob, checksum of what follows,
//!            then one (offset, length in bytes) for each section
//! strings    interned strings; a reference to one is its offset in the section
//! services   name, first action, actions, first resource, resources, keys list
//! actions    name, flags and level, service, resources list, keys list, dependents list
//! resources  name, ident, service, ARN formats list, keys list
//! keys       name, types and flags, availability
//! lists      u32 count, then that many u32; a reference to one is its index
//! globals    the indices of the global keys
//! patterns   the indices of the keys whose names hold a placeholder
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

/// What a blob begins with; the digit is the version of the layout.
pub const MAGIC: &[u8; 8] = b"LWCATLG1";
/// The number of sections.
pub const SECTIONS: usize = 8;
/// The length of the header in bytes.
pub const HEADER: usize = 16 + SECTIONS * 8;

/// Section: interned strings.
pub const STRINGS: usize = 0;
/// Section: services.
pub const SERVICES: usize = 1;
/// Section: actions.
pub const ACTIONS: usize = 2;
/// Section: resource types.
pub const RESOURCES: usize = 3;
/// Section: condition keys.
pub const KEYS: usize = 4;
/// Section: lists of numbers.
pub const LISTS: usize = 5;
/// Section: indices of the global keys.
pub const GLOBALS: usize = 6;
/// Section: indices of the keys with placeholders.
pub const PATTERNS: usize = 7;

/// The width of each section's record, in `u32`s (strings: none).
pub const WIDTH: [usize; SECTIONS] = [0, 6, 6, 5, 3, 1, 1, 1];

/// Action: the mask of the access level (0 read, 1 list, 2 write, 3 tagging, 4 permissions management).
pub const LEVEL: u32 = 0b111;
/// Action: declared by the project.
pub const ACTION_DECLARED: u32 = 1 << 3;
/// Key: the mask of the types.
pub const TYPES: u32 = 0xff;
/// Key: holds several values.
pub const MULTIVALUED: u32 = 1 << 8;
/// Key: AWS marks it as sensitive.
pub const SENSITIVE: u32 = 1 << 9;
/// Key: global.
pub const GLOBAL: u32 = 1 << 10;
/// Key: declared by the project.
pub const KEY_DECLARED: u32 = 1 << 11;
/// Key: its name holds a placeholder.
pub const PATTERN: u32 = 1 << 12;

/// The reference of one service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Reference<R = ActionRecord, K = KeyRecord, T = ResourceRecord> {
    /// The prefix of the service.
    pub name: String,
    /// Its actions.
    #[serde(default = "Vec::new")]
    pub actions: Vec<R>,
    /// The keys its page lists.
    #[serde(default = "Vec::new")]
    pub condition_keys: Vec<K>,
    /// Its resource types.
    #[serde(default = "Vec::new")]
    pub resources: Vec<T>,
}

/// One action.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ActionRecord {
    /// The name after the colon.
    pub name: String,
    /// The keys of the action itself.
    pub action_condition_keys: Vec<String>,
    /// The flags of its access level; absent when nothing is said of it.
    pub annotations: Option<Annotations>,
    /// The resource types it acts on.
    pub resources: Vec<ActionResourceRecord>,
    /// The actions it needs beside itself.
    pub dependent_actions: Vec<String>,
    /// A project declared it.
    #[serde(skip)]
    pub declared: bool,
}

/// The annotations of an action.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Annotations {
    /// The flags.
    pub properties: Properties,
}

/// The flags that give an access level; none set means read.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Properties {
    /// Lists resources.
    pub is_list: bool,
    /// Manages permissions.
    pub is_permission_management: bool,
    /// Only tags.
    pub is_tagging_only: bool,
    /// Writes.
    pub is_write: bool,
}

impl Properties {
    /// The number that stands for the access level.
    pub fn level(self) -> u32 {
        match self {
            Properties { is_permission_management: true, .. } => 4,
            Properties { is_tagging_only: true, .. } => 3,
            Properties { is_write: true, .. } => 2,
            Properties { is_list: true, .. } => 1,
            _ => 0,
        }
    }

    /// The flags for the number of an access level.
    pub fn of_level(level: u32) -> Properties {
        Properties {
            is_list: level == 1,
            is_write: level >= 2,
            is_tagging_only: level == 3,
            is_permission_management: level == 4,
        }
    }
}

/// A resource type as an action names it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ActionResourceRecord {
    /// The name of the type.
    pub name: String,
    /// The action always needs one.
    pub required: bool,
    /// Keys documented for the action on this type.
    pub condition_keys: Vec<String>,
}

/// One condition key.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct KeyRecord {
    /// The name, with its placeholder.
    pub name: String,
    /// The names of its types.
    pub types: Vec<String>,
    /// Holds several values.
    pub multivalued: bool,
    /// When the key is in the request, in a word.
    pub availability: Option<String>,
    /// AWS marks it as sensitive.
    pub sensitive: bool,
}

/// One resource type.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ResourceRecord {
    /// AWS's name of it.
    pub name: String,
    /// Its ARNs, with placeholders.
    #[serde(rename = "ARNFormats")]
    pub arn_formats: Vec<String>,
    /// The keys any action on it sees.
    pub condition_keys: Vec<String>,
}

/// All that a blob is made from.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The services.
    pub services: Vec<Reference>,
    /// The global keys.
    pub globals: Vec<KeyRecord>,
    /// The keys that a project declares.
    pub declared: Vec<KeyRecord>,
}

/// The types of a key as bits, and whether a name said `ArrayOf`. A name not known adds no bit.
pub fn types_of(names: &[String]) -> u32 {
    let mut bits = 0;
    for name in names {
        let lower = name.to_ascii_lowercase();
        let single = lower.strip_prefix("arrayof").unwrap_or(&lower);
        if single.len() != lower.len() {
            bits |= MULTIVALUED;
        }
        bits |= match single {
            "string" => 1,
            "numeric" | "long" | "integer" | "number" => 2,
            "date" | "datetime" => 4,
            "bool" | "boolean" => 8,
            "arn" => 16,
            "ipaddress" | "ip" => 32,
            "binary" => 64,
            _ => 0,
        };
    }
    bits
}

/// The names of the types of a key, from its bits.
pub fn type_names(bits: u32) -> Vec<String> {
    let names = ["String", "Numeric", "Date", "Bool", "ARN", "IPAddress", "Binary"];
    let array = if bits & MULTIVALUED != 0 { "ArrayOf" } else { "" };
    (0..names.len()).filter(|i| bits & (1 << i) != 0).map(|i| format!("{array}{}", names[i])).collect()
}

/// Where the first placeholder of a key's name begins and ends: `${Name}` or `<name>`, or what
/// some pages write for it at the end: `/tag-key`, `/key`, or nothing after the slash.
pub fn placeholder(name: &str) -> Option<(usize, usize)> {
    let braces = name.find("${").and_then(|start| Some((start, start + name[start..].find('}')? + 1)));
    let angles = name.find('<').and_then(|start| Some((start, start + name[start..].find('>')? + 1)));
    match (braces, angles) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (None, None) => {
            let word = ["/tag-key", "/key", "/"].into_iter().find(|word| name.ends_with(word))?;
            Some((name.len() - word.len() + 1, name.len()))
        }
        (a, b) => a.or(b),
    }
}

/// AWS's name of a resource type, as an identifier of the language.
pub fn ident_of(name: &str) -> String {
    let mut ident = String::new();
    for c in name.chars() {
        let c = if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        if c != '-' || !(ident.is_empty() || ident.ends_with('-')) {
            ident.push(c);
        }
    }
    ident.truncate(ident.trim_end_matches('-').len());
    if ident.is_empty() { "resource".into() } else { ident }
}

/// The checksum in the header.
pub fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// A key of the key table, before it has an index: ordered as the table is.
/// Of the keys with one name the first is the one that is best to answer with.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    lower: String,
    rank: u8,
    name: String,
    bits: u32,
    availability: String,
}

impl Key {
    /// The part of the bits that says what the values are.
    fn values(&self) -> u32 {
        self.bits & (TYPES | MULTIVALUED)
    }
}

fn key(record: &KeyRecord, rank: u8, flags: u32) -> Key {
    let mut bits = types_of(&record.types) | flags;
    // The page of STS gives `cognito-identity.amazonaws.com:amr` as one text; the IAM User Guide, with an example, as a list:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    let claim_of_several = flags & KEY_DECLARED == 0 && lower(&record.name).ends_with(":amr");
    for (set, flag) in [
        (record.multivalued || claim_of_several, MULTIVALUED),
        (record.sensitive, SENSITIVE),
        (placeholder(&record.name).is_some(), PATTERN),
    ] {
        if set {
            bits |= flag;
        }
    }
    let availability = record.availability.clone().unwrap_or_default();
    Key { lower: lower(&record.name), rank, name: record.name.clone(), bits, availability }
}

/// The table of keys. A page's key is one record with the same key of another page when the types
/// agree. What a project declares, and the global keys of `aws:`, are one record whatever pages say.
struct Keys {
    table: Vec<Key>,
    first: HashMap<String, u32>,
}

impl Keys {
    fn new(model: &Model) -> Keys {
        let mut all = BTreeMap::<String, Vec<Key>>::new();
        for record in &model.globals {
            let keys = all.entry(lower(&record.name)).or_default();
            keys.truncate(0);
            keys.push(key(record, 0, GLOBAL));
        }
        let mut add = |new: Key| {
            let keys = all.entry(new.lower.clone()).or_default();
            let stands =
                |k: &Key| k.bits & KEY_DECLARED != 0 || k.lower.starts_with("aws:") || k.values() == new.values();
            if keys.iter().any(|k| k.rank == 0 && stands(k)) {
                return;
            }
            match keys.iter_mut().find(|k| k.bits == new.bits) {
                Some(old) if (new.rank, &new.name) < (old.rank, &old.name) => *old = new,
                Some(_) => {}
                None => keys.push(new),
            }
        };
        for record in &model.declared {
            add(key(record, 0, KEY_DECLARED));
        }
        for service in &model.services {
            let own = lower(&service.name);
            for record in &service.condition_keys {
                let prefix = record.name.split(':').next().unwrap_or_default();
                add(key(record, if lower(prefix) == own { 1 } else { 2 }, 0));
            }
        }
        // A key that an action or a resource names and no page lists: its types are not known.
        for service in &model.services {
            for name in names_of(service) {
                if all.get(&lower(name)).is_none_or(Vec::is_empty) {
                    let record = KeyRecord { name: name.into(), ..KeyRecord::default() };
                    all.insert(lower(name), vec![key(&record, 3, 0)]);
                }
            }
        }
        let mut table: Vec<Key> = all.into_values().flatten().collect();
        table.sort();
        let mut first = HashMap::new();
        for (index, key) in table.iter().enumerate() {
            first.entry(key.lower.clone()).or_insert(index as u32);
        }
        Keys { table, first }
    }

    /// The index of a key as a page lists it, by its types if they tell keys of one name apart.
    fn listed(&self, record: &KeyRecord) -> u32 {
        let wanted = key(record, 0, 0);
        let first = self.first[&wanted.lower];
        let same = self.table[first as usize..].iter().take_while(|k| k.lower == wanted.lower);
        same.zip(first..).find(|(k, _)| k.values() == wanted.values()).map_or(first, |(_, index)| index)
    }
}

/// Every key name that the actions and resource types of a service mention.
fn names_of(service: &Reference) -> impl Iterator<Item = &String> {
    let of_actions = service.actions.iter().flat_map(|action| {
        action.action_condition_keys.iter().chain(action.resources.iter().flat_map(|r| &r.condition_keys))
    });
    of_actions.chain(service.resources.iter().flat_map(|r| &r.condition_keys))
}

/// The sections as they grow, with what is interned.
struct Writer {
    sections: [Vec<u8>; SECTIONS],
    strings: HashMap<String, u32>,
    lists: HashMap<Vec<u32>, u32>,
}

impl Writer {
    fn put(&mut self, section: usize, numbers: &[u32]) {
        for number in numbers {
            self.sections[section].extend_from_slice(&number.to_le_bytes());
        }
    }

    fn len(&self, section: usize) -> u32 {
        (self.sections[section].len() / 4 / WIDTH[section]) as u32
    }

    fn string(&mut self, text: &str) -> u32 {
        if let Some(&at) = self.strings.get(text) {
            return at;
        }
        // A name is never this long; one that is keeps its beginning.
        let mut end = text.len().min(usize::from(u16::MAX));
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let at = self.sections[STRINGS].len() as u32;
        self.sections[STRINGS].extend_from_slice(&(end as u16).to_le_bytes());
        self.sections[STRINGS].extend_from_slice(&text.as_bytes()[..end]);
        self.strings.insert(text.to_owned(), at);
        at
    }

    fn list(&mut self, items: Vec<u32>) -> u32 {
        if let Some(&at) = self.lists.get(&items) {
            return at;
        }
        let at = self.len(LISTS);
        self.put(LISTS, &[items.len() as u32]);
        self.put(LISTS, &items);
        self.lists.insert(items, at);
        at
    }

    fn finish(self) -> Vec<u8> {
        let mut body = Vec::new();
        let mut offset = HEADER;
        for section in &self.sections {
            body.extend_from_slice(&(offset as u32).to_le_bytes());
            body.extend_from_slice(&(section.len() as u32).to_le_bytes());
            offset += section.len();
        }
        for section in &self.sections {
            body.extend_from_slice(section);
        }
        let mut blob = MAGIC.to_vec();
        blob.extend_from_slice(&((body.len() + 16) as u32).to_le_bytes());
        blob.extend_from_slice(&checksum(&body).to_le_bytes());
        blob.extend_from_slice(&body);
        blob
    }
}

/// Packs a catalogue.
pub fn pack(model: &Model) -> Vec<u8> {
    let keys = Keys::new(model);
    let mut w = Writer { sections: Default::default(), strings: HashMap::new(), lists: HashMap::new() };
    w.string("");
    w.list(Vec::new());
    let mut services: Vec<&Reference> = model.services.iter().collect();
    services.sort_by_key(|service| lower(&service.name));
    for (index, service) in services.into_iter().enumerate() {
        pack_service(&mut w, &keys, index as u32, service);
    }
    for (index, key) in keys.table.iter().enumerate() {
        let record = [w.string(&key.name), key.bits, w.string(&key.availability)];
        w.put(KEYS, &record);
        for (flag, section) in [(GLOBAL, GLOBALS), (PATTERN, PATTERNS)] {
            if key.bits & flag != 0 {
                w.put(section, &[index as u32]);
            }
        }
    }
    w.finish()
}

fn pack_service(w: &mut Writer, keys: &Keys, index: u32, service: &Reference) {
    let mut listed = HashMap::new();
    for record in &service.condition_keys {
        listed.insert(lower(&record.name), keys.listed(record));
    }
    let find = |name: &String| listed.get(&lower(name)).copied().unwrap_or_else(|| keys.first[&lower(name)]);

    // Resource types, sorted by identifier; a clash of identifiers gets a number.
    let mut taken = BTreeMap::new();
    let mut resources: Vec<&ResourceRecord> = service.resources.iter().collect();
    resources.sort_by_key(|r| (lower(&r.name), &r.name));
    resources.dedup_by_key(|r| lower(&r.name));
    for resource in resources {
        let plain = ident_of(&resource.name);
        let mut ident = plain.clone();
        let mut number = 2;
        while taken.contains_key(&lower(&ident)) {
            ident = format!("{plain}-{number}");
            number += 1;
        }
        taken.insert(lower(&ident), (ident, resource));
    }
    let first_resource = w.len(RESOURCES);
    let mut by_name = HashMap::new();
    for (position, (ident, resource)) in taken.values().enumerate() {
        by_name.insert(lower(&resource.name), (first_resource + position as u32, *resource));
        let arns = resource.arn_formats.iter().map(|arn| w.string(arn)).collect();
        let seen: BTreeSet<u32> = resource.condition_keys.iter().map(find).collect();
        let record =
            [w.string(&resource.name), w.string(ident), index, w.list(arns), w.list(seen.into_iter().collect())];
        w.put(RESOURCES, &record);
    }

    let mut actions: Vec<&ActionRecord> = service.actions.iter().collect();
    actions.sort_by_key(|a| (lower(&a.name), &a.name));
    actions.dedup_by_key(|a| lower(&a.name));
    let first_action = w.len(ACTIONS);
    for action in &actions {
        let mut seen: BTreeSet<u32> = action.action_condition_keys.iter().map(find).collect();
        let mut acts_on = BTreeMap::new();
        for used in &action.resources {
            seen.extend(used.condition_keys.iter().map(find));
            if let Some((at, resource)) = by_name.get(&lower(&used.name)) {
                seen.extend(resource.condition_keys.iter().map(find));
                *acts_on.entry(*at).or_insert(0) |= u32::from(used.required);
            }
        }
        let mut flags = action.annotations.unwrap_or_default().properties.level();
        if action.declared {
            flags |= ACTION_DECLARED;
        }
        let dependents = action.dependent_actions.iter().map(|name| w.string(name)).collect();
        let record = [
            w.string(&action.name),
            flags,
            index,
            w.list(acts_on.into_iter().map(|(at, required)| at << 1 | required).collect()),
            w.list(seen.into_iter().collect()),
            w.list(dependents),
        ];
        w.put(ACTIONS, &record);
    }
    let page: BTreeSet<u32> = listed.values().copied().collect();
    let record = [
        w.string(&service.name),
        first_action,
        actions.len() as u32,
        first_resource,
        taken.len() as u32,
        w.list(page.into_iter().collect()),
    ];
    w.put(SERVICES, &record);
}
