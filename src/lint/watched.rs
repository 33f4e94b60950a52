//! The few hundred actions that rules about privileges ask for, each looked up in the catalogue once.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::sensitive::{Concern, SENSITIVE};
use crate::catalogue::{Action, Catalogue, regions};
use crate::policy::{ESCALATIONS, ResourceElement, Statement, fill, glob, placeholders};

/// Passes a role to a service.
pub(super) const PASS_ROLE: &str = "iam:PassRole";
/// Makes the role of a service.
pub(super) const CREATE_SERVICE_LINKED_ROLE: &str = "iam:CreateServiceLinkedRole";
/// A name that nobody gives: what covers it covers the names of everything.
const UNNAMED: &str = "zq0";

/// An action that is watched.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) name: &'static str,
    /// Whether it is worth a word by itself, and why.
    pub(super) concern: Option<Concern>,
    /// The shortest format of an ARN that it is about, rather of something of an account than of something that AWS gives to all; none
    /// where it is about no resource.
    pub(super) format: Option<String>,
    /// ARNs of resources that it needs, with names that nobody gives; none where it is about no resource.
    unnamed: Vec<String>,
}

impl Watch {
    fn new(action: Action<'_>, name: &'static str) -> Self {
        let concern = SENSITIVE.iter().find(|(_, names)| names.contains(&name)).map(|(concern, _)| *concern);
        let has_required = action.resource_types().any(|ty| ty.required);
        let types = action.resource_types().filter(|ty| ty.required || !has_required);
        let formats: Vec<&str> = types.flat_map(|ty| ty.resource.arn_formats()).collect();
        let unnamed = formats.iter().filter_map(|format| unnamed(format)).collect();
        Self {
            name,
            concern,
            format: formats
                .iter()
                .min_by_key(|format| (format.contains("${Region}::"), format.len()))
                .map(|format| (*format).to_owned()),
            unnamed,
        }
    }

    /// Patterns of resources with names that nobody gives, whatever their account and region.
    pub(super) fn anything(&self) -> Vec<String> {
        let pattern = |arn: &String| {
            let mut parts = arn.splitn(6, ':').skip(2);
            let (service, resource) = (parts.next()?, parts.nth(2)?);
            Some(format!("arn:*:{service}:*:*:{resource}"))
        };
        if self.unnamed.is_empty() { vec!["*".to_owned()] } else { self.unnamed.iter().filter_map(pattern).collect() }
    }

    /// Whether a pattern of resources is about everything of its kind, in some account and region at least.
    fn is_anything(&self, pattern: &str) -> bool {
        let is_all = !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*');
        if is_all {
            return true;
        }
        let [prefix, _, service, region, _, resource] = segments(pattern);
        // What is no ARN is told otherwise.
        if !glob::matches(prefix, "arn", false) {
            return false;
        }
        // An ARN without a region is of none, and no region is called otherwise than AWS calls it.
        let is_region = |of: &str| match of.is_empty() {
            true => region.bytes().all(|byte| byte == b'*'),
            false => glob::is_pattern(region) || region.contains(['$', '{']) || regions::is_region(region),
        };
        // Of an ARN that is cut short, what stands last is no resource.
        if pattern.split(':').count() < 6 && !pattern.ends_with(":*") {
            return false;
        }
        self.unnamed.iter().any(|arn| {
            let [_, _, of_service, of_region, _, of_resource] = segments(arn);
            glob::matches(service, of_service, false)
                && glob::matches(resource, of_resource, false)
                && is_region(of_region)
        })
    }

    /// Whether a statement's resources are everything that the action is about, or everything but what is named. An extern is something
    /// in particular.
    pub(super) fn is_on_anything(&self, resource: Option<&ResourceElement>) -> bool {
        let Some(element) = resource else { return false };
        element.patterns.iter().any(|pattern| self.is_anything(&pattern.value.shown())) != element.negated
    }
}

/// The segments of an ARN; those that are missing are any.
fn segments(text: &str) -> [&str; 6] {
    let mut parts = text.splitn(6, ':');
    [(); 6].map(|()| parts.next().unwrap_or("*"))
}

/// An ARN of a format, with names that nobody gives.
fn unnamed(format: &str) -> Option<String> {
    let values = placeholders(format).iter().filter(|one| one.role == crate::policy::PlaceholderRole::Value).count();
    fill(format, "aws", "eu-west-1", "123456789012", &vec![UNNAMED; values])
}

/// All of them.
#[derive(Debug)]
pub(super) struct Watched {
    /// Sorted by service.
    actions: Vec<Watch>,
    of_service: HashMap<&'static str, Range<usize>>,
    by_name: HashMap<&'static str, usize>,
}

impl Watched {
    /// Those of a catalogue. Of the one that is built in they are looked up once.
    pub(super) fn of(catalogue: &Catalogue) -> Arc<Self> {
        static BUILTIN: OnceLock<Arc<Watched>> = OnceLock::new();
        if std::ptr::eq(catalogue, Catalogue::builtin()) {
            return BUILTIN.get_or_init(|| Arc::new(Self::new(catalogue))).clone();
        }
        Arc::new(Self::new(catalogue))
    }

    fn new(catalogue: &Catalogue) -> Self {
        let sensitive = SENSITIVE.iter().flat_map(|(_, names)| names.iter());
        let ways = ESCALATIONS.iter().flat_map(|path| path.actions);
        let mut names: Vec<&str> = sensitive.chain(ways).copied().chain([CREATE_SERVICE_LINKED_ROLE]).collect();
        names.sort_unstable();
        names.dedup();
        let known = names.into_iter().filter_map(|name| Some(Watch::new(catalogue.action(name)?, name)));
        let mut actions: Vec<Watch> = known.collect();
        actions.sort_by_key(|watch| service_of(watch.name));
        let mut of_service: HashMap<&str, Range<usize>> = HashMap::new();
        for (index, watch) in actions.iter().enumerate() {
            of_service.entry(service_of(watch.name)).or_insert(index..index).end = index + 1;
        }
        let by_name = actions.iter().enumerate().map(|(index, watch)| (watch.name, index)).collect();
        Self { actions, of_service, by_name }
    }

    pub(super) fn get(&self, index: usize) -> &Watch {
        &self.actions[index]
    }

    /// The place of an action of that name, as it is written in the tables.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The places of the actions of a service.
    pub(super) fn of_service(&self, service: &str) -> Range<usize> {
        self.of_service.get(service).cloned().unwrap_or_default()
    }

    /// Those that a pattern of actions stands for.
    pub(super) fn matching<'w>(&'w self, pattern: &'w str) -> impl Iterator<Item = usize> + 'w {
        let service = pattern.split(':').next().unwrap_or_default();
        let range = if glob::is_pattern(service) {
            0..self.actions.len()
        } else {
            let known = self.of_service.get(service).cloned();
            known.unwrap_or_else(|| self.of_service(&service.to_ascii_lowercase()))
        };
        let is_pattern = glob::is_pattern(pattern);
        range.filter(move |index| match self.actions[*index].name {
            name if is_pattern => glob::matches(pattern, name, true),
            name => name.eq_ignore_ascii_case(pattern),
        })
    }

    /// Whether the actions of a statement hold that one.
    pub(super) fn is_about(&self, statement: &Statement, action: usize) -> bool {
        statement.action.includes(self.actions[action].name)
    }

    pub(super) fn len(&self) -> usize {
        self.actions.len()
    }
}

/// The prefix of an action's name.
pub(super) fn service_of(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_has_every_action_of_the_tables() {
        let watched = Watched::new(Catalogue::builtin());
        let names = SENSITIVE
            .iter()
            .flat_map(|(_, names)| names.iter())
            .chain(ESCALATIONS.iter().flat_map(|path| path.actions));
        // AWS closed CodeStar in 2024, and its pages no longer have this action of its console.
        let missing: Vec<_> = names.filter(|name| watched.find(name).is_none()).collect();
        assert_eq!(missing, [&"codestar:CreateProjectFromTemplate"]);
    }

    #[test]
    fn everything_and_something() {
        let watched = Watched::new(Catalogue::builtin());
        let is_anything = |action: &str, pattern: &str| watched.get(watched.find(action).unwrap()).is_anything(pattern);
        assert!(is_anything(PASS_ROLE, "*"));
        assert!(is_anything(PASS_ROLE, "arn:aws:iam::123456789012:role/*"));
        assert!(is_anything(PASS_ROLE, "arn:*"));
        assert!(!is_anything(PASS_ROLE, "arn:aws:iam::123456789012:role/app-*"));
        assert!(!is_anything(PASS_ROLE, "arn:aws:iam::123456789012:user/*"));
        assert!(is_anything("s3:GetObject", "arn:aws:s3:::*"));
        assert!(!is_anything("s3:GetObject", "arn:aws:s3:::acme-*"));
        assert!(!is_anything("s3:GetObject", "arn:aws:s3:::acme/*"));
        assert!(!is_anything("s3:GetObject", "arn:aws:s3::acme/*"));
        assert!(is_anything("account:CloseAccount", "*"));
    }
}
