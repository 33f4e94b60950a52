//! Resource control policies: they deny, and they deny everyone.

use super::{Presence, Rules};

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
pub(super) const RULES: Rules = Rules {
    principal: Presence::OnlyAnyone,
    not_action: false,
    allow: false,
    version_2008: false,
    minified: true,
    source: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html",
    ..super::policy::RULES
};
