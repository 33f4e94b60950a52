//! The names of IAM Access Analyzer's findings: each is on the very finding, and on no other of its code.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>

use leastwise::base::SourceMap;
use leastwise::policy::Kind;

#[path = "support/json.rs"]
mod json;
use json::lint_json;

/// The names on the findings of a document.
fn names(kind: Kind, document: &str) -> Vec<&'static str> {
    let mut sources = SourceMap::default();
    let file = sources.add("policy.json", document);
    lint_json(&sources, file, Some(kind)).iter().flat_map(|finding| finding.aws.clone().unwrap_or_default()).collect()
}

/// A document of one statement.
fn of(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{statement}}}]}}"#)
}

fn with(effect: &str, condition: &str) -> String {
    of(&format!(
        r#""Effect":"{effect}","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{{{condition}}}"#
    ))
}

const OBJECT: &str = r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;

#[test]
fn the_grammar() {
    let cases = [
        ("MISSING_VERSION", format!(r#"{{"Statement":[{{"Effect":"Allow",{OBJECT}}}]}}"#)),
        ("INVALID_VERSION", format!(r#"{{"Version":"2012-10-18","Statement":[{{"Effect":"Allow",{OBJECT}}}]}}"#)),
        ("MISSING_STATEMENT", r#"{"Version":"2012-10-17"}"#.to_owned()),
        ("INVALID_POLICY_ELEMENT", of(&format!(r#""Effect":"Allow",{OBJECT},"Resources":"*""#))),
        ("MISSING_EFFECT", of(OBJECT)),
        ("INVALID_EFFECT", of(&format!(r#""Effect":"allow",{OBJECT}"#))),
        ("DATA_TYPE_MISMATCH", of(&format!(r#""Effect":1,{OBJECT}"#))),
        ("DATA_TYPE_MISMATCH", of(r#""Effect":"Allow","Action":true,"Resource":"*""#)),
        ("MISSING_ACTION", of(r#""Effect":"Allow","Resource":"*""#)),
        ("EMPTY_ARRAY_ACTION", of(r#""Effect":"Allow","Action":[],"Resource":"*""#)),
        ("EMPTY_ARRAY_RESOURCE", of(r#""Effect":"Allow","Action":"s3:GetObject","Resource":[]"#)),
        ("UNSUPPORTED_ELEMENT_COMBINATION", of(&format!(r#""Effect":"Allow",{OBJECT},"NotResource":"*""#))),
        ("EMPTY_SID_VALUE", of(&format!(r#""Sid":"","Effect":"Allow",{OBJECT}"#))),
        ("EMPTY_OBJECT_CONDITION", with("Allow", "")),
        ("NULL_WITH_IF_EXISTS", with("Allow", r#""NullIfExists":{"aws:TagKeys":"true"}"#)),
        ("INVALID_CONDITION_OPERATOR", with("Allow", r#""StringEqual":{"aws:PrincipalTag/a":"b"}"#)),
        ("EMPTY_ARRAY_CONDITION", with("Allow", r#""StringEquals":{"aws:PrincipalTag/a":[]}"#)),
        ("EMPTY_ARRAY_CONDITION_IFEXISTS", with("Allow", r#""StringEqualsIfExists":{"aws:PrincipalTag/a":[]}"#)),
        ("EMPTY_ARRAY_CONDITION_FORALLVALUES", with("Allow", r#""ForAllValues:StringEquals":{"aws:CalledVia":[]}"#)),
        ("EMPTY_ARRAY_CONDITION_FORANYVALUE", with("Allow", r#""ForAnyValue:StringEquals":{"aws:CalledVia":[]}"#)),
        (
            "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
            with("Allow", r#""StringEquals":{"aws:PrincipalTag/a":"x","AWS:PrincipalTag/a":"y"}"#),
        ),
        ("INVALID_CONDITION_DATA_TYPE", with("Allow", r#""NumericEquals":{"aws:MultiFactorAuthAge":["1",2]}"#)),
        ("INVALID_CONDITION_KEY_FORMAT", with("Allow", r#""StringEquals":{"team":"a"}"#)),
        ("MISSING_TAG_KEY_IN_CONDITION", with("Allow", r#""StringEquals":{"aws:PrincipalTag":"a"}"#)),
        ("INVALID_GLOBAL_CONDITION_KEY", with("Allow", r#""StringEquals":{"aws:Nobody":"a"}"#)),
        ("INVALID_SERVICE_CONDITION_KEY", with("Allow", r#""StringEquals":{"s3:Nothing":"a"}"#)),
        ("INVALID_SERVICE", with("Allow", r#""StringEquals":{"s33:prefix":"a"}"#)),
        ("INVALID_SERVICE", of(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s33:::b/*""#)),
        ("INVALID_SERVICE_IN_ACTION", of(r#""Effect":"Allow","Action":"s33:GetObject","Resource":"*""#)),
        ("WILDCARD_IN_SERVICE_NAME", of(r#""Effect":"Allow","Action":"s3*:GetObject","Resource":"*""#)),
        (
            "WILDCARD_IN_SERVICE_NAME",
            of(r#""Effect":"Allow","Action":"codebuild:*","Resource":"arn:aws:*code*::111122223333:*""#),
        ),
    ];
    for (name, document) in cases {
        assert_eq!(names(Kind::Policy, &document), [name], "{document}");
    }
    // AWS documents two findings of this key.
    let old = with("Allow", r#""ArnLike":{"aws:ARN":"arn:aws:iam::123456789012:role/a"}"#);
    assert_eq!(names(Kind::Policy, &old), ["UNSUPPORTED_GLOBAL_CONDITION_KEY", "DEPRECATED_GLOBAL_CONDITION_KEY"]);
    let principal = |written: &str| of(&format!(r#""Effect":"Allow","Principal":{written},{OBJECT}"#));
    for (name, written) in [
        ("INVALID_PRINCIPAL_FORMAT", r#""123456789012""#),
        ("INVALID_PRINCIPAL_KEY", r#"{"Aws":"123456789012"}"#),
        ("EMPTY_OBJECT_PRINCIPAL", "{}"),
        ("EMPTY_ARRAY_PRINCIPAL", r#"{"AWS":[]}"#),
    ] {
        assert_eq!(names(Kind::Resource, &principal(written)), [name], "{written}");
    }
}

#[test]
fn values_of_conditions() {
    for (name, condition) in [
        ("TYPE_MISMATCH_BOOLEAN", r#""Bool":{"aws:SecureTransport":"yes"}"#),
        ("TYPE_MISMATCH_DATE", r#""DateLessThan":{"aws:CurrentTime":"tomorrow"}"#),
        ("TYPE_MISMATCH_NUMBER", r#""NumericLessThan":{"aws:MultiFactorAuthAge":"an hour"}"#),
        ("TYPE_MISMATCH_IP_RANGE", r#""IpAddress":{"aws:SourceIp":"203.0.113.0/40"}"#),
        ("TYPE_MISMATCH", r#""Bool":{"aws:CurrentTime":"true"}"#),
        ("INVALID_DATE_VALUE", r#""DateLessThan":{"aws:CurrentTime":"1795824000"}"#),
        ("INVALID_CONDITION_MULTIPLE_BOOLEAN", r#""Bool":{"aws:SecureTransport":["true","false"]}"#),
        ("IMPROVE_IP_RANGE", r#""IpAddress":{"aws:SourceIp":"203.0.113.7/24"}"#),
        ("INVALID_REGION", r#""StringEquals":{"aws:RequestedRegion":"eu-wst-1"}"#),
        ("INVALID_VPC_FORMAT", r#""StringEquals":{"aws:SourceVpc":"vpc-123"}"#),
        ("INVALID_VPCE_FORMAT", r#""StringEquals":{"aws:SourceVpce":"vpc-0a1b2c3d4e5f67890"}"#),
        ("INVALID_SERVICE_PRINCIPAL_FORMAT", r#""StringEquals":{"aws:PrincipalServiceName":"lambda"}"#),
        ("PRIVATE_IP_ADDRESS", r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#),
        ("PRIVATE_NOT_IP_ADDRESS", r#""NotIpAddress":{"aws:SourceIp":"192.168.0.0/16"}"#),
        ("PRIVATE_IP_ADDRESS_SUBSET", r#""IpAddress":{"aws:SourceIp":["203.0.113.0/24","172.16.0.0/12"]}"#),
        ("PRIVATE_NOT_IP_ADDRESS_SUBSET", r#""NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","10.1.0.0/16"]}"#),
    ] {
        let found = names(Kind::Policy, &with("Allow", condition));
        // The codes with one name only may leave it to the code.
        assert!(found == [name] || name == "TYPE_MISMATCH" && found.is_empty(), "{condition}: {found:?}");
    }
    let put = |value: &str| {
        of(&format!(
            r#""Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{{"StringEquals":{{"s3:x-amz-server-side-encryption-aws-kms-key-id":"{value}"}}}}"#
        ))
    };
    assert_eq!(names(Kind::Policy, &put("1234abcd-12ab-34cd-56ef-1234567890ab")), ["INVALID_KMS_KEY_VALUE"]);
    assert_eq!(names(Kind::Policy, &put("arn:aws:kms:eu-west-1:123456789012:alias/a")), ["INVALID_KMS_KEY_VALUE"]);
    assert!(
        names(Kind::Policy, &put("arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"))
            .is_empty()
    );
}

#[test]
fn what_a_condition_comes_to() {
    for (name, effect, condition) in [
        ("NULL_WITH_QUALIFIER", "Allow", r#""ForAllValues:Null":{"aws:CalledVia":"true"}"#),
        ("NULL_WITH_QUALIFIER", "Deny", r#""ForAnyValue:Null":{"aws:CalledVia":"true"}"#),
        ("EQUIVALENT_TO_NULL_FALSE", "Allow", r#""StringLike":{"aws:PrincipalTag/a":"*"}"#),
        ("EQUIVALENT_TO_NULL_TRUE", "Allow", r#""StringNotLike":{"aws:PrincipalTag/a":"*"}"#),
        ("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", "Allow", r#""StringLike":{"aws:RequestedRegion":"*"}"#),
        ("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", "Allow", r#""StringLikeIfExists":{"aws:PrincipalTag/a":"*"}"#),
        ("REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", "Deny", r#""StringNotLike":{"aws:PrincipalAccount":"*"}"#),
        ("MISSING_QUALIFIER", "Allow", r#""StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}"#),
        ("FORALLVALUES_WITH_SINGLE_VALUED_KEY", "Allow", r#""ForAllValues:StringEquals":{"aws:PrincipalTag/a":"b"}"#),
        ("UNTRUSTWORTHY_CONDITION_KEY", "Allow", r#""StringEquals":{"aws:UserAgent":"b"}"#),
        ("MISSING_PAIRED_CONDITION_KEYS", "Allow", r#""IpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"}"#),
        ("WILDCARD_USAGE_TOO_PERMISSIVE", "Allow", r#""StringLike":{"aws:SourceVpce":"vpce-*"}"#),
        ("WILDCARD_USAGE_TOO_PERMISSIVE", "Deny", r#""StringNotLike":{"aws:PrincipalOrgID":"o-a*"}"#),
        ("VARIABLE_USAGE_TOO_PERMISSIVE", "Allow", r#""StringEquals":{"aws:ResourceAccount":"${aws:PrincipalTag/a}"}"#),
        (
            "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",
            "Allow",
            r#""StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/a"}"#,
        ),
    ] {
        assert_eq!(names(Kind::Policy, &with(effect, condition)), [name], "{condition}");
    }
    // What is meant, and silent.
    for (effect, condition) in [
        ("Allow", r#""StringLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/a*"}"#),
        ("Allow", r#""StringEquals":{"aws:ResourceOrgID":"${aws:PrincipalOrgID}"}"#),
        ("Deny", r#""StringLike":{"aws:PrincipalAccount":"1111*"}"#),
        ("Allow", r#""IpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"},"StringEquals":{"aws:SourceVpc":"vpc-0a1b2c3d"}"#),
        (
            "Allow",
            r#""Null":{"aws:CalledVia":"false"},"ForAllValues:StringEquals":{"aws:CalledVia":"athena.amazonaws.com"}"#,
        ),
    ] {
        assert_eq!(names(Kind::Policy, &with(effect, condition)), Vec::<&str>::new(), "{condition}");
    }
    let list = |effect: &str, operator: &str| {
        of(&format!(
            r#""Effect":"{effect}","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Condition":{{"{operator}":{{"s3:prefix":"home/a"}}}}"#
        ))
    };
    assert_eq!(names(Kind::Policy, &list("Deny", "StringEquals")), ["S3_PREFIX_IN_NEGATIVE_CONTEXT"]);
    assert_eq!(names(Kind::Policy, &list("Allow", "StringNotLike")), ["S3_PREFIX_IN_NEGATIVE_CONTEXT"]);
    assert!(names(Kind::Policy, &list("Allow", "StringEquals")).is_empty());
    assert!(names(Kind::Policy, &list("Deny", "StringNotEquals")).is_empty());
}

#[test]
fn variables_where_they_are_none() {
    let at = |resource: &str| of(&format!(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"{resource}""#));
    for (name, document) in [
        ("MISSING_BRACE_IN_VARIABLE", at("arn:aws:s3:::b/${aws:username")),
        ("MISSING_QUOTE_IN_VARIABLE", at("arn:aws:s3:::b/${aws:username, none}")),
        ("UNSUPPORTED_SPACE_IN_VARIABLE", at("arn:aws:s3:::b/${aws: username}")),
        ("EMPTY_VARIABLE", at("arn:aws:s3:::b/${}")),
        ("VARIABLE_UNSUPPORTED_IN_ELEMENT", at("arn:${aws:PrincipalTag/a}:s3:::b/x")),
        ("VARIABLE_UNSUPPORTED_IN_ELEMENT", of(r#""Effect":"Allow","Action":"s3:${aws:username}","Resource":"*""#)),
        ("VARIABLE_UNSUPPORTED_IN_VERSION", at("arn:aws:s3:::b/${aws:username}").replace("2012", "2008")),
        (
            "INVALID_VARIABLE_FOR_OPERATOR",
            with("Allow", r#""DateLessThan":{"aws:CurrentTime":"${aws:TokenIssueTime}"}"#),
        ),
    ] {
        assert_eq!(names(Kind::Policy, &document), [name], "{document}");
    }
}

#[test]
fn what_adds_nothing() {
    let actions = |list: &str| of(&format!(r#""Effect":"Allow","Action":[{list}],"Resource":"*""#));
    // The example of AWS's page: part of `iam:*CredentialReport` is nowhere else.
    assert_eq!(
        names(Kind::Policy, &actions(r#""iam:Get*","iam:List*","iam:GetCredentialReport""#)),
        ["REDUNDANT_ACTION"]
    );
    assert!(names(Kind::Policy, &actions(r#""iam:Get*","iam:List*","iam:*CredentialReport""#)).is_empty());
    assert_eq!(names(Kind::Policy, &actions(r#""s3:GetObject","S3:getobject""#)), ["REDUNDANT_ACTION"]);
    assert_eq!(names(Kind::Policy, &actions(r#""s3:ListBucket","s3:L*t*","s3:Li*t*""#)), ["REDUNDANT_ACTION"; 2]);
    let resources = |list: &str| of(&format!(r#""Effect":"Allow","Action":"iam:GetRole","Resource":[{list}]"#));
    let roles = r#""arn:aws:iam::111122223333:role/jane-admin","arn:aws:iam::111122223333:role/jane-s3only","arn:aws:iam::111122223333:role/jane*""#;
    assert_eq!(names(Kind::Policy, &resources(roles)), ["REDUNDANT_RESOURCE"; 2]);
    assert!(
        names(Kind::Policy, &resources(r#""arn:aws:iam::111122223333:role/*","arn:aws:iam::*:role/jane""#)).is_empty()
    );
    let age = r#""NumericLessThan":{"aws:MultiFactorAuthAge":["2700","3600"]}"#;
    assert_eq!(names(Kind::Policy, &with("Allow", age)), ["REDUNDANT_CONDITION_VALUE_NUM"]);
    let twice = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{OBJECT}}},{{"Effect":"Allow",{OBJECT}}}]}}"#
    );
    assert_eq!(names(Kind::Policy, &twice), ["REDUNDANT_STATEMENT"]);
    assert!(names(Kind::Policy, &twice.replacen("Allow", "Deny", 1)).is_empty());
    let trust = of(
        r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["arn:aws:iam::111122223333:role/a/b","arn:aws:sts::111122223333:assumed-role/b/s"]}"#,
    );
    assert_eq!(names(Kind::Trust, &trust), ["REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY"]);
    assert!(names(Kind::Trust, &trust.replace("assumed-role/b", "assumed-role/a")).is_empty());
}

/// By how the action and how the resource is wide.
#[test]
fn roles_that_are_passed_or_created_at_will() {
    let shapes = [
        ("_WITH_STAR_IN_RESOURCE", r#""Action":"iam:{}""#, r#""Resource":"*""#),
        ("_WITH_STAR_IN_RESOURCE", r#""Action":"iam:{}""#, r#""Resource":"arn:aws:iam::123456789012:role/*""#),
        ("_WITH_NOT_RESOURCE", r#""Action":"iam:{}""#, r#""NotResource":"arn:aws:iam::123456789012:role/a""#),
        ("_WITH_STAR_IN_ACTION_AND_RESOURCE", r#""Action":"iam:{}*""#, r#""Resource":"*""#),
        (
            "_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
            r#""Action":"iam:{}*""#,
            r#""NotResource":"arn:aws:iam::123456789012:role/a""#,
        ),
    ];
    for (action, name) in [("PassRole", "PASS_ROLE"), ("CreateServiceLinkedRole", "CREATE_SLR")] {
        for (shape, element, resource) in shapes {
            let document = of(&format!(r#""Effect":"Allow",{},{resource}"#, element.replace("{}", action)));
            assert_eq!(names(Kind::Policy, &document), [format!("{name}{shape}")], "{document}");
        }
        let named = of(&format!(
            r#""Effect":"Allow","Action":"iam:{action}","Resource":"arn:aws:iam::123456789012:role/aws-service-role/a*""#
        ));
        assert_eq!(names(Kind::Policy, &named), Vec::<&str>::new(), "{named}");
    }
    let both = |shape: &str| vec![format!("PASS_ROLE{shape}"), format!("CREATE_SLR{shape}")];
    let sweeping = [
        ("_WITH_STAR_IN_ACTION_AND_RESOURCE", r#""Action":"*","Resource":"*""#),
        ("_WITH_STAR_IN_ACTION_AND_RESOURCE", r#""Action":"iam:*","Resource":"*""#),
        ("_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", r#""NotAction":"s3:*","Resource":"*""#),
        ("_WITH_NOT_ACTION_AND_NOT_RESOURCE", r#""NotAction":"s3:*","NotResource":"arn:aws:s3:::a/*""#),
    ];
    for (shape, elements) in sweeping {
        let document = of(&format!(r#""Effect":"Allow",{elements}"#));
        assert_eq!(names(Kind::Policy, &document), both(shape), "{document}");
    }
    assert_eq!(names(Kind::Policy, &of(r#""Effect":"Allow","NotAction":"iam:*","Resource":"*""#)), Vec::<&str>::new());
}

#[test]
fn principals_and_the_actions_beside_them() {
    let trust = |principal: &str, actions: &str, condition: &str| {
        of(&format!(r#""Effect":"Allow","Principal":{{{principal}}},"Action":[{actions}]{condition}"#))
    };
    let role = r#""AWS":"arn:aws:iam::123456789012:role/x""#;
    let saml = r#""Federated":"arn:aws:iam::123456789012:saml-provider/x""#;
    let both = r#""sts:AssumeRole","sts:AssumeRoleWithSAML""#;
    let mismatched = ["MISMATCHED_ACTION_FOR_PRINCIPAL"];
    assert_eq!(names(Kind::Trust, &trust(role, both, "")), mismatched);
    assert_eq!(names(Kind::Trust, &trust(saml, both, "")), mismatched);
    assert_eq!(names(Kind::Trust, &trust(saml, r#""sts:AssumeRole""#, "")), mismatched);
    assert!(names(Kind::Trust, &trust(&format!("{role},{saml}"), both, "")).is_empty());
    assert!(names(Kind::Trust, &trust(role, r#""sts:AssumeRole""#, "")).is_empty());
    for (key, action) in [("aws:RequestTag/team", "sts:TagSession"), ("sts:SourceIdentity", "sts:SetSourceIdentity")] {
        let condition = format!(r#","Condition":{{"StringEquals":{{"{key}":"a"}}}}"#);
        let missing = trust(role, r#""sts:AssumeRole""#, &condition);
        assert!(names(Kind::Trust, &missing).contains(&"MISSING_ACTION_FOR_CONDITION_KEY"), "{key}");
        let allowed = trust(role, &format!(r#""sts:AssumeRole","{action}""#), &condition);
        assert!(!names(Kind::Trust, &allowed).contains(&"MISSING_ACTION_FOR_CONDITION_KEY"), "{key}");
    }
}

#[test]
fn what_a_resource_s_policy_is_about() {
    let on = |action: &str, resource: &str| {
        of(&format!(r#""Effect":"Allow","Principal":{{"AWS":"123456789012"}},"Action":"{action}"{resource}"#))
    };
    assert_eq!(names(Kind::Resource, &on("kms:Decrypt", "")), ["MISSING_RESOURCE"]);
    assert_eq!(names(Kind::Resource, &on("s3:GetObject", "")), ["MISSING_RESOURCE"]);
    assert!(names(Kind::Resource, &on("ecr:BatchGetImage", "")).is_empty());
    // Whose policy it is, most of its resources say.
    let apart = on("sqs:SendMessage", r#","Resource":"arn:aws:s3:::b""#);
    assert_eq!(names(Kind::Resource, &apart), ["UNSUPPORTED_ACTION_IN_POLICY"]);
    let queue = r#""Resource":"arn:aws:sqs:eu-west-1:123456789012:q""#;
    let beside = |others: &str| {
        let rest = format!(
            r#","Resource":"arn:aws:s3:::b"}},{others}{{"Effect":"Deny","Principal":"*","Action":"sqs:SendMessage",{queue}"#
        );
        names(Kind::Resource, &on("sqs:SendMessage", &rest))
    };
    let other = format!(r#"{{"Effect":"Deny","Principal":"*","Action":"sqs:ReceiveMessage",{queue}}},"#);
    assert_eq!(beside(&other), ["UNSUPPORTED_RESOURCE_ARN_IN_POLICY"]);
    assert!(beside("").starts_with(&["UNSUPPORTED_ACTION_IN_POLICY", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"]));
    // AWS's check does not look at types of resources.
    assert!(names(Kind::Resource, &on("s3:GetObject", r#","Resource":"arn:aws:s3:::b""#)).is_empty());
    let twice = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"a","Effect":"Allow","Principal":{{"AWS":"123456789012"}},{OBJECT}}},{{"Sid":"a","Effect":"Allow","Principal":{{"AWS":"111122223333"}},{OBJECT}}}]}}"#
    );
    assert_eq!(names(Kind::Resource, &twice), ["UNIQUE_SIDS_RECOMMENDED"]);
    assert_eq!(
        names(
            Kind::Resource,
            &twice
                .replace("s3:GetObject", "sns:Publish")
                .replace("arn:aws:s3:::b/*", "arn:aws:sns:eu-west-1:123456789012:t")
        ),
        ["UNIQUE_SIDS_REQUIRED"]
    );
}

#[test]
fn bytes_that_are_none() {
    let bytes = |value: &str| with("Allow", &format!(r#""BinaryEquals":{{"aws:PrincipalTag/a":"{value}"}}"#));
    assert_eq!(names(Kind::Policy, &bytes("%%")), ["TYPE_MISMATCH", "TYPE_MISMATCH_STRING"]);
    assert_eq!(names(Kind::Policy, &bytes("QUJD")), ["TYPE_MISMATCH"]);
}

/// A name that AWS has for another finding of the code would be wrong on this one.
#[test]
fn what_aws_does_not_find_has_no_name() {
    let cases = [
        (
            Kind::Policy,
            of(r#""Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::b""#),
            "action-resource-mismatch",
        ),
        (
            Kind::Trust,
            of(
                r#""Effect":"Allow","Action":"sts:AssumeRoleWithSAML","Principal":{"Federated":"arn:aws:iam::123456789012:saml-provider/x"}"#,
            ),
            "unconfined-federation",
        ),
    ];
    for (kind, document, code) in cases {
        let mut sources = SourceMap::default();
        let file = sources.add("policy.json", document.as_str());
        let found = lint_json(&sources, file, Some(kind));
        let [one] = found.as_slice() else { panic!("{document}: {found:?}") };
        assert_eq!((one.code.name, one.aliases()), (code, [].as_slice()));
    }
}

#[test]
fn a_pattern_that_takes_no_bucket_at_all_is_not_everything() {
    let short = of(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:b""#);
    assert_eq!(names(Kind::Policy, &short), ["MISSING_ARN_FIELD"]);
    let codes = |resource: &str| {
        let mut sources = SourceMap::default();
        let text = of(&format!(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"{resource}""#));
        let file = sources.add("policy.json", text);
        lint_json(&sources, file, Some(Kind::Policy)).iter().map(|one| one.code.name).collect::<Vec<_>>()
    };
    assert_eq!(codes("arn:aws:s3:b"), ["bad-arn"]);
    assert_eq!(codes("arn:aws:s3:::*"), ["data-exposure"]);
    assert_eq!(codes("arn:*:s3:*:*:*/*"), ["data-exposure"]);
}
