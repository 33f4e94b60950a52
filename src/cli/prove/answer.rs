//! What was found out of a claim, for people and for machines.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::cli::failure::Failure;
use crate::cli::report;
use crate::evaluate::KeyValue;
use crate::project::World;
use crate::prove::{Counterexample, Verdict};

use super::AnswerForm;

/// What was found out.
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    /// The world that was looked at; the widest one in which the claim holds, if it does.
    pub(super) world: World,
    /// The statement that lets the counterexample through.
    pub(super) statement: Option<Shown>,
    /// The statement that comes nearest to covering it.
    pub(super) nearest: Option<Shown>,
}

/// A statement, as it is shown.
pub(super) struct Shown {
    /// Its policy, where there are several.
    pub(super) policy: Option<String>,
    pub(super) index: usize,
    pub(super) sid: Option<String>,
    /// `orders.lw:4:3`
    pub(super) place: String,
}

/// The widest world in which a claim holds that holds in one.
pub(super) fn widest(world: World, mut holds_in: impl FnMut(World) -> bool) -> World {
    let wider: &[World] = match world {
        World::Open => &[],
        World::Documented => &[World::Open],
        World::Closed => &[World::Open, World::Documented],
    };
    wider.iter().copied().find(|one| holds_in(*one)).unwrap_or(world)
}

impl Answer {
    pub(super) fn write(&self, form: AnswerForm) -> Result<(), Failure> {
        let mut out = report::output();
        match form {
            AnswerForm::Json => writeln!(out, "{:#}", self.object())?,
            AnswerForm::Text => self.text(&mut out)?,
        }
        out.flush()?;
        Ok(())
    }

    fn object(&self) -> Value {
        match &self.verdict {
            Verdict::Holds => {
                let world = match self.world {
                    World::Open => "open",
                    World::Documented => "documented",
                    World::Closed => "closed",
                };
                json!({ "holds": true, "world": world, "counterexample": null, "statement": null })
            }
            Verdict::Unknown(why) => {
                json!({ "holds": "unknown", "reason": why, "counterexample": null, "statement": null })
            }
            Verdict::Fails(found) => json!({
                "holds": false,
                "counterexample": counterexample(found),
                "statement": self.statement.as_ref().map(Shown::object),
                "nearest": self.nearest.as_ref().map(Shown::object),
            }),
        }
    }

    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        let found = match &self.verdict {
            Verdict::Holds => {
                let rests_on = match self.world {
                    World::Open => "",
                    World::Documented => {
                        " that comes with the resources and keys that the catalogue has for its action"
                    }
                    World::Closed => " for an action that the catalogue has",
                };
                return writeln!(out, "it holds of every request{rests_on}");
            }
            Verdict::Unknown(why) => return writeln!(out, "it is not known: {why}"),
            Verdict::Fails(found) => found,
        };
        let request = &found.request;
        writeln!(out, "it does not hold")?;
        if found.names_requester {
            write!(out, "{} asks for ", request.requester)?;
        }
        writeln!(out, "{} on {}", request.action, request.resource)?;
        for (key, value) in &found.keys {
            match value {
                KeyValue::One(text) => writeln!(out, "  with {key} = {text}")?,
                KeyValue::Several(texts) => writeln!(out, "  with {key} = {}", texts.join(", "))?,
                _ => {}
            }
        }
        if let Some(statement) = &self.statement {
            writeln!(out, "the statement at {} lets it through", statement.place)?;
        }
        if let Some(nearest) = &self.nearest {
            writeln!(out, "the statement at {} comes nearest to covering it", nearest.place)?;
        }
        Ok(())
    }
}

impl Shown {
    fn object(&self) -> Value {
        let mut object = Map::new();
        object.extend(self.policy.as_ref().map(|policy| ("policy".to_owned(), json!(policy))));
        object.insert("index".to_owned(), json!(self.index));
        object.insert("sid".to_owned(), json!(self.sid));
        object.insert("place".to_owned(), json!(self.place));
        Value::Object(object)
    }
}

fn counterexample(found: &Counterexample) -> Value {
    let value = |value: &KeyValue| match value {
        KeyValue::One(text) => json!(text),
        KeyValue::Several(texts) => json!(texts),
        _ => Value::Null,
    };
    let context: Map<String, Value> = found.keys.iter().map(|(key, one)| (key.clone(), value(one))).collect();
    let request = &found.request;
    json!({
        "principal": request.requester.to_string(),
        "action": request.action,
        "resource": request.resource,
        "context": context,
    })
}
