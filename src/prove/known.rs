//! What the catalogue says of requests: an action that it has comes with a resource of one of its types, and with no key of a service
//! but those that it sees.
//!
//! A fact is a region in which no request is. There are thousands; one is made only once a witness has fallen into it, and holds for
//! all actions of its service of which the same is said. Where AWS's reference is not complete, or not to be taken at its word, there
//! is none. Whether a fact is one is decided again by `vouched`, which shares no code with this.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::predicate::{AttributeId, Clause, Literal, Predicate, Quantity, Values};
use super::region::{Place, Region, push};
use super::space::{Axis, Space};
use super::strings::{Class, PatternId, Step};
use super::text;
use super::witness::Witness;
use crate::catalogue::{AccessLevel, Action, ActionResource, ConditionKey, KeyType};
use crate::policy::Document;
use crate::project::{Config, World};

/// Which requests there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Realm<'p> {
    /// Every one that policies can tell apart, whether AWS makes such or not.
    #[default]
    Open,
    /// Those that are as the catalogue says of their action. What AWS may add counts: an action that the catalogue lacks may come with
    /// any resource and any key. Resources are of this partition, and of those that the policies name.
    Documented {
        /// Its name, as in ARNs.
        partition: &'p str,
    },
    /// The same, with actions that the catalogue has only.
    Closed {
        /// The name of the partition, as in ARNs.
        partition: &'p str,
    },
}

impl<'p> Realm<'p> {
    /// That of a project.
    pub fn of(settings: &'p Config) -> Self {
        let partition = settings.defaults.partition.as_deref().unwrap_or("aws");
        match settings.proofs.world {
            World::Open => Realm::Open,
            World::Documented => Realm::Documented { partition },
            World::Closed => Realm::Closed { partition },
        }
    }

    /// The partitions that resources are of; nothing where they may be of any.
    fn partitions(self, documents: &[&Document]) -> Option<BTreeSet<String>> {
        let partition = match self {
            Realm::Open => return None,
            Realm::Documented { partition } | Realm::Closed { partition } => partition.to_owned(),
        };
        let statements = documents.iter().flat_map(|document| &document.statements);
        let patterns = statements.filter_map(|one| one.resource.as_ref()).flat_map(|element| &element.patterns);
        let named = patterns.map(|pattern| pattern.value.shown()).filter(|text| text.bytes().any(|byte| byte != b'*'));
        let named = named.map(|text| {
            let mut segments = text.split(':');
            let is_arn = segments.next() == Some("arn");
            let name = segments.next().filter(|_| is_arn)?;
            let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            is_plain.then(|| name.to_owned())
        });
        named.chain([Some(partition)]).collect()
    }
}

/// How far the catalogue is relied on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reliance {
    #[default]
    None,
    /// On what it says of the actions that it has.
    Actions,
    /// On there being no others.
    Whole,
}

/// The facts that were made, by what they are about.
#[derive(Default)]
pub(super) struct Known {
    pub(super) reliance: Reliance,
    /// The partitions that resources are of; nothing where they may be of any.
    pub(super) partitions: Option<BTreeSet<String>>,
    /// Of all actions of a service together.
    any_resources: BTreeMap<u32, Option<Rc<Region>>>,
    resources: BTreeMap<u32, Option<Rc<Region>>>,
    keys: BTreeMap<(u32, AttributeId), Option<Rc<Region>>>,
    types: BTreeMap<AttributeId, Option<Rc<Region>>>,
    services: BTreeMap<String, Option<Rc<Region>>>,
    /// The predicates that only facts ask about.
    own: BTreeSet<usize>,
    /// The facts that were checked, in debug builds.
    checked: BTreeSet<Box<[Literal]>>,
}

impl Known {
    pub(super) fn new(realm: Realm<'_>, documents: &[&Document]) -> Self {
        let reliance = match realm {
            Realm::Open => Reliance::None,
            Realm::Documented { .. } => Reliance::Actions,
            Realm::Closed { .. } => Reliance::Whole,
        };
        Known { reliance, partitions: realm.partitions(documents), ..Known::default() }
    }

    /// Whether resources may be of a partition.
    pub(super) fn has_partition(&self, name: &str) -> bool {
        self.partitions.as_ref().is_none_or(|partitions| partitions.contains(name))
    }

    /// Whether a fact was not checked before; from now on it was.
    pub(super) fn is_unchecked(&mut self, fact: &Region) -> bool {
        self.checked.insert(fact.literals.clone())
    }
}

/// Services whose resources have ARNs of an older form too, which the reference does not give: without the cluster.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids>
const OLDER_FORMS: [&str; 1] = ["ecs"];

/// Whether what the catalogue says of the resources of an action is all there is: types whose ARNs it gives, and in no other form.
pub fn has_known_resources(action: Action<'_>) -> bool {
    let has_formats = |on: ActionResource<'_>| on.resource.arn_formats().len() > 0;
    !action.is_declared() && !OLDER_FORMS.contains(&action.service().name()) && action.resource_types().all(has_formats)
}

impl<'c> Space<'c> {
    /// The predicates that the documents ask about.
    pub(super) fn asked(&self) -> impl Iterator<Item = (usize, &Predicate)> {
        self.predicates.iter().enumerate().filter(|(number, _)| !self.known.own.contains(number))
    }

    /// A fact that a witness goes against: a region that it is in, and no request is.
    pub(super) fn contradicted(&mut self, witness: &mut [Witness]) -> Option<Rc<Region>> {
        if self.known.reliance == Reliance::None {
            return None;
        }
        let Witness::Text(text) = &witness[AttributeId::ACTION.index()] else { return None };
        let action = self.catalogue.action(&text.text);
        let prefix = text.text.split(':').next().unwrap_or_default().to_owned();
        let of_action = match action {
            // What is so of all actions of a service is told first.
            Some(action) => {
                let of_all = self.any_resource_fact(action).filter(|fact| self.has(fact, witness));
                of_all.or_else(|| self.resource_fact(action))
            }
            None if self.known.reliance == Reliance::Whole => self.service_fact(&prefix),
            None => None,
        };
        if let Some(fact) = of_action.filter(|fact| self.has(fact, witness)) {
            return Some(fact);
        }
        for index in 3..witness.len() {
            if witness[index] == Witness::Absent {
                continue;
            }
            let key = AttributeId(index as u32);
            for fact in [self.type_fact(key), action.and_then(|action| self.key_fact(action, key))] {
                if let Some(fact) = fact.filter(|fact| self.has(fact, witness)) {
                    return Some(fact);
                }
            }
        }
        None
    }

    /// Whether a witness is in a region.
    fn has(&self, region: &Region, witness: &mut [Witness]) -> bool {
        // A fact may have brought the pattern that is just this action.
        if let Witness::Text(text) = &mut witness[AttributeId::ACTION.index()] {
            text.recall(&self.patterns);
        }
        let of = |literal| &witness[self.predicates.get(literal).attribute.index()];
        region.literals.iter().all(|literal| self.holds(*literal, of(*literal)))
    }

    /// The region in which all of some clauses hold. Predicates that are new are not those of any document.
    fn fact(&mut self, clauses: impl FnOnce(&mut Self) -> Vec<Clause>) -> Option<Rc<Region>> {
        let before = self.predicates.len();
        let clauses = clauses(self);
        self.known.own.extend(before..self.predicates.len());
        let mut literals = Vec::new();
        clauses.into_iter().try_for_each(|clause| push(clause, &mut literals))?;
        literals.sort_unstable();
        Some(Rc::new(Region { literals: literals.into(), place: Place::default() }))
    }

    /// That the actions of a service come with no other resources than those of its types.
    fn any_resource_fact(&mut self, action: Action<'c>) -> Option<Rc<Region>> {
        let service = action.id().service;
        if let Some(known) = self.known.any_resources.get(&service) {
            return known.clone();
        }
        let (mut ids, mut actions) = (Vec::new(), Vec::new());
        for one in action.service().actions() {
            if let Some(resources) = self.resources_of(one) {
                ids.extend(resources);
                actions.push(one);
            }
        }
        let fact = self.outside_fact(&actions, text::sorted(ids));
        self.known.any_resources.insert(service, fact.clone());
        fact
    }

    /// That some actions come with no other resources than these.
    fn outside_fact(&mut self, actions: &[Action<'c>], resources: Box<[PatternId]>) -> Option<Rc<Region>> {
        self.fact(|space| {
            let outside = space.clause(AttributeId::RESOURCE, false, Quantity::One, Values::Texts(resources));
            vec![space.one_of(actions), !outside]
        })
    }

    /// That an action, and those like it, come with no other resources than those of their types.
    fn resource_fact(&mut self, action: Action<'c>) -> Option<Rc<Region>> {
        let number = action.id().action;
        if let Some(known) = self.known.resources.get(&number) {
            return known.clone();
        }
        let alike: Vec<Action<'c>> = action.service().actions().filter(|other| is_like(action, *other)).collect();
        let resources = self.resources_of(action);
        let fact = resources.and_then(|resources| self.outside_fact(&alike, resources));
        self.known.resources.extend(alike.into_iter().map(|one| (one.id().action, fact.clone())));
        fact
    }

    /// The resources that an action may come with; nothing where that is not certain.
    fn resources_of(&mut self, action: Action<'c>) -> Option<Box<[PatternId]>> {
        if action.is_declared() || action.resource_types().any(|on| on.resource.arn_formats().len() == 0) {
            return None;
        }
        let is_cut = OLDER_FORMS.contains(&action.service().name());
        let mut ids = Vec::new();
        for format in action.resource_types().flat_map(|on| on.resource.arn_formats()) {
            ids.push(self.patterns.add(resources(format, is_cut)?));
        }
        if may_have_none(action) {
            ids.push(self.patterns.add(vec![Step::Char('*')]));
        }
        Some(text::sorted(ids))
    }

    /// The clause that it is one of these actions.
    fn one_of(&mut self, actions: &[Action<'_>]) -> Clause {
        let ids = actions.iter().map(|one| self.action_pattern(&one.full_name())).collect();
        self.clause(AttributeId::ACTION, false, Quantity::One, Values::Texts(text::sorted(ids)))
    }

    /// That those actions of a service that do not see a key come without it.
    fn key_fact(&mut self, action: Action<'c>, attribute: AttributeId) -> Option<Rc<Region>> {
        let service = (action.id().service, attribute);
        if let Some(known) = self.known.keys.get(&service) {
            return known.clone();
        }
        let name = self.key_of(attribute)?.name.clone();
        let fact = if self.is_of_actions(&name) {
            // An action that sees no key of that service is asked no further.
            let start = name.split_inclusive(':').next().unwrap_or_default();
            let is_alike = |one: ConditionKey<'_>| {
                one.name().get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start))
            };
            let sees = |one: &Action<'_>| one.condition_keys().any(is_alike) && one.sees_key(&name).is_some();
            let is_blind = |one: &Action<'_>| !one.is_declared() && !sees(one);
            let blind: Vec<Action<'_>> = action.service().actions().filter(is_blind).collect();
            self.fact(|space| vec![space.one_of(&blind), !space.is_absent(attribute)])
        } else {
            None
        };
        self.known.keys.insert(service, fact.clone());
        fact
    }

    /// Whether a key is one that a service gives to requests of its own, action by action. Keys that come with who asks are none, such
    /// as `lambda:SourceFunctionArn` and the claims of web identities; nor those that the reference has and ascribes to no action.
    fn is_of_actions(&self, name: &str) -> bool {
        let prefix = name.split(':').next().unwrap_or_default();
        let is_usual = |key: &ConditionKey<'_>| !key.is_global() && !key.is_declared();
        let (Some(_), Some(service)) = (self.catalogue.key(name).filter(is_usual), self.catalogue.service(prefix))
        else {
            return false;
        };
        service.actions().any(|action| !action.is_declared() && action.sees_key(name).is_some())
    }

    /// That a key is true or false, where it is of that type.
    fn type_fact(&mut self, attribute: AttributeId) -> Option<Rc<Region>> {
        if let Some(known) = self.known.types.get(&attribute) {
            return known.clone();
        }
        let key = self.key_of(attribute)?;
        let known = self.catalogue.key(&key.name).filter(|known| !known.is_declared());
        let is_bool = known.is_some_and(|known| known.types().iter().eq([KeyType::Bool]));
        let fact = if is_bool && !key.several && matches!(key.axis, None | Some(Axis::Texts)) {
            let ids = ["true", "false"].map(|word| self.patterns.add(text::ignoring_case(word)));
            let values = Values::Texts(text::sorted(ids.into()));
            self.fact(|space| vec![!space.clause(attribute, true, Quantity::One, values)])
        } else {
            None
        };
        self.known.types.insert(attribute, fact.clone());
        fact
    }

    /// That a service has no other actions than the catalogue; or that there are no other services.
    fn service_fact(&mut self, prefix: &str) -> Option<Rc<Region>> {
        let service = self.catalogue.service(prefix);
        let name = service.map_or("", |service| service.name());
        if let Some(known) = self.known.services.get(name) {
            return known.clone();
        }
        let fact = match service {
            Some(service) => {
                let actions: Vec<Action<'_>> = service.actions().collect();
                self.fact(|space| vec![space.action_among(&[format!("{name}:*")]), !space.one_of(&actions)])
            }
            None => {
                let all: Vec<String> = self.catalogue.services().map(|one| format!("{}:*", one.name())).collect();
                self.fact(|space| vec![!space.action_among(&all)])
            }
        };
        self.known.services.insert(name.to_owned(), fact.clone());
        fact
    }
}

/// Whether the same is said of the resources of two actions of one service.
fn is_like(action: Action<'_>, other: Action<'_>) -> bool {
    let [own, others] = [action, other].map(|one| one.resource_types().map(|on| on.resource));
    action.is_declared() == other.is_declared() && may_have_none(action) == may_have_none(other) && own.eq(others)
}

/// Whether an action may be asked for without a resource. What lists may be, whatever the reference says that it needs: `ecs:ListTasks`
/// is asked for of a cluster too, not only of a container instance.
fn may_have_none(action: Action<'_>) -> bool {
    action.access_level() == AccessLevel::List || !action.resource_types().any(|on| on.required)
}

/// The pattern of the ARNs of a format, with anything or nothing in the place of its placeholders; where `is_cut` from the first
/// placeholder of the last part on. Nothing where it is no format of ARNs.
fn resources(format: &str, is_cut: bool) -> Option<Vec<Step>> {
    let mut steps: Vec<Step> = "arn".chars().map(Step::Char).collect();
    let rest = format.strip_prefix("arn:")?;
    let segments: Vec<&str> = rest.splitn(5, ':').collect();
    if segments.len() < 5 {
        return None;
    }
    for (index, segment) in segments.into_iter().enumerate() {
        let class = if index == 4 { Class::Any } else { Class::NotColon };
        steps.push(Step::Char(':'));
        let mut rest = segment;
        while let Some(at) = rest.find(['$', '*']) {
            steps.extend(rest[..at].chars().map(Step::Char));
            steps.push(Step::Run(class));
            rest = match rest[at..].starts_with('*') {
                true => &rest[at + 1..],
                false => rest[at..].split_once('}')?.1,
            };
            if is_cut && index == 4 {
                rest = "";
            }
        }
        steps.extend(rest.chars().map(Step::Char));
    }
    Some(steps)
}
