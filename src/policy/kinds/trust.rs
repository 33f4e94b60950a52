//! Trust policies of roles: who may assume the role that carries them.

use super::{Presence, ResourceRule, Rules};

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#id_roles_terms-and-concepts>
pub(super) const RULES: Rules = Rules {
    principal: Presence::Required,
    resource: ResourceRule::Forbidden,
    not_action: false,
    id: true,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#id_roles_terms-and-concepts",
    ..super::policy::RULES
};
