//! What has changed, for machines.

use serde_json::{Map, Value, json};

use crate::policy::{Document, Piece, Statement, Version, escape, write_with};
use crate::prove::Counterexample;
use crate::prove::difference::{Region, Side};

use super::answer::{Answer, Change, Presence, RoleChange, Shown, asked, keys};
use super::text::notes;

/// One object: of the one policy that is compared, or of all with their relation.
pub(super) fn object(answer: &Answer, shown: Shown<'_>) -> Value {
    if let ([one], []) = (answer.policies.as_slice(), answer.roles.as_slice()) {
        return policy(one, shown);
    }
    let changed = answer.roles.iter().filter(|role| !role.is_equal());
    json!({
        "relation": answer.relation().name(),
        "policies": answer.policies.iter().map(|one| policy(one, shown)).collect::<Vec<_>>(),
        "roles": changed.map(|one| role(one, shown)).collect::<Vec<_>>(),
    })
}

fn policy(change: &Change, shown: Shown<'_>) -> Value {
    let presence = match change.presence {
        Presence::Both => "changed",
        Presence::Added => "added",
        Presence::Removed => "removed",
    };
    let presence = if change.presence == Presence::Both && change.is_equal() { "unchanged" } else { presence };
    json!({
        "relation": change.relation().name(),
        "kind": change.kind.keyword(),
        "name": change.name,
        "change": presence,
        "gained": regions(change, &change.gained, shown),
        "lost": regions(change, &change.lost, shown),
        "noLongerDenied": change.no_longer_denied.as_ref().map(|one| deny(change, one, shown)),
        "newlyDenied": change.newly_denied.as_ref().map(|one| deny(change, one, shown)),
        "notes": notes(change, shown),
    })
}

fn regions(change: &Change, side: &Side, shown: Shown<'_>) -> Value {
    side.regions.iter().map(|one| region(change, one, shown)).collect()
}

fn region(change: &Change, region: &Region, shown: Shown<'_>) -> Value {
    json!({
        "text": shown.statement(change, &region.statement),
        "statement": statement(&region.statement),
        "except": region.except.iter().map(|one| shown.exception(change, region, one)).collect::<Vec<_>>(),
        "denied": region.denied.iter().map(|one| shown.statement(change, one)).collect::<Vec<_>>(),
        "partly": region.partly || !region.denied.is_empty() || !region.except.is_empty(),
        "example": example(change, &region.example),
    })
}

fn deny(change: &Change, (deny, found): &(Statement, Counterexample), shown: Shown<'_>) -> Value {
    json!({ "text": shown.statement(change, deny), "statement": statement(deny), "example": example(change, found) })
}

/// A statement as AWS writes it. What stays open until deployment stands in it as its name.
fn statement(statement: &Statement) -> Value {
    let document = Document { version: Version::V2012, id: None, statements: vec![statement.clone()] };
    let written = write_with(&document, true, |piece, _, out| {
        match piece {
            Piece::Literal(text) => escape(text, out),
            Piece::Extern(name) => out.push_str(&format!("{{{name}}}")),
        }
        Ok::<(), std::convert::Infallible>(())
    });
    let Ok(text) = written;
    let mut whole: Value = serde_json::from_str(&text).unwrap_or_default();
    match whole.get_mut("Statement").map(Value::take) {
        Some(Value::Array(mut all)) if all.len() == 1 => all.remove(0),
        other => other.unwrap_or_default(),
    }
}

fn example(change: &Change, example: &Counterexample) -> Value {
    let (who, action, resource) = asked(change, example);
    let mut object = Map::new();
    object.extend(who.map(|who| ("principal".to_owned(), json!(who))));
    object.insert("action".to_owned(), json!(action));
    object.insert("resource".to_owned(), json!(resource));
    let value = |values: Vec<&str>, several: bool| if several { json!(values) } else { json!(values.first()) };
    let context: Map<String, Value> =
        keys(example).map(|(key, values, several)| (key.to_owned(), value(values, several))).collect();
    object.insert("context".to_owned(), Value::Object(context));
    Value::Object(object)
}

fn role(role: &RoleChange, shown: Shown<'_>) -> Value {
    let of = |side: fn(&Change) -> &Side| role.allowed.as_ref().map_or(json!([]), |one| regions(one, side(one), shown));
    json!({
        "name": role.name,
        "relation": role.relation().name(),
        "changes": role.changes,
        "gained": of(|change| &change.gained),
        "lost": of(|change| &change.lost),
        "notes": role.allowed.as_ref().map_or_else(Vec::new, |change| notes(change, shown)),
    })
}
