//! VPC endpoint policies: what may be done through an endpoint. Whitespace counts.

use super::{ResourceRule, Rules};

/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
pub(super) const RULES: Rules = Rules {
    resource: ResourceRule::Required,
    not_principal: false,
    minified: true,
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    ..super::resource::RULES
};
