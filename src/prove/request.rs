//! Witnesses as requests that the evaluator can decide.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::letter::{self, Kind};
use super::predicate::AttributeId;
use super::region::CANONICAL_USER;
use super::space::Space;
use super::witness::{Value, Witness};
use crate::evaluate::{Context, KeyValue, Request, Requester};
use crate::policy::value::account_id;

impl Space<'_> {
    /// The request of a witness, or of a plainer one like it, if it is one that is sought.
    pub(super) fn replayed(
        &mut self,
        witness: &[Witness],
        is_sought: impl Fn(&Request) -> bool,
    ) -> Option<(Request, Vec<Witness>)> {
        let mut plain = self.plainer(witness);
        let plain = self.contradicted(&mut plain).is_none().then_some(plain);
        for one in plain.into_iter().chain([witness.to_vec()]) {
            let request = self.request(&one);
            if is_sought(&request) {
                return Some((request, one));
            }
        }
        None
    }

    /// The request of a witness. Keys that it does not have are absent, whatever follows from who asks.
    pub(super) fn request(&self, witness: &[Witness]) -> Request {
        let text = |attribute: AttributeId| match &witness[attribute.index()] {
            Witness::Text(text) => self.substituted(&text.text, witness),
            _ => "*".to_owned(),
        };
        let requester = match &witness[AttributeId::REQUESTER.index()] {
            Witness::Requester(index) if !self.requesters.is_unnamed(*index) => self.requesters.all()[*index].clone(),
            Witness::Requester(index) => self.somebody(*index, witness),
            _ => self.somebody(0, witness),
        };
        let mut context = Context::strict();
        for (index, one) in witness.iter().enumerate().skip(3) {
            let key = self.key_of(AttributeId(index as u32)).filter(|key| !key.name.starts_with(CANONICAL_USER));
            let Some(key) = key else { continue };
            let value = match one {
                Witness::One(value) => KeyValue::One(self.shown(value, witness)),
                Witness::Several(values) => {
                    KeyValue::Several(values.iter().map(|value| self.shown(value, witness)).collect())
                }
                _ => KeyValue::Absent,
            };
            context.set(&key.name, value);
        }
        let action = text(AttributeId::ACTION);
        let action = self.catalogue.action(&action).map_or(action, |known| known.full_name());
        let resource = text(AttributeId::RESOURCE);
        Request { requester, action, resource, resource_account: None, context }
    }

    /// An identity that no document names, as the keys of the request say of it.
    fn somebody(&self, index: usize, witness: &[Witness]) -> Requester {
        let text = |key: &str| match self.known_key(key).map(|key| &witness[key.index()]) {
            Some(Witness::One(value)) => Some(self.shown(value, witness)),
            _ => None,
        };
        let by_arn = text("aws:PrincipalArn").and_then(|arn| Requester::parse(&arn));
        let by_account = || {
            let account = text("aws:PrincipalAccount").filter(|account| account_id(account).is_ok())?;
            Requester::parse(&format!("arn:aws:iam::{account}:role/someone"))
        };
        let known = by_arn.or_else(|| (index == 0).then(by_account).flatten());
        known.unwrap_or_else(|| self.requesters.all()[index].clone())
    }

    fn shown(&self, value: &Value, witness: &[Witness]) -> String {
        match value {
            Value::Text(text) => self.substituted(&text.text, witness),
            Value::Number(number) => number.to_string(),
            Value::Instant(instant) => instant.to_string(),
            Value::Address((false, bits)) => Ipv4Addr::from(*bits as u32).to_string(),
            Value::Address((true, bits)) => Ipv6Addr::from(*bits).to_string(),
        }
    }

    /// A text with the values of the keys that its variables stand for.
    pub(super) fn substituted(&self, text: &str, witness: &[Witness]) -> String {
        let mut out = String::new();
        self.put_values(text, witness, DEEPEST, &mut out);
        out
    }

    fn put_values(&self, text: &str, witness: &[Witness], depth: usize, out: &mut String) {
        for character in text.chars() {
            let own = letter::lower(character);
            let start = out.len();
            match (letter::kind(character), letter::key(own)) {
                (None, _) => out.push(character),
                // The value of a key may hold that of another.
                (_, Some(key)) => match witness.get(key as usize) {
                    Some(Witness::One(Value::Text(value))) if value.chars.contains(&own) => {
                        out.push_str(&format!("x{key}"));
                    }
                    Some(Witness::One(Value::Text(value))) if depth > 0 => {
                        self.put_values(&value.text, witness, depth - 1, out);
                    }
                    Some(Witness::One(value)) if depth > 0 => out.push_str(&self.shown(value, &[])),
                    _ => {}
                },
                (Some(Kind::Single | Kind::Plain), _) => out.push('y'),
                _ => out.push_str(&format!("y{}", letter::part(own).unwrap_or_default())),
            }
            if letter::is_other_case(character) {
                let value = out.split_off(start);
                out.extend(value.chars().map(in_other_case));
            }
        }
    }
}

/// More values of variables than these are not put into one another.
const DEEPEST: usize = 8;

fn in_other_case(character: char) -> char {
    if character.is_ascii_lowercase() { character.to_ascii_uppercase() } else { character.to_ascii_lowercase() }
}
