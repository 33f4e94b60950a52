//! `leastwise catalogue`, as it is called from a shell.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// What a run ended with, and what it said.
struct Run {
    code: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_leastwise"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("CI")
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs");
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The answer to names that are known, in an empty folder.
fn ask(names: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let ended = run(folder.path(), &[&["catalogue"], names].concat());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{names:?}");
    ended.out
}

fn ask_json(names: &[&str]) -> Value {
    serde_json::from_str(&ask(&[names, &["--output", "json"]].concat())).expect("JSON")
}

/// The error on a name that is not known.
fn refused(name: &str) -> String {
    let folder = TempDir::new().unwrap();
    let ended = run(folder.path(), &["catalogue", name]);
    assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{name}");
    ended.err
}

/// Whether a line has these words and no others.
#[track_caller]
fn has_line(text: &str, words: &str) {
    let wanted: Vec<&str> = words.split_whitespace().collect();
    let found = text.lines().any(|line| line.split_whitespace().collect::<Vec<_>>() == wanted);
    assert!(found, "no line `{words}` in\n{text}");
}

#[test]
fn services() {
    let all = ask(&[]);
    assert!(all.starts_with("456 services, 22091 actions"));
    has_line(&all, "s3 180");
    assert_eq!(all.lines().count(), 456 + 2);
    let some = ask(&["s3*"]);
    assert!(some.starts_with("7 services") && some.contains("s3express"));
}

#[test]
fn a_service() {
    let text = ask(&["S3"]);
    assert!(text.starts_with("s3: 180 actions, 13 resource types, 64 condition keys\n"), "{text}");
    has_line(&text, "PutBucketVersioning Write bucket*");
    has_line(&text, "GetObject Read accesspointobject, object");
    has_line(&text, "ListAllMyBuckets List -");
    has_line(&text, "s3.object(BucketName, ObjectName) arn:${Partition}:s3:::${BucketName}/${ObjectName}");
    has_line(&text, "s3:prefix String");
    has_line(&text, "aws:TagKeys String, several values");
    // Columns are aligned.
    let levels = text.lines().filter(|line| line.contains("  List  ") || line.contains("  Tagging  "));
    let starts: Vec<_> = levels.filter_map(|line| line.find(" List ").or_else(|| line.find(" Tagging "))).collect();
    assert!(starts.len() > 20 && starts.iter().all(|at| *at == starts[0]));
}

#[test]
fn an_action() {
    let text = ask(&["s3:getobject"]);
    assert!(text.starts_with("s3:GetObject  Read\n"), "{text}");
    has_line(&text, "s3.object(BucketName, ObjectName) arn:${Partition}:s3:::${BucketName}/${ObjectName}");
    has_line(&text, "s3:ExistingObjectTag/<key> String");
    let text = ask(&["lambda:CreateFunction"]);
    has_line(
        &text,
        "lambda.function(FunctionName) required arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}",
    );
    has_line(&text, "lambda:Layer String, several values");
    has_line(&text, "iam:PassRole");
    let text = ask(&["s3:ListAllMyBuckets"]);
    assert!(text.contains("Resource types: none, it takes only `*`"));
}

#[test]
fn patterns_and_levels() {
    let text = ask(&["s3:get?bject*"]);
    assert!(text.starts_with("16 actions\n"), "{text}");
    has_line(&text, "s3:GetObjectTorrent Read object*");
    let text = ask(&["*:*Policy*"]);
    for name in ["iam:PutRolePolicy", "s3:PutBucketPolicy", "kms:PutKeyPolicy"] {
        assert!(text.contains(name), "{name}");
    }
    let text = ask(&["s3:TAGGING"]);
    assert!(text.contains("of level Tagging; as `tagging` in a statement"));
    has_line(&text, "s3:PutObjectTagging accesspointobject, object");
    assert!(!text.contains("s3:GetObject\n"));
    // A pattern is asked of actions and of keys.
    let text = ask(&["s3:*Tag*"]);
    assert!(text.contains("s3:PutObjectTagging") && text.contains("s3:RequestObjectTag/<key>"));
}

#[test]
fn resource_types() {
    let text = ask(&["S3.Bucket"]);
    assert!(text.starts_with("s3.bucket\n"), "{text}");
    has_line(&text, "s3.bucket(BucketName) arn:${Partition}:s3:::${BucketName}");
    has_line(&text, "s3:PutBucketVersioning Write required");
    has_line(&text, "s3:ListBucket List");
    // As AWS writes it, with a word that is no identifier; and a type of two formats.
    let text = ask(&["elasticloadbalancing.loadbalancer/app/", "lex.bot"]);
    assert!(text.starts_with("elasticloadbalancing.loadbalancer-app  (AWS: loadbalancer/app/)\n"), "{text}");
    has_line(&text, "lex.bot(BotId) arn:${Partition}:lex:${Region}:${Account}:bot/${BotId}");
    has_line(&text, "lex.bot(BotName) arn:${Partition}:lex:${Region}:${Account}:bot:${BotName}");
}

#[test]
fn keys() {
    let text = ask(&["aws:principalorgid", "aws:TagKeys", "s3:prefix", "aws:RequestTag/team"]);
    assert!(text.starts_with("aws:PrincipalOrgID\n"), "{text}");
    has_line(&text, "Available only if the principal's account is in an organization");
    has_line(&text, "Sensitive yes: a value with wildcards has no valid use");
    has_line(&text, "Type String, several values");
    has_line(&text, "Seen by 2 actions");
    has_line(&text, "s3:ListBucketVersions List");
    assert!(text.contains("\naws:RequestTag/${TagKey}\n"));
    let all = ask(&["aws:*"]);
    has_line(&all, "aws:MultiFactorAuthPresent Bool in requests with temporary credentials");
    assert_eq!(all, ask(&["aws"]));
    assert!(ask(&["idp.example.com:sub"]).contains("the claim `sub`"));
}

#[test]
fn names_are_answered_in_turn() {
    let text = ask(&["s3:prefix", "s3:GetObject"]);
    assert!(text.find("s3:prefix\n").unwrap() < text.find("s3:GetObject  Read").unwrap());
    // One name that is not known: no half answers.
    let folder = TempDir::new().unwrap();
    let ended = run(folder.path(), &["catalogue", "s3:GetObject", "s3:GetObjct"]);
    assert_eq!((ended.code, ended.out.as_str()), (2, ""));
}

#[test]
fn unknown_names() {
    for (name, near) in [
        ("s33", "s3"),
        ("s3:GetObjct", "s3:GetObject"),
        ("s33:GetObject", "s3:GetObject"),
        ("s3.buckt", "s3.bucket"),
        ("s3:prefx", "s3:prefix"),
        ("aws:PrincipalOrgI", "aws:PrincipalOrgID"),
        ("PrincipalOrgID", "aws:PrincipalOrgID"),
        ("RunInstances", "ec2:RunInstances"),
        ("upate", "update"),
    ] {
        let error = refused(name);
        assert!(error.starts_with("error: ") && error.contains(&format!("did you mean `{near}`?")), "{error}");
    }
    assert!(refused("s3:Zz*").contains("nothing in the catalogue matches"));
    assert!(refused("zzzzzzzz:*").contains("`leastwise catalogue` lists the services"));
    for name in ["", ":", ".", "s3:", "s3.", ":GetObject", "s3:\u{e9}", "\u{e9}.\u{e9}", "a:b:c"] {
        assert!(refused(name).starts_with("error: "), "{name}");
    }
}

#[test]
fn json() {
    let all = ask_json(&[]);
    let services = all["Services"].as_array().unwrap();
    assert_eq!(services.len(), 456);
    assert!(services.iter().any(|service| service["Name"] == "s3" && service["ActionCount"] == 180));

    let some = ask_json(&["s3", "s3:ListBucket", "s3.bucket", "s3:prefix", "aws:TagKeys"]);
    let service = &some["Services"][0];
    assert_eq!(service["Name"], "s3");
    assert_eq!(service["Actions"].as_array().unwrap().len(), 180);
    let action = &some["Actions"][0];
    assert_eq!((&action["Service"], &action["Name"]), (&"s3".into(), &"ListBucket".into()));
    assert_eq!(action["AccessLevel"], "List");
    assert_eq!(action["Annotations"]["Properties"]["IsList"], true);
    let resources = action["Resources"].as_array().unwrap();
    let bucket = resources.iter().find(|resource| resource["Name"] == "bucket").unwrap();
    assert_eq!((&bucket["Required"], &bucket["Constructors"][0]), (&false.into(), &"s3.bucket(BucketName)".into()));
    assert_eq!(bucket["ARNFormats"][0], "arn:${Partition}:s3:::${BucketName}");
    assert!(action["ConditionKeys"].as_array().unwrap().iter().any(|key| key["Name"] == "s3:prefix"));
    assert_eq!(some["Resources"][0]["Constructors"][0], "s3.bucket(BucketName)");
    assert_eq!(some["ConditionKeys"][0]["Actions"][0], "s3:ListBucket");
    assert_eq!(some["ConditionKeys"][1]["Types"][0], "ArrayOfString");
    assert_eq!(some["ConditionKeys"][1]["Availability"], "request-has-tag");

    assert!(ask_json(&["*:permissions"])["Actions"].as_array().unwrap().len() > 400);
}

/// A service as AWS's file has it.
const GLEAM: &str = r#"{
  "Name": "gleam",
  "Actions": [
    {
      "Name": "PolishThing",
      "ActionConditionKeys": ["gleam:Shine"],
      "Annotations": {"Properties": {"IsList": false, "IsPermissionManagement": false, "IsTaggingOnly": false, "IsWrite": true}},
      "Resources": [{"Name": "thing"}],
      "SupportedBy": {"IAM Access Analyzer Policy Generation": false, "IAM Action Last Accessed": true}
    }
  ],
  "ConditionKeys": [{"Name": "gleam:Shine", "Types": ["Numeric"]}],
  "Operations": [{"Name": "PolishThing", "AuthorizedActions": [{"Name": "PolishThing", "Service": "gleam"}]}],
  "Resources": [{"Name": "thing", "ARNFormats": ["arn:${Partition}:gleam:${Region}:${Account}:thing/${ThingId}"]}],
  "Version": "v1.4"
}"#;

const POLICY: &str = r#"policy polisher {
  allow gleam:PolishThing on "arn:aws:gleam:eu-west-1:123456789012:thing/*"
}
"#;

/// A project with a policy that needs `GLEAM`, and the folder of the files.
fn project() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("policies")).unwrap();
    fs::create_dir_all(folder.path().join("fetched/v1/gleam")).unwrap();
    fs::write(folder.path().join("leastwise.toml"), "[project]\nsources = [\"policies\"]\n").unwrap();
    fs::write(folder.path().join("policies/polisher.lw"), POLICY).unwrap();
    fs::write(folder.path().join("fetched/v1/gleam/gleam.json"), GLEAM).unwrap();
    let list = r#"[{"service": "gleam", "url": "https://example.com/v1/gleam/gleam.json"}]"#;
    fs::write(folder.path().join("fetched/services.json"), list).unwrap();
    folder
}

/// The names of what is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn an_update_makes_an_action_known() {
    let folder = project();
    let root = folder.path();
    let before = run(root, &["check"]);
    assert_eq!(before.code, 1);
    assert!(before.err.contains("unknown-service"), "{}", before.err);

    // From a folder of the project, the file goes beside leastwise.toml.
    let update = run(&root.join("policies"), &["catalogue", "update", "--from", "../fetched"]);
    assert_eq!((update.code, update.err.as_str()), (0, ""));
    assert!(update.out.contains("written from 1 service\n"), "{}", update.out);
    assert!(update.out.contains("1 service added; 1 action added; 1 condition key added"), "{}", update.out);
    has_line(&update.out, "+ gleam:PolishThing");
    assert_eq!(names(root), ["fetched", "leastwise.catalogue", "leastwise.toml", "policies"]);
    assert_eq!(names(&root.join("policies")), ["polisher.lw"]);

    let after = run(root, &["check"]);
    assert_eq!(after.code, 0, "{}", after.err);
    let look_up = run(root, &["catalogue", "gleam:polishthing"]);
    has_line(&look_up.out, "gleam.thing(ThingId) arn:${Partition}:gleam:${Region}:${Account}:thing/${ThingId}");
    has_line(&look_up.out, "gleam:Shine Numeric");

    // The same again changes nothing.
    let again = run(root, &["catalogue", "update", "--from", "fetched"]);
    assert_eq!((again.code, again.out.as_str()), (0, "`leastwise.catalogue` is up to date with 1 service\n"));

    // Only with the action itself: its service alone is not enough.
    let other = GLEAM.replace("PolishThing", "ScratchThing");
    fs::write(root.join("fetched/v1/gleam/gleam.json"), other).unwrap();
    let update = run(root, &["catalogue", "update", "--from", "fetched"]);
    has_line(&update.out, "+ gleam:ScratchThing");
    has_line(&update.out, "- gleam:PolishThing");
    let check = run(root, &["check"]);
    assert_eq!(check.code, 1);
    assert!(check.err.contains("unknown-action"), "{}", check.err);
}

#[test]
fn an_update_starts_from_the_program() {
    let folder = project();
    let root = folder.path();
    assert_eq!(run(root, &["catalogue", "update", "--from", "fetched"]).code, 0);
    fs::create_dir(root.join("others")).unwrap();
    fs::write(root.join("others/shine.json"), GLEAM.replace("gleam", "shine")).unwrap();
    let update = run(root, &["catalogue", "update", "--from", "others"]);
    has_line(&update.out, "- gleam");
    has_line(&update.out, "+ shine");
    assert_eq!(run(root, &["catalogue", "gleam"]).code, 2);
    assert_eq!(run(root, &["catalogue", "shine", "s3"]).code, 0);
}

#[test]
fn a_level_that_changes_is_said() {
    let folder = project();
    let root = folder.path();
    run(root, &["catalogue", "update", "--from", "fetched"]);
    let other = GLEAM.replace("\"IsPermissionManagement\": false", "\"IsPermissionManagement\": true");
    fs::write(root.join("fetched/v1/gleam/gleam.json"), other).unwrap();
    let update = run(root, &["catalogue", "update", "--from", "fetched"]);
    assert!(update.out.contains("1 action changed"), "{}", update.out);
    has_line(&update.out, "gleam:PolishThing level Permissions management, was Write");
}

#[test]
fn files_that_cannot_be_used_change_nothing() {
    let folder = project();
    let root = folder.path();
    let before = names(root);
    let refused = |said: &[&str]| {
        let update = run(root, &["catalogue", "update", "--from", "fetched"]);
        assert_eq!((update.code, update.out.as_str()), (2, ""));
        for words in said {
            assert!(update.err.contains(words), "no `{words}` in\n{}", update.err);
        }
    };
    let path = |name: &str| root.join("fetched").join(name);
    fs::write(path("bad.json"), "{\n  \"Name\": \"bad\",\n  \"Actions\": [}\n").unwrap();
    refused(&["bad.json:3:15: ", "1 file cannot be used; nothing was written"]);
    fs::write(path("odd.json"), "{\"Name\": \"odd\",\n\"Actions\": [{\"Name\": 7}]}").unwrap();
    refused(&["bad.json:3:15: ", "odd.json:2:22: Actions: #1: ", "2 files cannot be used"]);
    fs::remove_file(path("bad.json")).unwrap();
    fs::remove_file(path("odd.json")).unwrap();
    fs::write(path("twice.json"), GLEAM).unwrap();
    refused(&["is about the service `gleam` too"]);
    fs::write(path("twice.json"), b"{\"Name\": \"\xff\"}").unwrap();
    refused(&["twice.json`: it is not UTF-8 text"]);
    fs::remove_file(path("twice.json")).unwrap();
    assert_eq!(names(root), before, "nothing half-written");

    // And a catalogue that is there already stays as it is.
    assert_eq!(run(root, &["catalogue", "update", "--from", "fetched"]).code, 0);
    let kept = fs::read(root.join("leastwise.catalogue")).unwrap();
    fs::write(path("bad.json"), "").unwrap();
    refused(&["bad.json:1:1: "]);
    assert!(fs::read(root.join("leastwise.catalogue")).unwrap() == kept);
}

#[test]
fn folders_that_cannot_be_used() {
    let folder = project();
    let root = folder.path();
    let refused = |from: &str, said: &str| {
        let update = run(root, &["catalogue", "update", "--from", from]);
        assert_eq!((update.code, update.out.as_str()), (2, ""), "{from}");
        assert!(update.err.contains(said), "no `{said}` in\n{}", update.err);
    };
    refused("fetched/services.json", "is a file, and `--from` takes a folder");
    refused("missing", "there is no such file or folder");
    refused("policies", "holds no service reference files");
    fs::remove_dir_all(root.join("fetched/v1")).unwrap();
    refused("fetched", "holds no service reference files");
    assert!(!root.join("leastwise.catalogue").exists());
    assert_eq!(run(root, &["catalogue", "update"]).code, 2);
}

#[test]
fn a_catalogue_of_another_layout_is_refused() {
    let folder = project();
    let root = folder.path();
    run(root, &["catalogue", "update", "--from", "fetched"]);
    let path = root.join("leastwise.catalogue");
    let mut bytes = fs::read(&path).unwrap();
    bytes[7] = b'7';
    fs::write(&path, &bytes).unwrap();
    for command in [&["check"][..], &["catalogue", "s3"]] {
        let ended = run(root, command);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""));
        assert!(ended.err.contains("another version of Leastwise wrote it, in layout 7"), "{}", ended.err);
        assert!(ended.err.contains("leastwise catalogue update --from DIR"), "{}", ended.err);
    }
    // An update is the way out.
    assert_eq!(run(root, &["catalogue", "update", "--from", "fetched"]).code, 0);
    assert_eq!(run(root, &["check"]).code, 0);
    // So it is for one that is damaged.
    fs::write(&path, &bytes[..1000]).unwrap();
    assert_eq!(run(root, &["catalogue", "s3"]).code, 2);
    assert_eq!(run(root, &["catalogue", "update", "--from", "fetched"]).code, 0);
}

#[test]
fn what_a_project_declares_is_looked_up() {
    let folder = project();
    let declared =
        "[catalogue]\nactions = [\"gleam:PolishThing\"]\ncondition-keys = { \"gleam:Shine\" = \"Numeric\" }\n";
    fs::write(folder.path().join("leastwise.toml"), declared).unwrap();
    let ended = run(folder.path(), &["catalogue", "gleam:PolishThing", "gleam:Shine"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.contains("declared in leastwise.toml"), "{}", ended.out);
    has_line(&ended.out, "Type Numeric");
    has_line(&ended.out, "Seen by 1 action");
}
