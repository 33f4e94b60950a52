//! `when` and `unless`: names to keys and values, types to operators.

use super::atom::{self, Comparing, base_operator};
use super::elaborator::Elaborator;
use super::environment::Environment;
use super::normal::Normal;
use super::value::{Value, Valued, flatten, same};
use crate::base::Span;
use crate::catalogue::{ConditionKey, KeyType};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{Family, Located, Principal, Text, glob, value::number};
use crate::syntax::{Atom, Comparison, ExprKind, Formula, Name, Test};

const PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";

/// The words that may follow `as`.
const FAMILIES: [(&str, Family); 10] = [
    ("String", Family::String),
    ("Arn", Family::Arn),
    ("Numeric", Family::Numeric),
    ("Number", Family::Numeric),
    ("Date", Family::Date),
    ("Bool", Family::Bool),
    ("IpAddress", Family::IpAddress),
    ("Cidr", Family::IpAddress),
    ("Binary", Family::Binary),
    ("Null", Family::Null),
];

impl<'a> Elaborator<'a> {
    /// A formula (or its negation) in normal form. What is wrong is reported and counted; the rest of the formula goes on.
    pub(super) fn formula(&mut self, environment: &Environment, formula: &Formula, negate: bool) -> Normal {
        match formula {
            Formula::Group(inner) => self.formula(environment, inner, negate),
            Formula::Not(inner) => self.formula(environment, inner, !negate),
            Formula::And(operands) | Formula::Or(operands) => {
                let operands: Vec<Normal> =
                    operands.iter().map(|operand| self.formula(environment, operand, negate)).collect();
                if matches!(formula, Formula::And(_)) != negate {
                    Normal::all(operands)
                } else {
                    Normal::some(operands)
                }
            }
            Formula::Atom(atom) => self.atom(environment, atom, negate).unwrap_or_else(|| {
                self.broken_tests += 1;
                Normal::Always
            }),
        }
    }

    /// A formula over values of the language alone, as `if` has it. `None` where it is none; that is reported.
    pub(super) fn decide(&mut self, environment: &Environment, formula: &Formula) -> Option<bool> {
        match formula {
            Formula::Group(inner) => self.decide(environment, inner),
            Formula::Not(inner) => self.decide(environment, inner).map(|value| !value),
            Formula::And(operands) => {
                operands.iter().try_fold(true, |all, one| Some(self.decide(environment, one)? && all))
            }
            Formula::Or(operands) => {
                operands.iter().try_fold(false, |any, one| Some(self.decide(environment, one)? || any))
            }
            Formula::Atom(atom) => match self.constant(environment, atom) {
                Some(value) => value,
                None => {
                    self.report(
                        environment,
                        Diagnostic::new(
                            &code::TYPE_MISMATCH,
                            atom.span,
                            "`if` is decided when the policy is compiled, and a condition key has no value then",
                        )
                        .label("known at a request only")
                        .help("put a test of a request's key into `when` or `unless`"),
                    );
                    None
                }
            },
        }
    }

    fn atom(&mut self, environment: &Environment, atom: &Atom, negate: bool) -> Option<Normal> {
        if let Some(constant) = self.constant(environment, atom) {
            return Some(if constant? != negate { Normal::Always } else { Normal::Never });
        }
        let (key, known) = self.key(environment, atom)?;
        match &atom.test {
            Test::Has => return Some(atom::presence(key, atom.span, !negate)),
            Test::Missing => return Some(atom::presence(key, atom.span, negate)),
            _ => {}
        }
        let (comparison, at, values) = match &atom.test {
            Test::Compare(comparison, at, value) => {
                let mut values = Vec::new();
                flatten(self.evaluate(environment, value), &mut values);
                (*comparison, *at, values)
            }
            _ => (Comparison::Equal, atom.span, vec![Valued::new(Value::Bool(true), atom.span)]),
        };
        if values.iter().any(|value| value.value == Value::Error) {
            return None;
        }
        let mut family = self.family(environment, atom, known, &values)?;
        if atom.as_type.is_none() && family == Family::String && known.is_some() {
            self.no_accounts(environment, &key, &values)?;
        }
        let values = values.iter().map(|value| self.condition_value(environment, value)).collect::<Option<Vec<_>>>()?;
        // A finding that may be accepted: the test then goes on as what its operator says it is.
        if matches!(atom.test, Test::Truth) && family != Family::Bool {
            self.report(
                environment,
                Diagnostic::new(&code::OPERATOR_TYPE_MISMATCH, atom.span, format!("`{}` is no Bool key", key.value))
                    .label(format!("its type is {}", family.name()))
                    .note(format!("`Bool` compares with `true` and `false` only ({PAGE})"))
                    .help("compare it (`==`, `in`, `like`), or ask whether it is there (`has`, `missing`)"),
            );
            family = Family::Bool;
        } else if base_operator(comparison, family).is_none() {
            self.wrong_operator(environment, &key, comparison, at, family, &values);
            family = family_for(comparison, &values);
        }
        let quantifier = atom.quantifier.map(|(quantifier, _)| quantifier);
        let comparing = Comparing { key, quantifier, optional: atom.optional, comparison, at, family, values };
        let lowered = atom::lower(&comparing, negate);
        if lowered.is_none() {
            let what = if family == Family::Bool { "a Bool with several values" } else { "this comparison" };
            self.report(
                environment,
                Diagnostic::new(
                    &code::INEXPRESSIBLE_CONDITION,
                    atom.span,
                    format!("IAM has no operator for the opposite of {what}"),
                )
                .note("`BinaryEquals` and `Bool` have no negated operator")
                .help("ask for the value that should hold, without `not`, `unless` or `!=`"),
            );
        }
        lowered
    }

    /// What an atom over values of the language is; `None` if it is about a condition key, `Some(None)` if it is wrong.
    fn constant(&mut self, environment: &Environment, atom: &Atom) -> Option<Option<bool>> {
        match &atom.key.kind {
            ExprKind::Iam(_) => return None,
            ExprKind::Call(path, _) if path.single().is_some_and(|name| name.text == "key") => return None,
            _ => {}
        }
        let left = self.evaluate(environment, &atom.key);
        if matches!(left.value, Value::Iam(_)) {
            return None;
        }
        if left.value == Value::Error {
            return Some(None);
        }
        if atom.quantifier.is_some() || atom.optional || atom.as_type.is_some() {
            let message = format!("{} is no condition key", left.value.describe());
            self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, atom.span, message)
                    .note("`any`, `all`, `no`, `?` and `as` are about condition keys")
                    .help("compare the value alone"),
            );
            return Some(None);
        }
        let Test::Compare(comparison, at, right) = &atom.test else {
            return Some(match (&left.value, &atom.test) {
                (Value::Bool(value), Test::Truth) => Some(*value),
                (other, _) => {
                    let message = format!("expected a condition key or a Bool, found {}", other.describe());
                    self.report(
                        environment,
                        Diagnostic::new(&code::TYPE_MISMATCH, left.span, message)
                            .help("a condition key is written as AWS writes it: `aws:PrincipalOrgID`"),
                    );
                    None
                }
            });
        };
        let right = self.evaluate(environment, right);
        if right.value == Value::Error {
            return Some(None);
        }
        if let Some(open) = [&left, &right].into_iter().find(|one| one.value.is_open()) {
            self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, open.span, "an `extern` has no value yet to compare")
                    .note(
                        "its value comes when the policy is deployed, and this is decided when the policy is compiled",
                    )
                    .help("make it a `param`"),
            );
            return Some(None);
        }
        Some(match (comparison, &right.value) {
            (Comparison::Equal, other) => Some(same(&left.value, other)),
            (Comparison::NotEqual, other) => Some(!same(&left.value, other)),
            (Comparison::In | Comparison::NotIn, Value::List(list)) => {
                let within = list.elements.iter().any(|one| same(&left.value, &one.value));
                Some(within != comparison.is_negative())
            }
            _ => {
                let message = format!("values of the language are not compared with `{}`", comparison.symbol());
                self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, *at, message)
                        .help("they are compared with `==`, `!=`, `in` and `not in` a list"),
                );
                None
            }
        })
    }

    /// The key of an atom, and the catalogue's record of it.
    fn key(&mut self, environment: &Environment, atom: &Atom) -> Option<(Located<Text>, Option<ConditionKey<'a>>)> {
        let value = self.evaluate(environment, &atom.key);
        let text = match value.value {
            Value::Iam(name) => Text::from(name),
            Value::Text(text) => text,
            _ => return None,
        };
        let known = text.plain().and_then(|name| self.inputs.catalogue.key(name));
        Some((Located::new(text, atom.key.span), known))
    }

    /// What kind of values the key holds: as `as` says, else as the catalogue does, else as the values look.
    fn family(
        &mut self,
        environment: &Environment,
        atom: &Atom,
        known: Option<ConditionKey<'a>>,
        values: &[Valued],
    ) -> Option<Family> {
        if let Some(name) = &atom.as_type {
            return self.family_named(environment, name);
        }
        let looks = |value: &Valued| match &value.value {
            Value::Bool(_) => Family::Bool,
            Value::Number(_) | Value::Duration(_) => Family::Numeric,
            Value::Date(_) => Family::Date,
            Value::Resource(_) | Value::Principal(_) => Family::Arn,
            Value::Text(text) if text.pattern().starts_with("arn:") => Family::Arn,
            _ => Family::String,
        };
        Some(inferred_family(known, values.first().map(looks)))
    }

    fn family_named(&mut self, environment: &Environment, name: &Name) -> Option<Family> {
        let found = FAMILIES.iter().find(|(word, _)| *word == name.text).map(|(_, family)| *family);
        if found.is_none() {
            let words: Vec<&str> = FAMILIES.iter().map(|(word, _)| *word).collect();
            self.report(
                environment,
                Diagnostic::new(&code::UNKNOWN_NAME, name.span, format!("a key cannot be read as `{}`", name.text))
                    .help(format!("it can be read as `{}`", words.join("`, `"))),
            );
        }
        found
    }

    /// An account as the value of a key that holds text: the ARN of its root is not meant, and to take its id for it would make
    /// one word mean two things.
    fn no_accounts(&mut self, environment: &Environment, key: &Located<Text>, values: &[Valued]) -> Option<()> {
        let is_account = |value: &&Valued| match &value.value {
            Value::Principal(principal @ Principal::Aws(text)) => {
                principal.account().is_some() && text.plain().is_some_and(|text| text.ends_with(":root"))
            }
            _ => false,
        };
        let Some(value) = values.iter().find(is_account) else { return Some(()) };
        let Value::Principal(principal) = &value.value else { return Some(()) };
        let id = format!("\"{}\"", principal.account().unwrap_or_default());
        let message = format!("`{}` holds text, and this is an account", key.value);
        let finding = Diagnostic::new(&code::TYPE_MISMATCH, value.span, message)
            .label("would be the ARN of its root")
            .note("a principal stands for its ARN, and only keys of type ARN hold those");
        let is_call = self.project.sources.text(value.span).starts_with("account(");
        let finding = match is_call {
            true => finding.fix(format!("write the id: `{id}`"), value.span, id),
            false => finding.help(format!("write the id: `{id}`")),
        };
        self.report(environment, finding);
        None
    }

    fn wrong_operator(
        &mut self,
        environment: &Environment,
        key: &Located<Text>,
        comparison: Comparison,
        at: Span,
        family: Family,
        values: &[Located<Text>],
    ) {
        let symbol = comparison.symbol();
        let mut diagnostic = Diagnostic::new(
            &code::OPERATOR_TYPE_MISMATCH,
            at,
            format!("`{}` cannot be compared with `{symbol}`", key.value),
        )
        .also(key.span, format!("its type is {}", family.name()));
        let plain = if comparison.is_negative() { "!=" } else { "==" };
        diagnostic = match comparison {
            Comparison::Like | Comparison::NotLike => {
                let diagnostic = diagnostic.note(format!("only texts and ARNs are matched against patterns ({PAGE})"));
                match (family, values) {
                    (Family::IpAddress, _) => diagnostic.help(format!(
                        "compare it with a range, `{} [\"203.0.113.0/24\"]`; `as String` compares it as text",
                        if comparison.is_negative() { "not in" } else { "in" }
                    )),
                    (_, [value]) if !glob::is_pattern(&value.value.pattern()) => {
                        diagnostic.fix(format!("use `{plain}`"), at, plain)
                    }
                    _ => diagnostic.help("compare it with `==` or `in`; `as String` compares it as text"),
                }
            }
            Comparison::EqualIgnoreCase | Comparison::NotEqualIgnoreCase => diagnostic
                .note(format!("only texts are compared without regard to case ({PAGE})"))
                .fix(format!("use `{plain}`"), at, plain),
            _ => diagnostic
                .note(format!("only numbers and dates have an order ({PAGE})"))
                .help("use `==`, `in` or `like`; or `as Numeric`, `as Date` if the key holds such values"),
        };
        self.report(environment, diagnostic);
    }

    fn condition_value(&mut self, environment: &Environment, value: &Valued) -> Option<Located<Text>> {
        match value.value.text() {
            Some(text) => Some(Located::new(text, value.span)),
            None => {
                let message = format!("a key cannot be compared with {}", value.value.describe());
                self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, value.span, message)
                        .help("compare it with a string, a number, a date, an ARN, or a list of them"),
                );
                None
            }
        }
    }
}

/// The family in which an operator has a meaning, where the key's own has none.
fn family_for(comparison: Comparison, values: &[Located<Text>]) -> Family {
    match comparison {
        Comparison::Less | Comparison::LessEqual | Comparison::Greater | Comparison::GreaterEqual => {
            let is_number = |value: &Located<Text>| value.value.plain().is_none_or(|text| number(text).is_ok());
            if values.iter().all(is_number) { Family::Numeric } else { Family::Date }
        }
        _ => Family::String,
    }
}

/// What kind of values a key is taken to hold where the source does not say: as the catalogue has it, else as the first value
/// looks.
pub fn inferred_family(known: Option<ConditionKey<'_>>, looks: Option<Family>) -> Family {
    let types: Vec<Family> = known.map(|key| key.types().iter().map(family_of).collect()).unwrap_or_default();
    match (types.as_slice(), looks) {
        ([], Some(Family::Arn) | None) => Family::String,
        ([], Some(looks)) => looks,
        ([one], _) => *one,
        (several, Some(looks)) if several.contains(&looks) => looks,
        (several, _) if several.contains(&Family::String) => Family::String,
        (several, _) => several[0],
    }
}

fn family_of(ty: KeyType) -> Family {
    match ty {
        KeyType::String => Family::String,
        KeyType::Numeric => Family::Numeric,
        KeyType::Date => Family::Date,
        KeyType::Bool => Family::Bool,
        KeyType::Arn => Family::Arn,
        KeyType::Ip => Family::IpAddress,
        KeyType::Binary => Family::Binary,
    }
}
