//! Three values.

/// Whether something holds of a request, some of whose keys may not be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It does not, whatever the unknown keys are.
    No,
    /// It depends on keys that are not known.
    Unknown,
    /// It does, whatever the unknown keys are.
    Yes,
}

impl Truth {
    /// Both.
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// One or the other.
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }

    /// Whether one of these holds; none of no things does.
    pub fn any(each: impl IntoIterator<Item = Truth>) -> Truth {
        let mut found = Truth::No;
        for one in each {
            found = found.or(one);
            if found == Truth::Yes {
                break;
            }
        }
        found
    }

    /// Whether all of these hold; all of no things do.
    pub fn all(each: impl IntoIterator<Item = Truth>) -> Truth {
        let mut found = Truth::Yes;
        for one in each {
            found = found.and(one);
            if found == Truth::No {
                break;
            }
        }
        found
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    /// The opposite; of the unknown, unknown.
    fn not(self) -> Truth {
        match self {
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
            Truth::Yes => Truth::No,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Truth {
        if holds { Truth::Yes } else { Truth::No }
    }
}
