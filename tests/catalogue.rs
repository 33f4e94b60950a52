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

/// Facts that were read in AWS's own texts, not in the packages that the catalogue is made from: the page on the service
/// reference, and those of IAM's keys, of KMS and of S3.
#[test]
fn documented_facts() {
    use AccessLevel::{List, PermissionsManagement, Read, Tagging, Write};
    for (level, names) in [
        (List, "s3:ListBucket"),
        (Read, "s3:GetObject"),
        (Write, "s3:CreateBucket s3:DeleteBucket s3:PutObject s3:AbortMultipartUpload iam:CreateRole"),
        (Write, "kms:CancelKeyDeletion kms:ConnectCustomKeyStore"),
        (Tagging, "iam:TagRole iam:UntagRole"),
        (PermissionsManagement, "s3:PutBucketPolicy s3:DeleteBucketPolicy s3:CreateAccessGrant sqs:AddPermission"),
        (PermissionsManagement, "lambda:AddLayerVersionPermission lambda:AddPermission lambda:DisableReplication"),
        (PermissionsManagement, "lambda:EnableReplication lambda:RemoveLayerVersionPermission lambda:RemovePermission"),
    ] {
        for name in names.split(' ') {
            assert_eq!(catalogue().action(name).unwrap().access_level(), level, "{name}");
        }
    }
    for (action, keys) in [
        (
            "s3:GetObject",
            "s3:AccessGrantsInstanceArn s3:AccessPointNetworkOrigin s3:DataAccessPointArn s3:ResourceAccount",
        ),
        ("s3:GetObject", "s3:ExistingObjectTag/team s3:TlsVersion s3:signatureAge s3:x-amz-content-sha256"),
        ("s3:ListBucket", "s3:delimiter s3:max-keys s3:prefix s3:authType s3:signatureversion"),
        ("lambda:AddPermission", "lambda:FunctionUrlAuthType lambda:Principal"),
        ("lambda:RemovePermission", "lambda:FunctionUrlAuthType lambda:Principal"),
        ("kms:CancelKeyDeletion", "kms:CallerAccount kms:ViaService"),
        ("kms:ConnectCustomKeyStore", "kms:CallerAccount"),
        ("sts:AssumeRole", "sts:ExternalId sts:RoleSessionName"),
        (
            "sts:AssumeRoleWithSAML",
            "saml:aud saml:iss saml:sub saml:sub_type saml:namequalifier saml:edupersonaffiliation",
        ),
        ("sts:AssumeRoleWithWebIdentity", "accounts.google.com:aud accounts.google.com:oaud graph.facebook.com:app_id"),
    ] {
        let action = catalogue().action(action).unwrap();
        for key in keys.split(' ') {
            assert!(action.sees_key(key).is_some(), "{action:?} {key}");
        }
    }
    // Keys of one action only.
    for (key, only) in [
        ("iam:PassedToService", "iam:PassRole"),
        ("iam:AssociatedResourceArn", "iam:PassRole"),
        ("iam:AWSServiceName", "iam:CreateServiceLinkedRole"),
    ] {
        let actions = catalogue().service("iam").unwrap().actions();
        let names: Vec<_> = actions.filter(|one| one.sees_key(key).is_some()).map(|one| one.full_name()).collect();
        assert_eq!(names, [only], "{key}");
    }
    for (name, types, several) in [
        ("s3:TlsVersion", &[KeyType::Numeric][..], false),
        ("s3:authType", &[KeyType::String], false),
        ("iam:AssociatedResourceArn", &[KeyType::Arn], false),
        ("iam:PolicyARN", &[KeyType::Arn], false),
        ("iam:PassedToService", &[KeyType::String], false),
        ("sts:DurationSeconds", &[KeyType::Numeric], false),
        ("sts:ExternalId", &[KeyType::String], false),
        ("saml:edupersonaffiliation", &[KeyType::String], true),
        ("saml:edupersonorgdn", &[KeyType::String], false),
        ("cognito-identity.amazonaws.com:amr", &[KeyType::String], true),
        ("aws:EpochTime", &[KeyType::Numeric, KeyType::Date], false),
        ("aws:CalledVia", &[KeyType::String], true),
        ("aws:CalledViaFirst", &[KeyType::String], false),
        ("aws:PrincipalOrgPaths", &[KeyType::String], true),
    ] {
        let key = catalogue().key(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!((key.types().iter().collect::<Vec<_>>().as_slice(), key.multivalued()), (types, several), "{name}");
    }
    for (name, when) in [
        ("aws:MultiFactorAuthAge", "mfa"),
        ("aws:MultiFactorAuthPresent", "temporary-credentials"),
        ("aws:CurrentTime", "always"),
        ("aws:RequestedRegion", "always"),
        ("aws:PrincipalOrgID", "principal-in-org"),
        ("aws:referer", "browser-link"),
    ] {
        assert_eq!(catalogue().key(name).unwrap().availability(), Some(when), "{name}");
    }
    let arn = |service: &str, ty: &str| {
        let ty = catalogue().service(service).unwrap().resource_type(ty).unwrap();
        ty.arn_formats().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(arn("s3", "accesspoint"), ["arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}"]);
    assert_eq!(arn("s3", "bucket"), ["arn:${Partition}:s3:::${BucketName}"]);
}

/// A prefix that several pages document has the actions of all of them.
#[test]
fn prefixes_of_several_pages() {
    for (service, names) in [
        ("apigateway", "GET AddCertificateToDomain CreatePortal"),
        ("elasticloadbalancing", "ConfigureHealthCheck ModifyRule CreateTrustStore"),
        ("ses", "VerifyEmailIdentity CreateConfigurationSet CreateIngressPoint"),
        ("lex", "PutBot CreateBotLocale"),
        ("greengrass", "CreateCoreDefinition CreateComponentVersion"),
        ("kinesisanalytics", "StartApplication RollbackApplication"),
        ("timestream", "WriteRecords Select"),
        ("aws-marketplace", "BatchMeterUsage StartChangeSet Subscribe"),
        ("elasticfilesystem", "ClientMount CreateFileSystem"),
    ] {
        for name in names.split(' ') {
            assert!(catalogue().service(service).unwrap().action(name).is_some(), "{service}:{name}");
        }
    }
}

/// What an action sees is what it lists, what its rows list, and what the resource types of its rows list: from the files.
#[test]
fn keys_seen_are_those_of_the_files() {
    let strings = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|key| key.as_str().unwrap().to_lowercase()).collect()
    };
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    for service in catalogue().services() {
        let text = std::fs::read_to_string(folder.join(format!("{}.json", service.name()))).unwrap();
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        for record in file["Actions"].as_array().unwrap() {
            let action = service.action(record["Name"].as_str().unwrap()).unwrap();
            let mut wanted = strings(&record["ActionConditionKeys"]);
            for row in record["Resources"].as_array().into_iter().flatten() {
                wanted.extend(strings(&row["ConditionKeys"]));
                let ty = file["Resources"].as_array().unwrap().iter().find(|ty| ty["Name"] == row["Name"]).unwrap();
                wanted.extend(strings(&ty["ConditionKeys"]));
                let used = action.resource_types().find(|used| used.resource.name() == row["Name"].as_str().unwrap());
                assert_eq!(used.unwrap().required, row["Required"] == true, "{action:?} {row}");
            }
            wanted.sort();
            wanted.dedup();
            let mut seen: Vec<_> = action.condition_keys().map(|key| key.name().to_lowercase()).collect();
            seen.sort();
            assert_eq!(seen, wanted, "{action:?}");
        }
        for record in file["Resources"].as_array().unwrap() {
            let name = record["Name"].as_str().unwrap();
            let ty = service.resource_types().find(|ty| ty.name() == name).unwrap();
            let formats: Vec<_> = ty.arn_formats().map(serde_json::Value::from).collect();
            assert_eq!(&formats, record["ARNFormats"].as_array().unwrap(), "{ty:?}");
        }
    }
}

/// An update from the very files that the program is built from gives what is built in.
#[test]
fn an_update_from_our_own_files_changes_nothing() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let files = paths.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
    let merged = update::read_folder_json(files).unwrap();
    assert_eq!((merged.services.len(), merged.globals), (456, 62));
    assert!(merged.bytes == catalogue().as_bytes());
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
