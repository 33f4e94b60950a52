//! The limits that AWS sets, in one table, as of 2026-11. Quotas that AWS raises on request are marked adjustable.

use super::Kind;

const IAM_QUOTAS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";
const ORGANIZATIONS_QUOTAS: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html";

/// What AWS counts when it measures a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counting {
    /// Characters, without the whitespace between the tokens of the JSON. AWS does not say whether whitespace inside
    /// strings is free; it is counted here.
    CharactersWithoutWhitespace,
    /// Every character.
    Characters,
    /// Every byte of the UTF-8 text.
    Bytes,
}

impl Counting {
    /// The size of a document as AWS counts it.
    pub fn size(self, json: &str) -> usize {
        match self {
            Counting::Bytes => json.len(),
            Counting::Characters => json.chars().count(),
            Counting::CharactersWithoutWhitespace => without_whitespace(json),
        }
    }

    /// The unit, in the plural.
    pub fn unit(self) -> &'static str {
        match self {
            Counting::CharactersWithoutWhitespace => "characters without whitespace",
            Counting::Characters => "characters",
            Counting::Bytes => "bytes",
        }
    }
}

/// How long a text of JSON is that somebody has written, with what it says twice and all its white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    characters: usize,
    without_whitespace: usize,
    bytes: usize,
}

impl Length {
    /// That of a text, without the white space around it.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        Self { characters: text.chars().count(), without_whitespace: without_whitespace(text), bytes: text.len() }
    }

    /// The size as AWS counts it.
    pub fn counted(self, counting: Counting) -> usize {
        match counting {
            Counting::Bytes => self.bytes,
            Counting::Characters => self.characters,
            Counting::CharactersWithoutWhitespace => self.without_whitespace,
        }
    }
}

fn without_whitespace(json: &str) -> usize {
    let (mut count, mut in_string, mut escaped) = (0, false, false);
    // Bytes that continue a character are not counted.
    for byte in json.bytes().filter(|byte| byte & 0b1100_0000 != 0b1000_0000) {
        if !in_string && matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            continue;
        }
        count += 1;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ => {}
        }
    }
    count
}

/// How large a document may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The largest size.
    pub size: usize,
    /// What is counted.
    pub counting: Counting,
    /// Whether AWS raises it on request. `size` is then the default.
    pub adjustable: bool,
    /// The largest size that AWS raises it to, where it says so.
    pub highest: Option<usize>,
    /// Whether AWS publishes no number for the service, and this one is what most services have: a reason to warn, not
    /// to refuse.
    pub assumed: bool,
    /// Where AWS says so.
    pub source: &'static str,
}

const fn fixed(size: usize, counting: Counting, source: &'static str) -> Limit {
    Limit { size, counting, adjustable: false, highest: None, assumed: false, source }
}

/// A managed policy, which a boundary is too.
pub const MANAGED: Limit = fixed(6_144, Counting::CharactersWithoutWhitespace, IAM_QUOTAS);
/// All inline policies of one user together.
pub const INLINE_USER: Limit = fixed(2_048, Counting::CharactersWithoutWhitespace, IAM_QUOTAS);
/// All inline policies of one role together.
pub const INLINE_ROLE: Limit = fixed(10_240, Counting::CharactersWithoutWhitespace, IAM_QUOTAS);
/// All inline policies of one group together.
pub const INLINE_GROUP: Limit = fixed(5_120, Counting::CharactersWithoutWhitespace, IAM_QUOTAS);
/// The inline policy of a permission set of IAM Identity Center.
pub const PERMISSION_SET_INLINE: Limit = fixed(
    32_768,
    Counting::Characters,
    "https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html",
);
/// A trust policy. 8,192 is the highest since May 2026.
pub const TRUST: Limit = Limit {
    size: 2_048,
    counting: Counting::CharactersWithoutWhitespace,
    adjustable: true,
    highest: Some(8_192),
    assumed: false,
    source: IAM_QUOTAS,
};
/// A session policy, together with the ARNs of managed session policies. AWS also packs it with the session's tags
/// into a binary form with a limit of its own, which cannot be computed from outside.
pub const SESSION: Limit = fixed(2_048, Counting::Characters, IAM_QUOTAS);
/// A service control policy, since 15 May 2026.
pub const SCP: Limit = fixed(10_240, Counting::Characters, ORGANIZATIONS_QUOTAS);
/// A resource control policy.
pub const RCP: Limit = fixed(5_120, Counting::Characters, ORGANIZATIONS_QUOTAS);
/// A VPC endpoint policy, whitespace included.
pub const ENDPOINT: Limit =
    fixed(20_480, Counting::Characters, "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html");

/// Resource policies by the service prefix of the resource. Sorted by prefix. Where the page gives no number, it is the
/// largest that the API's model accepts. S3 normalises a bucket policy before it measures it, so that white space is free. A destination of CloudWatch Logs takes 5,120 bytes only.
#[rustfmt::skip]
const RESOURCE_LIMITS: [(&str, usize, Counting, &str); 36] = [
    ("acm-pca", 81_920, Counting::Characters, "https://docs.aws.amazon.com/privateca/latest/APIReference/API_PutPolicy.html"),
    ("cloudhsm", 20_000, Counting::Characters, "https://docs.aws.amazon.com/cloudhsm/latest/APIReference/API_PutResourcePolicy.html"),
    ("cloudtrail", 8_192, Counting::Characters, "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutResourcePolicy.html"),
    ("codeartifact", 7_168, Counting::Characters, "https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_PutDomainPermissionsPolicy.html"),
    ("comprehend", 20_000, Counting::Characters, "https://docs.aws.amazon.com/comprehend/latest/APIReference/API_PutResourcePolicy.html"),
    ("dsql", 20_480, Counting::Characters, "https://docs.aws.amazon.com/aurora-dsql/latest/APIReference/API_PutClusterPolicy.html"),
    ("dynamodb", 20_480, Counting::Characters, "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html"),
    ("ecr", 10_240, Counting::Characters, "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html"),
    ("ecr-public", 10_240, Counting::Characters, "https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_SetRepositoryPolicy.html"),
    ("elasticfilesystem", 20_000, Counting::Characters, "https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html"),
    ("entityresolution", 40_960, Counting::Characters, "https://docs.aws.amazon.com/entityresolution/latest/apireference/API_PutPolicy.html"),
    ("es", 102_400, Counting::Bytes, "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html"),
    ("imagebuilder", 30_000, Counting::Characters, "https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_PutImagePolicy.html"),
    ("kms", 32_768, Counting::Bytes, "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html"),
    ("lambda", 20_480, Counting::Bytes, "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"),
    ("logs", 51_200, Counting::Bytes, "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html"),
    ("mediapackagev2", 6_144, Counting::Characters, "https://docs.aws.amazon.com/mediapackage/latest/APIReference/API_PutChannelPolicy.html"),
    ("mediastore", 8_192, Counting::Characters, "https://docs.aws.amazon.com/mediastore/latest/apireference/API_PutContainerPolicy.html"),
    ("network-firewall", 395_000, Counting::Characters, "https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_PutResourcePolicy.html"),
    ("osis", 204_800, Counting::Characters, "https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_osis_PutResourcePolicy.html"),
    ("payment-cryptography", 20_480, Counting::Characters, "https://docs.aws.amazon.com/payment-cryptography/latest/APIReference/Welcome.html"),
    ("refactor-spaces", 300_000, Counting::Characters, "https://docs.aws.amazon.com/migrationhub-refactor-spaces/latest/APIReference/API_PutResourcePolicy.html"),
    ("rekognition", 2_000, Counting::Characters, "https://docs.aws.amazon.com/rekognition/latest/APIReference/API_PutProjectPolicy.html"),
    ("route53resolver", 30_000, Counting::Characters, "https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_PutResolverRulePolicy.html"),
    ("rum", 4_096, Counting::Bytes, "https://docs.aws.amazon.com/cloudwatchrum/latest/APIReference/API_PutResourcePolicy.html"),
    ("s3", 20_480, Counting::CharactersWithoutWhitespace, "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html"),
    ("s3tables", 20_480, Counting::Characters, "https://docs.aws.amazon.com/AmazonS3/latest/API/API_s3Buckets_PutTableBucketPolicy.html"),
    ("sagemaker", 20_480, Counting::Characters, "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PutModelPackageGroupPolicy.html"),
    ("secretsmanager", 20_480, Counting::Characters, "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html"),
    ("ses", 4_096, Counting::Bytes, "https://docs.aws.amazon.com/ses/latest/APIReference/API_PutIdentityPolicy.html"),
    ("sns", 30_720, Counting::Bytes, "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html"),
    ("sqs", 8_192, Counting::Bytes, "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html"),
    ("ssm-contacts", 395_000, Counting::Characters, "https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_SSMContacts_PutContactPolicy.html"),
    ("ssm-incidents", 4_000, Counting::Characters, "https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_PutResourcePolicy.html"),
    ("vpc-lattice", 10_000, Counting::Characters, "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_PutResourcePolicy.html"),
    ("wafv2", 395_000, Counting::Characters, "https://docs.aws.amazon.com/waf/latest/APIReference/API_PutPermissionPolicy.html"),
];

/// For a service whose limit AWS does not publish: what most of them have.
const RESOURCE_DEFAULT: Limit = Limit {
    size: 20_480,
    counting: Counting::Bytes,
    adjustable: false,
    highest: None,
    assumed: true,
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html",
};

/// How large a document of that kind may be. `service` is the prefix of the resource that a resource policy is
/// attached to; `inline` tells the inline policies of a role (all of them together) from a managed policy.
pub fn limit_of(kind: Kind, service: Option<&str>, inline: bool) -> Limit {
    match kind {
        Kind::Policy if inline => INLINE_ROLE,
        Kind::Policy | Kind::Boundary => MANAGED,
        Kind::Scp => SCP,
        Kind::Rcp => RCP,
        Kind::Trust => TRUST,
        Kind::Session => SESSION,
        Kind::Endpoint => ENDPOINT,
        Kind::Resource => service.and_then(resource_limit).unwrap_or(RESOURCE_DEFAULT),
    }
}

/// How large the policy of a resource of that service may be, where AWS publishes it.
pub fn resource_limit(service: &str) -> Option<Limit> {
    let index = RESOURCE_LIMITS.binary_search_by(|row| row.0.cmp(service)).ok()?;
    let (_, size, counting, source) = RESOURCE_LIMITS[index];
    Some(fixed(size, counting, source))
}

/// The size of a document as AWS counts it for that kind and service.
pub fn counted_size(kind: Kind, service: Option<&str>, json: &str) -> usize {
    limit_of(kind, service, false).counting.size(json)
}

/// How many things a resource policy of a service may hold; `None` is without limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Statements in the document.
    pub statements: Option<usize>,
    /// Principals in the document.
    pub principals: Option<usize>,
    /// Conditions in the document.
    pub conditions: Option<usize>,
    /// Actions in one statement.
    pub actions_per_statement: Option<usize>,
    /// Resources in one statement.
    pub resources_per_statement: Option<usize>,
    /// Where AWS says so.
    pub source: &'static str,
}

/// The counts of a service whose resource policies have some.
pub fn counts_of(service: &str) -> Option<Counts> {
    match service {
        "sqs" => Some(Counts {
            statements: Some(20),
            principals: Some(50),
            conditions: Some(10),
            actions_per_statement: Some(7),
            source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
            ..Counts::default()
        }),
        "sns" => Some(Counts {
            statements: Some(100),
            principals: Some(200),
            resources_per_statement: Some(1),
            source: "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html",
            ..Counts::default()
        }),
        _ => None,
    }
}

/// A number of things that AWS allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// By default.
    pub default: usize,
    /// At most, on request.
    pub highest: usize,
    /// Where AWS says so.
    pub source: &'static str,
}

/// Managed policies attached to one role.
pub const MANAGED_PER_ROLE: Quota = Quota { default: 10, highest: 25, source: IAM_QUOTAS };
/// Managed policies attached to one user.
pub const MANAGED_PER_USER: Quota = Quota { default: 10, highest: 20, source: IAM_QUOTAS };
/// Managed policies attached to one group.
pub const MANAGED_PER_GROUP: Quota = Quota { default: 10, highest: 10, source: IAM_QUOTAS };
/// Service control policies attached to one root, unit or account.
pub const SCPS_PER_TARGET: Quota = Quota { default: 10, highest: 10, source: ORGANIZATIONS_QUOTAS };
/// Resource control policies attached to one root, unit or account, `RCPFullAWSAccess` among them.
pub const RCPS_PER_TARGET: Quota = Quota { default: 5, highest: 5, source: ORGANIZATIONS_QUOTAS };
/// Managed session policies passed in one call.
pub const SESSION_POLICY_ARNS: Quota = Quota { default: 10, highest: 10, source: IAM_QUOTAS };

/// Where AWS says what a name may be.
pub const NAMES: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names";

/// What a name is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// A managed policy.
    ManagedPolicy,
    /// An inline policy.
    InlinePolicy,
    /// A role.
    Role,
    /// A user.
    User,
    /// A group.
    Group,
    /// A session of a role.
    Session,
}

impl Named {
    /// The longest name, in characters.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
    pub fn longest(self) -> usize {
        match self {
            Named::ManagedPolicy | Named::InlinePolicy | Named::Group => 128,
            Named::Role | Named::User | Named::Session => 64,
        }
    }

    /// Whether AWS takes that name: letters, digits and `+=,.@_-`; for an inline policy every ASCII character that can
    /// be seen but `\`, `/`, `*` and `?`.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
    pub fn check(self, name: &str) -> Result<(), String> {
        let length = name.chars().count();
        if length == 0 || length > self.longest() {
            return Err(format!("the name has 1 to {} characters", self.longest()));
        }
        let inline = self == Named::InlinePolicy;
        let allowed = |c: char| match inline {
            true => c.is_ascii_graphic() && !r"\/*?".contains(c),
            false => c.is_ascii_alphanumeric() || "+=,.@_-".contains(c),
        };
        match name.chars().find(|&c| !allowed(c)) {
            None => Ok(()),
            Some(c) if inline => Err(format!("the name of an inline policy does not hold `{c}`")),
            Some(_) => Err("the name holds letters, digits and `+=,.@_-` only".to_owned()),
        }
    }
}

/// Whether a policy document may hold that character: tab, line feed, carriage return, and U+0020 to U+00FF.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
pub fn is_document_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{FF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(RESOURCE_LIMITS.is_sorted_by_key(|row| row.0));
    }

    #[test]
    fn sizes_are_those_of_the_quota_pages() {
        let size = |kind, service, inline| limit_of(kind, service, inline).size;
        assert_eq!(size(Kind::Policy, None, false), 6_144);
        assert_eq!(size(Kind::Policy, None, true), 10_240);
        assert_eq!(size(Kind::Boundary, None, false), 6_144);
        assert_eq!(size(Kind::Scp, None, false), 10_240);
        assert_eq!(size(Kind::Rcp, None, false), 5_120);
        assert_eq!(size(Kind::Trust, None, false), 2_048);
        assert_eq!(size(Kind::Session, None, false), 2_048);
        assert_eq!(size(Kind::Endpoint, None, false), 20_480);
        assert_eq!(size(Kind::Resource, Some("kms"), false), 32_768);
        assert_eq!(size(Kind::Resource, Some("sqs"), false), 8_192);
        assert!(limit_of(Kind::Resource, Some("unheard-of"), false).assumed);
        assert!(limit_of(Kind::Trust, None, false).adjustable);
    }

    #[test]
    fn whitespace_is_free_between_tokens_where_iam_says_so() {
        let json = "{\n  \"Sid\": \"a \\\" b\",\n\t\"x\": \"é\"\r\n}";
        assert_eq!(counted_size(Kind::Policy, None, json), r#"{"Sid":"a \" b","x":"é"}"#.chars().count());
        assert_eq!(counted_size(Kind::Scp, None, json), json.chars().count());
        assert_eq!(counted_size(Kind::Resource, Some("sqs"), json), json.len());
    }

    #[test]
    fn names() {
        assert!(Named::Role.check(&"a".repeat(64)).is_ok() && Named::Role.check(&"a".repeat(65)).is_err());
        assert!(Named::ManagedPolicy.check("a+b=c,d.e@f_g-1").is_ok() && Named::ManagedPolicy.check("a b").is_err());
        assert!(Named::InlinePolicy.check("a:b!").is_ok() && Named::InlinePolicy.check("a*").is_err());
        assert!(Named::User.check("").is_err());
    }

    #[test]
    fn document_characters() {
        assert!(['\t', '\n', '\r', ' ', '~', 'é', 'ÿ'].into_iter().all(is_document_character));
        assert!(!['\0', '\u{b}', 'Ā', '’', '中'].into_iter().any(is_document_character));
    }
}
