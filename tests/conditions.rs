//! A condition means in IAM what it means in the language, for every request.
//!
//! Formulas are generated, compiled, and evaluated twice: as the language defines them (a comparison on an absent key is
//! false, `k?` means that absence is fine, `not` is negation) and, as emitted, by IAM's rules for its operators. The statements
//! that a formula becomes must apply to a request, one of them at least, exactly where the formula holds.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use leastwise::base::MemoryFileSystem;
use leastwise::catalogue::Catalogue;
use leastwise::pipeline::{Analysis, Options, analyse};
use leastwise::policy::{BaseOperator, ConditionTest, SetQualifier, Statement};
use leastwise::project::Config;
use proptest::prelude::*;

/// What a request says of the keys; a key without values is absent.
type Request = BTreeMap<&'static str, Vec<String>>;

const TEXT_KEYS: [&str; 2] = ["aws:PrincipalTag/a", "aws:PrincipalTag/b"];
const BOOL_KEYS: [&str; 2] = ["aws:SecureTransport", "aws:MultiFactorAuthPresent"];
const NUMBER_KEY: &str = "s3:max-keys";
const SET_KEYS: [&str; 2] = ["aws:TagKeys", "aws:CalledVia"];
const TEXTS: [&str; 3] = ["x", "y", "xy"];
const PATTERNS: [&str; 3] = ["x*", "*y", "?"];

#[derive(Clone, Debug)]
enum Formula {
    Atom(Atom),
    Not(Box<Formula>),
    And(Vec<Formula>),
    Or(Vec<Formula>),
}

#[derive(Clone, Debug)]
struct Atom {
    key: &'static str,
    quantifier: Option<&'static str>,
    optional: bool,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Truth,
    Has,
    Missing,
    Compare(&'static str, Vec<String>),
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined =
            |all: &[Formula], word: &str| all.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(word);
        match self {
            Formula::Atom(atom) => write!(f, "{atom}"),
            Formula::Not(inner) => write!(f, "not ({inner})"),
            Formula::And(all) => f.write_str(&joined(all, " and ")),
            Formula::Or(all) => f.write_str(&joined(all, " or ")),
        }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = format!("{}{}", self.key, if self.optional { "?" } else { "" });
        match &self.test {
            Test::Truth => write!(f, "{key}"),
            Test::Has => write!(f, "has {key}"),
            Test::Missing => write!(f, "missing {key}"),
            Test::Compare(operator, values) => {
                let quantifier = self.quantifier.map(|word| format!("{word} ")).unwrap_or_default();
                let quoted =
                    |value: &String| if self.key == NUMBER_KEY { value.clone() } else { format!("\"{value}\"") };
                let values: Vec<String> = values.iter().map(quoted).collect();
                let values = if operator.ends_with("in") || values.len() > 1 {
                    format!("[{}]", values.join(", "))
                } else {
                    values[0].clone()
                };
                write!(f, "{quantifier}{key} {operator} {values}")
            }
        }
    }
}

// The language's meaning

impl Formula {
    fn holds(&self, request: &Request) -> bool {
        match self {
            Formula::Atom(atom) => atom.holds(request),
            Formula::Not(inner) => !inner.holds(request),
            Formula::And(all) => all.iter().all(|one| one.holds(request)),
            Formula::Or(all) => all.iter().any(|one| one.holds(request)),
        }
    }
}

impl Atom {
    fn holds(&self, request: &Request) -> bool {
        let values = request.get(self.key).filter(|values| !values.is_empty());
        let (operator, wanted) = match &self.test {
            Test::Has => return values.is_some(),
            Test::Missing => return values.is_none(),
            Test::Truth => ("==", vec!["true".to_owned()]),
            Test::Compare(operator, wanted) => (*operator, wanted.clone()),
        };
        let satisfied = |value: &String| compare(operator, value, &wanted);
        match (values, self.quantifier) {
            (None, Some("all" | "no")) => true,
            (None, _) => self.optional,
            (Some(values), Some("any")) => values.iter().any(satisfied),
            (Some(values), Some("all")) => values.iter().all(satisfied),
            (Some(values), Some(_)) => !values.iter().any(satisfied),
            (Some(values), None) => satisfied(&values[0]),
        }
    }
}

fn compare(operator: &str, value: &str, wanted: &[String]) -> bool {
    let number = |text: &str| text.parse::<i64>().unwrap();
    match operator {
        "==" | "in" => wanted.iter().any(|one| one == value),
        "!=" | "not in" => !wanted.iter().any(|one| one == value),
        "~=" => wanted.iter().any(|one| one.eq_ignore_ascii_case(value)),
        "not ~=" => !compare("~=", value, wanted),
        "not like" => !compare("like", value, wanted),
        "like" => wanted.iter().any(|one| glob(one, value)),
        "<" => wanted.iter().any(|one| number(value) < number(one)),
        "<=" => wanted.iter().any(|one| number(value) <= number(one)),
        ">" => wanted.iter().any(|one| number(value) > number(one)),
        _ => wanted.iter().any(|one| number(value) >= number(one)),
    }
}

fn glob(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), _) => glob(&pattern[1..], text) || (!text.is_empty() && glob(pattern, &text[1..])),
        (Some('?'), Some(_)) => glob(&pattern[1..], &text[1..]),
        (Some(p), Some(t)) if p == t => glob(&pattern[1..], &text[1..]),
        _ => false,
    }
}

// IAM's meaning, operator by operator

fn applies(statement: &Statement, request: &Request) -> bool {
    statement.condition.iter().all(|test| test_holds(test, request))
}

fn test_holds(test: &ConditionTest, request: &Request) -> bool {
    let operator = test.operator.value;
    let values = request.get(test.key.value.plain().unwrap()).filter(|values| !values.is_empty());
    let wanted: Vec<&str> = test.values.iter().map(|value| value.value.plain().unwrap()).collect();
    if operator.base == BaseOperator::Null {
        return wanted.contains(&if values.is_none() { "true" } else { "false" });
    }
    let matches = |value: &String| iam_matches(operator.base, value, &wanted);
    match (values, operator.set) {
        (None, Some(SetQualifier::ForAllValues)) => true,
        (None, Some(SetQualifier::ForAnyValue)) => operator.if_exists,
        (None, None) => operator.if_exists || operator.base.is_negated(),
        (Some(values), Some(SetQualifier::ForAllValues)) => values.iter().all(matches),
        (Some(values), Some(SetQualifier::ForAnyValue)) => values.iter().any(matches),
        (Some(values), None) => matches(&values[0]),
    }
}

/// One value of the request against the list of the policy: "or" for operators, "nor" for negated ones.
fn iam_matches(operator: BaseOperator, value: &str, wanted: &[&str]) -> bool {
    use BaseOperator::*;
    let some = |matches: &dyn Fn(&str) -> bool| wanted.iter().any(|one| matches(one));
    let number = |text: &str| text.parse::<i64>().unwrap();
    match operator {
        StringEquals | Bool => some(&|one| one == value),
        StringNotEquals => !some(&|one| one == value),
        StringEqualsIgnoreCase => some(&|one| one.eq_ignore_ascii_case(value)),
        StringNotEqualsIgnoreCase => !some(&|one| one.eq_ignore_ascii_case(value)),
        StringLike => some(&|one| glob(one, value)),
        StringNotLike => !some(&|one| glob(one, value)),
        NumericEquals => some(&|one| number(value) == number(one)),
        NumericNotEquals => !some(&|one| number(value) == number(one)),
        NumericLessThan => some(&|one| number(value) < number(one)),
        NumericLessThanEquals => some(&|one| number(value) <= number(one)),
        NumericGreaterThan => some(&|one| number(value) > number(one)),
        NumericGreaterThanEquals => some(&|one| number(value) >= number(one)),
        other => panic!("{other} is not generated"),
    }
}

// Generators

fn texts(from: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::sample::select(from).prop_map(str::to_owned), 1..3)
}

fn atom() -> impl Strategy<Value = Atom> {
    let text_test = prop_oneof![
        Just(Test::Has),
        Just(Test::Missing),
        texts(&TEXTS).prop_map(|values| Test::Compare("in", values)),
        (prop::sample::select(&["==", "!=", "~=", "not in", "not ~="][..]), texts(&TEXTS))
            .prop_map(|(operator, values)| Test::Compare(operator, values)),
        (prop::sample::select(&["like", "not like"][..]), texts(&PATTERNS))
            .prop_map(|(operator, values)| Test::Compare(operator, values)),
    ];
    let text = (prop::sample::select(&TEXT_KEYS[..]), any::<bool>(), text_test)
        .prop_map(|(key, optional, test)| Atom { key, quantifier: None, optional, test });
    let bool_test = prop_oneof![
        Just(Test::Truth),
        Just(Test::Has),
        Just(Test::Missing),
        (prop::sample::select(&["==", "!="][..]), any::<bool>())
            .prop_map(|(operator, value)| Test::Compare(operator, vec![value.to_string()])),
    ];
    let boolean = (prop::sample::select(&BOOL_KEYS[..]), any::<bool>(), bool_test)
        .prop_map(|(key, optional, test)| Atom { key, quantifier: None, optional, test });
    let number = (any::<bool>(), prop::sample::select(&["==", "!=", "<", "<=", ">", ">="][..]), 1..4i64).prop_map(
        |(optional, operator, value)| Atom {
            key: NUMBER_KEY,
            quantifier: None,
            optional,
            test: Test::Compare(operator, vec![value.to_string()]),
        },
    );
    let set = (
        prop::sample::select(&SET_KEYS[..]),
        prop::sample::select(&["any", "all", "no"][..]),
        any::<bool>(),
        prop_oneof![
            (prop::sample::select(&["==", "!=", "in", "not in", "~="][..]), texts(&TEXTS)),
            (prop::sample::select(&["like", "not like"][..]), texts(&PATTERNS)),
        ],
    )
        .prop_map(|(key, quantifier, optional, (operator, values))| Atom {
            key,
            quantifier: Some(quantifier),
            optional,
            test: Test::Compare(operator, values),
        });
    prop_oneof![3 => text, 2 => boolean, 1 => number, 2 => set].prop_map(plain_presence)
}

/// `has k` and `missing k` ask for the key itself.
fn plain_presence(atom: Atom) -> Atom {
    match atom.test {
        Test::Has | Test::Missing => Atom { optional: false, quantifier: None, ..atom },
        _ => atom,
    }
}

fn formula() -> impl Strategy<Value = Formula> {
    atom().prop_map(Formula::Atom).prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Formula::Not(Box::new(one))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Formula::And),
            prop::collection::vec(inner, 2..4).prop_map(Formula::Or),
        ]
    })
}

fn request() -> impl Strategy<Value = Request> {
    let one = |values: &'static [&'static str]| {
        prop::option::of(prop::sample::select(values).prop_map(|one| vec![one.to_owned()]))
    };
    let several = || prop::collection::vec(prop::sample::select(&TEXTS[..]).prop_map(str::to_owned), 0..3);
    const BOOLS: [&str; 2] = ["true", "false"];
    const NUMBERS: [&str; 4] = ["0", "1", "2", "5"];
    (one(&TEXTS), one(&TEXTS), one(&BOOLS), one(&BOOLS), one(&NUMBERS), several(), several()).prop_map(|all| {
        let (a, b, tls, mfa, number, tags, via) = all;
        let mut request = Request::new();
        let singles =
            [(TEXT_KEYS[0], a), (TEXT_KEYS[1], b), (BOOL_KEYS[0], tls), (BOOL_KEYS[1], mfa), (NUMBER_KEY, number)];
        singles.into_iter().for_each(|(key, value)| request.extend(value.map(|value| (key, value))));
        request.extend([(SET_KEYS[0], tags), (SET_KEYS[1], via)]);
        request
    })
}

fn compile(condition: &str) -> Analysis {
    let source = format!("policy p {{ allow s3:ListBucket on * {condition} }}");
    let files = MemoryFileSystem::new([("p.lw", source)]);
    let (config, set) = (Config::default(), BTreeMap::new());
    let options = Options { catalogue: Catalogue::builtin(), config: &config, set: &set, today: None };
    analyse(&files, &[PathBuf::from("p.lw")], options)
}

/// What is refused instead of being written: an honest answer, but none that can be compared.
const REFUSALS: [&str; 3] = ["inexpressible-condition", "too-large", "never-applies"];

fn check(formula: &Formula, condition: &str, requests: &[Request], expected: impl Fn(&Request) -> bool) -> bool {
    let analysis = compile(condition);
    let refused = |code: &str| analysis.diagnostics.iter().any(|one| one.code.name == code);
    if refused("never-applies") {
        requests.iter().for_each(|request| assert!(!expected(request), "{formula} holds of {request:?}"));
        return true;
    }
    if REFUSALS.iter().any(|code| refused(code)) {
        return false;
    }
    let policy = analysis.elaborated.policies.first().unwrap_or_else(|| panic!("{:#?}", analysis.diagnostics));
    assert!(policy.complete, "{:#?}", analysis.diagnostics);
    for request in requests {
        let emitted = policy.document.statements.iter().any(|statement| applies(statement, request));
        let statements: Vec<_> = policy.document.statements.iter().map(|statement| &statement.condition).collect();
        assert_eq!(emitted, expected(request), "{condition}\nof {request:?}\nbecame {statements:#?}");
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn when_applies_where_the_formula_holds(formula in formula(), requests in prop::collection::vec(request(), 60)) {
        check(&formula, &format!("when {formula}"), &requests, |request| formula.holds(request));
    }

    #[test]
    fn unless_applies_where_it_does_not(formula in formula(), requests in prop::collection::vec(request(), 60)) {
        check(&formula, &format!("unless {formula}"), &requests, |request| !formula.holds(request));
    }
}

/// The laws would be empty if most formulas were refused.
#[test]
fn most_formulas_can_be_written() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let written = (0..300).filter(|_| {
        let formula = formula().new_tree(&mut runner).unwrap().current();
        check(&formula, &format!("when {formula}"), &[], |_| true)
    });
    assert!(written.count() > 200);
}
