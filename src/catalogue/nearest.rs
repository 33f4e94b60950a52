//! What a misspelt name was most probably meant as.

use super::{Catalogue, web_identity_claim};
use crate::diagnostic::closest;

impl Catalogue {
    /// Whether there is such a condition key: a listed one, or a claim of some provider's tokens.
    pub fn has_key(&self, name: &str) -> bool {
        self.key(name).is_some() || web_identity_claim(name).is_some()
    }

    /// The condition key that a misspelt one was most probably meant as.
    pub fn nearest_key(&self, name: &str) -> Option<String> {
        let (prefix, _) = name.split_once(':')?;
        let (head, tail) = name.split_once('/').map_or((name, ""), |(head, _)| (head, &name[head.len()..]));
        let of_service = self.service(prefix).map(|service| service.condition_keys().map(|key| key.name()));
        let names = self.global_keys().map(|key| key.name()).chain(of_service.into_iter().flatten());
        let heads: Vec<&str> = names.map(|name| name.split('/').next().unwrap_or(name)).collect();
        closest(head, heads).map(|near| format!("{near}{tail}")).filter(|near| near != name && self.has_key(near))
    }

    /// What helps who writes a condition key that AWS does not have.
    pub fn instead_of_key(&self, name: &str) -> String {
        if self.key(&format!("{name}/x")).is_some() {
            return format!("name the tag: `{name}/team`");
        }
        if let Some(near) = self.nearest_key(name) {
            return format!("did you mean `{near}`?");
        }
        match name.split_once(':') {
            Some((prefix, _)) if self.service(prefix).is_some() => {
                format!("`leastwise catalogue {prefix}` lists the keys of its actions")
            }
            _ => "`leastwise catalogue aws:*` lists the global keys; a service's keys start with its prefix".to_owned(),
        }
    }

    /// What helps who writes an action that AWS does not have.
    pub fn instead_of_action(&self, action: &str) -> String {
        let service = action.split_once(':').and_then(|(prefix, _)| self.service(prefix));
        let names: Vec<String> = service.into_iter().flat_map(|one| one.actions()).map(|one| one.full_name()).collect();
        match (closest(action, names.iter().map(String::as_str)), service) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(service)) => format!("`leastwise catalogue {}` lists its actions", service.name()),
            (None, None) => {
                "an action is written as `s3:GetObject`; `leastwise catalogue` lists the services".to_owned()
            }
        }
    }
}
