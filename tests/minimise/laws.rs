//! What holds of every document: the result means the same, is no larger, and is not made smaller by minimising it again.

use leastwise::base::Span;
use leastwise::catalogue::Catalogue;
use leastwise::evaluate::{Context, KeyValue, Layers, Outcome, Request, Requester, decide_alone};
use leastwise::minimise::{Options, minimise};
use leastwise::policy::{Document, Effect, Kind, Located, Principal, PrincipalElement, Statement, glob, write};
use leastwise::prove::{Subject, Verdict, within};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use crate::steps::document;

const ACTIONS: [&str; 13] = [
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:ListQueues",
    "sqs:ListQueueTags",
    "sqs:ListMessageMoveTasks",
    "sqs:ListDeadLetterSourceQueues",
    "sqs:List*",
    "sqs:*Message",
    "sns:Publish",
    "sns:Get*",
    "*",
    "nonesuch:Do",
    "sqs:ListSomethingNew",
];
const RESOURCES: [&str; 5] = [
    "*",
    "arn:aws:sqs:eu-west-1:123456789012:*",
    "arn:aws:sqs:eu-west-1:123456789012:orders",
    "arn:aws:sqs:eu-west-1:123456789012:${aws:PrincipalTag/team}",
    "arn:aws:sns:*:123456789012:news",
];
const PRINCIPALS: [&str; 4] =
    ["*", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/a", "arn:aws:iam::210987654321:user/b"];

fn some(all: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(all.to_vec(), 1..=most)
}

fn condition() -> impl Strategy<Value = Value> {
    let operators = select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringEqualsIfExists",
        "ForAllValues:StringLike",
    ]);
    let team = (operators, subsequence(vec!["red", "r*", "blue"], 1..=2))
        .prop_map(|(operator, values)| json!({ operator: { "aws:PrincipalTag/team": values } }));
    prop_oneof![
        4 => Just(Value::Null),
        2 => team,
        1 => Just(json!({"Bool": {"aws:SecureTransport": "false"}})),
        1 => Just(json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "10.1.0.0/16"]}})),
    ]
}

fn statement(principals: bool) -> impl Strategy<Value = Value> {
    let action = (prop::bool::weighted(0.15), some(&ACTIONS, 5));
    let resource = (prop::bool::weighted(0.15), some(&RESOURCES, 2));
    (prop::bool::weighted(0.7), action, resource, condition(), some(&PRINCIPALS, 2)).prop_map(
        move |(allow, (not_action, actions), (not_resource, resources), condition, named)| {
            let mut out = json!({ "Effect": if allow { "Allow" } else { "Deny" } });
            out[if not_action { "NotAction" } else { "Action" }] = json!(actions);
            out[if not_resource { "NotResource" } else { "Resource" }] = json!(resources);
            if principals {
                out["Principal"] = json!({ "AWS": named });
            }
            if !condition.is_null() {
                out["Condition"] = condition;
            }
            out
        },
    )
}

fn documents() -> impl Strategy<Value = (Kind, Value)> {
    let of = |kind: Kind| {
        let statements = prop::collection::vec(statement(kind.has_principals()), 1..6);
        statements.prop_map(move |all| {
            let named = all.into_iter().enumerate().map(|(index, mut one)| {
                if index % 2 == 0 {
                    one["Sid"] = json!(format!("S{index}"));
                }
                one
            });
            (kind, named.collect())
        })
    };
    prop_oneof![2 => of(Kind::Policy), 1 => of(Kind::Scp), 1 => of(Kind::Resource)]
}

/// Actions by their names, as far as the catalogue or the first of two documents knows them.
pub fn expanded(document: &Document, first: &Document) -> Document {
    let mut out = document.clone();
    let named: Vec<String> = (first.statements.iter())
        .flat_map(|statement| &statement.action.patterns)
        .filter(|one| !one.value.contains(['*', '?']) && Catalogue::builtin().action(&one.value).is_none())
        .map(|one| one.value.clone())
        .collect();
    for statement in &mut out.statements {
        let mut patterns: Vec<Located<String>> = Vec::new();
        for pattern in &statement.action.patterns {
            let parts = pattern.value.split_once(':');
            let known = parts.and_then(|(prefix, name)| Some((Catalogue::builtin().service(prefix)?, name)));
            let names: Vec<String> = known
                .iter()
                .flat_map(|(service, name)| service.actions_matching(name))
                .map(|one| one.full_name())
                .chain(named.iter().filter(|one| known.is_some() && glob::matches(&pattern.value, one, true)).cloned())
                .collect();
            let all = if names.is_empty() { vec![pattern.value.clone()] } else { names };
            patterns.extend(all.into_iter().map(|one| Located::new(one, pattern.span)));
        }
        statement.action.patterns = patterns;
    }
    out
}

/// What a document denies, as what it leaves of everything.
fn rest(kind: Kind, document: &Document) -> Document {
    let mut statements: Vec<Statement> =
        document.statements.iter().filter(|one| one.effect == Effect::Deny).cloned().collect();
    let mut everything = crate::steps::document(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
    let anyone =
        PrincipalElement { negated: false, principals: vec![Located::new(Principal::Anyone, Span::default())] };
    everything.statements[0].principal = kind.has_principals().then_some(anyone);
    statements.append(&mut everything.statements);
    Document { statements, ..document.clone() }
}

/// That two documents allow the same and deny the same, as far as it is found out: how often it was not.
pub fn proved(kind: Kind, a: &Document, b: &Document) -> Result<usize, String> {
    let mut unknown = 0;
    let has_principals = kind.has_principals();
    for (a, b) in [(a, b), (b, a)] {
        for (a, b) in [(a.clone(), b.clone()), (rest(kind, a), rest(kind, b))] {
            let verdict = within(
                Catalogue::builtin(),
                Subject { document: &a, has_principals },
                Subject { document: &b, has_principals },
            );
            match verdict {
                Verdict::Holds => {}
                Verdict::Unknown(_) => unknown += 1,
                Verdict::Fails(found) => return Err(format!("{found:?}")),
            }
        }
    }
    Ok(unknown)
}

fn outcomes(kind: Kind, document: &Document, all: bool) -> Vec<Outcome> {
    let mut layers = Layers::default();
    let program = layers.compile(document);
    let mut out = Vec::new();
    let actions = [
        "sqs:SendMessage",
        "sqs:ListQueues",
        "sqs:ListQueueTags",
        "sns:Publish",
        "sns:GetTopicAttributes",
        "nonesuch:Do",
        "iam:CreateUser",
    ];
    let resources = [
        "*",
        "arn:aws:sqs:eu-west-1:123456789012:orders",
        "arn:aws:sqs:eu-west-1:123456789012:red",
        "arn:aws:sns:eu-west-1:123456789012:news",
    ];
    for principal in PRINCIPALS.iter().skip(1) {
        // Actions that neither the catalogue nor the document knows are outside a closed world.
        for action in actions.into_iter().filter(|action| all || *action != "sqs:ListSomethingNew") {
            for resource in resources {
                for (team, address) in [(None, "10.2.0.1"), (Some("red"), "192.0.2.1"), (Some("blue"), "10.1.0.1")] {
                    let mut context = Context::strict();
                    context.set("aws:SourceIp", KeyValue::One(address.to_owned()));
                    context.set("aws:SecureTransport", KeyValue::One((address == "10.1.0.1").to_string()));
                    if let Some(team) = team {
                        context.set("aws:PrincipalTag/team", KeyValue::One(team.to_owned()));
                    }
                    let request = Request {
                        requester: Requester::parse(principal).unwrap(),
                        action: action.into(),
                        resource: resource.into(),
                        resource_account: None,
                        context,
                    };
                    let bound = layers.bind(&request);
                    out.push(decide_alone(&program, &bound, kind.has_principals()));
                }
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_result_means_the_same_and_is_as_small_as_it_gets((kind, statements) in documents(), open_world: bool) {
        let before = document(&statements);
        let options = Options { kind, service: None, open_world };
        let after = minimise(Catalogue::builtin(), &before, options).document;
        let text = |document: &Document| write(document, true).unwrap();
        prop_assert!(text(&after).len() <= text(&before).len());
        let again = minimise(Catalogue::builtin(), &after, options).document;
        // An action that only a statement named that said nothing is forgotten with it.
        let unknown = |document: &Document| text(document).contains("sqs:ListSomethingNew");
        if open_world || unknown(&before) == unknown(&after) {
            prop_assert_eq!(text(&again), text(&after));
        }
        let all = open_world || statements.to_string().contains("sqs:ListSomethingNew");
        prop_assert_eq!(outcomes(kind, &before, all), outcomes(kind, &after, all), "{}", text(&after));
        let same = match open_world {
            true => proved(kind, &before, &after),
            false => proved(kind, &expanded(&before, &before), &expanded(&after, &before)),
        };
        prop_assert!(same.is_ok(), "{:?}: {}", same, text(&after));
    }
}
