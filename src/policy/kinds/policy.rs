//! Identity policies.

use super::{Presence, ResourceRule, Rules, SidRule};

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
pub(super) const RULES: Rules = Rules {
    principal: Presence::Forbidden,
    resource: ResourceRule::Required,
    not_action: true,
    not_principal: false,
    allow: true,
    id: false,
    version_2008: true,
    minified: false,
    sid: SidRule::Alphanumeric,
    unique_sids: true,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
};
