//! Witnesses made plain: an action that AWS has, a resource of a type that it acts on, values that IAM delivers.
//!
//! What is put in the place of a value is like it in everything that the documents ask of the attribute, so that the request is
//! decided as before. It is decided once more all the same before it is shown.

use std::rc::Rc;

use super::letter;
use super::predicate::{AttributeId, Literal, Values};
use super::space::Space;
use super::strings::{Class, FastMap, Found, PatternId, Step};
use super::witness::{Text, Witness};
use crate::catalogue::{Action, Service, regions};
use crate::policy::glob;
use crate::policy::value::account_id;

/// More tests of the resource than these are not looked at for a plainer one.
const MOST_TESTS: usize = 256;
/// The partitions that a plainer resource may be of, each with a region.
const PARTITIONS: [(&str, &str); 3] = [("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")];
/// In sets of more patterns of actions these are not looked up one by one.
const FEW_PATTERNS: usize = 8;
/// How much work a plainer resource may take.
const BUDGET: u64 = 5_000;

impl Space<'_> {
    /// The witness with plainer values, where there are some.
    pub(super) fn plainer(&mut self, witness: &[Witness]) -> Vec<Witness> {
        let mut plain = witness.to_vec();
        self.plainer_keys(&mut plain);
        self.one_account(&mut plain);
        self.plainer_action(&mut plain);
        self.one_region(&mut plain);
        plain
    }

    /// Every test of an attribute, as it is for a value.
    pub(super) fn tests(&self, attribute: AttributeId, witness: &Witness) -> Vec<Literal> {
        let of_attribute = self.asked().filter(|(_, predicate)| predicate.attribute == attribute);
        of_attribute
            .map(|(number, _)| Literal::new(number, true))
            .map(|literal| if self.holds(literal, witness) { literal } else { !literal })
            .collect()
    }

    pub(super) fn is_like(&self, tests: &[Literal], candidate: &Witness) -> bool {
        tests.iter().all(|literal| self.holds(*literal, candidate))
    }

    /// An action of the catalogue, and a resource that it acts on.
    fn plainer_action(&mut self, plain: &mut [Witness]) {
        let (action, resource) = (AttributeId::ACTION.index(), AttributeId::RESOURCE.index());
        let Witness::Text(text) = &plain[action] else { return };
        let of_action = self.tests(AttributeId::ACTION, &plain[action]);
        let of_resource = self.tests(AttributeId::RESOURCE, &plain[resource]);
        let prefix = text.text.split(':').next().unwrap_or_default();
        let catalogue = self.catalogue;
        let services: Vec<_> = match catalogue.service(prefix) {
            Some(service) => vec![service],
            None => ["s3", "ec2", "iam", "sqs", "dynamodb"].iter().filter_map(|name| catalogue.service(name)).collect(),
        };
        let mut first = None;
        let mut fitting =
            Fitting { tests: self.sets(&of_resource), possible: FastMap::default(), known: FastMap::default() };
        let names = self.action_names(&of_action);
        for candidate in services.into_iter().flat_map(|service| named(service, &names)) {
            let name = Witness::Text(Text::new(candidate.full_name().to_ascii_lowercase(), &self.patterns));
            if !self.is_like(&of_action, &name) {
                continue;
            }
            if let Some(fitted) = self.resource_of(candidate, &plain[resource], &of_resource, &mut fitting) {
                let mut found = plain.to_vec();
                (found[action], found[resource]) = (name, fitted);
                if self.contradicted(&mut found).is_none() {
                    plain.clone_from_slice(&found);
                    return;
                }
                continue;
            }
            first.get_or_insert(name);
        }
        if let Some(name) = first {
            plain[action] = name;
        }
    }

    /// The names that tests leave to actions, as patterns: those of the smallest set that one is to be in, if it is small.
    fn action_names(&self, tests: &[Literal]) -> Vec<String> {
        let inside = tests.iter().filter(|literal| literal.holds());
        let sets = inside.filter_map(|literal| match &*self.predicates.get(*literal).values {
            Values::Texts(set) => Some(set),
            _ => None,
        });
        let smallest = sets.min_by_key(|set| set.len()).filter(|set| set.len() <= FEW_PATTERNS);
        let names = smallest.and_then(|set| set.iter().map(|id| name_pattern(self.patterns.steps(*id))).collect());
        names.unwrap_or_default()
    }

    /// A resource of a type that an action acts on, like the one of the witness; itself if it is of one.
    fn resource_of<'f>(
        &mut self,
        action: Action<'f>,
        witness: &Witness,
        tests: &[Literal],
        fitting: &mut Fitting<'f>,
    ) -> Option<Witness> {
        let Witness::Text(text) = witness else { return None };
        if text.chars.iter().any(|character| letter::is(*character)) {
            return None;
        }
        let mut formats: Vec<&str> = Vec::new();
        for on in action.resource_types() {
            formats.extend(on.resource.arn_formats());
        }
        if formats.is_empty() {
            let everything = Witness::Text(Text::new("*".to_owned(), &self.patterns));
            return self.is_like(tests, &everything).then_some(everything);
        }
        if tests.len() > MOST_TESTS {
            return None;
        }
        formats.retain(|format| {
            *fitting.possible.entry(format).or_insert_with(|| self.may_fit(&fitting.tests, &loosely(format)))
        });
        formats.sort_by_key(|format| format.len());
        for (partition, region) in PARTITIONS {
            if !self.known.has_partition(partition) {
                continue;
            }
            for (is_usual, format) in [true, false].into_iter().flat_map(|one| formats.iter().map(move |of| (one, *of)))
            {
                let known = fitting.known.get(&(partition, is_usual, format)).cloned();
                let found = known.unwrap_or_else(|| {
                    let steps = if is_usual { usual(format, partition, region) } else { any(format, partition) };
                    let found = self.word(&fitting.tests, steps).map(|word| self.with_usual_parts(word, tests, region));
                    fitting.known.insert((partition, is_usual, format), found.clone());
                    found
                });
                if let Some(found) = found {
                    return Some(Witness::Text(Text::new(found, &self.patterns)));
                }
            }
        }
        None
    }

    /// An ARN with a region and an account as they are, where the tests leave these open.
    fn with_usual_parts(&self, arn: String, tests: &[Literal], region: &str) -> String {
        let is_usual = |place: usize, part: &str| match place {
            3 => regions::is_region(part),
            _ => part == "aws" || account_id(part).is_ok(),
        };
        [(3, region), (4, "123456789012"), (4, "999999999999")].into_iter().fold(arn, |arn, (place, usual)| {
            let mut parts: Vec<&str> = arn.splitn(6, ':').collect();
            let Some(part) = parts.get_mut(place).filter(|part| !part.is_empty() && !is_usual(place, part)) else {
                return arn;
            };
            *part = usual;
            let other = parts.join(":");
            let is_like = self.is_like(tests, &Witness::Text(Text::new(other.clone(), &self.patterns)));
            if is_like { other } else { arn }
        })
    }

    /// The sets of tests, and whether a value is inside.
    pub(super) fn sets(&self, tests: &[Literal]) -> Vec<(Rc<Values>, bool)> {
        tests.iter().map(|literal| (self.predicates.get(*literal).values.clone(), literal.holds())).collect()
    }

    /// Whether a text of a pattern may be inside of the sets of which it is to be, as far as that shows at once.
    fn may_fit(&self, sets: &[(Rc<Values>, bool)], pattern: &[Step]) -> bool {
        let is_apart = |values: &Values| matches!(values, Values::Texts(set) if self.patterns.are_apart(pattern, set));
        !sets.iter().any(|(values, inside)| *inside && is_apart(values))
    }

    /// A text of a pattern, inside and outside of sets as these are.
    pub(super) fn word(&mut self, sets: &[(Rc<Values>, bool)], pattern: Vec<Step>) -> Option<String> {
        if !self.may_fit(sets, &pattern) {
            return None;
        }
        let shape = [self.patterns.add(pattern)];
        let (mut positives, mut negatives): (Vec<&[PatternId]>, Vec<PatternId>) = (vec![&shape], Vec::new());
        for (values, inside) in sets {
            match &**values {
                Values::Texts(set) if *inside => positives.push(set),
                Values::Texts(set) => negatives.extend_from_slice(set),
                _ => {}
            }
        }
        match self.patterns.find(&positives, &negatives, &mut BUDGET.clone()) {
            Found::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// The actions of a service, in order; where there are names, at least those that have one of them.
fn named<'s>(service: Service<'s>, names: &'s [String]) -> Box<dyn Iterator<Item = Action<'s>> + 's> {
    match names {
        [name] => Box::new(service.actions_matching(name)),
        [_, ..] if !names.iter().any(|name| glob::is_pattern(name)) => {
            let mut actions: Vec<Action<'_>> = names.iter().filter_map(|name| service.action(name)).collect();
            actions.sort_by_key(|action| action.id());
            Box::new(actions.into_iter())
        }
        _ => Box::new(service.actions()),
    }
}

/// The part of a pattern of actions that is about their names; nothing where that is not told by a colon.
fn name_pattern(steps: &[Step]) -> Option<String> {
    let colon = steps.iter().position(|step| *step == Step::Char(':'))?;
    let is_plain = steps[..colon].iter().all(|step| matches!(step, Step::Char(_)));
    let character = |step: &Step| match step {
        Step::Char(own) | Step::AnyCase(own) => *own,
        Step::One(_) => '?',
        Step::Run(_) => '*',
    };
    is_plain.then(|| steps[colon + 1..].iter().map(character).collect())
}

/// What has been found out about formats: actions of one service share them.
struct Fitting<'f> {
    /// What holds of the resource.
    tests: Vec<(Rc<Values>, bool)>,
    /// By format: whether the tests may hold of an ARN of it, in whatever partition.
    possible: FastMap<&'f str, bool>,
    /// By partition, whether region and account are the usual ones, and format: an ARN of which the tests hold.
    known: FastMap<(&'static str, bool, &'f str), Option<String>>,
}

/// A format with what most examples have in the place of partition, region and account.
fn usual(format: &str, partition: &'static str, region: &'static str) -> Vec<Step> {
    filled(format, |name| match name {
        "Partition" => Some(partition),
        "Region" => Some(region),
        "Account" => Some("123456789012"),
        _ => None,
    })
}

/// A format with anything in the place of its placeholders.
fn any(format: &str, partition: &'static str) -> Vec<Step> {
    filled(format, |name| (name == "Partition").then_some(partition))
}

/// A format with anything in the place of all its placeholders.
fn loosely(format: &str) -> Vec<Step> {
    filled(format, |_| None)
}

fn filled<'f>(format: &'f str, known: impl Fn(&'f str) -> Option<&'static str>) -> Vec<Step> {
    let mut out = Vec::with_capacity(format.len() + 8);
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("${") {
        out.extend(before.chars().map(Step::Char));
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        match known(name) {
            Some(text) => out.extend(text.chars().map(Step::Char)),
            None => out.extend([Step::One(Class::NotColon), Step::Run(Class::NotColon)]),
        }
        rest = behind;
    }
    out.extend(
        rest.chars().map(|character| if character == '*' { Step::Run(Class::Any) } else { Step::Char(character) }),
    );
    out
}
