//! Answers whether one policy is within another, a line of JSON for each pair, and says how long each answer took.
//!
//! In: lines `{"id", "a", "b"}`, the policies as JSON text. Out: lines `{"id", "holds", "micros", "counterexample"}`; the time is that
//! of the whole question, from the texts to the answer.

use std::io::{BufRead, Write};
use std::time::Instant;

use leastwise::base::FileId;
use leastwise::catalogue::Catalogue;
use leastwise::evaluate::KeyValue;
use leastwise::policy::read::json::Place;
use leastwise::policy::read::{Mode, read};
use leastwise::prove::{Subject, Verdict, within};
use serde_json::{Value, json};

fn main() {
    let (input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    for line in input.lines() {
        let pair: Value = serde_json::from_str(&line.expect("a line of text")).expect("a line of JSON");
        let text = |name: &str| pair[name].as_str().expect("the text of a policy").to_owned();
        let answer = answer(&text("a"), &text("b"), &pair["id"]);
        writeln!(output, "{answer}").and_then(|()| output.flush()).expect("somewhere to write");
    }
}

fn answer(a: &str, b: &str, id: &Value) -> Value {
    let start = Instant::now();
    let document = |text: &str| read(Place::At(FileId(0), 0), text, Mode::Strict).map(|read| read.document);
    let (Ok(a), Ok(b)) = (document(a), document(b)) else {
        return json!({ "id": id, "holds": "unknown", "micros": 0.0, "counterexample": null, "error": "not a policy" });
    };
    let subject = |document| Subject { document, has_principals: false };
    let verdict = within(Catalogue::builtin(), subject(&a), subject(&b));
    let micros = start.elapsed().as_nanos() as f64 / 1000.0;
    let (holds, counterexample) = match &verdict {
        Verdict::Holds => (json!(true), Value::Null),
        Verdict::Unknown(why) => (json!("unknown"), json!({ "why": why })),
        Verdict::Fails(found) => {
            let value = |value: &KeyValue| match value {
                KeyValue::One(text) => json!(text),
                KeyValue::Several(texts) => json!(texts),
                _ => Value::Null,
            };
            let context: serde_json::Map<_, _> =
                found.keys.iter().map(|(key, one)| (key.clone(), value(one))).collect();
            let request = &found.request;
            (json!(false), json!({ "action": request.action, "resource": request.resource, "context": context }))
        }
    };
    json!({ "id": id, "holds": holds, "micros": micros, "counterexample": counterexample })
}
