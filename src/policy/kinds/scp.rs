//! Service control policies. Since September 2025 they speak the full language, also with `Allow`.

use super::Rules;

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
pub(super) const RULES: Rules = Rules {
    minified: true,
    source: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html",
    ..super::policy::RULES
};
