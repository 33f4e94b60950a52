//! Formulas in normal form: from any "and", "or" and "not" to statements of tests that must all hold.

use super::merge;
use crate::policy::ConditionTest;

/// A formula over tests, without "not": each test has been negated where it stood under one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Normal {
    Always,
    Never,
    Test(ConditionTest),
    All(Vec<Normal>),
    Some(Vec<Normal>),
}

/// How many statements one condition may become.
pub(super) const MAX_STATEMENTS: u128 = 64;

/// How many tests one statement may have. Each takes some twenty characters, and no policy has that many.
const MAX_TESTS: usize = 1_000;

/// Why a formula has no form in IAM.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Inexpressible {
    /// It becomes that many statements.
    TooMany(u128),
    /// A statement with that many tests.
    TooLong(usize),
    /// Two tests of one key and operator that IAM cannot keep apart.
    Clash(Box<(ConditionTest, ConditionTest)>),
}

impl Normal {
    /// All of these, simplified.
    pub(super) fn all(operands: impl IntoIterator<Item = Normal>) -> Normal {
        let mut flat = Vec::new();
        for operand in operands {
            match operand {
                Normal::Always => {}
                Normal::Never => return Normal::Never,
                Normal::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.is_empty() { Normal::Always } else { Normal::All(flat) }
    }

    /// One of these, simplified.
    pub(super) fn some(operands: impl IntoIterator<Item = Normal>) -> Normal {
        let mut flat = Vec::new();
        for operand in operands {
            match operand {
                Normal::Never => {}
                Normal::Always => return Normal::Always,
                Normal::Some(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.is_empty() { Normal::Never } else { Normal::Some(flat) }
    }

    /// How many conjunctions the formula becomes when "or" is brought outside.
    fn count(&self) -> u128 {
        match self {
            Normal::Never => 0,
            Normal::Always | Normal::Test(_) => 1,
            Normal::All(operands) => operands.iter().fold(1, |count, operand| count.saturating_mul(operand.count())),
            Normal::Some(operands) => operands.iter().fold(0, |count, operand| count.saturating_add(operand.count())),
        }
    }

    /// The formula as conjunctions of which one must hold: none where it never holds, an empty one where it always does.
    pub(super) fn statements(&self) -> Result<Vec<Vec<ConditionTest>>, Inexpressible> {
        let count = self.count();
        if count > MAX_STATEMENTS {
            return Err(Inexpressible::TooMany(count));
        }
        let mut statements: Vec<Vec<ConditionTest>> = Vec::new();
        for conjunction in self.expand() {
            if conjunction.len() > MAX_TESTS {
                return Err(Inexpressible::TooLong(conjunction.len()));
            }
            if let Some(tests) = merge::conjunction(conjunction)?
                && !statements.contains(&tests)
            {
                statements.push(tests);
            }
        }
        Ok(statements)
    }

    fn expand(&self) -> Vec<Vec<&ConditionTest>> {
        match self {
            Normal::Always => vec![Vec::new()],
            Normal::Never => Vec::new(),
            Normal::Test(test) => vec![vec![test]],
            Normal::Some(operands) => operands.iter().flat_map(Normal::expand).collect(),
            Normal::All(operands) => operands.iter().fold(vec![Vec::new()], |sofar, operand| {
                let next = operand.expand();
                sofar
                    .iter()
                    .flat_map(|left| next.iter().map(move |right| left.iter().chain(right).copied().collect()))
                    .collect()
            }),
        }
    }
}
