//! The evaluator decides as AWS does, as far as AWS's documentation and recorded decisions say.
//!
//! The collected cases lie in a folder `shared` beside the repository; where it is missing, that part is passed over. The rest are laws,
//! and a second evaluator, which is slow and follows AWS's description word by word.

use std::collections::BTreeMap;
use std::path::PathBuf;

use leastwise::base::FileId;
use leastwise::evaluate::{Context, KeyValue, Layers, Outcome, Program, Request, Requester, decide};
use leastwise::policy::Document;
use leastwise::policy::read::json::Place;
use leastwise::policy::read::{Mode, read};
use proptest::prelude::*;
use serde_json::{Value, json};

fn document(value: &Value) -> Document {
    let text = value.to_string();
    read(Place::At(FileId(0), 0), &text, Mode::Strict).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).document
}

fn collected(name: &str) -> Option<Vec<Value>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/evaluation").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("passed over: there is no file {}", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn context(values: &Value) -> Context {
    let mut context = Context::strict();
    for (key, value) in values.as_object().unwrap() {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        context.set(
            key,
            match value {
                Value::Array(values) => KeyValue::Several(values.iter().map(text).collect()),
                one => KeyValue::One(text(one)),
            },
        );
    }
    context
}

fn request(principal: &str, action: &str, resource: &str, context: Context) -> Request {
    Request {
        requester: Requester::parse(principal).unwrap_or_else(|| panic!("{principal}")),
        action: action.into(),
        resource: resource.into(),
        resource_account: None,
        context,
    }
}

const BOB: &str = "arn:aws:iam::123456789012:user/Bob";

#[test]
fn conditions_hold_as_the_tables_of_the_documentation_say() {
    let Some(vectors) = collected("condition-vectors.json") else { return };
    assert!(vectors.len() > 50);
    let mut wrong = Vec::new();
    for vector in &vectors {
        let policy = json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": vector["condition"],
        }});
        let mut layers = Layers::default();
        layers.identity = vec![layers.compile(&document(&policy))];
        // A key that the table does not name is not there, those that follow from who asks included.
        let mut given = context(&vector["context"]);
        for key in ["aws:username", "aws:PrincipalArn"] {
            if vector["context"].get(key).is_none() {
                given.set(key, KeyValue::Absent);
            }
        }
        let request = request(BOB, "s3:GetObject", "arn:aws:s3:::b/k", given);
        let matched = decide(&layers, &request, &layers.bind(&request)).outcome == Outcome::Allowed;
        if matched != (vector["expected"] == "match") {
            wrong.push(vector.to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn roles_are_assumed_as_was_recorded() {
    let Some(cases) = collected("trust-decisions.json") else { return };
    let cases: Vec<&Value> = cases.iter().filter(|case| case.get("request").is_some()).collect();
    assert!(cases.len() > 5);
    for case in cases {
        let mut layers = Layers::default();
        let identity = case["identityPolicies"].as_array().unwrap().iter();
        layers.identity = identity.map(|policy| layers.compile(&document(policy))).collect();
        layers.resource = Some(layers.compile(&document(&case["resourcePolicy"])));
        let asked = &case["request"];
        let text = |name: &str| asked[name].as_str().unwrap();
        let request = request(text("principal"), text("action"), text("resource"), context(&asked["context"]));
        let decided = match decide(&layers, &request, &layers.bind(&request)).outcome {
            Outcome::Allowed => "allowed",
            Outcome::ImplicitlyDenied => "implicitDeny",
            Outcome::ExplicitlyDenied => "explicitDeny",
            Outcome::Depends => "depends",
        };
        assert_eq!(decided, case["correct_decision"].as_str().unwrap(), "{case}");
    }
}

#[test]
fn what_a_request_leaves_open_is_unknown() {
    let allow = |condition: Value| {
        json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition,
        }})
    };
    let decided = |condition: Value, context: Context| {
        let mut layers = Layers::default();
        layers.identity = vec![layers.compile(&document(&allow(condition)))];
        let request = request(BOB, "s3:GetObject", "arn:aws:s3:::b/k", context);
        decide(&layers, &request, &layers.bind(&request)).outcome
    };
    let mfa = || json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    assert_eq!(decided(mfa(), Context::open()), Outcome::Depends);
    assert_eq!(decided(mfa(), Context::strict()), Outcome::ImplicitlyDenied);
    // What cannot hold whatever the open key is, does not depend on it.
    let both = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}, "StringEquals": {"aws:username": "Eve"}});
    assert_eq!(decided(both, Context::open()), Outcome::ImplicitlyDenied);
    // An open variable leaves a resource open; an absent one matches nothing.
    let home = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
    }});
    let mut layers = Layers::default();
    layers.identity = vec![layers.compile(&document(&home))];
    let of = |context: Context| {
        let request = request(BOB, "s3:GetObject", "arn:aws:s3:::b/a/k", context);
        decide(&layers, &request, &layers.bind(&request)).outcome
    };
    assert_eq!(of(Context::open()), Outcome::Depends);
    assert_eq!(of(Context::strict()), Outcome::ImplicitlyDenied);
    let mut team = Context::strict();
    team.set("AWS:principaltag/TEAM", KeyValue::One("a".into()));
    assert_eq!(of(team), Outcome::Allowed);
}

// Generated worlds

const ACTIONS: [&str; 4] = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "kms:Decrypt"];
const ACTION_PATTERNS: [&str; 7] = ["*", "s3:*", "s3:Get*", "S3:getobject", "sqs:SendMessage", "kms:*", "s3:?utObject"];
const RESOURCES: [&str; 4] = [
    "arn:aws:s3:::b/in/k",
    "arn:aws:s3:::b/out/k",
    "arn:aws:sqs:eu-west-1:123456789012:q",
    "arn:aws:kms:eu-west-1:123456789012:key/k",
];
const RESOURCE_PATTERNS: [&str; 6] = [
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
    "arn:aws:sqs:*:*:*",
    "arn:aws:s3:::*/k",
    "arn:aws:kms:*",
];
const PRINCIPALS: [&str; 5] = [
    "arn:aws:iam::123456789012:user/Bob",
    "arn:aws:sts::123456789012:assumed-role/app/s",
    "arn:aws:iam::123456789012:root",
    "arn:aws:iam::999999999999:user/Eve",
    "lambda.amazonaws.com",
];
const NAMED: [&str; 7] = [
    "*",
    "123456789012",
    "arn:aws:iam::123456789012:user/Bob",
    "arn:aws:iam::123456789012:role/app",
    "arn:aws:sts::123456789012:assumed-role/app/s",
    "arn:aws:iam::999999999999:root",
    "service",
];

fn condition() -> impl Strategy<Value = Value> {
    prop_oneof![
        5 => Just(json!({})),
        1 => Just(json!({"StringEquals": {"aws:PrincipalTag/team": ["in", "x"]}})),
        1 => Just(json!({"StringNotLike": {"aws:PrincipalTag/team": "o*"}})),
        1 => Just(json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})),
        1 => Just(json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}})),
        1 => Just(json!({"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}})),
        1 => Just(json!({"Null": {"aws:TagKeys": "true"}})),
    ]
}

fn statement(with_principal: bool) -> impl Strategy<Value = Value> {
    let effect = prop::sample::select(&["Allow", "Allow", "Allow", "Deny"][..]);
    let actions = prop::collection::vec(prop::sample::select(&ACTION_PATTERNS[..]), 1..3);
    let resources = prop::collection::vec(prop::sample::select(&RESOURCE_PATTERNS[..]), 1..3);
    let negated = (prop::bool::weighted(0.15), prop::bool::weighted(0.15));
    (effect, actions, resources, negated, prop::sample::select(&NAMED[..]), condition()).prop_map(
        move |(effect, actions, resources, (not_action, not_resource), named, condition)| {
            let mut statement = json!({"Effect": effect, "Condition": condition});
            statement[if not_action { "NotAction" } else { "Action" }] = json!(actions);
            statement[if not_resource { "NotResource" } else { "Resource" }] = json!(resources);
            if with_principal {
                statement["Principal"] = match named {
                    "*" => json!("*"),
                    "service" => json!({"Service": "lambda.amazonaws.com"}),
                    arn => json!({"AWS": arn}),
                };
            }
            statement
        },
    )
}

fn policy(with_principal: bool) -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(with_principal), 1..4)
        .prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}

#[derive(Clone, Debug)]
struct World {
    identity: Vec<Value>,
    boundary: Option<Value>,
    session: Option<Value>,
    resource: Option<Value>,
    scps: Vec<Vec<Value>>,
}

fn world() -> impl Strategy<Value = World> {
    let scps = prop::collection::vec(prop::collection::vec(policy(false), 1..3), 0..3);
    (
        prop::collection::vec(policy(false), 0..3),
        prop::option::weighted(0.3, policy(false)),
        prop::option::weighted(0.3, policy(false)),
        prop::option::weighted(0.5, policy(true)),
        scps,
    )
        .prop_map(|(identity, boundary, session, resource, scps)| World {
            identity,
            boundary,
            session,
            resource,
            scps,
        })
}

type Asked = (&'static str, &'static str, &'static str, BTreeMap<&'static str, Value>);

fn asked() -> impl Strategy<Value = Asked> {
    let tags = prop::collection::vec(prop::sample::select(&["a", "ab", "c"][..]), 0..3);
    let team = prop::option::of(prop::sample::select(&["in", "out", "*"][..]));
    let mfa = prop::option::of(any::<bool>());
    let keys = (team, mfa, tags).prop_map(|(team, mfa, tags)| {
        let mut keys = BTreeMap::new();
        keys.extend(team.map(|team| ("aws:PrincipalTag/team", json!(team))));
        keys.extend(mfa.map(|mfa| ("aws:MultiFactorAuthPresent", json!(mfa.to_string()))));
        keys.insert("aws:TagKeys", json!(tags));
        keys
    });
    let pick = |from: &'static [&'static str]| prop::sample::select(from);
    (pick(&PRINCIPALS), pick(&ACTIONS), pick(&RESOURCES), keys)
}

fn decided(world: &World, asked: &Asked) -> Outcome {
    let mut layers = Layers::default();
    let compile = |layers: &mut Layers, all: &[Value]| -> Vec<Program> {
        all.iter().map(|one| layers.compile(&document(one))).collect()
    };
    layers.identity = compile(&mut layers, &world.identity);
    layers.boundary = world.boundary.as_ref().map(|one| layers.compile(&document(one)));
    layers.session = world.session.as_ref().map(|one| vec![layers.compile(&document(one))]);
    layers.resource = world.resource.as_ref().map(|one| layers.compile(&document(one)));
    layers.scps = world.scps.iter().map(|level| compile(&mut layers, level)).collect();
    let (principal, action, resource, keys) = asked;
    let mut request = request(principal, action, resource, context(&json!(keys)));
    request.resource_account = Some("123456789012".into());
    decide(&layers, &request, &layers.bind(&request)).outcome
}

// A second evaluator, from the rules and nothing else

mod literal {
    use super::*;

    pub fn decide(world: &World, asked: &Asked) -> Outcome {
        let (principal, action, _, _) = asked;
        let all = |policies: &[Value], effect| policies.iter().any(|policy| says(policy, effect, asked));
        let account = account(principal);
        let scps: &[Vec<Value>] = if account.is_some() { &world.scps } else { &[] };
        let resource_says = |effect, classes: &[&str]| {
            world.resource.as_ref().is_some_and(|policy| {
                statements(policy).iter().any(|statement| {
                    let class = class(statement, principal);
                    statement["Effect"] == effect && classes.contains(&class) && matches(statement, asked)
                })
            })
        };
        let optional =
            |policy: &Option<Value>, effect| policy.as_ref().is_some_and(|policy| says(policy, effect, asked));
        let any = ["direct", "role", "account"];
        if scps.iter().any(|level| all(level, "Deny"))
            || resource_says("Deny", &any)
            || all(&world.identity, "Deny")
            || optional(&world.boundary, "Deny")
            || optional(&world.session, "Deny")
        {
            return Outcome::ExplicitlyDenied;
        }
        if !scps.iter().all(|level| all(level, "Allow")) {
            return Outcome::ImplicitlyDenied;
        }
        let yes = |holds| if holds { Outcome::Allowed } else { Outcome::ImplicitlyDenied };
        let Some(account) = account else { return yes(resource_says("Allow", &any)) };
        let root = principal.ends_with(":root");
        let identity = root || all(&world.identity, "Allow");
        let boundary = world.boundary.is_none() || optional(&world.boundary, "Allow");
        let session = world.session.is_none() || optional(&world.session, "Allow");
        let own = identity && boundary && session;
        if account != "123456789012" {
            return yes(own && resource_says("Allow", &any));
        }
        let mandatory = action.starts_with("kms:") && asked.2.contains(":key/");
        yes(resource_says("Allow", &["direct"])
            || resource_says("Allow", &["role"]) && boundary && session
            || own && (!mandatory || resource_says("Allow", &["account"])))
    }

    fn account(principal: &str) -> Option<&str> {
        principal.split(':').nth(4)
    }

    fn statements(policy: &Value) -> &Vec<Value> {
        policy["Statement"].as_array().unwrap()
    }

    fn says(policy: &Value, effect: &str, asked: &Asked) -> bool {
        statements(policy).iter().any(|statement| statement["Effect"] == effect && matches(statement, asked))
    }

    /// How a statement names the principal: not at all, the account, the role, or itself.
    fn class(statement: &Value, principal: &str) -> &'static str {
        let principals = &statement["Principal"];
        if principals == "*" {
            return "direct";
        }
        if let Some(service) = principals.get("Service") {
            return if service == principal { "direct" } else { "none" };
        }
        let named = principals["AWS"].as_str().unwrap();
        let root = |account: &str| format!("arn:aws:iam::{account}:root");
        let whole = if named.len() == 12 { root(named) } else { named.to_owned() };
        if whole == principal {
            return "direct";
        }
        if account(principal).is_some_and(|account| whole == root(account)) {
            return "account";
        }
        let role = principal.replace("sts", "iam").replace("assumed-role/app/s", "role/app");
        if role == named { "role" } else { "none" }
    }

    fn matches(statement: &Value, (_, action, resource, keys): &Asked) -> bool {
        let listed = |name: &str| statement.get(name).map(|list| list.as_array().unwrap().clone());
        let lower = action.to_ascii_lowercase();
        let some_action =
            |list: Vec<Value>| list.iter().any(|one| glob(&one.as_str().unwrap().to_ascii_lowercase(), &lower));
        let action_fits = match (listed("Action"), listed("NotAction")) {
            (Some(list), _) => some_action(list),
            (_, list) => !some_action(list.unwrap()),
        };
        let opened = |pattern: &str| -> Option<String> {
            let Some(rest) = pattern.split("${aws:PrincipalTag/team}").nth(1) else { return Some(pattern.to_owned()) };
            let team = keys.get("aws:PrincipalTag/team")?.as_str()?;
            // A wildcard in a value is a character; none of these resources holds one.
            Some(format!("{}{}{rest}", pattern.split("${").next().unwrap(), team.replace('*', "\u{7}")))
        };
        let some_resource = |list: &[Value]| {
            list.iter().filter_map(|one| opened(one.as_str().unwrap())).any(|pattern| arn(&pattern, resource))
        };
        let resource_fits = match (listed("Resource"), listed("NotResource")) {
            (Some(list), _) => some_resource(&list),
            (_, list) => {
                let list = list.unwrap();
                let missing = list.iter().any(|one| opened(one.as_str().unwrap()).is_none());
                !missing && !some_resource(&list)
            }
        };
        action_fits && resource_fits && condition_holds(&statement["Condition"], keys)
    }

    fn condition_holds(condition: &Value, keys: &BTreeMap<&'static str, Value>) -> bool {
        let team = keys.get("aws:PrincipalTag/team").and_then(Value::as_str);
        let mfa = keys.get("aws:MultiFactorAuthPresent").and_then(Value::as_str);
        let tags: Vec<&str> = keys["aws:TagKeys"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
        condition.as_object().unwrap().keys().all(|operator| match operator.as_str() {
            "StringEquals" => matches!(team, Some("in" | "x")),
            "StringNotLike" => team.is_none_or(|team| !team.starts_with('o')),
            "BoolIfExists" => mfa.is_none_or(|mfa| mfa == "true"),
            "ForAllValues:StringEquals" => tags.iter().all(|tag| ["a", "b"].contains(tag)),
            "ForAnyValue:StringLike" => tags.iter().any(|tag| tag.starts_with('a')),
            "Null" => tags.is_empty(),
            other => panic!("{other}"),
        })
    }

    fn arn(pattern: &str, arn: &str) -> bool {
        let mut wanted = pattern.splitn(6, ':');
        pattern == "*" || arn.splitn(6, ':').all(|segment| glob(wanted.next().unwrap_or("*"), segment))
    }

    fn glob(pattern: &str, text: &str) -> bool {
        match (pattern.chars().next(), text.chars().next()) {
            (None, None) => true,
            (Some('*'), _) => glob(&pattern[1..], text) || !text.is_empty() && glob(pattern, &text[1..]),
            (Some('?'), Some(_)) => glob(&pattern[1..], &text[1..]),
            (Some(p), Some(t)) if p == t => glob(&pattern[p.len_utf8()..], &text[t.len_utf8()..]),
            _ => false,
        }
    }
}

fn rank(outcome: Outcome) -> u8 {
    u8::from(outcome == Outcome::Allowed)
}

proptest! {
    // 100,000 requests.
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn both_evaluators_agree(world in world(), asked in prop::collection::vec(asked(), 100)) {
        for asked in &asked {
            prop_assert_eq!(decided(&world, asked), literal::decide(&world, asked), "{:?}", asked);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn an_explicit_deny_anywhere_denies(world in world(), asked in asked(), layer in 0..5usize) {
        let everything = |principal: bool| {
            let mut deny = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]});
            if principal {
                deny["Statement"][0]["Principal"] = json!("*");
            }
            deny
        };
        let mut denied = world.clone();
        match layer {
            0 => denied.identity.push(everything(false)),
            1 => denied.boundary = Some(everything(false)),
            2 => denied.session = Some(everything(false)),
            3 => denied.resource = Some(everything(true)),
            _ => denied.scps.push(vec![everything(false)]),
        }
        // No policy of the organisation reaches a service.
        prop_assume!(layer != 4 || asked.0 != "lambda.amazonaws.com");
        prop_assert_eq!(decided(&denied, &asked), Outcome::ExplicitlyDenied);
    }

    #[test]
    fn a_layer_more_never_allows_more(world in world(), asked in asked(), limit in policy(false), layer in 0..3usize) {
        let mut limited = world.clone();
        match layer {
            0 => limited.boundary = limited.boundary.or(Some(limit)),
            1 => limited.session = limited.session.or(Some(limit)),
            _ => limited.scps.push(vec![limit]),
        }
        prop_assert!(rank(decided(&limited, &asked)) <= rank(decided(&world, &asked)));
    }

    #[test]
    fn an_allow_more_never_denies(world in world(), asked in asked(), more in statement(false)) {
        let mut more = more;
        more["Effect"] = json!("Allow");
        let mut wider = world.clone();
        wider.identity.push(json!({"Version": "2012-10-17", "Statement": [more]}));
        prop_assert!(rank(decided(&wider, &asked)) >= rank(decided(&world, &asked)));
    }

    #[test]
    fn order_does_not_matter(world in world(), asked in asked()) {
        let mut turned = world.clone();
        let turn = |policy: &mut Value| policy["Statement"].as_array_mut().unwrap().reverse();
        turned.identity.reverse();
        turned.identity.iter_mut().for_each(turn);
        turned.resource.iter_mut().for_each(turn);
        turned.scps.iter_mut().for_each(|level| level.reverse());
        prop_assert_eq!(decided(&turned, &asked), decided(&world, &asked));
    }

    #[test]
    fn a_policy_and_its_canonical_form_decide_alike(world in world(), asked in asked()) {
        let canonical = |policy: &Value| -> Value {
            serde_json::from_str(&leastwise::policy::write(&document(policy), true).unwrap()).unwrap()
        };
        let mut other = world.clone();
        other.identity.iter_mut().for_each(|policy| *policy = canonical(policy));
        other.resource.iter_mut().for_each(|policy| *policy = canonical(policy));
        prop_assert_eq!(decided(&other, &asked), decided(&world, &asked));
    }
}
