//! Ways out of permissions boundaries. AWS's page on delegating with boundaries has none; each hole in them is found.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate>

use leastwise::base::SourceMap;
use leastwise::policy::Kind;

#[path = "support/json.rs"]
mod json;
use json::lint_json;

/// What is said of ways out of a boundary: each of the actions that a message names.
fn ways(document: &str) -> Vec<String> {
    found("boundary.json", document, Some(Kind::Boundary))
}

fn found(name: &str, text: &str, kind: Option<Kind>) -> Vec<String> {
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let found = lint_json(&sources, file, kind);
    let escapes = found.iter().filter(|one| one.code.name == "boundary-escape");
    let mut actions: Vec<String> = escapes
        .flat_map(|one| one.message.split('`').skip(3).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    actions.sort();
    actions.dedup();
    actions
}

fn of(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

/// Statements that shut every way out of a boundary that allows everything, one each.
const SHUT: [(&str, &str, &[&str]); 5] = [
    (
        "take off",
        r#"{"Effect":"Deny","Action":["iam:DeleteRolePermissionsBoundary","iam:DeleteUserPermissionsBoundary"],"Resource":"*"}"#,
        &["iam:DeleteRolePermissionsBoundary"],
    ),
    (
        "rewrite",
        r#"{"Effect":"Deny","Action":["iam:CreatePolicyVersion","iam:DeletePolicy","iam:DeletePolicyVersion","iam:SetDefaultPolicyVersion"],"Resource":"arn:aws:iam::111122223333:policy/Developer"}"#,
        &["iam:CreatePolicyVersion"],
    ),
    (
        "put another",
        r#"{"Effect":"Deny","Action":["iam:PutRolePermissionsBoundary","iam:PutUserPermissionsBoundary"],"Resource":"*","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/Developer"}}}"#,
        &["iam:PutRolePermissionsBoundary"],
    ),
    (
        "give",
        r#"{"Effect":"Deny","Action":["iam:CreateRole","iam:CreateUser","iam:AttachRolePolicy","iam:AttachUserPolicy","iam:PutRolePolicy","iam:PutUserPolicy","iam:UpdateAssumeRolePolicy"],"Resource":"*","Condition":{"ArnNotEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/Developer"}}}"#,
        &["iam:AttachRolePolicy"],
    ),
    (
        "pass",
        r#"{"Effect":"Deny","Action":"iam:PassRole","NotResource":"arn:aws:iam::111122223333:role/app/*"}"#,
        &["iam:PassRole"],
    ),
];

#[test]
fn each_hole_in_a_boundary_that_allows_everything_else() {
    let shut = |but: Option<usize>| {
        let denies = SHUT.iter().enumerate().filter(|(at, _)| Some(*at) != but).map(|(_, (_, deny, _))| *deny);
        of(&std::iter::once(ALL).chain(denies).collect::<Vec<_>>().join(","))
    };
    assert!(ways(&shut(None)).is_empty());
    for (at, (name, _, expected)) in SHUT.iter().enumerate() {
        assert_eq!(ways(&shut(Some(at))), *expected, "{name}");
    }
}

#[test]
fn each_action_that_a_deny_leaves_out() {
    let whole = SHUT.map(|(_, deny, _)| deny).join(",");
    for (_, deny, _) in SHUT.iter().filter(|(name, ..)| *name != "pass") {
        let actions = deny.split("\"Action\":[").nth(1).unwrap().split(']').next().unwrap();
        for action in actions.split(',') {
            // The others keep a word of their own.
            let less = whole.replacen(action, "\"iam:GetRole\"", 1);
            assert_eq!(ways(&of(&format!("{ALL},{less}"))), [action.trim_matches('"')]);
        }
    }
}

/// The two boundaries of AWS's page: that of the users, and that of whom their management is delegated to.
const USERS: &str = r#"{"Sid":"ServiceBoundaries","Effect":"Allow","Action":["s3:*","cloudwatch:*","ec2:*","dynamodb:*"],"Resource":"*"},
{"Sid":"AllowIAMConsoleForCredentials","Effect":"Allow","Action":["iam:ListUsers","iam:GetAccountPasswordPolicy"],"Resource":"*"},
{"Sid":"AllowManageOwnPasswordAndAccessKeys","Effect":"Allow","Action":["iam:*AccessKey*","iam:ChangePassword","iam:GetUser","iam:*LoginProfile*"],"Resource":["arn:aws:iam::*:user/${aws:username}"]}"#;

const DELEGATED: [&str; 4] = [
    r#"{"Sid":"CreateOrChangeOnlyWithBoundary","Effect":"Allow","Action":["iam:AttachUserPolicy","iam:CreateUser","iam:DeleteUserPolicy","iam:DetachUserPolicy","iam:PutUserPermissionsBoundary","iam:PutUserPolicy"],"Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::123456789012:policy/XCompanyBoundaries"}}}"#,
    r#"{"Sid":"CloudWatchAndOtherIAMTasks","Effect":"Allow","Action":["cloudwatch:*","iam:CreateAccessKey","iam:CreateGroup","iam:CreateLoginProfile","iam:CreatePolicy","iam:DeleteGroup","iam:DeletePolicy","iam:DeletePolicyVersion","iam:DeleteUser","iam:GetUser","iam:ListUsers","iam:SetDefaultPolicyVersion","iam:UpdateGroup","iam:UpdateLoginProfile","iam:UpdateUser"],"NotResource":"arn:aws:iam::123456789012:user/Maria"}"#,
    r#"{"Sid":"NoBoundaryPolicyEdit","Effect":"Deny","Action":["iam:CreatePolicyVersion","iam:DeletePolicy","iam:DeletePolicyVersion","iam:SetDefaultPolicyVersion"],"Resource":["arn:aws:iam::123456789012:policy/XCompanyBoundaries","arn:aws:iam::123456789012:policy/DelegatedUserBoundary"]}"#,
    r#"{"Sid":"NoBoundaryUserDelete","Effect":"Deny","Action":"iam:DeleteUserPermissionsBoundary","Resource":"*"}"#,
];

#[test]
fn the_boundaries_of_the_page() {
    let none: [&str; 0] = [];
    assert_eq!(ways(&of(USERS)), none);
    assert_eq!(ways(&of(&DELEGATED.join(","))), none);
    // Without the deny, the boundary that users get is changed, and is then none.
    assert_eq!(ways(&of(&[DELEGATED[0], DELEGATED[1], DELEGATED[3]].join(","))), ["iam:DeletePolicy"]);
    // A deny of the one boundary leaves the other.
    let one = DELEGATED[2].replace(r#","arn:aws:iam::123456789012:policy/DelegatedUserBoundary""#, "");
    let other = one.replace("XCompanyBoundaries", "DelegatedUserBoundary");
    assert_eq!(ways(&of(&[DELEGATED[0], DELEGATED[1], &other].join(","))), ["iam:DeletePolicy"]);
    // Users without the boundary: the condition is not there, asks for any boundary, or holds without one.
    let condition = r#","Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::123456789012:policy/XCompanyBoundaries"}}"#;
    for other in [
        "",
        r#","Condition":{"StringLike":{"iam:PermissionsBoundary":"*"}}"#,
        r#","Condition":{"StringEqualsIfExists":{"iam:PermissionsBoundary":"arn:aws:iam::123456789012:policy/XCompanyBoundaries"}}"#,
        r#","Condition":{"Null":{"iam:PermissionsBoundary":"true"}}"#,
        r#","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"arn:aws:iam::123456789012:policy/XCompanyBoundaries"}}"#,
    ] {
        let open = DELEGATED[0].replace(condition, other);
        assert_ne!(open, DELEGATED[0]);
        let found = ways(&of(&[&open, DELEGATED[1], DELEGATED[2], DELEGATED[3]].join(",")));
        assert!(found.contains(&"iam:AttachUserPolicy".to_owned()), "{other}: {found:?}");
    }
}

#[test]
fn what_a_deny_or_a_condition_means() {
    let off = |deny: &str| {
        ways(&of(&format!(
            r#"{{"Effect":"Allow","Action":"iam:DeleteRolePermissionsBoundary","Resource":"*"}},{{"Effect":"Deny","Action":"iam:*",{deny}}}"#
        )))
    };
    assert!(off(r#""Resource":"*""#).is_empty());
    // It is about other roles, or holds for some only.
    assert_eq!(off(r#""Resource":"arn:aws:iam::111122223333:role/app-*""#).len(), 1);
    assert_eq!(off(r#""Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#).len(), 1);
    assert!(off(r#""Resource":"arn:aws:iam::111122223333:role/*""#).is_empty());
    assert!(off(r#""Resource":"*","Condition":{"StringLike":{"iam:PermissionsBoundary":"*"}}"#).is_empty());
}

#[test]
fn roles_that_are_passed() {
    let pass = |with: &str, resource: &str| {
        ways(&of(&format!(
            r#"{{"Effect":"Allow","Action":[{with}"iam:PassRole"],"Resource":"*"}},{{"Effect":"Deny","Action":"iam:PassRole","NotResource":"{resource}"}}"#
        )))
    };
    assert_eq!(pass(r#""lambda:*","#, "*"), ["iam:PassRole"]);
    assert_eq!(pass(r#""lambda:*","#, "arn:aws:iam::111122223333:role/*"), ["iam:PassRole"]);
    assert!(pass(r#""lambda:*","#, "arn:aws:iam::111122223333:role/app").is_empty());
    assert!(pass(r#""lambda:*","#, "arn:aws:iam::111122223333:role/app-*").is_empty());
    // Nothing takes the role.
    assert!(pass("", "*").is_empty());
    assert!(pass(r#""s3:*","#, "*").is_empty());
}

/// An account with a boundary, a role that has it, and a role that has none, or has it too.
fn account(boundary: &str, other: &str) -> Vec<String> {
    let role = |name: &str, of: &str| {
        format!(
            r#"{{"RoleName":"{name}","Arn":"arn:aws:iam::111122223333:role/{name}","AssumeRolePolicyDocument":{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"lambda.amazonaws.com"}},"Action":"sts:AssumeRole"}}]}},"RolePolicyList":[],"AttachedManagedPolicies":[]{of}}}"#
        )
    };
    let bounded = r#","PermissionsBoundary":{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":"arn:aws:iam::111122223333:policy/team/Developer"}"#;
    let other = match other {
        "bounded" => role("Other", bounded),
        _ => role("Other", ""),
    };
    let text = format!(
        r#"{{"RoleDetailList":[{},{other}],"Policies":[{{"PolicyName":"Developer","Arn":"arn:aws:iam::111122223333:policy/team/Developer","DefaultVersionId":"v1","PolicyVersionList":[{{"VersionId":"v1","IsDefaultVersion":true,"Document":{}}}]}}]}}"#,
        role("Confined", bounded),
        of(boundary)
    );
    found("account.json", &text, None)
}

#[test]
fn what_is_known_of_an_account() {
    let allow =
        |action: &str, resource: &str| format!(r#"{{"Effect":"Allow","Action":[{action}],"Resource":"{resource}"}}"#);
    let put = allow(r#""iam:PutRolePolicy""#, "arn:aws:iam::111122223333:role/Other");
    assert_eq!(account(&put, "unbounded"), ["iam:PutRolePolicy"]);
    assert!(account(&put, "bounded").is_empty());
    let pass = format!(
        "{},{}",
        allow(r#""lambda:*""#, "*"),
        allow(r#""iam:PassRole""#, "arn:aws:iam::111122223333:role/Other")
    );
    assert_eq!(account(&pass, "unbounded"), ["iam:PassRole"]);
    assert!(account(&pass, "bounded").is_empty());
    // The path of the boundary is known.
    let rewrite = |path: &str| {
        let deny = format!(
            r#"{{"Effect":"Deny","Action":"iam:CreatePolicyVersion","Resource":"arn:aws:iam::111122223333:policy/{path}"}}"#
        );
        account(&format!("{},{deny}", allow(r#""iam:CreatePolicyVersion""#, "*")), "bounded")
    };
    assert!(rewrite("team/*").is_empty());
    assert_eq!(rewrite("teams/*"), ["iam:CreatePolicyVersion"]);
}
