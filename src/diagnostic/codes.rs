//! The one table of diagnostic codes.

use std::str::FromStr;

/// How loud a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported; fails nothing.
    Warn,
    /// Reported; nothing is written and the exit code is 1.
    Deny,
}

impl Level {
    /// As written in `leastwise.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }
}

impl FromStr for Level {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Level::Allow, Level::Warn, Level::Deny].into_iter().find(|level| level.name() == text).ok_or(())
    }
}

/// One rule that can speak.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable, kebab-case.
    pub name: &'static str,
    /// Its level unless the project sets another.
    pub level: Level,
    /// Whether the program still means something when the rule is broken, so that its level can be set and a finding accepted
    /// with a reason. The others (syntax, names, types) are refusals.
    pub acceptable: bool,
    /// Access Analyzer's names for the same finding.
    pub aliases: &'static [&'static str],
    /// The page that `explain` prints: what, why, wrong, right.
    pub page: &'static str,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $constant:ident $name:literal $level:ident $acceptable:literal [$($alias:literal),*];)*) => {
        /// The codes by name, as constants.
        pub mod code {
            use super::{Code, Level};
            $($(#[doc = $doc])* pub static $constant: Code = Code {
                name: $name, level: Level::$level, acceptable: $acceptable, aliases: &[$($alias),*],
                page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes/", $name, ".md")),
            };)*
        }

        /// Every code, in the order of the table.
        pub fn all() -> &'static [&'static Code] {
            static ALL: &[&Code] = &[$(&code::$constant),*];
            ALL
        }
    };
}

codes! {
    /// Text that is no sentence of the language.
    SYNTAX "syntax" Deny false [];
    /// Text that is no JSON, or says one thing twice.
    JSON_SYNTAX "json-syntax" Deny false ["JSON_SYNTAX_ERROR"];
    /// JSON that is no policy document: an element that is unknown, missing, empty or of the wrong form.
    POLICY_GRAMMAR "policy-grammar" Deny false ["DATA_TYPE_MISMATCH", "INVALID_EFFECT", "INVALID_POLICY_ELEMENT", "INVALID_PRINCIPAL_FORMAT", "INVALID_PRINCIPAL_KEY", "INVALID_VERSION", "MISSING_ACTION", "MISSING_EFFECT", "MISSING_STATEMENT", "UNSUPPORTED_ELEMENT_COMBINATION", "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", "EMPTY_ARRAY_ACTION", "EMPTY_ARRAY_RESOURCE", "EMPTY_ARRAY_PRINCIPAL", "EMPTY_OBJECT_PRINCIPAL", "EMPTY_ARRAY_CONDITION", "EMPTY_ARRAY_CONDITION_FORALLVALUES", "EMPTY_ARRAY_CONDITION_FORANYVALUE", "EMPTY_ARRAY_CONDITION_IFEXISTS"];
    /// JSON that does not say which version of the policy language it is in.
    MISSING_VERSION "missing-version" Warn true ["MISSING_VERSION"];
    /// An element that is there and says nothing.
    EMPTY_ELEMENT "empty-element" Warn true ["EMPTY_SID_VALUE", "EMPTY_OBJECT_CONDITION"];
    /// A condition operator that AWS does not have.
    UNKNOWN_OPERATOR "unknown-operator" Deny false ["INVALID_CONDITION_OPERATOR", "NULL_WITH_IF_EXISTS"];
    /// A file that cannot be read.
    UNREADABLE_FILE "unreadable-file" Deny false [];
    /// Files that use each other in a circle.
    IMPORT_CYCLE "import-cycle" Deny false [];
    /// A name that nothing declares.
    UNKNOWN_NAME "unknown-name" Deny false [];
    /// A name that is declared twice where one is meant.
    DUPLICATE_NAME "duplicate-name" Deny false [];
    /// A value of another type than the one wanted.
    TYPE_MISMATCH "type-mismatch" Deny false [];
    /// An argument that is missing, unknown or given twice.
    BAD_ARGUMENT "bad-argument" Deny false [];
    /// A template that comes back to itself, a value defined by itself.
    ENDLESS_TEMPLATE "endless-template" Deny false [];
    /// Source that becomes more statements, actions or values than any policy can hold.
    TOO_LARGE "too-large" Deny false [];
    /// A resource that needs an account or a region, which nothing gives.
    MISSING_ACCOUNT_OR_REGION "missing-account-or-region" Deny false ["MISSING_ARN_ACCOUNT", "MISSING_ARN_REGION"];
    /// An `extern` in an output that has no place for it.
    UNRESOLVED_EXTERN "unresolved-extern" Deny false [];
    /// A condition that IAM has no way to write.
    INEXPRESSIBLE_CONDITION "inexpressible-condition" Deny false [];
    /// A statement whose condition never holds.
    NEVER_APPLIES "never-applies" Deny true ["REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION"];
    /// An element that this kind of policy does not have, or lacks one that it must have.
    KIND_RULE "kind-rule" Deny false ["UNSUPPORTED_PRINCIPAL", "MISSING_PRINCIPAL", "MISSING_RESOURCE", "SCP_SYNTAX_ERROR_PRINCIPAL", "RCP_SYNTAX_ERROR_PRINCIPAL", "RCP_SYNTAX_ERROR_ALLOW", "RCP_SYNTAX_ERROR_NOTACTION", "RCP_SYNTAX_ERROR_ACTION", "SCP_SYNTAX_ERROR_ACTION_WILDCARD", "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL"];
    /// A Sid that AWS does not take, or takes once only.
    BAD_SID "bad-sid" Deny true ["UNSUPPORTED_SID", "UNIQUE_SIDS_REQUIRED", "UNIQUE_SIDS_RECOMMENDED"];
    /// `NotPrincipal`, which hits more principals than it reads.
    NOT_PRINCIPAL "not-principal" Deny true ["ALLOW_WITH_NOT_PRINCIPAL"];
    /// A service prefix that AWS does not have.
    UNKNOWN_SERVICE "unknown-service" Deny true ["INVALID_SERVICE_IN_ACTION", "INVALID_SERVICE", "WILDCARD_IN_SERVICE_NAME"];
    /// An action that its service does not have.
    UNKNOWN_ACTION "unknown-action" Deny true ["INVALID_ACTION"];
    /// A pattern that matches no action.
    NO_ACTION_MATCHES "no-action-matches" Deny true [];
    /// An action and a resource that cannot meet.
    ACTION_RESOURCE_MISMATCH "action-resource-mismatch" Deny true ["UNSUPPORTED_ACTION_IN_POLICY", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"];
    /// A condition key that AWS does not have.
    UNKNOWN_CONDITION_KEY "unknown-condition-key" Deny true ["INVALID_GLOBAL_CONDITION_KEY", "INVALID_SERVICE_CONDITION_KEY", "UNSUPPORTED_GLOBAL_CONDITION_KEY", "DEPRECATED_GLOBAL_CONDITION_KEY", "INVALID_CONDITION_KEY_FORMAT", "MISSING_TAG_KEY_IN_CONDITION", "INVALID_SERVICE"];
    /// A condition key that the action never sees.
    KEY_NEVER_SEEN "key-never-seen" Deny true ["UNSUPPORTED_ACTION_FOR_CONDITION_KEY"];
    /// A global condition key that only some services put into their requests.
    KEY_UNSUPPORTED_BY_SERVICE "key-unsupported-by-service" Warn true ["DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES"];
    /// An operator that the key's type refuses.
    OPERATOR_TYPE_MISMATCH "operator-type-mismatch" Deny true ["TYPE_MISMATCH", "TYPE_MISMATCH_STRING"];
    /// A value that the operator cannot read.
    BAD_CONDITION_VALUE "bad-condition-value" Deny true ["TYPE_MISMATCH_IP_RANGE", "TYPE_MISMATCH_DATE", "TYPE_MISMATCH_NUMBER", "TYPE_MISMATCH_BOOLEAN", "TYPE_MISMATCH_STRING", "INVALID_DATE_VALUE", "INVALID_REGION", "INVALID_VPC_FORMAT", "INVALID_VPCE_FORMAT", "INVALID_KMS_KEY_VALUE", "INVALID_SERVICE_PRINCIPAL_FORMAT", "INVALID_CONDITION_DATA_TYPE", "INVALID_CONDITION_MULTIPLE_BOOLEAN", "IMPROVE_IP_RANGE"];
    /// A wildcard where it is an ordinary character.
    WILDCARD_WITHOUT_LIKE "wildcard-without-like" Deny true ["WILDCARD_WITHOUT_LIKE_OPERATOR"];
    /// A multivalued key without `any`, `all` or `no`, or a single-valued key with one.
    MISSING_QUANTIFIER "missing-quantifier" Deny true ["MISSING_QUALIFIER", "FORALLVALUES_WITH_SINGLE_VALUED_KEY", "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE"];
    /// `all` in an allow, which is true of a request without the key.
    ALL_OF_NOTHING "all-of-nothing" Warn true [];
    /// "Some value is not" in an allow, which one other value satisfies.
    NEGATED_ANY "negated-any" Warn true [];
    /// A test that comes out the same for every request.
    CONSTANT_CONDITION "constant-condition" Warn true ["NULL_WITH_QUALIFIER", "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION"];
    /// A pattern that only asks whether a key is there.
    EQUIVALENT_TO_NULL "equivalent-to-null" Allow true ["EQUIVALENT_TO_NULL_FALSE", "EQUIVALENT_TO_NULL_TRUE"];
    /// A test for MFA that requests without the key pass.
    MFA_NOT_REQUIRED "mfa-not-required" Warn true [];
    /// A private address where requests never come from one.
    PRIVATE_ADDRESS "private-address" Deny true ["PRIVATE_IP_ADDRESS", "PRIVATE_NOT_IP_ADDRESS", "PRIVATE_IP_ADDRESS_SUBSET", "PRIVATE_NOT_IP_ADDRESS_SUBSET"];
    /// A wildcard or a variable in a value of a key that names an account, an organisation, a network or a session.
    PERMISSIVE_VALUE "permissive-value" Warn true ["WILDCARD_USAGE_TOO_PERMISSIVE", "VARIABLE_USAGE_TOO_PERMISSIVE"];
    /// A condition key that means little without another beside it.
    UNPAIRED_CONDITION_KEY "unpaired-condition-key" Warn true ["MISSING_PAIRED_CONDITION_KEYS", "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT"];
    /// A condition key whose values whoever asks makes up.
    UNTRUSTWORTHY_CONDITION_KEY "untrustworthy-condition-key" Warn true ["UNTRUSTWORTHY_CONDITION_KEY"];
    /// ARNs that are matched as texts.
    STRING_LIKE_ON_ARN "string-like-on-arn" Warn true ["STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS"];
    /// A prefix of keys that is kept from being listed, and is listed by a shorter one.
    S3_PREFIX_IN_NEGATIVE_CONTEXT "s3-prefix-in-negative-context" Warn true ["S3_PREFIX_IN_NEGATIVE_CONTEXT"];
    /// An allow of which denies take everything away.
    SHADOWED_ALLOW "shadowed-allow" Warn true [];
    /// An entry of a list that another entry covers.
    REDUNDANT_ENTRY "redundant-entry" Warn true ["REDUNDANT_ACTION", "REDUNDANT_RESOURCE", "REDUNDANT_CONDITION_VALUE_NUM", "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY"];
    /// A statement that another statement covers.
    REDUNDANT_STATEMENT "redundant-statement" Warn true ["REDUNDANT_STATEMENT"];
    /// An ARN that AWS does not take.
    BAD_ARN "bad-arn" Deny true ["INVALID_ARN_PREFIX", "INVALID_ARN_ACCOUNT", "INVALID_ARN_REGION", "INVALID_ARN_RESOURCE", "INVALID_PARTITION", "ARN_ACCOUNT_NOT_ALLOWED", "ARN_REGION_NOT_ALLOWED", "MISSING_ARN_FIELD", "INVALID_ARN_SERVICE_CASE", "WILDCARD_IN_SERVICE_NAME", "MISSING_ARN_ACCOUNT", "MISSING_ARN_REGION", "INVALID_SERVICE"];
    /// A principal that AWS does not take.
    BAD_PRINCIPAL "bad-principal" Deny true ["INVALID_SERVICE_PRINCIPAL_FORMAT", "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "MISMATCHED_ACTION_FOR_PRINCIPAL", "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", "FEDERATED_PRINCIPAL_NOT_SUPPORTED", "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"];
    /// The unique id of a user or role where its ARN is meant.
    DELETED_PRINCIPAL "deleted-principal" Warn true ["INVALID_ROLE_REFERENCE", "INVALID_USER_REFERENCE"];
    /// A key that says who a principal is, where the principal is an AWS service.
    SERVICE_PRINCIPAL_KEY "service-principal-key" Deny true ["UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"];
    /// A role that anybody may assume.
    TRUSTS_ANYONE "trusts-anyone" Deny true ["ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"];
    /// A trust policy that allows nobody to assume the role.
    TRUSTS_NOBODY "trusts-nobody" Warn true [];
    /// An account of one's own that is trusted as a whole.
    TRUSTS_ACCOUNT "trusts-account" Allow true [];
    /// A wildcard in a trust policy that stands for more than to assume the role.
    WIDE_TRUST_ACTION "wide-trust-action" Warn true [];
    /// A third party that is trusted without an external id.
    MISSING_EXTERNAL_ID "missing-external-id" Warn true [];
    /// A shared identity provider without the claim that says whose identity a token is for.
    IDENTITY_PROVIDER_CONTROL "identity-provider-control" Deny true ["MISSING_GITHUB_REPO_CONDITION_KEY", "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"];
    /// An identity provider of which every identity, or every token, gets in.
    UNCONFINED_FEDERATION "unconfined-federation" Warn true ["MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"];
    /// The subject of a token with a wildcard in place of whose it is.
    WIDE_SUBJECT "wide-subject" Warn true ["SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED"];
    /// An audience that is compared as one value, where a token may have several.
    AUDIENCE_CLAIM "audience-claim" Allow true ["CONFIRM_AUDIENCE_CLAIM_TYPE"];
    /// A role whose sessions outlast the jobs of a pipeline, or what AWS lets them last.
    LONG_SESSION "long-session" Warn true [];
    /// A role that may assume another that may do more.
    ROLE_CHAIN "role-chain" Warn true [];
    /// An AWS service that is let in for whomever it works.
    CONFUSED_DEPUTY "confused-deputy" Warn true ["RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"];
    /// A condition key that requests of this kind of principal never have.
    ABSENT_FOR_PRINCIPAL "absent-for-principal" Warn true [];
    /// A policy variable that is misspelt, unknown, or stands where IAM does not substitute.
    BAD_VARIABLE "bad-variable" Deny true ["MISSING_BRACE_IN_VARIABLE", "MISSING_QUOTE_IN_VARIABLE", "UNSUPPORTED_SPACE_IN_VARIABLE", "EMPTY_VARIABLE", "VARIABLE_UNSUPPORTED_IN_ELEMENT", "VARIABLE_UNSUPPORTED_IN_VERSION", "INVALID_VARIABLE_FOR_OPERATOR"];
    /// An action of a service that resource control policies do not reach.
    RCP_SERVICE "rcp-service" Deny true ["RCP_SYNTAX_ERROR_ACTION"];
    /// A resource control policy that denies others than the keys of its condition are about.
    RCP_MISSING_KEY "rcp-missing-key" Warn true ["RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK"];
    /// A service control policy about callers whom it does not reach.
    SCP_EXEMPT "scp-exempt" Warn true [];
    /// A policy of a resource that lets in everybody.
    PUBLIC_ACCESS "public-access" Warn true [];
    /// A policy after which nobody can do anything, or change it.
    LOCK_OUT "lock-out" Warn true [];
    /// A key about the resource in the policy of that resource.
    IRRELEVANT_KEY "irrelevant-key" Warn true ["IRRELEVANT_CONDITION_KEY_IN_POLICY"];
    /// A key that only an action which is not allowed lets a caller set.
    MISSING_ACTION_FOR_KEY "missing-action-for-key" Deny true ["MISSING_ACTION_FOR_CONDITION_KEY"];
    /// A character that no policy document may hold.
    BAD_CHARACTER "bad-character" Deny false [];
    /// An allow on every resource but some.
    NOT_RESOURCE_IN_ALLOW "not-resource-in-allow" Warn true [];
    /// Every action of a service on every resource.
    SERVICE_WIDE_ACCESS "service-wide-access" Warn true [];
    /// Any role may be passed to any service.
    PASS_ROLE "pass-role" Warn true ["PASS_ROLE_WITH_NOT_RESOURCE", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", "PASS_ROLE_WITH_STAR_IN_RESOURCE", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"];
    /// A role may be passed to whichever service it trusts.
    PASS_ROLE_TO_ANY_SERVICE "pass-role-to-any-service" Allow true [];
    /// The role of any service may be created.
    CREATE_SERVICE_LINKED_ROLE "create-service-linked-role" Warn true ["CREATE_SLR_WITH_NOT_RESOURCE", "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", "CREATE_SLR_WITH_STAR_IN_RESOURCE", "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"];
    /// Every action on every resource, or as good as that. Access Analyzer tells it of the roles among them.
    ADMINISTRATOR_ACCESS "administrator-access" Warn true ["PASS_ROLE_WITH_NOT_RESOURCE", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", "PASS_ROLE_WITH_STAR_IN_RESOURCE", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", "CREATE_SLR_WITH_NOT_RESOURCE", "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", "CREATE_SLR_WITH_STAR_IN_RESOURCE", "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"];
    /// An allow of every action but some.
    NOT_ACTION_IN_ALLOW "not-action-in-allow" Warn true ["PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"];
    /// A way to permissions that were not given.
    PRIVILEGE_ESCALATION "privilege-escalation" Warn true [];
    /// Credentials of whomever.
    CREDENTIALS_EXPOSURE "credentials-exposure" Warn true [];
    /// Stored data and secrets may all be read.
    DATA_EXPOSURE "data-exposure" Warn true [];
    /// Stored data may all be overwritten, destroyed or opened.
    UNCONFINED_WRITE "unconfined-write" Warn true [];
    /// What records or confines an account may be ended.
    GUARDRAIL_REMOVAL "guardrail-removal" Warn true [];
    /// A boundary that lets go of whoever it confines.
    BOUNDARY_ESCAPE "boundary-escape" Warn true [];
    /// Every resource for actions that could name theirs.
    RESOURCE_WILDCARD "resource-wildcard" Allow true [];
    /// A wildcard for actions most of which cannot be about the resources of the statement.
    ACTION_WILDCARD "action-wildcard" Warn true [];
    /// A `*` right behind a name, which reaches what is called otherwise too.
    NAME_WILDCARD "name-wildcard" Warn true [];
    /// A `*` for a segment of an ARN that the actions or the project tell.
    SEGMENT_WILDCARD "segment-wildcard" Warn true [];
    /// A policy larger than AWS takes.
    SIZE_LIMIT "size-limit" Deny true ["POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", "POLICY_SIZE_EXCEEDS_SCP_QUOTA", "POLICY_SIZE_EXCEEDS_RCP_QUOTA", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA"];
    /// A deny of "these actions but those" that the catalogue had to spell out.
    DENY_BY_EXPANSION "deny-by-expansion" Warn true [];
    /// A `test` whose claim is not so.
    FAILED_TEST "failed-test" Deny false [];
    /// A `prove` whose claim does not hold of some request.
    FAILED_PROOF "failed-proof" Deny false [];
    /// A policy or role that breaks a constraint.
    VIOLATED_CONSTRAINT "violated-constraint" Deny false [];
    /// A claim about every request that was neither proved nor refuted.
    UNPROVED "unproved" Deny false [];
    /// An `@accept` that matches no finding.
    UNUSED_ACCEPTANCE "unused-acceptance" Warn true [];
    /// An `@accept` whose `until` is past.
    EXPIRED_ACCEPTANCE "expired-acceptance" Deny true [];
}

/// The code of that name, or that one of AWS's names stands for.
pub fn find(name: &str) -> Option<&'static Code> {
    all().iter().copied().find(|code| code.name == name || code.aliases.contains(&name))
}
