//! Who has which of the policies that a text of JSON holds.

use leastwise::base::FileId;
use leastwise::inventory::{find, holders, identities, subject};
use leastwise::lint::Boundary;
use leastwise::policy::read::Mode;
use serde_json::{Value, json};

/// A user, group or role: its name, its policies, its boundary, its trust policy.
type Has = (String, Vec<String>, Option<String>, Option<String>);

fn who_has_what(text: &Value) -> Vec<Has> {
    let text = text.to_string();
    let known = identities(FileId(0), &text, Mode::Strict).unwrap();
    let found = find(FileId(0), &text, Mode::Strict).unwrap();
    let subjects = found.into_iter().map(|found| {
        let (kind, name) = (found.kind, found.name.clone().unwrap_or_default());
        let subject = subject(found, kind, None, name);
        (subject.policy.unwrap(), subject.arn)
    });
    let (policies, arns): (Vec<_>, Vec<_>) = subjects.unzip();
    let told = holders(&known, &policies, &arns).into_iter().map(|one| {
        let boundary = match one.boundary {
            Boundary::None => None,
            Boundary::Known(policy) => Some(policy.name.clone()),
            Boundary::Elsewhere => Some("elsewhere".to_owned()),
        };
        let names = one.policies.iter().map(|policy| policy.name.clone()).collect();
        (one.name.to_owned(), names, boundary, one.trust.map(|trust| trust.name.clone()))
    });
    told.collect()
}

fn document(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
}

fn trust() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
}

#[test]
fn an_account_has_groups_boundaries_and_policies_that_are_elsewhere() {
    let managed = |name: &str| {
        json!({"PolicyName": name, "Arn": format!("arn:aws:iam::123456789012:policy/{name}"),
            "PolicyVersionList": [{"IsDefaultVersion": true, "Document": document("s3:ListAllMyBuckets")}]})
    };
    let attached =
        |name: &str| json!({"PolicyName": name, "PolicyArn": format!("arn:aws:iam::123456789012:policy/{name}")});
    let account = json!({
        "UserDetailList": [{"UserName": "ada", "Arn": "arn:aws:iam::123456789012:user/ada", "GroupList": ["ops"],
            "AttachedManagedPolicies": [attached("shared")],
            "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::aws:policy/PowerUserAccess"}}],
        "GroupDetailList": [{"GroupName": "ops", "Arn": "arn:aws:iam::123456789012:group/ops", "AttachedManagedPolicies": [],
            "GroupPolicyList": [{"PolicyName": "own", "PolicyDocument": document("ec2:DescribeInstances")}]}],
        "RoleDetailList": [{"RoleName": "app", "Arn": "arn:aws:iam::123456789012:role/app", "AssumeRolePolicyDocument": trust(),
            "RolePolicyList": [], "AttachedManagedPolicies": [],
            "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/fence"}}],
        "Policies": [managed("shared"), managed("fence")]
    });
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        who_has_what(&account),
        [
            ("ada".to_owned(), names(&["shared", "ops-own"]), Some("elsewhere".to_owned()), None),
            ("ops".to_owned(), names(&["ops-own"]), None, None),
            ("app".to_owned(), names(&[]), Some("fence".to_owned()), Some("app-trust".to_owned())),
        ]
    );
}

#[test]
fn a_plan_ties_policies_to_roles_before_either_has_an_arn() {
    let resource = |address: &str, values: Value| {
        let ty = address.rsplit('.').nth(1).unwrap();
        let name = address.rsplit('.').next().unwrap().split('[').next().unwrap();
        json!({"address": address, "mode": "managed", "type": ty, "name": name, "values": values})
    };
    let of = |reference: &str| json!({"references": [format!("{reference}.arn"), reference]});
    let plan = json!({
        "planned_values": {"root_module": {
            "resources": [
                resource("aws_iam_role.app[\"a\"]", json!({"name": "app-a", "assume_role_policy": trust().to_string()})),
                resource("aws_iam_role.app[\"b\"]", json!({"name": "app-b", "assume_role_policy": trust().to_string()})),
                resource("aws_iam_role_policy.own[\"b\"]", json!({"name": "own-b", "policy": document("s3:ListAllMyBuckets").to_string()})),
                resource("aws_iam_role_policy.named", json!({"name": "named", "role": "app-a", "policy": document("sqs:ListQueues").to_string()})),
            ],
            "child_modules": [{"resources": [
                resource("module.m.aws_iam_policy.p", json!({"name": "p", "policy": document("sns:ListTopics").to_string()})),
                resource("module.m.aws_iam_user.u", json!({"name": "u"})),
                resource("module.m.aws_iam_user_policy_attachment.x", json!({"user": "u"})),
            ]}]
        }},
        "configuration": {"root_module": {
            "resources": [
                {"address": "aws_iam_role_policy.own", "expressions": {"role": of("aws_iam_role.app")}},
            ],
            "module_calls": {"m": {"module": {"resources": [
                {"address": "aws_iam_user_policy_attachment.x", "expressions": {"policy_arn": of("aws_iam_policy.p")}},
            ]}}}
        }}
    });
    let one = |name: &str, policy: &str, trust: Option<&str>| {
        (name.to_owned(), vec![policy.to_owned()], None, trust.map(str::to_owned))
    };
    let expected =
        [one("app-a", "named", Some("app-a-trust")), one("app-b", "own-b", Some("app-b-trust")), one("u", "p", None)];
    assert_eq!(who_has_what(&plan), expected);
}
