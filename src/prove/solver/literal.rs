//! Variables and literals.

use std::fmt;
use std::ops::Not;

/// Something that holds or does not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Var(u32);

impl Var {
    /// The variable of that number.
    pub(super) fn from_index(index: usize) -> Var {
        Var(u32::try_from(index).ok().filter(|&index| index < u32::MAX / 2).expect("too many variables"))
    }

    /// Its number: variables are counted from zero in the order in which they were made.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The literal that is true if the variable `holds`, or if it does not.
    pub fn literal(self, holds: bool) -> Lit {
        Lit(self.0 * 2 + u32::from(!holds))
    }
}

impl fmt::Debug for Var {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// A variable, or its opposite: `!literal`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lit(u32);

impl Lit {
    /// Its variable.
    pub fn var(self) -> Var {
        Var(self.0 / 2)
    }

    /// Whether it says that its variable holds.
    pub fn is_positive(self) -> bool {
        self.0 & 1 == 0
    }

    /// A number for tables that have two places for each variable.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Not for Lit {
    type Output = Lit;

    fn not(self) -> Lit {
        Lit(self.0 ^ 1)
    }
}

impl fmt::Debug for Lit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}v{}", if self.is_positive() { "" } else { "!" }, self.0 / 2)
    }
}
