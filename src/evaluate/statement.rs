//! Documents compiled for many requests, and requests bound to them.

use std::collections::HashMap;

use super::condition::{ConditionProgram, arn};
use super::context::{Context, KeyValue};
use super::pattern::{ActionPattern, ResourcePattern};
use super::principal::{GrantClass, Requester};
use super::truth::Truth;
use crate::policy::{Document, Effect, PrincipalElement, Statement, Version};

/// Names a condition key of some compiled documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(u32);

/// The condition keys that compiled documents ask for, numbered.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    ids: HashMap<String, KeyId>,
    /// In lower case.
    names: Vec<String>,
    /// As the first document that asks for it writes it.
    written: Vec<String>,
}

impl Keys {
    /// The number of a key. Letter case does not matter.
    pub(super) fn id(&mut self, name: &str) -> KeyId {
        let lower = name.to_ascii_lowercase();
        let next = KeyId(self.names.len() as u32);
        let (names, written) = (&mut self.names, &mut self.written);
        *self.ids.entry(lower).or_insert_with_key(|lower| {
            names.push(lower.clone());
            written.push(name.to_owned());
            next
        })
    }

    /// A key's name.
    pub(super) fn name(&self, key: KeyId) -> &str {
        &self.written[key.0 as usize]
    }
}

/// A request bound to compiled documents: its keys looked up once.
#[derive(Clone, Debug)]
pub struct Bound {
    requester: Requester,
    action: String,
    resource: String,
    segments: Option<[std::ops::Range<usize>; 6]>,
    any_resource: bool,
    has_boundary: bool,
    values: Vec<KeyValue>,
}

impl Bound {
    /// Binds a request. The action is matched without regard to letter case.
    pub(super) fn new(requester: Requester, action: &str, resource: &str, context: &Context, keys: &Keys) -> Self {
        let segments = arn(resource).map(|parts| {
            let mut start = 0;
            parts.map(|part| {
                let range = start..start + part.len();
                start = range.end + 1;
                range
            })
        });
        let values = keys.names.iter().map(|name| context.get(name)).collect();
        Self {
            requester,
            action: action.to_ascii_lowercase(),
            resource: resource.to_owned(),
            segments,
            any_resource: false,
            has_boundary: false,
            values,
        }
    }

    /// The same request about a resource of which nothing is known: what a statement says of some resources only, it may say of it.
    pub fn with_any_resource(mut self) -> Self {
        self.any_resource = true;
        self
    }

    /// The same request by somebody who has a permissions boundary, if so.
    pub(super) fn with_boundary(mut self, has_boundary: bool) -> Self {
        self.has_boundary = has_boundary;
        self
    }

    pub(super) fn any_resource(&self) -> bool {
        self.any_resource
    }

    /// Whether a pattern that does not match everything matches the resource, as `matches` finds.
    pub(super) fn is_about(&self, matches: impl FnOnce() -> bool) -> Truth {
        if self.any_resource { Truth::Unknown } else { matches().into() }
    }

    pub(super) fn requester(&self) -> &Requester {
        &self.requester
    }

    /// In lower case.
    pub(super) fn action(&self) -> &str {
        &self.action
    }

    pub(super) fn resource_text(&self) -> &str {
        &self.resource
    }

    pub(super) fn resource(&self) -> Option<[&str; 6]> {
        self.segments.as_ref().map(|ranges| ranges.clone().map(|range| &self.resource[range]))
    }

    pub(super) fn value(&self, key: KeyId) -> &KeyValue {
        &self.values[key.0 as usize]
    }
}

/// A document, compiled.
#[derive(Clone, Debug)]
pub struct Program {
    statements: Vec<Compiled>,
}

#[derive(Clone, Debug)]
struct Compiled {
    effect: Effect,
    principal: Option<PrincipalElement>,
    not_action: bool,
    actions: Vec<ActionPattern>,
    not_resource: bool,
    resources: Option<Vec<ResourcePattern>>,
    condition: ConditionProgram,
    /// The keys that it asks for.
    keys: Vec<KeyId>,
}

/// What the clauses of a statement say of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clauses {
    /// What the statement does where it applies.
    pub effect: Effect,
    /// Whether it includes who asks; it does where it names no principals and is no policy of a resource.
    pub principal: bool,
    /// Whether it is about the action.
    pub action: bool,
    /// Whether it is about the resource.
    pub resource: Truth,
    /// Whether each test of the condition holds, in the order of the document.
    pub condition: Vec<Truth>,
}

impl Clauses {
    /// Whether the statement applies.
    pub fn applies(&self) -> Truth {
        let named = Truth::from(self.principal && self.action);
        named.and(self.resource).and(Truth::all(self.condition.iter().copied()))
    }
}

/// What the statements of a document say of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) deny: Truth,
    pub(super) allow: Truth,
    /// By class, of statements with principals: to the account, to the role, directly.
    pub(super) grants: [Truth; 3],
}

impl Verdict {
    pub(super) const NOTHING: Verdict = Verdict { deny: Truth::No, allow: Truth::No, grants: [Truth::No; 3] };

    pub(super) fn grant(&self, class: GrantClass) -> Truth {
        self.grants[class as usize]
    }

    pub(super) fn join(self, other: Verdict) -> Verdict {
        let mut grants = self.grants;
        grants.iter_mut().zip(other.grants).for_each(|(one, other)| *one = one.or(other));
        Verdict { deny: self.deny.or(other.deny), allow: self.allow.or(other.allow), grants }
    }
}

impl Program {
    /// Compiles a document. Its keys join those of the documents that `keys` has already.
    pub fn new(document: &Document, keys: &mut Keys) -> Self {
        Self::of(&document.statements, document.version, keys)
    }

    /// Compiles statements of a document of that version.
    pub fn of<'s>(statements: impl IntoIterator<Item = &'s Statement>, version: Version, keys: &mut Keys) -> Self {
        let compile = |statement: &Statement| compiled(statement, version, keys);
        Self { statements: statements.into_iter().map(compile).collect() }
    }

    /// The first statement of that effect that applies to a request, or else may apply.
    pub fn deciding(&self, bound: &Bound, effect: Effect, needs_principal: bool) -> Option<usize> {
        let of = |wanted: Truth| {
            self.statements.iter().position(|statement| {
                statement.effect == effect
                    && statement.class(bound, needs_principal).is_some()
                    && statement.matches(bound) == wanted
            })
        };
        of(Truth::Yes).or_else(|| of(Truth::Unknown))
    }

    /// What each clause of each statement says of a request.
    pub fn trace(&self, bound: &Bound, needs_principal: bool) -> Vec<Clauses> {
        let of = |statement: &Compiled| Clauses {
            effect: statement.effect,
            principal: statement.class(bound, needs_principal).is_some(),
            action: statement.action_matches(bound),
            resource: statement.resource_matches(bound),
            condition: statement.condition.each(bound),
        };
        self.statements.iter().map(of).collect()
    }

    /// The keys that the request leaves open and that statements hang on.
    pub(super) fn open_keys(&self, bound: &Bound, needs_principal: bool) -> Vec<KeyId> {
        let may = |one: &&Compiled| one.class(bound, needs_principal).is_some() && one.matches(bound) == Truth::Unknown;
        let keys = self.statements.iter().filter(may).flat_map(|statement| &statement.keys);
        keys.copied().filter(|key| *bound.value(*key) == KeyValue::Unknown).collect()
    }

    /// What it says of a request. Statements that name principals count for those they name.
    pub(super) fn verdict(&self, bound: &Bound, needs_principal: bool) -> Verdict {
        let mut verdict = Verdict::NOTHING;
        for statement in &self.statements {
            let Some(class) = statement.class(bound, needs_principal) else { continue };
            let matches = statement.matches(bound);
            match statement.effect {
                Effect::Deny => verdict.deny = verdict.deny.or(matches),
                Effect::Allow => {
                    verdict.allow = verdict.allow.or(matches);
                    let grant = &mut verdict.grants[class as usize];
                    *grant = grant.or(matches);
                }
            }
        }
        verdict
    }
}

fn compiled(statement: &Statement, version: Version, keys: &mut Keys) -> Compiled {
    let has_variables = version == Version::V2012;
    let texts = statement
        .resource
        .iter()
        .flat_map(|element| &element.patterns)
        .chain(statement.condition.iter().flat_map(|test| &test.values));
    let mut asked: Vec<KeyId> = statement.condition.iter().map(|test| keys.id(&test.key.value.shown())).collect();
    for text in texts.map(|text| text.value.shown()).filter(|text| has_variables && text.contains("${")) {
        let variables = crate::policy::variables(&text).into_iter().flatten();
        asked.extend(variables.filter(|variable| !variable.is_escape()).map(|variable| keys.id(variable.key)));
    }
    let mut resource = |one: &crate::policy::Located<crate::policy::Text>| {
        ResourcePattern::new(&one.value.shown(), has_variables, keys)
    };
    let resources = statement.resource.as_ref().map(|element| element.patterns.iter().map(&mut resource).collect());
    Compiled {
        effect: statement.effect,
        principal: statement.principal.clone(),
        not_action: statement.action.negated,
        actions: statement.action.patterns.iter().map(|pattern| ActionPattern::new(&pattern.value)).collect(),
        not_resource: statement.resource.as_ref().is_some_and(|element| element.negated),
        resources,
        condition: ConditionProgram::new(&statement.condition, version, keys),
        keys: asked,
    }
}

impl Compiled {
    /// How it includes who asks; `None` where it does not.
    fn class(&self, bound: &Bound, needs_principal: bool) -> Option<GrantClass> {
        match &self.principal {
            // Whoever has a boundary is denied, whomever it leaves out:
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
            Some(element) if bound.has_boundary && element.negated && self.effect == Effect::Deny => {
                Some(GrantClass::Direct)
            }
            Some(element) => bound.requester().class(element, self.effect),
            // A statement of a resource's policy without principals concerns nobody.
            None if needs_principal => None,
            None => Some(GrantClass::Direct),
        }
    }

    fn matches(&self, bound: &Bound) -> Truth {
        if !self.action_matches(bound) {
            return Truth::No;
        }
        self.resource_matches(bound).and(self.condition.holds(bound))
    }

    fn action_matches(&self, bound: &Bound) -> bool {
        self.actions.iter().any(|pattern| pattern.matches(bound.action())) != self.not_action
    }

    fn resource_matches(&self, bound: &Bound) -> Truth {
        // A policy that names none is about what it is attached to.
        let Some(patterns) = &self.resources else { return Truth::Yes };
        let found = Truth::any(patterns.iter().map(|pattern| pattern.matches(bound)));
        match self.not_resource {
            false => found,
            // A variable without a value makes the statement match nothing; "everything but" must not widen by it.
            true if patterns.iter().any(|pattern| pattern.is_missing(bound)) => Truth::No,
            true => !found,
        }
    }
}
