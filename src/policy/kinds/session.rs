//! Session policies: identity policies passed in a call, whose characters all count.

use super::Rules;

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
pub(super) const RULES: Rules = Rules {
    minified: true,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session",
    ..super::policy::RULES
};
