//! Source text of every form, with comments and white space in every place.

use proptest::collection::vec;
use proptest::prelude::*;

type Words = Vec<&'static str>;
type Any = BoxedStrategy<Words>;

/// One of some texts, each of which stands for itself or, with blanks in it, for several words.
fn one_of(texts: &'static [&'static str]) -> Any {
    prop::sample::select(texts).prop_map(split).boxed()
}

fn w(text: &'static str) -> Any {
    Just(split(text)).boxed()
}

/// At the blanks outside strings and sets of names.
fn split(text: &'static str) -> Words {
    if text.contains('"') || text.contains('{') && text.len() > 1 { vec![text] } else { text.split(' ').collect() }
}

fn seq(parts: Vec<Any>) -> Any {
    parts.prop_map(|parts| parts.concat()).boxed()
}

fn maybe(part: Any) -> Any {
    prop_oneof![Just(Vec::new()), part].boxed()
}

fn many(part: Any, most: usize) -> Any {
    vec(part, 0..=most).prop_map(|parts| parts.concat()).boxed()
}

/// With commas between, and one after the last if `idle`.
fn commas(part: Any, least: usize, idle: Any) -> Any {
    (vec(part, least..4), idle)
        .prop_map(|(parts, idle)| {
            let mut words = parts.join(&",");
            if !words.is_empty() {
                words.extend(idle);
            }
            words
        })
        .boxed()
}

fn list(open: &'static str, part: Any, close: &'static str) -> Any {
    seq(vec![w(open), commas(part, 0, maybe(w(","))), w(close)])
}

fn some(part: Any) -> Any {
    commas(part, 1, Just(Vec::new()).boxed())
}

fn name() -> Any {
    one_of(&["a", "orders-worker", "prod_2", "role", "because"])
}

fn path() -> Any {
    one_of(&["a", "s3 . object", "std . trust . account", "uploads"])
}

fn string() -> Any {
    one_of(&[
        "\"x\"",
        "\"\"",
        "\"a {env} \\\" // no comment ${aws:username} \u{e9}\"",
        "\"arn:aws:s3:::a-rather-long-name-of-a-bucket/*\"",
    ])
}

fn expr() -> Any {
    let leaf = prop_oneof![
        one_of(&["42", "-1.5", "true", "15m", "2027-06-30", "*", "self", "s3:Get ?", "s3:GetObject", "*:*"]),
        one_of(&[
            "{iam, sts,\n s3}:*",
            "dynamodb:{ Get,Put }Item",
            "s3:{Get,List}*",
            "cloudtrail:{DeleteTrail,StopLogging}"
        ]),
        path(),
        string(),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        let inner = inner.boxed();
        let argument = seq(vec![maybe(seq(vec![one_of(&["to", "name", "exempt"]), w(":")])), inner.clone()]);
        prop_oneof![list("[", inner, "]"), seq(vec![path(), list("(", argument, ")")])]
    })
    .boxed()
}

fn formula() -> Any {
    let computed = Just(vec!["key", "(", "\"{a}:sub\"", ")"]);
    let key = prop_oneof![one_of(&["aws:SecureTransport", "aws:RequestTag/team", "a", "true"]), computed].boxed();
    let compare = seq(vec![one_of(&["==", "!=", "in", "like", "~=", "<", ">="]), expr()]);
    let atom = prop_oneof![
        seq(vec![one_of(&["has", "missing"]), key.clone()]),
        seq(vec![maybe(one_of(&["any", "all", "no"])), key, maybe(w("?")), maybe(w("as String")), maybe(compare)]),
    ];
    atom.prop_recursive(4, 24, 4, |inner| {
        let group = seq(vec![many(w("not"), 2), w("("), inner.clone().boxed(), w(")")]);
        let literal = prop_oneof![group, seq(vec![many(w("not"), 2), inner.boxed()])].boxed();
        let grouped = seq(vec![w("("), literal.clone(), w(")")]);
        (vec(grouped, 1..4), vec(one_of(&["and", "or"]), 3)).prop_map(|(operands, operators)| {
            let mut words = Words::new();
            for (index, operand) in operands.into_iter().enumerate() {
                if index > 0 {
                    words.extend(&operators[index - 1]);
                }
                words.extend(operand);
            }
            words
        })
    })
    .boxed()
}

fn choice() -> Any {
    seq(vec![some(expr()), maybe(seq(vec![w("except"), some(expr())]))])
}

fn scope() -> Any {
    seq(vec![
        choice(),
        maybe(seq(vec![w("on"), choice()])),
        maybe(seq(vec![w("to"), choice()])),
        maybe(seq(vec![w("when"), formula()])),
        maybe(seq(vec![w("unless"), formula()])),
    ])
}

fn attributes() -> Any {
    let argument = seq(vec![maybe(seq(vec![w("because"), w(":")])), expr()]);
    many(seq(vec![w("@"), one_of(&["inline", "accept"]), maybe(list("(", argument, ")"))]), 2)
}

fn block(part: Any) -> Any {
    seq(vec![w("{"), many(part, 3), w("}")])
}

fn body() -> Any {
    let label = maybe(seq(vec![prop_oneof![w("Sid"), string()].boxed(), w(":")]));
    let statement = seq(vec![label, one_of(&["allow", "deny"]), scope()]);
    let include = seq(vec![w("include"), path(), list("(", expr(), ")")]);
    let leaf = prop_oneof![4 => statement, 1 => include];
    let leaf = seq(vec![attributes(), leaf.boxed()]);
    let item = leaf.prop_recursive(3, 8, 3, |inner| {
        let inner = block(inner.boxed());
        let otherwise = maybe(seq(vec![w("else"), inner.clone()]));
        let arm = seq(vec![w("if"), formula(), inner.clone()]);
        prop_oneof![
            seq(vec![w("for"), name(), w("in"), expr(), inner]),
            seq(vec![arm.clone(), many(seq(vec![w("else"), arm]), 2), otherwise]),
        ]
    });
    block(item.boxed())
}

fn record() -> Any {
    let key = prop_oneof![one_of(&["team", "aws:SecureTransport", "for"]), string()].boxed();
    list("{", seq(vec![key, w(":"), expr()]), "}")
}

fn claim() -> Any {
    let subject = seq(vec![one_of(&["a", "std . b"]), maybe(seq(vec![w("as"), expr()]))]);
    let verb = one_of(&["allows", "denies", "denies explicitly", "never allows", "always allows", "always denies"]);
    let decides = seq(vec![maybe(subject), verb, scope(), maybe(seq(vec![w("with"), record()]))]);
    let relates = seq(vec![w("a"), one_of(&["within", "equivalent", "disjoint"]), w("std . b")]);
    let exempt = seq(vec![w("exempt"), some(w("std . b")), w("because"), string()]);
    let refuses = seq(vec![w("refuses"), string(), block(policy())]);
    let leaf = prop_oneof![4 => decides, 1 => relates, 1 => exempt, 1 => refuses, 1 => w("requires boundary")];
    leaf.prop_recursive(2, 4, 2, |inner| seq(vec![w("for"), name(), w("in"), expr(), block(inner.boxed())])).boxed()
}

fn ty() -> Any {
    prop_oneof![
        one_of(&["String", "s3 . bucket", "[ String ]", "[ [ Action ] ]"]),
        (vec(string(), 1..4)).prop_map(|strings| strings.join(&"|")),
    ]
    .boxed()
}

fn parameter() -> Any {
    seq(vec![name(), w(":"), ty(), maybe(seq(vec![w("="), expr()]))])
}

fn policy() -> Any {
    let start = seq(vec![
        one_of(&["policy", "boundary", "scp", "trust", "resource", "grant"]),
        name(),
        maybe(list("(", parameter(), ")")),
        maybe(seq(vec![w("for"), expr()])),
    ]);
    seq(vec![start, prop_oneof![3 => body(), 1 => seq(vec![w("="), expr()])].boxed()])
}

fn role() -> Any {
    let values = seq(vec![one_of(&["path", "policy", "trust"]), some(expr())]);
    let field = prop_oneof![values, seq(vec![w("tags"), record()])].boxed();
    seq(vec![w("role"), name(), block(field)])
}

fn organization() -> Any {
    let leaf = prop_oneof![
        seq(vec![w("management"), string()]),
        seq(vec![one_of(&["scp", "rcp"]), some(path())]),
        seq(vec![w("account"), name(), string()]),
    ];
    let member = leaf.prop_recursive(3, 8, 3, |inner| {
        let inner = block(inner.boxed());
        prop_oneof![seq(vec![w("unit"), name(), inner.clone()]), seq(vec![w("account"), name(), string(), inner]),]
    });
    seq(vec![w("organization"), name(), string(), block(member.boxed())])
}

fn item() -> Any {
    let import = seq(vec![one_of(&["a", "for", "trust"]), maybe(seq(vec![w("as"), name()]))]);
    let names = seq(vec![w("."), list("{", import, "}")]);
    let source = prop_oneof![path(), string()].boxed();
    let kind = prop_oneof![
        1 => seq(vec![w("use"), source, prop_oneof![names, maybe(seq(vec![w("as"), name()]))].boxed()]),
        1 => seq(vec![one_of(&["param", "extern"]), parameter()]),
        1 => seq(vec![w("let"), name(), maybe(seq(vec![w(":"), ty()])), w("="), expr()]),
        4 => policy(),
        1 => role(),
        1 => organization(),
        1 => seq(vec![one_of(&["test", "prove"]), string(), block(claim())]),
        1 => seq(vec![w("constraint"), name(), w("on"), some(one_of(&["policy", "role"])), block(claim())]),
    ];
    seq(vec![attributes(), kind.boxed()])
}

/// What stands between two words.
fn gap() -> impl Strategy<Value = &'static str> {
    let white = prop::sample::select(&[" ", "", "", "\n", "\n  \n", "\r\n\t\n\n", "\u{feff}\n"][..]);
    let notes = prop::sample::select(
        &[
            " // plain\n",
            "\n//close\n",
            "\n//----\n\n",
            " /// doc\n",
            "\n\n/// doc\n",
            "\n/// doc\n\n",
            "\n//!file  \r\n",
            " // one\n//// two\n\n/// doc\n// \u{e9}\n",
        ][..],
    );
    prop_oneof![8 => white, 1 => notes]
}

/// A file. Words that would run into one another are kept apart by a space.
pub fn file() -> impl Strategy<Value = String> {
    (many(item(), 3), vec(gap(), 1..300)).prop_map(|(words, gaps)| {
        let mut text = String::new();
        let mut before = "(";
        for (word, gap) in words.into_iter().zip(gaps.iter().cycle()) {
            let loose = |word: &str| matches!(word, "(" | ")" | "[" | "]" | ",");
            text.push_str(if gap.is_empty() && !loose(before) && !loose(word) { " " } else { gap });
            text.push_str(word);
            before = word;
        }
        text + gaps.last().unwrap_or(&"")
    })
}
