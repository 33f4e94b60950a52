//! Resource-based policies. Services differ in details: some take the resource as given, KMS and SQS allow spaces in a `Sid`.

use super::{Presence, ResourceRule, Rules, SidRule};

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html>
pub(super) const RULES: Rules = Rules {
    principal: Presence::Required,
    resource: ResourceRule::Optional,
    not_action: true,
    not_principal: true,
    allow: true,
    id: true,
    version_2008: true,
    minified: false,
    sid: SidRule::Any,
    unique_sids: false,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html",
};
