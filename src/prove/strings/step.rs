//! The steps of a pattern, what each takes, and the one form in which a pattern is kept.

use crate::prove::letter::{self, Kind};

/// A set of characters. Any two such sets have endlessly many characters in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Every character.
    Any,
    /// Every character but `:`.
    NotColon,
}

impl Class {
    /// Whether a run of the class takes a character: a letter only where all that it may stand for is in the class.
    fn has(self, character: char) -> bool {
        let kind = letter::kind(character);
        self == Class::Any || character != ':' && !matches!(kind, Some(Kind::Text | Kind::Single))
    }

    /// Whether one character of the class may be this one.
    fn has_one(self, character: char) -> bool {
        self.has(character) && !matches!(letter::kind(character), Some(Kind::Text | Kind::Segment))
    }

    fn within(self, other: Class) -> bool {
        self == other || other == Class::Any
    }
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// That character.
    Char(char),
    /// That ASCII letter in either case; holds the lower-case one.
    AnyCase(char),
    /// One character of the class.
    One(Class),
    /// Any run of characters of the class, also none.
    Run(Class),
}

impl Step {
    /// The character that it names.
    pub fn own(self) -> Option<char> {
        match self {
            Step::Char(own) | Step::AnyCase(own) => Some(own),
            Step::One(_) | Step::Run(_) => None,
        }
    }

    pub(super) fn is_run(self) -> bool {
        matches!(self, Step::Run(_))
    }

    /// Whether it can take the character. `None` is a character that no step names.
    #[inline]
    pub(super) fn takes(self, character: Option<char>) -> bool {
        match (self, character) {
            (Step::Char(own), Some(other)) => own == other,
            (Step::AnyCase(own), Some(other)) => own == letter::lower(other),
            (Step::One(class), Some(other)) => class.has_one(other),
            (Step::Run(class), Some(other)) => class.has(other),
            (Step::One(_) | Step::Run(_), None) => true,
            (Step::Char(_) | Step::AnyCase(_), None) => false,
        }
    }

    /// Whether every character that it can take is in the class.
    pub(super) fn is_within(self, class: Class) -> bool {
        match self {
            Step::Char(own) | Step::AnyCase(own) => class.has(own),
            Step::One(own) | Step::Run(own) => own.within(class),
        }
    }

    /// Whether it takes all that `other` takes, were it put in its place. Only a run can stand for a run.
    pub(super) fn covers(self, other: Step) -> bool {
        match (self, other) {
            (Step::Run(class), _) => other.is_within(class),
            (_, Step::Run(_)) => false,
            (Step::One(class), Step::Char(own) | Step::AnyCase(own)) => class.has_one(own),
            (Step::One(class), _) => other.is_within(class),
            (Step::AnyCase(own), Step::Char(other)) => own == letter::lower(other),
            _ => self == other,
        }
    }

    /// Whether one character can be taken by both.
    pub(super) fn meets(self, other: Step) -> bool {
        match (self, other) {
            (Step::One(class), Step::Char(own) | Step::AnyCase(own))
            | (Step::Char(own) | Step::AnyCase(own), Step::One(class)) => class.has_one(own),
            (Step::Run(class), Step::Char(own) | Step::AnyCase(own))
            | (Step::Char(own) | Step::AnyCase(own), Step::Run(class)) => class.has(own),
            (Step::One(_) | Step::Run(_), _) => true,
            (Step::AnyCase(a), Step::Char(b)) | (Step::Char(b), Step::AnyCase(a)) => a == letter::lower(b),
            _ => self == other,
        }
    }
}

/// The same strings in one form: no two runs side by side, a `One` before a `Run` of its class, `AnyCase` on letters only.
pub(super) fn normalise(mut steps: Vec<Step>) -> Vec<Step> {
    // Every round writes at most as much as it has read.
    let mut kept = 0;
    for read in 0..steps.len() {
        match steps[read] {
            Step::AnyCase(own) if letter::upper(letter::lower(own)) != letter::lower(own) => {
                steps[kept] = Step::AnyCase(letter::lower(own));
            }
            Step::AnyCase(own) | Step::Char(own) => steps[kept] = Step::Char(own),
            Step::One(class) if kept > 0 && steps[kept - 1] == Step::Run(class) => {
                steps[kept - 1] = Step::One(class);
                steps[kept] = Step::Run(class);
            }
            Step::One(class) => steps[kept] = Step::One(class),
            Step::Run(class) => {
                kept = push_run(&mut steps, kept, class);
                continue;
            }
        }
        kept += 1;
    }
    steps.truncate(kept);
    steps
}

/// Adds a run to the first `kept` steps, which absorbs the runs before it or is absorbed. Gives the new number of steps.
fn push_run(steps: &mut [Step], mut kept: usize, class: Class) -> usize {
    if kept > 0 && steps[kept - 1] == Step::Run(Class::Any) {
        return kept;
    }
    if kept > 0 && steps[kept - 1] == Step::Run(Class::NotColon) {
        kept -= 1;
    }
    if class == Class::Any {
        let ones = steps[..kept].iter().rev().take_while(|&&step| step == Step::One(Class::Any)).count();
        if kept > ones && steps[kept - ones - 1] == Step::Run(Class::NotColon) {
            // The ones close up over the smaller run, which the new run takes in.
            steps[kept - ones - 1] = Step::One(Class::Any);
            kept -= 1;
        }
    }
    steps[kept] = Step::Run(class);
    kept + 1
}
