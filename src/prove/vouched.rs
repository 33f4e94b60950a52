//! The check of a fact: the catalogue is read anew, by other means than those that made it.

use std::collections::BTreeSet;

use super::predicate::{AttributeId, Literal, Values};
use super::region::Region;
use super::space::Space;
use super::strings::{Class, PatternId, Step};
use crate::catalogue::{AccessLevel, Action, KeyType};

impl Space<'_> {
    /// Whether the catalogue says that no request is in a region.
    pub(super) fn is_vouched(&self, region: &Region) -> bool {
        let texts = |literal: &Literal| match &*self.predicates.get(*literal).values {
            Values::Texts(set) => &set[..],
            _ => &[],
        };
        let of = |attribute: AttributeId| {
            let is_of = move |one: &&Literal| self.predicates.get(**one).attribute == attribute;
            region.literals.iter().filter(is_of).collect::<Vec<_>>()
        };
        let [actions, resources] = [of(AttributeId::ACTION), of(AttributeId::RESOURCE)];
        let keys: Vec<&Literal> = region
            .literals
            .iter()
            .filter(|one| self.predicates.get(**one).attribute > AttributeId::REQUESTER)
            .collect();
        match (&actions[..], &resources[..], &keys[..]) {
            ([action], [resource], []) if action.holds() && !resource.holds() => {
                let actions = self.actions_of(texts(action));
                actions.is_some_and(|actions| self.is_all_of(&actions, texts(resource)))
            }
            ([action], [], [key]) if action.holds() => {
                let predicate = self.predicates.get(**key);
                let is_there = predicate.absent && !key.holds() && *predicate.values == Values::Nothing;
                let name = self.key_of(predicate.attribute).map(|key| key.name.as_str()).unwrap_or_default();
                let actions = self.actions_of(texts(action));
                is_there && actions.is_some_and(|actions| self.is_unseen(name, &actions))
            }
            ([], [], [key]) => !key.holds() && self.is_of_type(**key, texts(key)),
            ([literal], [], []) if !literal.holds() => {
                let names = self.names(texts(literal));
                self.catalogue.services().all(|service| names.contains(&format!("{}:*", service.name())))
            }
            ([one, other], [], []) if one.holds() != other.holds() => {
                let (inside, outside) = if one.holds() { (one, other) } else { (other, one) };
                let (inside, outside) = (self.names(texts(inside)), self.names(texts(outside)));
                let service = inside.first().and_then(|name| self.catalogue.service(name.strip_suffix(":*")?));
                inside.len() == 1
                    && service.is_some_and(|service| {
                        service.actions().all(|one| outside.contains(&one.full_name().to_ascii_lowercase()))
                    })
            }
            _ => false,
        }
    }

    /// Patterns of actions as they are written.
    fn names(&self, set: &[PatternId]) -> BTreeSet<String> {
        let letter = |step: &Step| match step {
            Step::Char(letter) | Step::AnyCase(letter) => *letter,
            Step::One(_) => '?',
            Step::Run(_) => '*',
        };
        set.iter().map(|id| self.patterns.steps(*id).iter().map(letter).collect()).collect()
    }

    /// The actions of which the reference says something, if all of these are such.
    fn actions_of(&self, set: &[PatternId]) -> Option<Vec<Action<'_>>> {
        let known = |name: &String| self.catalogue.action(name).filter(|action| !action.is_declared());
        self.names(set).iter().map(known).collect()
    }

    /// Whether a set has every resource that one of these actions may come with.
    fn is_all_of(&self, actions: &[Action<'_>], set: &[PatternId]) -> bool {
        let set: Vec<&[Step]> = set.iter().map(|id| self.patterns.steps(*id)).collect();
        let formats: BTreeSet<&str> =
            actions.iter().flat_map(|one| one.resource_types()).flat_map(|on| on.resource.arn_formats()).collect();
        let is_in = |arns: &[Step]| {
            set.contains(&arns) || set.iter().any(|steps| Self::no_word(&[(vec![arns], true), (vec![*steps], false)]))
        };
        let may_be_none = |action: &Action<'_>| {
            let required = action.resource_types().filter(|on| on.required).count();
            required == 0 || matches!(action.access_level(), AccessLevel::List)
        };
        let is_known = |action: &Action<'_>| action.resource_types().all(|on| on.resource.arn_formats().len() > 0);
        actions.iter().all(is_known)
            && formats.into_iter().all(|format| is_in(&every_arn(format)))
            && (!actions.iter().any(may_be_none) || is_in(&[Step::Char('*')]))
    }

    /// Whether none of these actions sees a key, of a service, that others see.
    fn is_unseen(&self, name: &str, actions: &[Action<'_>]) -> bool {
        let lists = |action: &Action<'_>| action.condition_keys().any(|one| is_name_of(one.name(), name));
        let service = self.catalogue.services().find(|one| {
            let rest = name.get(one.name().len()..).is_some_and(|rest| rest.starts_with(':'));
            rest && name.to_ascii_lowercase().starts_with(one.name())
        });
        let global = self.catalogue.global_keys().any(|one| is_name_of(one.name(), name));
        let declared = self.catalogue.declared_keys().any(|one| is_name_of(one.name(), name));
        !global
            && !declared
            && !actions.iter().any(lists)
            && service.is_some_and(|service| service.actions().any(|one| lists(&one)))
    }

    /// Whether a literal says that a key that is true or false is neither.
    fn is_of_type(&self, literal: Literal, set: &[PatternId]) -> bool {
        let predicate = self.predicates.get(literal);
        let name = self.key_of(predicate.attribute).map(|key| key.name.as_str()).unwrap_or_default();
        let is_bool = self.catalogue.key(name).is_some_and(|key| {
            !key.is_declared()
                && KeyType::ALL.into_iter().all(|one| key.types().contains(one) == (one == KeyType::Bool))
        });
        let names = self.names(set);
        is_bool && predicate.absent && ["true", "false"].iter().all(|word| names.contains(*word))
    }
}

/// Whether a name is one that is documented so: the same up to the first placeholder.
fn is_name_of(documented: &str, name: &str) -> bool {
    let (documented, name) = (documented.to_ascii_lowercase(), name.to_ascii_lowercase());
    let start = documented.find(['$', '<']).or_else(|| {
        let (start, last) = documented.rsplit_once('/')?;
        ["", "key", "tag-key"].contains(&last).then_some(start.len() + 1)
    });
    match start {
        Some(start) => name.starts_with(&documented[..start]),
        None => name == documented,
    }
}

/// Every text of a format, with any text in the place of a placeholder; without a colon before the last part.
fn every_arn(format: &str) -> Vec<Step> {
    let (mut steps, mut colons, mut inside) = (Vec::new(), 0, false);
    for letter in format.chars() {
        let class = if colons < 5 { Class::NotColon } else { Class::Any };
        match letter {
            '$' | '*' => {
                steps.push(Step::Run(class));
                inside = letter == '$';
            }
            '}' if inside => inside = false,
            _ if inside => {}
            _ => {
                colons += usize::from(letter == ':');
                steps.push(Step::Char(letter));
            }
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::prove::known::Realm;
    use crate::prove::predicate::{Clause, Quantity};
    use crate::prove::region::{Place, push};
    use crate::prove::text;

    fn space() -> Space<'static> {
        Space::new(Catalogue::builtin(), &[], Realm::Closed { partition: "aws" })
    }

    fn is_vouched(space: &Space<'_>, clauses: &[Clause]) -> bool {
        let mut literals = Vec::new();
        clauses.iter().for_each(|clause| push(*clause, &mut literals).expect("a clause that may hold"));
        literals.sort_unstable();
        space.is_vouched(&Region { literals: literals.into(), place: Place::default() })
    }

    fn resources(space: &mut Space<'_>, patterns: &[&str]) -> Clause {
        let steps = |text: &&str| match *text {
            "*" => vec![Step::Char('*')],
            arn => text::plain(arn, true).and_then(|spelled| text::arn(&spelled)).expect("an ARN"),
        };
        let ids = patterns.iter().map(|text| space.patterns.add(steps(text))).collect();
        space.clause(AttributeId::RESOURCE, false, Quantity::One, Values::Texts(text::sorted(ids)))
    }

    #[test]
    fn resources_are_all_of_the_types() {
        let mut space = space();
        let mut of = |actions: &[&str], patterns: &[&str]| {
            let clauses = [space.action_among(actions), !resources(&mut space, patterns)];
            is_vouched(&space, &clauses)
        };
        let tables = "arn:*:dynamodb:*:*:table/*";
        assert!(of(&["dynamodb:GetItem"], &[tables]));
        assert!(of(&["dynamodb:GetItem", "dynamodb:ListTables"], &[tables, "*"]));
        assert!(!of(&["dynamodb:GetItem", "dynamodb:ListTables"], &[tables]));
        assert!(!of(&["dynamodb:GetItem"], &["arn:*:dynamodb:*:*:table/a*"]));
        assert!(!of(&["dynamodb:GetItem"], &["arn:aws:dynamodb:*:*:table/*"]));
        // What AWS may add.
        assert!(!of(&["dynamodb:GetHologram"], &[tables, "*"]));
        assert!(!of(&["dynamodb:Get*"], &[tables, "*"]));
        // One of several types, and none of several that are optional.
        let (objects, of_points) = ("arn:*:s3:::*/*", "arn:*:s3:*:*:accesspoint/*/object/*");
        assert!(of(&["s3:GetObject"], &[objects, of_points, "*"]));
        assert!(!of(&["s3:GetObject"], &[objects, "*"]));
        assert!(!of(&["s3:GetObject"], &[objects, of_points]));
    }

    #[test]
    fn keys_that_no_action_among_them_sees() {
        let mut space = space();
        let mut without = |action: &str, key: &str| {
            let attribute = space.key(key);
            let clauses = [space.action_among(&[action]), !space.is_absent(attribute)];
            is_vouched(&space, &clauses)
        };
        assert!(without("s3:GetObject", "s3:prefix"));
        assert!(!without("s3:ListBucket", "s3:prefix"));
        assert!(!without("s3:PutObject", "s3:RequestObjectTag/team"));
        for key in ["aws:PrincipalTag/team", "lambda:SourceFunctionArn", "states:HTTPMethod", "www.amazon.com:user_id"]
        {
            assert!(!without("s3:GetObject", key), "{key}");
        }
        assert!(!without("s3:GetHologram", "s3:prefix"));
    }

    #[test]
    fn actions_are_all_of_the_service() {
        let mut space = space();
        let all: Vec<String> =
            Catalogue::builtin().service("sqs").unwrap().actions().map(|action| action.full_name()).collect();
        let of_service = space.action_among(&["sqs:*"]);
        let (whole, but_one) = (space.action_among(&all), space.action_among(&all[1..]));
        assert!(is_vouched(&space, &[of_service, !whole]));
        assert!(!is_vouched(&space, &[of_service, !but_one]));
        let services: Vec<String> = Catalogue::builtin().services().map(|one| format!("{}:*", one.name())).collect();
        let (whole, but_one) = (space.action_among(&services), space.action_among(&services[1..]));
        assert!(is_vouched(&space, &[!whole]));
        assert!(!is_vouched(&space, &[!but_one]));
    }
}
