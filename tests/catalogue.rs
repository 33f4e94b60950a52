//! The built-in catalogue, against what AWS documents.

use std::collections::HashSet;

use leastwise::catalogue::{AccessLevel, Catalogue, KeyType, update};

fn catalogue() -> &'static Catalogue {
    Catalogue::builtin()
}

#[test]
fn everything_is_there() {
    assert_eq!(catalogue().services().len(), 456);
    assert_eq!(catalogue().services().map(|service| service.actions().len()).sum::<usize>(), 22_091);
    assert_eq!(catalogue().global_keys().len(), 62);
    // It is whole by its own checksum too, and packs again to the same.
    let copy = Catalogue::from_bytes(catalogue().as_bytes().to_vec()).unwrap();
    let again = update::with_declared(&copy, &[], &[]).unwrap();
    assert!(again == catalogue().as_bytes());
}

#[test]
fn tables_are_sorted_and_found() {
    let mut ids = HashSet::new();
    let sorted = |names: &[String]| names.is_sorted_by(|a, b| a < b);
    let services: Vec<_> = catalogue().services().map(|service| service.name().to_lowercase()).collect();
    assert!(sorted(&services));
    for service in catalogue().services() {
        assert_eq!(catalogue().service(service.name()), Some(service));
        let names: Vec<_> = service.actions().map(|action| action.name().to_lowercase()).collect();
        assert!(sorted(&names), "{service:?}");
        let idents: Vec<_> = service.resource_types().map(|resource| resource.ident().to_lowercase()).collect();
        assert!(sorted(&idents), "{service:?}: identifiers are unique");
        for action in service.actions() {
            assert!(ids.insert(action.id()));
            assert_eq!(catalogue().action(&action.full_name().to_uppercase()), Some(action));
            assert_eq!(catalogue().action_by_id(action.id()), Some(action));
            assert!(action.resource_types().all(|used| used.resource.service() == service));
            for key in action.condition_keys() {
                assert_eq!(action.sees_key(key.name()), Some(key));
            }
        }
        for resource in service.resource_types() {
            assert_eq!(service.resource_type(resource.ident()), Some(resource));
            let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            assert!(!resource.ident().is_empty() && resource.ident().chars().all(good), "{resource:?}");
            for arn in resource.arn_formats() {
                assert!(arn.starts_with("arn:") && !arn.contains(' '), "{resource:?}: {arn}");
            }
            assert!(resource.arn_formats().len() > 0);
        }
    }
}

#[test]
fn dependent_actions_exist() {
    let mut count = 0;
    for action in catalogue().services().flat_map(|service| service.actions()) {
        for name in action.dependent_actions() {
            assert!(catalogue().action(name).is_some(), "{action:?} needs {name}");
            count += 1;
        }
    }
    assert!(count > 4000, "{count}");
    let create = catalogue().action("lambda:CreateFunction").unwrap();
    assert!(create.dependent_actions().any(|name| name == "iam:PassRole"));
}

#[test]
fn s3_get_object() {
    let action = catalogue().action("S3:getobject").unwrap();
    assert_eq!(action.full_name(), "s3:GetObject");
    assert_eq!(action.access_level(), AccessLevel::Read);
    let object = action.resource_types().find(|used| used.resource.ident() == "object").unwrap();
    let arns: Vec<_> = object.resource.arn_formats().collect();
    assert_eq!(arns, ["arn:${Partition}:s3:::${BucketName}/${ObjectName}"]);
    assert_eq!(action.sees_key("s3:ExistingObjectTag/team").unwrap().name(), "s3:ExistingObjectTag/<key>");
    assert!(action.sees_key("s3:prefix").is_none());
    assert!(catalogue().action("s3:ListBucket").unwrap().sees_key("s3:prefix").is_some());
    assert!(catalogue().action("s3:GetObjects").is_none());
    assert!(catalogue().action("s3").is_none());
}

#[test]
fn levels() {
    for (name, level) in [
        ("s3:ListAllMyBuckets", AccessLevel::List),
        ("s3:PutObject", AccessLevel::Write),
        ("s3:PutBucketPolicy", AccessLevel::PermissionsManagement),
        ("s3:PutObjectTagging", AccessLevel::Tagging),
        ("sqs:ReceiveMessage", AccessLevel::Read),
        ("ec2:CreateTags", AccessLevel::Tagging),
        ("iam:PutRolePolicy", AccessLevel::PermissionsManagement),
    ] {
        assert_eq!(catalogue().action(name).unwrap().access_level(), level, "{name}");
    }
    assert_eq!(AccessLevel::from_word("permissions"), Some(AccessLevel::PermissionsManagement));
}

#[test]
fn pass_role() {
    let action = catalogue().action("iam:PassRole").unwrap();
    let used: Vec<_> = action.resource_types().map(|used| (used.resource.ident(), used.required)).collect();
    assert_eq!(used, [("role", true)]);
    assert!(action.sees_key("iam:PassedToService").is_some());
    assert!(action.sees_key("iam:AssociatedResourceArn").is_some());
    assert!(action.sees_key("iam:ResourceTag/team").is_some(), "a key of the role");
}

#[test]
fn required_resource_types() {
    let run = catalogue().action("ec2:RunInstances").unwrap();
    let required = |ident: &str| run.resource_types().find(|used| used.resource.ident() == ident).unwrap().required;
    assert!(required("instance") && required("image") && required("subnet"));
    assert!(!required("key-pair") && !required("snapshot"));
}

#[test]
fn patterns() {
    let s3 = catalogue().service("s3").unwrap();
    let get: Vec<_> = s3.actions_matching("get*").collect();
    let slow: Vec<_> = s3.actions().filter(|action| action.name().starts_with("Get")).collect();
    assert_eq!(get, slow);
    assert!(get.len() > 50);
    let versions: Vec<_> = s3.actions_matching("Get?bjectVersion").map(|action| action.name()).collect();
    assert_eq!(versions, ["GetObjectVersion"]);
    assert_eq!(s3.actions_matching("*").count(), s3.actions().len());
    assert_eq!(s3.actions_matching("*Policy*Bucket").count(), 0);
    assert_eq!(s3.actions_matching("NoSuch*").count(), 0);
}

#[test]
fn identifiers_of_resource_types() {
    let load_balancing = catalogue().service("elasticloadbalancing").unwrap();
    assert_eq!(load_balancing.resource_type("loadbalancer-app").unwrap().name(), "loadbalancer/app/");
    let lex = catalogue().service("lex").unwrap();
    assert_eq!(lex.resource_type("bot-alias").unwrap().name(), "bot alias");
    // One type, two ARNs.
    assert_eq!(lex.resource_type("bot").unwrap().arn_formats().len(), 2);
    assert_eq!(catalogue().service("apigateway").unwrap().resource_type("Stage").unwrap().arn_formats().len(), 2);
}

#[test]
fn keys() {
    let key = |name: &str| catalogue().key(name).unwrap_or_else(|| panic!("{name}"));
    let tag_keys = key("aws:tagkeys");
    assert!(tag_keys.multivalued() && tag_keys.is_global() && tag_keys.types().contains(KeyType::String));
    assert_eq!(tag_keys.availability(), Some("request-has-tag"));
    assert_eq!(key("aws:RequestTag/team").name(), "aws:RequestTag/${TagKey}");
    assert_eq!(key("aws:PrincipalTag/a/b").name(), "aws:PrincipalTag/${TagKey}");
    assert!(key("aws:SourceIp").types().contains(KeyType::Ip));
    assert!(key("aws:CurrentTime").types().contains(KeyType::Date));
    assert!(key("aws:MultiFactorAuthPresent").types().contains(KeyType::Bool));
    assert!(key("aws:PrincipalOrgID").is_sensitive() && !key("aws:PrincipalArn").is_sensitive());
    assert_eq!(key("kms:EncryptionContext:AppName").name(), "kms:EncryptionContext:${EncryptionContextKey}");
    assert_eq!(key("s3:ExistingObjectTag/x").name(), "s3:ExistingObjectTag/<key>");
    // Some pages write the placeholder as a word, or as nothing.
    assert_eq!(key("secretsmanager:ResourceTag/team").name(), "secretsmanager:ResourceTag/tag-key");
    assert_eq!(key("ssm:resourceTag/team").name(), "ssm:resourceTag/${TagKey}");
    assert_eq!(key("ssm:resourceTag/aws:ssmmessages:target-id").name(), "ssm:resourceTag/aws:ssmmessages:target-id");
    assert_eq!(key("glacier:ResourceTag/team").name(), "glacier:ResourceTag/");
    assert_eq!(key("events:Metadata/a/Matcher").name(), "events:Metadata/${MetadataKey}/Matcher");
    assert_eq!(key("codebuild:secondarySources").name(), "codebuild:secondarySources");
    // Keys on a page that is not their prefix's.
    for name in [
        "token.actions.githubusercontent.com:repository",
        "accounts.google.com:aud",
        "saml:aud",
        "cognito-identity.amazonaws.com:amr",
    ] {
        assert_eq!(key(name).name(), name);
        assert!(!key(name).is_global());
    }
    assert!(catalogue().key("aws:RequestTag/").is_none());
    assert!(catalogue().key("aws:NoSuchKey").is_none());
    assert!(catalogue().global_key("s3:prefix").is_none());
    assert!(catalogue().global_key("aws:ResourceTag/x").is_some());
}

#[test]
fn one_key_with_two_types() {
    // The pages differ: one text, as of the global key, or several on the pages of two services.
    let listed = |service: &str| {
        let mut keys = catalogue().service(service).unwrap().condition_keys();
        keys.find(|key| key.name() == "identitystore:UserId").unwrap()
    };
    assert!(listed("q").multivalued() && listed("qbusiness").multivalued() && !listed("identitystore").multivalued());
    assert_eq!(catalogue().key("identitystore:UserId"), Some(listed("identitystore")));
    assert!(listed("identitystore").is_global() && !listed("q").is_global());
}

#[test]
fn keys_of_another_service() {
    // The role's page lists the key of another service for its actions.
    let assume = catalogue().action("sts:AssumeRole").unwrap();
    assert_eq!(assume.sees_key("iam:ResourceTag/team").unwrap().name(), "iam:ResourceTag/${TagKey}");
    let actions = || catalogue().services().flat_map(|service| service.actions());
    let foreign = actions().flat_map(|action| action.condition_keys().map(move |key| (action, key)));
    let foreign = foreign.filter(|(action, key)| {
        let prefix = key.name().split(':').next().unwrap();
        prefix != "aws" && !prefix.eq_ignore_ascii_case(action.service().name())
    });
    assert!(foreign.count() > 100);
}

#[test]
fn every_key_is_found_by_its_name_and_filled_in() {
    for key in catalogue().services().flat_map(|service| service.condition_keys()).chain(catalogue().global_keys()) {
        assert_eq!(catalogue().key(key.name()).unwrap().name().to_lowercase(), key.name().to_lowercase());
        let braced = key.name().contains("${") || key.name().contains('<');
        assert!(key.has_placeholder() || !braced, "{key:?}");
        if braced {
            let filled = key.name().replace("${", "").replace(['}', '<', '>'], "");
            let found = catalogue().key(&filled).unwrap_or_else(|| panic!("{filled}"));
            assert_eq!(found.name().to_lowercase(), key.name().to_lowercase(), "{filled}");
        }
        assert!(!key.types().is_empty(), "{key:?}");
    }
}
