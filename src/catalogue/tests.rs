//! Tests of the packed form: damage, clashes, declared names, merging.

use std::borrow::Cow;

use super::blob::Blob;
use super::names::fills_in;
use super::pack::{self, KeyRecord, Model, Reference};
use super::update::{merge_json, with_declared};
use super::*;

const SMALL: &str = r#"{
"Name": "demo", "Version": "v1.4", "Unheard": {"Of": 1},
"Actions": [
{"Name": "PutThing", "ActionConditionKeys": ["demo:Colour"], "Annotations": {"Properties": {"IsWrite": true}},
 "Resources": [{"Name": "thing/app/", "Required": true, "ConditionKeys": ["demo:Extra"]}, {"Name": "thing app"}],
 "DependentActions": ["iam:PassRole"]},
{"Name": "GetThing", "Resources": [{"Name": "thing/app/"}]},
{"Name": "Tag", "Annotations": {"Properties": {"IsWrite": true, "IsTaggingOnly": true}}}
],
"ConditionKeys": [
{"Name": "demo:Colour", "Types": ["ArrayOfString"]},
{"Name": "demo:Size", "Types": ["Long", "Date"]},
{"Name": "demo:tag/${TagKey}/value", "Types": ["String"]},
{"Name": "demo:tag/<key>", "Types": ["Futuristic"]},
{"Name": "idp.example.com:sub", "Types": ["String"]}
],
"Resources": [
{"Name": "thing/app/", "ARNFormats": ["arn:${Partition}:demo:::${Thing}"], "ConditionKeys": ["demo:Size", "demo:tag/${TagKey}/value"]},
{"Name": "thing app", "ARNFormats": ["arn:a", "arn:b"]}
]
}"#;

fn small_blob() -> Vec<u8> {
    let service: Reference = serde_json::from_str(SMALL).unwrap();
    let global = KeyRecord {
        name: "aws:SourceVpc".into(),
        types: vec!["String".into()],
        availability: Some("via-vpce".into()),
        sensitive: true,
        ..KeyRecord::default()
    };
    pack::pack(&Model { services: vec![service], globals: vec![global], declared: Vec::new() })
}

fn small() -> Catalogue {
    Catalogue::from_bytes(small_blob()).unwrap()
}

/// Reads everything there is; the number of things read.
fn walk(catalogue: &Catalogue) -> usize {
    let mut read = catalogue.global_keys().count() + catalogue.declared_keys().count();
    read += catalogue.global_keys().filter_map(ConditionKey::availability).map(str::len).sum::<usize>();
    read += usize::from(catalogue.global_key("aws:SourceVpc").is_some_and(ConditionKey::is_sensitive));
    for service in catalogue.services() {
        read += service.name().len() + service.condition_keys().map(|key| key.types().iter().count()).sum::<usize>();
        read += service.actions_matching("*t?i*").count();
        for action in service.actions() {
            read += action.full_name().len() + action.dependent_actions().count();
            read += action.resource_types().map(|used| used.resource.ident().len()).sum::<usize>();
            read += usize::from(action.sees_key("demo:tag/x").is_some());
            read += usize::from(action.sees_key("demo:Size").is_some());
            read += usize::from(catalogue.action_by_id(action.id()) == Some(action));
            read += usize::from(action.service() == service) + action.access_level().name().len();
        }
        for resource in service.resource_types() {
            read += resource.arn_formats().map(str::len).sum::<usize>() + resource.condition_keys().count();
            read += usize::from(service.resource_type(resource.ident()).is_some()) + resource.service().name().len();
        }
    }
    // What is read can be packed again, and then is whole.
    let again = Catalogue::from_bytes(with_declared(catalogue, &[], &[]).unwrap()).unwrap();
    read += again.services().len();
    read + usize::from(catalogue.action("demo:GetThing").is_some()) + usize::from(catalogue.key("demo:tag/x").is_some())
}

#[test]
fn reads_what_was_packed() {
    let catalogue = small();
    let service = catalogue.service("DEMO").unwrap();
    assert_eq!(service.actions().map(Action::name).collect::<Vec<_>>(), ["GetThing", "PutThing", "Tag"]);
    let put = catalogue.action("demo:putthing").unwrap();
    assert_eq!(put.access_level(), AccessLevel::Write);
    assert_eq!(put.service().action("PutThing"), Some(put));
    assert_eq!(catalogue.action_by_id(put.id()), Some(put));
    assert_eq!(put.dependent_actions().collect::<Vec<_>>(), ["iam:PassRole"]);
    assert_eq!(service.action("tag").unwrap().access_level(), AccessLevel::Tagging);
    assert_eq!(service.action("GetThing").unwrap().access_level(), AccessLevel::Read);
    // Own keys, keys of the row, keys of the type.
    let seen: Vec<_> = put.condition_keys().map(ConditionKey::name).collect();
    assert_eq!(seen, ["demo:Colour", "demo:Extra", "demo:Size", "demo:tag/${TagKey}/value"]);
    assert!(put.sees_key("DEMO:colour").is_some_and(ConditionKey::multivalued));
    assert!(put.sees_key("demo:TAG/a/b/value").is_some());
    assert!(put.sees_key("demo:tag//value").is_none());
    assert!(service.action("GetThing").unwrap().sees_key("demo:Colour").is_none());
    assert!(put.sees_key("aws:SourceVpc").is_none());
}

#[test]
fn identifiers_do_not_clash() {
    let catalogue = small();
    let idents: Vec<_> = catalogue.service("demo").unwrap().resource_types().map(|r| (r.ident(), r.name())).collect();
    assert_eq!(idents, [("thing-app", "thing app"), ("thing-app-2", "thing/app/")]);
    assert_eq!(pack::ident_of("loadbalancer/app/"), "loadbalancer-app");
    assert_eq!(pack::ident_of("a--b  c_d"), "a-b-c_d");
}

#[test]
fn keys_have_types() {
    let catalogue = small();
    let size = catalogue.key("demo:size").unwrap();
    assert_eq!(size.types().iter().collect::<Vec<_>>(), [KeyType::Numeric, KeyType::Date]);
    assert!(!size.multivalued());
    assert!(catalogue.key("demo:Extra").unwrap().types().is_empty());
    assert!(catalogue.key("demo:tag/x").unwrap().types().is_empty());
    assert_eq!(catalogue.key("demo:tag/x/value").unwrap().name(), "demo:tag/${TagKey}/value");
    assert_eq!(catalogue.key("idp.example.com:sub").unwrap().name(), "idp.example.com:sub");
    let vpc = catalogue.global_key("AWS:sourcevpc").unwrap();
    assert_eq!(vpc.availability(), Some("via-vpce"));
    assert!(vpc.is_sensitive() && vpc.is_global());
    assert!(catalogue.global_key("demo:Size").is_none());
    assert!(catalogue.key("demo:").is_none() && catalogue.key("").is_none());
}

#[test]
fn patterns_of_actions() {
    let catalogue = small();
    let service = catalogue.service("demo").unwrap();
    let matching = |pattern: &str| service.actions_matching(pattern).map(Action::name).collect::<Vec<_>>();
    assert_eq!(matching("*"), ["GetThing", "PutThing", "Tag"]);
    assert_eq!(matching("get*"), ["GetThing"]);
    assert_eq!(matching("?e?THING"), ["GetThing"]);
    assert_eq!(matching("*thing*"), ["GetThing", "PutThing"]);
    assert_eq!(matching("Tag"), ["Tag"]);
    assert_eq!(matching("Tags").len() + matching("").len() + matching("Ta").len() + matching("z*").len(), 0);
}

#[test]
fn every_prefix_is_refused() {
    let blob = small_blob();
    for end in 0..blob.len() {
        assert!(Catalogue::from_bytes(blob[..end].to_vec()).is_err(), "{end}");
    }
    let mut longer = blob;
    longer.push(0);
    assert!(Catalogue::from_bytes(longer).is_err());
    assert!(Catalogue::from_bytes(vec![0xff; 4096]).is_err());
}

#[test]
fn another_layout_is_refused() {
    let refused = |at: usize, byte: u8| {
        let mut blob = small_blob();
        blob[at] = byte;
        Catalogue::from_bytes(blob).unwrap_err().to_string()
    };
    assert_eq!(refused(7, b'2'), "another version of Leastwise wrote it, in layout 2; this one reads layout 1");
    assert_eq!(refused(7, 0xff), "it is not a catalogue");
    assert_eq!(refused(0, b'{'), "it is not a catalogue");
    assert_eq!(Catalogue::from_bytes(b"{}".to_vec()).unwrap_err().to_string(), "it is not a catalogue");
    // Cut off right behind its name, another layout is still known for what it is.
    assert!(Catalogue::from_bytes(b"LWCATLG9".to_vec()).unwrap_err().to_string().contains("layout 9"));
    assert!(refused(40, 0xff).starts_with("it is damaged"));
}

#[test]
fn damage_is_found_and_never_panics() {
    let blob = small_blob();
    for at in 0..blob.len() {
        for flip in [1u8, 0x80, 0xff] {
            let mut damaged = blob.clone();
            damaged[at] ^= flip;
            assert!(Catalogue::from_bytes(damaged.clone()).is_err(), "{at}");
            // And with the checksum passed over, as a reader of the built-in catalogue does.
            if let Ok(blob) = Blob::new(Cow::Owned(damaged), false) {
                walk(&Catalogue { blob });
            }
        }
    }
}

#[test]
fn bulk_damage_never_panics() {
    let blob = small_blob();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for _ in 0..2_000 {
        let mut damaged = blob.clone();
        for _ in 0..random() % 40 {
            let at = 16 + random() % (damaged.len() - 16);
            damaged[at] = random() as u8;
        }
        // And whole numbers that are small enough to lead somewhere: records that overlap, lists that are strings.
        for _ in 0..random() % 20 {
            let at = (pack::HEADER + random() % (damaged.len() - pack::HEADER - 4)) & !3;
            damaged[at..at + 4].copy_from_slice(&((random() % 256) as u32).to_le_bytes());
        }
        if let Ok(blob) = Blob::new(Cow::Owned(damaged), false) {
            walk(&Catalogue { blob });
        }
    }
}

#[test]
fn placeholders_are_filled_in() {
    for (documented, name, fits) in [
        ("a:tag/${TagKey}", "A:TAG/x", true),
        ("a:tag/${TagKey}", "a:tag/", false),
        ("a:tag/${TagKey}", "a:tag", false),
        ("a:tag/${TagKey}", "a:tags/x", false),
        ("a:tag/${TagKey}", "a:tag/${aws:x}", true),
        ("a:tag/<key>", "a:tag/\u{e9}", true),
        ("a.${D}.com:id", "a.b.c.com:id", true),
        ("a.${D}.com:id", "a..com:id", false),
        ("a.${D}.com:id", "a.b.com:ids", false),
        ("a:${X}/${Y}.z", "a:b/c.z", true),
        ("a:${X}/${Y}.z", "a:b/.z", false),
        ("a:${X}/${Y}.z", "a:b/c/d.z", true),
        ("a:${X}.z", "a:.z.z", true),
        ("a:${X}${Y}", "a:b", false),
        ("a:${X}${Y}", "a:\u{e9}c", true),
        ("a:${X}/${Y}/tag-key", "a:1/2/3", true),
        ("a:${X}/${Y}/tag-key", "a:1/2", false),
        ("a:${X}/M\u{e9}", "a:b/m\u{e9}", true),
        ("a:tag/tag-key", "a:tag/team", true),
        ("a:tag/tag-key", "a:tag/x", true),
        ("a:tag/tag-key", "a:tag/", false),
        ("a:tag/key", "a:tag/team", true),
        ("a:tag/monkey", "a:tag/team", false),
        ("a:tag/", "a:tag/x", true),
        ("a:tag/", "a:tagx", false),
        ("a:plain", "a:plain", true),
        ("a:plain", "a:plainer", false),
        ("a:odd${", "a:oddx", false),
        ("", "", true),
        ("", "x", false),
        ("<k>", "", false),
    ] {
        assert_eq!(fills_in(documented, name), fits, "{documented} {name}");
    }
}

#[test]
fn many_placeholders_take_no_long_time() {
    let documented = format!("a:{}z", "${K}b".repeat(5_000));
    assert!(!fills_in(&documented, &format!("a:{}", "cb".repeat(10_000))));
    assert!(fills_in(&documented, &format!("a:{}z", "cb".repeat(5_000))));
}

#[test]
fn claims_of_web_identities() {
    assert_eq!(web_identity_claim("token.actions.githubusercontent.com:sub"), Some("sub"));
    assert_eq!(web_identity_claim("oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud"), Some("aud"));
    for bad in ["s3:sub", "example.com:name", "example..com:sub", ".com:sub", "example.com", "a b.com:sub", ":sub"] {
        assert_eq!(web_identity_claim(bad), None, "{bad}");
    }
}

#[test]
fn projects_declare_what_is_missing() {
    let base = small();
    let keys = [
        ("demo:Weight".to_owned(), vec![KeyType::Numeric]),
        ("other.example.com:aud".to_owned(), vec![KeyType::String]),
    ];
    let actions = ["demo:NewThing".to_owned(), "demo:GetThing".to_owned(), "fresh:Act".to_owned()];
    let blob = with_declared(&base, &actions, &keys).unwrap();
    let catalogue = Catalogue::from_bytes(blob).unwrap();
    let new = catalogue.action("demo:newthing").unwrap();
    assert!(new.is_declared() && new.access_level() == AccessLevel::Write);
    assert!(new.sees_key("demo:Colour").is_some());
    let get = catalogue.action("demo:GetThing").unwrap();
    assert!(!get.is_declared());
    assert!(get.sees_key("demo:weight").is_some_and(|key| key.types().contains(KeyType::Numeric)));
    assert!(get.sees_key("other.example.com:aud").is_some());
    assert!(get.sees_key("demo:Colour").is_none());
    assert!(catalogue.action("fresh:Act").unwrap().sees_key("demo:weight").is_none());
    // Declaring is kept by a second round, and nothing else changes.
    let again = Catalogue::from_bytes(with_declared(&catalogue, &[], &[]).unwrap()).unwrap();
    assert_eq!(again.as_bytes(), catalogue.as_bytes());
    for bad in ["demo", ":x", "demo:", "demo:Get*", "a b:c"] {
        assert!(with_declared(&base, &[bad.to_owned()], &[]).unwrap_err().to_string().contains(bad), "{bad}");
    }
    assert!(with_declared(&base, &[], &[("nocolon".into(), Vec::new())]).is_err());
}

#[test]
fn a_merge_keeps_what_the_new_file_lacks() {
    let base = small();
    let file = r#"{"Name": "demo",
        "Actions": [{"Name": "PutThing", "Resources": [{"Name": "thing/app/"}, {"Name": "thing app"}]}, {"Name": "Born"}],
        "ConditionKeys": [{"Name": "demo:Size"}],
        "Resources": [{"Name": "thing/app/"}, {"Name": "thing app"}], "SDK": []}"#;
    let list = r#"[{"service": "demo", "url": "https://example.com"}]"#;
    let mapping = r#"{"SDK": {"Python": {"Boto3": {}}}}"#;
    let files = [("demo.json", file), ("list.json", list), ("mapping.json", mapping)];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let catalogue = Catalogue::from_bytes(merge_json(&base, files.into_iter()).unwrap().bytes).unwrap();
    let put = catalogue.action("demo:PutThing").unwrap();
    assert_eq!(put.access_level(), AccessLevel::Write);
    assert_eq!(put.dependent_actions().collect::<Vec<_>>(), ["iam:PassRole"]);
    let required: Vec<_> = put.resource_types().map(|used| (used.resource.name(), used.required)).collect();
    assert_eq!(required, [("thing app", false), ("thing/app/", true)]);
    assert_eq!(catalogue.key("demo:Size").unwrap().types(), base.key("demo:Size").unwrap().types());
    assert!(catalogue.action("demo:Born").is_some() && catalogue.action("demo:GetThing").is_none());
    assert!(catalogue.global_key("aws:SourceVpc").is_some());
}

#[test]
fn errors_name_file_and_record() {
    let error = |text: &str| {
        let files = [("x.json".to_owned(), text.to_owned())];
        merge_json(&small(), files.into_iter()).unwrap_err()[0].to_string()
    };
    assert_eq!(error("{\n  \"Name\" 3"), "x.json:2:10: expected `:`");
    assert_eq!(error(r#"{"Actions": []}"#), "x.json:1:15: missing field `Name`");
    assert!(error(r#"{"Name": "d"}"#).starts_with("x.json: it is no service reference"));
    assert!(error(r#"{"Name": "d:e", "Actions": [{"Name": "A"}]}"#).starts_with("x.json: the service's `Name`"));
    assert!(
        error("{\"Name\": \"d\", \"Actions\": [{\"Name\": \"A\"},\n {\"Name\": \"B\", \"Resources\": 3}]}")
            .starts_with("x.json:2:29: Actions: B: invalid type")
    );
    assert!(error(r#"{"Name": "d", "ConditionKeys": [{"Types": []}]}"#).starts_with("x.json: ConditionKeys: #1: "));
    assert!(error(r#"{"Name": "d", "Actions": [{"Name": "Get*"}]}"#).starts_with("x.json: Actions: #1: "));
    assert!(error(r#"[{"Name": "aws:Fine"}, {"Name": "bad"}]"#).starts_with("x.json: #2: "));
    assert!(error("").starts_with("x.json:1:1: "));
}

#[test]
fn all_files_at_fault_are_named() {
    let good = r#"{"Name": "fresh", "Actions": [{"Name": "Act"}]}"#;
    let files = [("a.json", "{"), ("b.json", good), ("c.json", good), ("d.json", "[1]")];
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let errors = merge_json(&small(), files.into_iter()).unwrap_err();
    let errors: Vec<_> = errors.iter().map(CatalogueError::to_string).collect();
    assert_eq!(errors.len(), 3);
    assert!(errors[0].starts_with("a.json:1:1: "), "{errors:?}");
    assert_eq!(errors[1], "c.json: `b.json` is about the service `fresh` too");
    assert!(errors[2].starts_with("d.json:1:2: "), "{errors:?}");
}

#[test]
fn global_keys_and_joined_formats_are_read() {
    let globals = r#"[{"Name": "aws:SourceVpc", "Types": ["ARN"]}, {"Name": "aws:New", "Types": ["ArrayOfString"]}]"#;
    let joined =
        "\u{feff}{\"Name\": \"fresh\", \"Resources\": [{\"Name\": \"a\", \"ARNFormats\": [\"arn:x, arn:y\"]}]}";
    let files = [("g.json".to_owned(), globals.to_owned()), ("f.json".to_owned(), joined.to_owned())];
    let merged = merge_json(&small(), files.into_iter()).unwrap();
    assert_eq!((merged.services.as_slice(), merged.globals), (["fresh".to_owned()].as_slice(), 2));
    let catalogue = Catalogue::from_bytes(merged.bytes).unwrap();
    assert!(catalogue.global_key("aws:SourceVpc").unwrap().types().contains(KeyType::Arn));
    assert!(catalogue.global_key("aws:new").unwrap().multivalued());
    let resource = catalogue.service("fresh").unwrap().resource_type("a").unwrap();
    assert_eq!(resource.arn_formats().collect::<Vec<_>>(), ["arn:x", "arn:y"]);
}
