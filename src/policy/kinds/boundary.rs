//! Permissions boundaries: managed identity policies that grant nothing.

use super::Rules;

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
pub(super) const RULES: Rules = Rules {
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    ..super::policy::RULES
};
