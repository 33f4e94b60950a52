//! What the values of condition keys look like.
//!
//! What comes in: the name of a key. What goes out: of some keys, what AWS documents
//! of their values beyond the type. What is absent: whether a text is such a value.

/// What a key's values are, beyond their type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The id of an account.
    AccountId,
    /// The id of an organisation.
    OrgId,
    /// The path of an account in its organisation.
    OrgPath,
    /// The external id of who assumes a role.
    ExternalId,
    /// The name of a region.
    Region,
    /// The principal of a service.
    ServicePrincipal,
    /// The id of a VPC.
    Vpc,
    /// The id of a VPC endpoint.
    Endpoint,
    /// A service with its region.
    Via,
    /// The ARN of a KMS key.
    KmsKey,
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
const PRINCIPAL_TYPES: &[&str] = &["Account", "User", "FederatedUser", "AssumedRole", "Anonymous", "Service"];
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl>
const CANNED_ACLS: &[&str] = &[
    "private",
    "public-read",
    "public-read-write",
    "aws-exec-read",
    "authenticated-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
    "log-delivery-write",
];
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
const ENCRYPTIONS: &[&str] = &["AES256", "aws:kms", "aws:kms:dsse", "aws:fsx"];
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html>
const S3_AUTH_TYPES: &[&str] = &["REST-HEADER", "REST-QUERY-STRING", "POST"];
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html>
const METADATA_TOKENS: &[&str] = &["optional", "required"];
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/dedicated-instance.html>
const TENANCIES: &[&str] = &["default", "dedicated", "host"];

/// What the values of a key are, if that is known; letter case does not matter.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub fn shape_of(key: &str) -> Option<Shape> {
    const SHAPES: &[(&str, Shape)] = &[
        ("aws:PrincipalAccount", Shape::AccountId),
        ("aws:ResourceAccount", Shape::AccountId),
        ("aws:SourceAccount", Shape::AccountId),
        ("aws:VpceAccount", Shape::AccountId),
        ("s3:ResourceAccount", Shape::AccountId),
        ("kms:CallerAccount", Shape::AccountId),
        ("aws:PrincipalOrgID", Shape::OrgId),
        ("aws:ResourceOrgID", Shape::OrgId),
        ("aws:SourceOrgID", Shape::OrgId),
        ("aws:VpceOrgID", Shape::OrgId),
        ("aws:PrincipalOrgPaths", Shape::OrgPath),
        ("aws:ResourceOrgPaths", Shape::OrgPath),
        ("aws:SourceOrgPaths", Shape::OrgPath),
        ("aws:VpceOrgPaths", Shape::OrgPath),
        ("sts:ExternalId", Shape::ExternalId),
        ("aws:RequestedRegion", Shape::Region),
        ("iam:PassedToService", Shape::ServicePrincipal),
        ("iam:AWSServiceName", Shape::ServicePrincipal),
        ("aws:PrincipalServiceName", Shape::ServicePrincipal),
        ("aws:PrincipalServiceNamesList", Shape::ServicePrincipal),
        ("aws:CalledVia", Shape::ServicePrincipal),
        ("aws:CalledViaFirst", Shape::ServicePrincipal),
        ("aws:CalledViaLast", Shape::ServicePrincipal),
        ("aws:PrincipalType", Shape::OneOf(PRINCIPAL_TYPES)),
        ("aws:SourceVpc", Shape::Vpc),
        ("aws:SourceVpce", Shape::Endpoint),
        ("ec2:Region", Shape::Region),
        ("kms:ViaService", Shape::Via),
        ("s3:x-amz-server-side-encryption-aws-kms-key-id", Shape::KmsKey),
        ("s3:x-amz-acl", Shape::OneOf(CANNED_ACLS)),
        ("s3:x-amz-server-side-encryption", Shape::OneOf(ENCRYPTIONS)),
        ("s3:authType", Shape::OneOf(S3_AUTH_TYPES)),
        ("ec2:MetadataHttpTokens", Shape::OneOf(METADATA_TOKENS)),
        ("ec2:Tenancy", Shape::OneOf(TENANCIES)),
    ];
    SHAPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, shape)| *shape)
}
