//! What the templates that guard most must emit, written by hand from AWS's rules.

use serde_json::{Value, json};

use super::compiled::{self, Policy, policy};

const SELF: &str = "arn:aws:iam::123456789012:policy/b";
const OUTSIDE: &str = "arn:aws:iam::123456789012:role/Admin";
const INSIDE: &str = "arn:aws:iam::123456789012:role/dev/worker";

fn document(statements: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn emits(text: &str, statements: Value) {
    let policy = policy(text);
    assert_eq!(policy.0, document(statements), "{text}");
}

// Boundaries

fn developer() -> Policy {
    policy(
        "boundary b = std.boundary.developer(services: [*], everywhere: true, passed-to: [\"lambda.amazonaws.com\"])",
    )
}

#[test]
fn a_developer_cannot_shed_exchange_or_edit_the_boundary() {
    let policy = developer();
    for action in ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"] {
        assert!(policy.always_denies(action, OUTSIDE) && policy.always_denies(action, INSIDE), "{action}");
    }
    let another = json!({ "StringNotEquals": { "iam:PermissionsBoundary": SELF } });
    for action in ["iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"] {
        assert!(policy.denies_when(action, INSIDE, &another), "{action}");
    }
    for action in ["CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion"] {
        assert!(policy.always_denies(&format!("iam:{action}"), SELF), "{action}");
    }
}

#[test]
fn a_developer_makes_and_changes_bounded_roles_only() {
    let policy = developer();
    // An absent key makes `StringNotEquals` true: without a boundary the request is denied.
    let unbounded = json!({ "StringNotEquals": { "iam:PermissionsBoundary": SELF } });
    for action in ["CreateRole", "AttachRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "DetachRolePolicy"] {
        let action = format!("iam:{action}");
        assert!(policy.denies_when(&action, INSIDE, &unbounded), "{action}");
        assert!(policy.always_denies(&action, OUTSIDE), "{action}");
        assert!(policy.may_allow(&action, INSIDE), "{action}");
    }
    assert!(policy.denies_when("iam:UpdateAssumeRolePolicy", INSIDE, &unbounded));
    assert!(policy.always_denies("iam:UpdateAssumeRolePolicy", OUTSIDE));
}

#[test]
fn a_developer_has_no_way_round_by_other_identities() {
    let policy = developer();
    let user = "arn:aws:iam::123456789012:user/admin";
    for action in [
        "AddUserToGroup",
        "AttachUserPolicy",
        "CreateAccessKey",
        "CreateLoginProfile",
        "CreateUser",
        "PutUserPolicy",
        "UpdateLoginProfile",
        "CreateServiceSpecificCredential",
        "UploadSSHPublicKey",
        "DeactivateMFADevice",
        "TagUser",
    ] {
        assert!(policy.always_denies(&format!("iam:{action}"), user), "{action}");
    }
    for action in ["AttachGroupPolicy", "CreateGroup", "PutGroupPolicy"] {
        assert!(policy.always_denies(&format!("iam:{action}"), "arn:aws:iam::123456789012:group/admins"), "{action}");
    }
    for action in ["CreateSAMLProvider", "UpdateSAMLProvider"] {
        assert!(
            policy.always_denies(&format!("iam:{action}"), "arn:aws:iam::123456789012:saml-provider/x"),
            "{action}"
        );
    }
    let provider = "arn:aws:iam::123456789012:oidc-provider/x";
    for action in ["AddClientIDToOpenIDConnectProvider", "CreateOpenIDConnectProvider"] {
        assert!(policy.always_denies(&format!("iam:{action}"), provider), "{action}");
    }
    assert!(policy.always_denies("iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/admins"));
    assert!(policy.always_denies("iam:TagRole", OUTSIDE));
    assert!(policy.always_denies("organizations:LeaveOrganization", "*"));
    assert!(policy.always_denies("account:CloseAccount", "*"));
}

#[test]
fn a_developer_passes_and_assumes_bounded_roles_only() {
    let policy = developer();
    assert!(policy.always_denies("iam:PassRole", OUTSIDE));
    let elsewhere = json!({ "StringNotEquals": { "iam:PassedToService": "lambda.amazonaws.com" } });
    assert!(policy.denies_when("iam:PassRole", INSIDE, &elsewhere));
    assert!(policy.may_allow("iam:PassRole", INSIDE));
    assert!(policy.always_denies("sts:AssumeRole", OUTSIDE));
    assert!(policy.always_denies("sts:AssumeRole", "arn:aws:iam::999999999999:role/Admin"));
    assert!(policy.may_allow("sts:AssumeRole", INSIDE));
}

#[test]
fn a_developer_who_passes_nothing_passes_nothing() {
    let policy = self::policy("boundary b = std.boundary.developer(services: [*], everywhere: true, passed-to: [])");
    assert!(policy.always_denies("iam:PassRole", INSIDE));
}

#[test]
fn services_keep_to_the_regions() {
    let policy = self::policy("boundary b = std.boundary.developer(services: [s3:*], regions: [\"eu-west-1\"])");
    let allowed = policy.about("Allow", "s3:GetObject", "arn:aws:s3:::b/k");
    assert_eq!(allowed.len(), 1);
    assert_eq!(allowed[0]["Condition"], json!({ "StringEquals": { "aws:RequestedRegion": "eu-west-1" } }));
}

#[test]
fn a_pipeline_hands_out_the_workload_boundary_and_edits_none() {
    let policy = self::policy(
        "boundary b = std.boundary.ci-deployer(services: [iam:*, s3:*], workload: iam.policy(\"w\"), everywhere: true)",
    );
    let workload = "arn:aws:iam::123456789012:policy/w";
    let role = "arn:aws:iam::123456789012:role/app/worker";
    let without = json!({ "StringNotEquals": { "iam:PermissionsBoundary": workload } });
    assert!(policy.denies_when("iam:CreateRole", role, &without));
    assert!(policy.denies_when("iam:PutRolePermissionsBoundary", role, &without));
    assert!(policy.always_denies("iam:PutRolePermissionsBoundary", OUTSIDE));
    for boundary in [workload, SELF] {
        assert!(policy.always_denies("iam:CreatePolicyVersion", boundary), "{boundary}");
    }
}

#[test]
fn a_workload_and_an_operator_touch_no_identities() {
    let workload = policy("boundary b = std.boundary.workload(services: [*], everywhere: true)");
    let operator = policy("boundary b = std.boundary.no-iam()");
    for action in ["iam:CreateRole", "iam:PassRole", "iam:CreateAccessKey", "organizations:LeaveOrganization"] {
        assert!(workload.always_denies(action, "*"), "{action}");
        assert!(operator.always_denies(action, "*"), "{action}");
    }
    assert!(workload.always_denies("cloudtrail:StopLogging", "arn:aws:cloudtrail:eu-west-1:123456789012:trail/t"));
    for action in ["sts:AssumeRole", "sts:AssumeRoot"] {
        assert!(workload.always_denies(action, OUTSIDE) && operator.always_denies(action, OUTSIDE), "{action}");
    }
    assert!(operator.may_allow("iam:GetRole", OUTSIDE));
    assert!(policy("boundary b = std.boundary.no-iam(read: false)").always_denies("iam:GetRole", OUTSIDE));
}

#[test]
fn an_auditor_sees_no_contents() {
    let policy = self::policy("boundary b = std.boundary.read-only()");
    for action in [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "dynamodb:GetItem",
        "dynamodb:Scan",
        "sqs:ReceiveMessage",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "kms:Decrypt",
        "logs:GetLogEvents",
        "logs:FilterLogEvents",
        "lambda:GetFunction",
        "cloudtrail:GetQueryResults",
        "iam:CreateUser",
        "ec2:GetPasswordData",
    ] {
        assert!(!policy.may_allow(action, "*"), "{action}");
    }
    assert!(policy.may_allow("ec2:DescribeInstances", "*") && policy.may_allow("iam:ListUsers", "*"));
}

// Trusts

#[test]
fn an_external_id_is_compared_whole() {
    emits(
        "trust t = std.trust.third-party(vendor: role(\"999999999999\", \"scanner\"), external-id: \"b7f1c9e2\")",
        json!([{
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::999999999999:role/scanner" },
            "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "sts:ExternalId": "b7f1c9e2" } }
        }]),
    );
    emits(
        "trust t = std.trust.cross-account(trusted: [account(\"111111111111\")], external-id: \"deploy\", mfa: true)",
        json!([{
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::111111111111:root" },
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": { "sts:ExternalId": "deploy" },
                "Bool": { "aws:MultiFactorAuthPresent": "true" }
            }
        }]),
    );
}

#[test]
fn github_subjects_are_compared_whole_with_the_audience() {
    let provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
    emits(
        "trust t = std.trust.github-oidc(account: \"123456789012\", subjects: [\"repo:acme/api:environment:prod\"])",
        json!([{
            "Effect": "Allow",
            "Principal": { "Federated": provider },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:acme/api:environment:prod"
            } }
        }]),
    );
    emits(
        "trust t = std.trust.github-oidc-immutable(account: \"123456789012\", owner: \"acme\", owner-id: 12,
           repository: \"api\", repository-id: 34, claims: [\"ref:refs/heads/main\"])",
        json!([{
            "Effect": "Allow",
            "Principal": { "Federated": provider },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:acme@12/api@34:ref:refs/heads/main"
            } }
        }]),
    );
    emits(
        "trust t = std.trust.github-oidc-patterns(account: \"123456789012\", owner: \"acme\", repository: \"api\",
           claims: [\"ref:refs/tags/*\"])",
        json!([{
            "Effect": "Allow",
            "Principal": { "Federated": provider },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                    "token.actions.githubusercontent.com:repository": "acme/api"
                },
                "StringLike": { "token.actions.githubusercontent.com:sub": "repo:acme/api:ref:refs/tags/*" }
            }
        }]),
    );
}

#[test]
fn every_trust_of_the_examples_asks_for_something() {
    let (_, emitted) = compiled::of_file("examples/stdlib/trust.lw");
    for policy in &emitted {
        for statement in policy.json["Statement"].as_array().unwrap() {
            assert_eq!(statement["Effect"], "Allow", "{}", policy.name);
            let asks = statement.get("Condition").is_some();
            assert_eq!(asks, policy.name != "trust-compute-service", "{}", policy.name);
            if policy.text.contains("AssumeRoleWithWebIdentity") {
                assert!(policy.text.contains(":aud\"") && policy.text.contains(":sub\""), "{}", policy.name);
            }
        }
    }
}

#[test]
fn services_and_pods_say_for_whom_they_call() {
    emits(
        "trust t = std.trust.aws-service(principal: \"scheduler.amazonaws.com\", source-account: \"123456789012\")",
        json!([{
            "Effect": "Allow",
            "Principal": { "Service": "scheduler.amazonaws.com" },
            "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "aws:SourceAccount": "123456789012" } }
        }]),
    );
    emits(
        "trust t = std.trust.eks-pod-identity(account: \"123456789012\", clusters: [eks.cluster(\"shop\")],
           namespace: \"shop\", service-account: \"orders\")",
        json!([{
            "Effect": "Allow",
            "Principal": { "Service": "pods.eks.amazonaws.com" },
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {
                "StringEquals": {
                    "aws:SourceAccount": "123456789012",
                    "aws:RequestTag/kubernetes-namespace": "shop",
                    "aws:RequestTag/kubernetes-service-account": "orders"
                },
                "StringLike": { "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-west-1:123456789012:cluster/shop" }
            }
        }]),
    );
}

#[test]
fn a_chain_without_a_source_identity_does_not_get_in() {
    emits(
        "trust t = std.trust.role-chain(trusted: [role(\"111111111111\", \"gate\")])",
        json!([{
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::111111111111:role/gate" },
            "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
            "Condition": { "StringLike": { "aws:SourceIdentity": "*" } }
        }]),
    );
}

// Resource control policies

#[test]
fn resources_answer_to_the_organisation_and_to_services() {
    emits(
        "rcp r = std.rcp.org-only(org: \"o-a1b2c3d4e5\", partners: [\"999999999999\"], actions: [s3:*])",
        json!([{
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {
                "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
                "BoolIfExists": { "aws:PrincipalIsAWSService": "false" },
                "StringNotEquals": { "aws:PrincipalAccount": "999999999999" }
            }
        }]),
    );
}

#[test]
fn no_partners_leave_nobody_out() {
    emits(
        "rcp r = std.rcp.org-only(org: \"o-a1b2c3d4e5\", partners: [], actions: [s3:*])",
        json!([{
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {
                "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
                "BoolIfExists": { "aws:PrincipalIsAWSService": "false" }
            }
        }]),
    );
}

#[test]
fn services_act_for_the_organisation_only() {
    emits(
        "rcp r = std.rcp.confused-deputy(org: \"o-a1b2c3d4e5\", actions: [s3:*])",
        json!([{
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {
                "Bool": { "aws:PrincipalIsAWSService": "true" },
                "Null": { "aws:SourceAccount": "false" },
                "StringNotEqualsIfExists": { "aws:SourceOrgID": "o-a1b2c3d4e5" }
            }
        }]),
    );
}

#[test]
fn tokens_of_other_tenants_are_denied_and_other_issuers_left_alone() {
    emits(
        "rcp r = std.rcp.oidc-tenants(subjects: [\"repo:acme/*\"])",
        json!([{
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Resource": "*",
            "Condition": {
                "Null": { "token.actions.githubusercontent.com:sub": "false" },
                "StringNotLike": { "token.actions.githubusercontent.com:sub": "repo:acme/*" }
            }
        }]),
    );
}

// Service control policies

/// Every template that takes `exempt`, with what else it needs.
const EXEMPTING: &[&str] = &[
    "region-lock(regions: [\"eu-west-1\"], ",
    "protect-cloudtrail(",
    "protect-config(",
    "protect-guardduty(",
    "protect-security-hub(",
    "protect-access-analyzer(",
    "deny-root(",
    "deny-leave-organization(",
    "deny-services(services: [gamelift:*], ",
    "deny-iam-users(",
    "deny-access-keys(",
    "require-boundary(boundaries: [iam.policy(\"p\", account: \"*\")], ",
    "protect-roles(roles: [iam.role(\"r\", account: \"*\")], ",
    "require-imdsv2(",
    "protect-s3-public-access-block(",
    "protect-kms-deletion(",
    "require-encryption(",
    "require-s3-encryption(",
    "require-ebs-encryption(",
    "require-rds-encryption(",
    "deny-marketplace(",
    "deny-purchases(",
    "quarantine(",
];

/// Stands before what denies everything to everybody, on purpose.
const FROZEN: &str = "@accept(lock-out, because: \"the account is frozen\")\n";

#[test]
fn nobody_exempt_leaves_nobody_out() {
    for call in EXEMPTING {
        let accepted = if *call == "quarantine(" { FROZEN } else { "" };
        let none = policy(&format!("{accepted}scp s = std.scp.{call}exempt: [])"));
        let default = policy(&format!("{accepted}scp s = std.scp.{})", call.trim_end_matches([',', ' '])));
        assert_eq!(none.0, default.0, "{call}");
        for statement in none.statements() {
            assert_eq!(statement["Effect"], "Deny", "{call}");
            let text = statement.to_string();
            let exempts = text.contains("ArnNotLike") && text.contains("aws:PrincipalArn");
            assert!(!exempts, "{call}: {text}");
        }
    }
    let none = policy("scp s = std.scp.allow-services(services: [s3:*], exempt: [])");
    assert_eq!(none.0, document(json!([{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }])));
}

#[test]
fn whoever_is_exempt_is_exempt_by_arn_in_every_statement() {
    let exempt = "arn:aws:iam::*:role/BreakGlass";
    for call in EXEMPTING {
        let policy = policy(&format!("scp s = std.scp.{call}exempt: [\"{exempt}\"])"));
        for statement in policy.statements() {
            assert_eq!(statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"], exempt, "{call}: {statement}");
        }
    }
}

#[test]
fn a_plain_protection_is_an_unconditional_denial() {
    emits(
        &format!("{FROZEN}scp s = std.scp.quarantine()"),
        json!([{ "Effect": "Deny", "Action": "*", "Resource": "*" }]),
    );
    emits(
        "scp s = std.scp.deny-leave-organization()",
        json!([{
            "Effect": "Deny",
            "Action": ["account:CloseAccount", "organizations:AcceptHandshake", "organizations:LeaveOrganization"],
            "Resource": "*"
        }]),
    );
}

#[test]
fn regions_are_locked_wholly_where_nothing_is_global() {
    emits(
        "scp s = std.scp.region-lock(regions: [\"us-east-1\", \"eu-west-1\"],
           exempt: [\"arn:aws:iam::*:role/OrganizationAdmin\"], global: [])",
        json!([
            {
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {
                    "StringNotEquals": { "aws:RequestedRegion": ["us-east-1", "eu-west-1"] },
                    "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/OrganizationAdmin" }
                }
            },
            {
                "Effect": "Deny",
                "Action": ["account:DisableRegion", "account:EnableRegion"],
                "Resource": "*",
                "Condition": { "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/OrganizationAdmin" } }
            }
        ]),
    );
    let locked = policy("scp s = std.scp.region-lock(regions: [\"eu-west-1\"])");
    let elsewhere = json!({ "StringNotEquals": { "aws:RequestedRegion": "eu-west-1" } });
    for action in ["ec2:RunInstances", "s3:CreateBucket", "kms:CreateKey", "lambda:CreateFunction"] {
        assert!(locked.denies_when(action, "*", &elsewhere), "{action}");
    }
    for action in
        ["iam:GetRole", "sts:AssumeRole", "organizations:DescribeOrganization", "cloudfront:CreateDistribution"]
    {
        assert!(locked.about("Deny", action, "*").is_empty(), "{action}");
    }
    assert!(locked.always_denies("account:EnableRegion", "*"));
}

#[test]
fn root_is_stopped_and_central_sessions_only_on_request() {
    let condition = json!({ "ArnLike": { "aws:PrincipalArn": "arn:*:iam::*:root" } });
    emits(
        "scp s = std.scp.deny-root()",
        json!([{ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition }]),
    );
    emits(
        "scp s = std.scp.deny-root(central-root: true)",
        json!([{
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": { "ArnLike": { "aws:PrincipalArn": "arn:*:iam::*:root" }, "Null": { "aws:AssumedRoot": "true" } }
        }]),
    );
}

/// The protections, with what AWS's own examples deny and a bit more.
#[test]
fn protections_deny_what_would_blind_them() {
    let trail = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/org";
    let store = "arn:aws:cloudtrail:eu-west-1:123456789012:eventdatastore/x";
    let role = "arn:aws:iam::123456789012:role/security/x";
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "protect-cloudtrail()",
            trail,
            &[
                "cloudtrail:DeleteTrail",
                "cloudtrail:PutEventSelectors",
                "cloudtrail:PutInsightSelectors",
                "cloudtrail:StopLogging",
                "cloudtrail:UpdateTrail",
                "cloudtrail:CreateTrail",
            ],
        ),
        (
            "protect-cloudtrail()",
            store,
            &[
                "cloudtrail:DeleteEventDataStore",
                "cloudtrail:StopEventDataStoreIngestion",
                "cloudtrail:UpdateEventDataStore",
            ],
        ),
        (
            "protect-config()",
            "*",
            &[
                "config:DeleteConfigRule",
                "config:DeleteConfigurationRecorder",
                "config:DeleteDeliveryChannel",
                "config:StopConfigurationRecorder",
                "config:PutConfigurationRecorder",
                "config:DeleteRetentionConfiguration",
                "config:DeleteServiceLinkedConfigurationRecorder",
                "config:DisassociateResourceTypes",
            ],
        ),
        (
            "protect-guardduty()",
            "*",
            &[
                "guardduty:AcceptInvitation",
                "guardduty:ArchiveFindings",
                "guardduty:CreateDetector",
                "guardduty:CreateFilter",
                "guardduty:CreateIPSet",
                "guardduty:CreateMembers",
                "guardduty:CreatePublishingDestination",
                "guardduty:CreateSampleFindings",
                "guardduty:CreateThreatIntelSet",
                "guardduty:DeclineInvitations",
                "guardduty:DeleteDetector",
                "guardduty:DeleteFilter",
                "guardduty:DeleteInvitations",
                "guardduty:DeleteIPSet",
                "guardduty:DeleteMembers",
                "guardduty:DeletePublishingDestination",
                "guardduty:DeleteThreatIntelSet",
                "guardduty:DisassociateFromMasterAccount",
                "guardduty:DisassociateFromAdministratorAccount",
                "guardduty:DisassociateMembers",
                "guardduty:InviteMembers",
                "guardduty:StartMonitoringMembers",
                "guardduty:StopMonitoringMembers",
                "guardduty:TagResource",
                "guardduty:UnarchiveFindings",
                "guardduty:UntagResource",
                "guardduty:UpdateDetector",
                "guardduty:UpdateFilter",
                "guardduty:UpdateFindingsFeedback",
                "guardduty:UpdateIPSet",
                "guardduty:UpdatePublishingDestination",
                "guardduty:UpdateThreatIntelSet",
                "guardduty:CreateTrustedEntitySet",
            ],
        ),
        (
            "protect-security-hub()",
            "*",
            &[
                "securityhub:DeleteInvitations",
                "securityhub:BatchDisableStandards",
                "securityhub:DeleteActionTarget",
                "securityhub:DeleteInsight",
                "securityhub:TagResource",
                "securityhub:UntagResource",
                "securityhub:UpdateStandardsControl",
                "securityhub:UpdateSecurityHubConfiguration",
                "securityhub:UpdateFindingAggregator",
                "securityhub:UpdateOrganizationConfiguration",
                "securityhub:DisableSecurityHub",
                "securityhub:DisassociateFromMasterAccount",
                "securityhub:DeleteMembers",
                "securityhub:DisassociateMembers",
                "securityhub:DisableSecurityHubV2",
                "securityhub:DeleteConfigurationPolicy",
                "securityhub:BatchDeleteAutomationRules",
                "securityhub:DeleteAutomationRuleV2",
                "securityhub:DisassociateFromAdministratorAccount",
                "securityhub:DeleteConnectorV2",
                "securityhub:DisableImportFindingsForProduct",
                "securityhub:UpdateSecurityControl",
                "securityhub:CreateAutomationRule",
            ],
        ),
        (
            "protect-access-analyzer()",
            "*",
            &[
                "access-analyzer:ApplyArchiveRule",
                "access-analyzer:CreateArchiveRule",
                "access-analyzer:DeleteAnalyzer",
                "access-analyzer:DeleteArchiveRule",
                "access-analyzer:UpdateArchiveRule",
                "access-analyzer:UpdateFindings",
            ],
        ),
        (
            "protect-roles(roles: [iam.role(\"security/*\", account: \"*\")], assume: false)",
            role,
            &[
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:DeleteRole",
                "iam:DeleteRolePermissionsBoundary",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRoleDescription",
                "sts:AssumeRole",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:PassRole",
            ],
        ),
        (
            "protect-kms-deletion()",
            "*",
            &[
                "kms:ScheduleKeyDeletion",
                "kms:DeleteAlias",
                "kms:DeleteCustomKeyStore",
                "kms:DeleteImportedKeyMaterial",
                "kms:DisableKey",
            ],
        ),
        (
            "deny-iam-users()",
            "*",
            &[
                "iam:CreateUser",
                "iam:CreateLoginProfile",
                "iam:UpdateLoginProfile",
                "iam:UpdateAccountPasswordPolicy",
                "iam:DeleteAccountPasswordPolicy",
                "iam:AttachUserPolicy",
                "iam:PutGroupPolicy",
            ],
        ),
        (
            "deny-access-keys()",
            "*",
            &[
                "iam:CreateAccessKey",
                "iam:CreateServiceSpecificCredential",
                "iam:UpdateAccessKey",
                "iam:UploadSSHPublicKey",
                "iam:ResetServiceSpecificCredential",
                "iam:UpdateSigningCertificate",
            ],
        ),
        (
            "protect-s3-public-access-block()",
            "*",
            &["s3:PutAccountPublicAccessBlock", "s3:PutBucketPublicAccessBlock", "s3:PutAccessPointPublicAccessBlock"],
        ),
        (
            "deny-marketplace()",
            "*",
            &[
                "aws-marketplace:Subscribe",
                "aws-marketplace:Unsubscribe",
                "aws-marketplace:CreatePrivateMarketplaceRequests",
                "aws-marketplace:AssociateProductsWithPrivateMarketplace",
                "aws-marketplace:DisassociateProductsFromPrivateMarketplace",
                "aws-marketplace:AcceptAgreementPaymentRequest",
            ],
        ),
    ];
    for (call, resource, actions) in cases {
        let policy = policy(&format!("scp s = std.scp.{call}"));
        for action in *actions {
            assert!(policy.always_denies(action, resource), "{call} does not deny {action}");
        }
    }
}

#[test]
fn principals_without_a_boundary_are_given_nothing() {
    let policy =
        self::policy("scp s = std.scp.require-boundary(boundaries: [\"arn:aws:iam::*:policy/developer\"], exempt: [])");
    // ARN operators compare segment by segment: a policy of another path cannot pass for this one.
    let without = json!({ "ArnNotLike": { "iam:PermissionsBoundary": "arn:aws:iam::*:policy/developer" } });
    for action in [
        "AttachRolePolicy",
        "AttachUserPolicy",
        "CreateRole",
        "CreateUser",
        "PutRolePermissionsBoundary",
        "PutRolePolicy",
        "PutUserPermissionsBoundary",
        "PutUserPolicy",
    ] {
        assert!(policy.denies_when(&format!("iam:{action}"), OUTSIDE, &without), "{action}");
    }
    assert!(policy.always_denies("iam:DeleteRolePermissionsBoundary", OUTSIDE));
    assert!(policy.always_denies("iam:CreatePolicyVersion", "arn:aws:iam::111111111111:policy/developer"));
}

#[test]
fn uploads_never_ask_for_less_than_kms_not_even_through_an_access_point() {
    let policy = self::policy("scp s = std.scp.require-s3-encryption()");
    let access_point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/object/k";
    let weaker = json!({
        "StringNotEquals": { "s3:x-amz-server-side-encryption": ["aws:kms", "aws:kms:dsse"] },
        "Null": { "s3:x-amz-server-side-encryption": "false" }
    });
    let own = json!({ "Null": { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } });
    for resource in [access_point, "arn:aws:s3:::b/k"] {
        assert!(
            policy.denies_when("s3:PutObject", resource, &weaker) && policy.denies_when("s3:PutObject", resource, &own)
        );
    }
}

#[test]
fn instances_start_with_version_two_and_version_one_is_worth_nothing() {
    let policy = self::policy("scp s = std.scp.require-imdsv2()");
    let instance = "arn:aws:ec2:eu-west-1:123456789012:instance/*";
    let optional = json!({ "StringNotEquals": { "ec2:MetadataHttpTokens": "required" } });
    assert!(policy.denies_when("ec2:RunInstances", instance, &optional));
    assert!(policy.always_denies("ec2:ModifyInstanceMetadataOptions", instance));
    let first = json!({ "NumericLessThan": { "ec2:RoleDelivery": "2" } });
    assert!(policy.denies_when("s3:GetObject", "arn:aws:s3:::b/k", &first));
    // The launch touches more than the instance, and nothing there says how metadata are answered.
    let image = "arn:aws:ec2:eu-west-1::image/ami-1";
    assert_eq!(policy.about("Deny", "ec2:RunInstances", image).len(), 1);
}

// Resource-based policies

#[test]
fn a_private_bucket_refuses_plain_http_outsiders_and_anonymous_requests() {
    emits(
        "let b = s3.bucket(\"b\")\nresource r for b = std.resource.private-bucket(bucket: b, org: \"o-a1b2c3d4e5\")",
        json!([
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
                "Condition": { "Bool": { "aws:SecureTransport": "false" } }
            },
            {
                "Sid": "OrgOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
                "Condition": {
                    "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
                    "BoolIfExists": { "aws:PrincipalIsAWSService": "false" }
                }
            }
        ]),
    );
}

#[test]
fn a_key_that_is_used_through_a_service_is_not_used_otherwise() {
    let policy = self::policy(
        "resource r for kms.key(\"*\") = std.resource.key-via-service(owner: \"123456789012\",
           via: [\"s3.eu-west-1.amazonaws.com\"])",
    );
    for action in ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:CreateGrant"] {
        for statement in policy.about("Allow", action, "*") {
            let condition = &statement["Condition"]["StringEquals"];
            assert_eq!(condition["kms:ViaService"], "s3.eu-west-1.amazonaws.com", "{action}");
            assert_eq!(condition["kms:CallerAccount"], "123456789012", "{action}");
        }
    }
    // Its account can still write the policy, so that the key is never locked away.
    let managed = policy.about("Allow", "kms:PutKeyPolicy", "*");
    assert_eq!(managed[0]["Principal"], json!({ "AWS": "arn:aws:iam::123456789012:root" }));
    assert!(managed[0].get("Condition").is_none());
}

#[test]
fn whatever_lets_a_service_in_says_for_whom() {
    let (_, emitted) = compiled::of_file("examples/stdlib/resource.lw");
    for policy in &emitted {
        for statement in policy.json["Statement"].as_array().unwrap() {
            if statement["Effect"] == "Allow" && statement["Principal"].get("Service").is_some() {
                let condition = statement["Condition"].to_string();
                assert!(condition.contains("aws:SourceA"), "{}: {statement}", policy.name);
            }
            if statement["Effect"] == "Allow" && statement["Principal"] == "*" {
                assert!(statement.get("Condition").is_some(), "{}: {statement}", policy.name);
            }
        }
    }
}

#[test]
fn a_repository_s_policy_names_no_resource() {
    let policy = self::policy(
        "let i = ecr.repository(\"i\")\nresource r for i = std.resource.repository-pull(pullers: [account(\"111111111111\")])",
    );
    assert!(policy.statements().iter().all(|statement| statement.get("Resource").is_none()));
}

// Sessions and grants

#[test]
fn a_tenant_reads_its_own_items_and_a_request_without_keys_nothing() {
    let policy = self::policy("session s = std.session.table-leading-keys(table: dynamodb.table(\"t\"))");
    let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/t";
    for action in ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"] {
        let allowed = policy.about("Allow", action, table);
        assert_eq!(allowed.len(), 1, "{action}");
        let condition = json!({
            "Null": { "dynamodb:LeadingKeys": "false" },
            "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "${aws:PrincipalTag/tenant}" }
        });
        assert_eq!(allowed[0]["Condition"], condition, "{action}");
    }
    for action in ["dynamodb:Scan", "dynamodb:PartiQLSelect", "dynamodb:DeleteTable"] {
        assert!(!policy.may_allow(action, table), "{action}");
    }
    assert!(!policy.may_allow("dynamodb:Query", &format!("{table}/index/i")));
}

#[test]
fn an_export_is_read_over_tls_from_its_owner() {
    emits(
        "session s = std.session.export-read(bucket: s3.bucket(\"specific-export-bucket\"), owner: \"123456789012\")",
        json!([{
            "Sid": "ReadExport",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::specific-export-bucket/*",
            "Condition": {
                "Bool": { "aws:SecureTransport": "true" },
                "StringEquals": { "aws:ResourceAccount": "123456789012" }
            }
        }]),
    );
}

#[test]
fn one_table_and_its_logs_are_twelve_actions() {
    let policy = self::policy(
        "policy p {\n include std.grant.dynamodb-read-write(dynamodb.table(\"t\"))\n include std.grant.logs-write(\"/aws/lambda/t\")\n}",
    );
    let actions = policy.statements().iter().map(|statement| statement["Action"].as_array().unwrap().len());
    assert_eq!(actions.sum::<usize>(), 12);
}

/// What is published for these five purposes, and what the library makes of it in one call.
#[test]
fn five_published_policies_have_a_stronger_form() {
    let boundary =
        policy("boundary b = std.boundary.workload(services: [{s3,dynamodb,lambda,logs,sqs,sns}:*], everywhere: true)");
    for action in [
        "iam:CreateUser",
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:AttachRolePolicy",
        "iam:PutRolePolicy",
        "iam:PassRole",
        "organizations:DescribeOrganization",
        "account:GetContactInformation",
    ] {
        assert!(boundary.always_denies(action, "*"), "{action}");
    }
    assert!(boundary.may_allow("sqs:SendMessage", "*") && !boundary.may_allow("ec2:RunInstances", "*"));

    let trail = policy("scp s = std.scp.protect-cloudtrail(exempt: [\"arn:aws:iam::*:role/SecurityAdmin\"])");
    let exempt = json!({ "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/SecurityAdmin" } });
    for action in ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail"] {
        assert!(trail.denies_when(action, "arn:aws:cloudtrail:us-east-1:111111111111:trail/any", &exempt), "{action}");
    }
    // The other three stand above: `region-lock` with `global: []`, `cross-account` and `export-read`.
}
