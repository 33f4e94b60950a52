//! From a name, or a pattern of names, to what it means.

use std::collections::BTreeSet;

use crate::catalogue::{
    AccessLevel, Action, Catalogue, ConditionKey, ResourceType, Service, matches_pattern, web_identity_claim,
};
use crate::cli::failure::Failure;
use crate::diagnostic::closest;

/// What a name means.
pub(super) enum Answer<'a> {
    /// Several services, as a list.
    Services(Vec<Service<'a>>),
    /// A service, with all of it.
    Service(Service<'a>),
    /// An action, with all of it.
    Action(Action<'a>),
    /// Several actions, as a list; those of a level where there is one.
    Actions(Option<AccessLevel>, Vec<Action<'a>>),
    /// Resource types, with all of them.
    ResourceTypes(Vec<ResourceType<'a>>),
    /// A condition key, with all of it.
    Key(ConditionKey<'a>),
    /// Several condition keys, as a list.
    Keys(Vec<ConditionKey<'a>>),
    /// The key of a web identity provider, and the claim that it reads.
    Claim(String, String),
}

/// What a name means: often one thing, but a name can be an action's and a key's. Never nothing.
pub(super) fn look_up<'a>(catalogue: &'a Catalogue, name: &str) -> Result<Vec<Answer<'a>>, Failure> {
    let name = name.trim();
    let found = match name.split_once(':') {
        Some((prefix, rest)) => of_service(catalogue, name, prefix, rest),
        // What stands before the colon of a global key is no service.
        None if name.eq_ignore_ascii_case("aws") => of_service(catalogue, "aws:*", "aws", "*"),
        None => match name.split_once('.') {
            Some((prefix, ty)) => resource_types(catalogue, prefix, ty),
            None => services(catalogue, name),
        },
    };
    if found.is_empty() { Err(unknown(catalogue, name)) } else { Ok(found) }
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?'])
}

fn services_matching<'a>(catalogue: &'a Catalogue, prefix: &str) -> Vec<Service<'a>> {
    if is_pattern(prefix) {
        catalogue.services().filter(|service| matches_pattern(prefix, service.name())).collect()
    } else {
        catalogue.service(prefix).into_iter().collect()
    }
}

fn services<'a>(catalogue: &'a Catalogue, name: &str) -> Vec<Answer<'a>> {
    let found = services_matching(catalogue, name);
    match (found.as_slice(), is_pattern(name)) {
        ([], _) => Vec::new(),
        ([one], false) => vec![Answer::Service(*one)],
        _ => vec![Answer::Services(found)],
    }
}

/// `s3.bucket`, also as AWS writes the type, and also with arguments, which are passed over.
fn resource_types<'a>(catalogue: &'a Catalogue, prefix: &str, ty: &str) -> Vec<Answer<'a>> {
    let ty = ty.split('(').next().unwrap_or(ty).trim();
    let services = services_matching(catalogue, prefix).into_iter();
    let types = services.flat_map(|service| service.resource_types());
    let found: Vec<_> =
        types.filter(|one| matches_pattern(ty, one.ident()) || one.name().eq_ignore_ascii_case(ty)).collect();
    if found.is_empty() { Vec::new() } else { vec![Answer::ResourceTypes(found)] }
}

/// What a name with a colon means: an action, a level, a key.
fn of_service<'a>(catalogue: &'a Catalogue, name: &str, prefix: &str, rest: &str) -> Vec<Answer<'a>> {
    let mut found = Vec::new();
    let services = services_matching(catalogue, prefix);
    if is_pattern(name) {
        let actions: Vec<_> = services.iter().flat_map(|service| service.actions_matching(rest)).collect();
        if !actions.is_empty() {
            found.push(Answer::Actions(None, actions));
        }
    } else {
        found.extend(catalogue.action(name).map(Answer::Action));
    }
    if let Some(level) = AccessLevel::from_word(&rest.to_ascii_lowercase()) {
        let of_level = |service: &Service<'a>| service.actions().filter(move |action| action.access_level() == level);
        let actions: Vec<_> = services.iter().flat_map(of_level).collect();
        if !actions.is_empty() {
            found.push(Answer::Actions(Some(level), actions));
        }
    }
    if is_pattern(name) {
        let keys = keys_matching(catalogue, name);
        if !keys.is_empty() {
            found.push(Answer::Keys(keys));
        }
    } else if let Some(key) = catalogue.key(name) {
        found.push(Answer::Key(key));
    } else if let Some(claim) = web_identity_claim(name) {
        found.push(Answer::Claim(name.to_owned(), claim.to_owned()));
    }
    found
}

/// The keys whose documented names match, sorted; of keys with one name the one that is best to answer with.
fn keys_matching<'a>(catalogue: &'a Catalogue, pattern: &str) -> Vec<ConditionKey<'a>> {
    let mut seen = BTreeSet::new();
    let keys = all_keys(catalogue).filter(|key| matches_pattern(pattern, key.name()));
    let mut found: Vec<_> = keys.filter(|key| seen.insert(key.name().to_ascii_lowercase())).collect();
    for key in &mut found {
        *key = catalogue.key(key.name()).unwrap_or(*key);
    }
    found.sort_by_cached_key(|key| key.name().to_ascii_lowercase());
    found
}

fn all_keys(catalogue: &Catalogue) -> impl Iterator<Item = ConditionKey<'_>> {
    let listed = catalogue.services().flat_map(|service| service.condition_keys());
    catalogue.global_keys().chain(catalogue.declared_keys()).chain(listed)
}

/// The actions that see a key, as their pages list them.
pub(super) fn seen_by<'a>(catalogue: &'a Catalogue, key: ConditionKey<'a>) -> Vec<Action<'a>> {
    let sees = |action: &Action<'_>| match key.is_declared() {
        true => action.sees_key(key.name()).is_some(),
        false => action.condition_keys().any(|seen| seen.name().eq_ignore_ascii_case(key.name())),
    };
    catalogue.services().flat_map(|service| service.actions()).filter(sees).collect()
}

fn did_you_mean(name: &str, what: &str, near: Option<String>, otherwise: String) -> Failure {
    let help = near.map_or(otherwise, |near| format!("did you mean `{near}`?"));
    Failure::new(format!("the catalogue has no {what} `{name}`"), help)
}

fn unknown(catalogue: &Catalogue, name: &str) -> Failure {
    let service_names = || catalogue.services().map(|service| service.name());
    if let Some((prefix, rest)) = name.split_once(':') {
        if is_pattern(name) {
            return Failure::new(
                format!("nothing in the catalogue matches `{name}`"),
                match catalogue.service(prefix) {
                    Some(service) => format!("`leastwise catalogue {}` lists what it has", service.name()),
                    None => "`leastwise catalogue` lists the services".to_owned(),
                },
            );
        }
        let own_keys = all_keys(catalogue).map(|key| key.name());
        let own_keys = own_keys.filter(|key| key.split(':').next().is_some_and(|p| p.eq_ignore_ascii_case(prefix)));
        let mut names: Vec<String> = own_keys.map(str::to_owned).collect();
        let Some(service) = catalogue.service(prefix) else {
            // Keys of `aws:`, or a service that is misspelt.
            let near = closest(name, names.iter().map(String::as_str)).map(str::to_owned);
            let service = || {
                let service = catalogue.service(closest(prefix, service_names())?)?;
                let whole = format!("{}:{rest}", service.name());
                Some(if of_service(catalogue, &whole, service.name(), rest).is_empty() {
                    service.name().to_owned()
                } else {
                    whole
                })
            };
            if names.is_empty() {
                let list = "`leastwise catalogue` lists the services".to_owned();
                return did_you_mean(prefix, "service", service(), list);
            }
            let list = format!("`leastwise catalogue '{prefix}:*'` lists those there are");
            return did_you_mean(name, "condition key", near.or_else(service), list);
        };
        names.extend(service.actions().map(Action::full_name));
        names.extend(AccessLevel::ALL.map(|level| format!("{}:{}", service.name(), level.word())));
        let near = closest(name, names.iter().map(String::as_str)).map(str::to_owned);
        let list = format!("`leastwise catalogue {}` lists what it has", service.name());
        return did_you_mean(name, "action or condition key", near, list);
    }
    if let Some((prefix, ty)) = name.split_once('.') {
        let Some(service) = catalogue.service(prefix) else {
            let near = closest(prefix, service_names()).map(|near| format!("{near}.{ty}"));
            let near = near.filter(|near| look_up(catalogue, near).is_ok());
            return did_you_mean(name, "resource type", near, "`leastwise catalogue` lists the services".to_owned());
        };
        let near = closest(ty, service.resource_types().map(|ty| ty.ident()));
        let near = near.map(|near| format!("{}.{near}", service.name()));
        let list = format!("`leastwise catalogue {}` lists its resource types", service.name());
        return did_you_mean(name, "resource type", near, list);
    }
    // An action or a key without its prefix?
    let mut with_prefix: Vec<String> =
        catalogue.services().filter_map(|service| service.action(name)).map(Action::full_name).collect();
    with_prefix.extend(catalogue.key(&format!("aws:{name}")).map(|key| key.name().to_owned()));
    if !with_prefix.is_empty() {
        with_prefix.truncate(5);
        return Failure::new(
            format!("the catalogue has no service `{name}`"),
            format!("did you mean `{}`?", with_prefix.join("` or `")),
        );
    }
    let near = closest(name, service_names().chain(["update"])).map(str::to_owned);
    did_you_mean(name, "service", near, "`leastwise catalogue` lists the services".to_owned())
}
