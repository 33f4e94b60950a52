//! Values of policy variables that are worth a look: those that let a pattern with a variable meet another pattern.

use super::predicate::{AttributeId, Values};
use super::space::Space;
use super::strings::{Class, Found, PatternId, Step};

/// More are not looked at.
const MOST: usize = 24;
/// Among more patterns than these none is looked for.
const MOST_PATTERNS: usize = 64;
/// Of more values than these in one text the first are taken.
const MOST_VALUES: usize = 4;
/// How much work one guess may take.
const BUDGET: u64 = 2_000;

/// Values of keys that policy variables stand for.
pub(super) type Pins = Vec<(AttributeId, String)>;

impl Space<'_> {
    /// Keys and values for them.
    pub(super) fn guesses(&mut self) -> Vec<Pins> {
        let mut guesses: Vec<Pins> = Vec::new();
        let sets = self.predicates.iter().filter_map(|predicate| match &*predicate.values {
            Values::Texts(set) => Some(set.iter().map(|id| (predicate.attribute, *id))),
            _ => None,
        });
        let mut patterns: Vec<(AttributeId, PatternId)> = sets.flatten().collect();
        patterns.sort_unstable();
        patterns.dedup();
        if patterns.len() > MOST_PATTERNS {
            return guesses;
        }
        let with_variable: Vec<_> = patterns.iter().copied().filter(|(_, id)| self.has_letter(*id)).collect();
        for (attribute, id) in with_variable {
            for (_, other) in patterns.iter().filter(|(of, other)| *of == attribute && *other != id) {
                for guess in self.meeting(attribute, id, *other) {
                    if !guesses.contains(&guess) && guesses.len() < MOST {
                        guesses.push(guess);
                    }
                }
            }
        }
        // The last is looked at first.
        guesses.reverse();
        guesses
    }

    /// Values of the first variable of a pattern with which it has a text in common with another.
    fn meeting(&mut self, attribute: AttributeId, id: PatternId, other: PatternId) -> Vec<Pins> {
        let steps = self.patterns.steps(id).to_vec();
        let Some(at) = steps.iter().position(|step| letter(step).is_some()) else { return Vec::new() };
        let Some(key) = letter(&steps[at]) else { return Vec::new() };
        let mut open = steps.clone();
        open[at] = Step::Run(Class::Any);
        let open = self.patterns.add(open);
        let shape = if attribute == AttributeId::RESOURCE { &self.shapes.resource } else { &self.shapes.value };
        let shape = shape.clone();
        let Found::Word(word) = self.patterns.find(&[&shape, &[open], &[other]], &[], &mut BUDGET.clone()) else {
            return Vec::new();
        };
        let chars: Vec<char> = word.chars().collect();
        let (before, behind) = (self.patterns.add(steps[..at].to_vec()), self.patterns.add(steps[at + 1..].to_vec()));
        let fits = |pattern: PatternId, part: &[char]| self.patterns.any_matches(&[pattern], part);
        let starts: Vec<usize> = (0..chars.len()).filter(|start| fits(before, &chars[..*start])).collect();
        let ends: Vec<usize> = (1..=chars.len()).filter(|end| fits(behind, &chars[*end..])).collect();
        let pairs = starts.iter().flat_map(|start| ends.iter().map(move |end| (*start, *end)));
        let values = pairs.filter(|(start, end)| start < end).map(|(start, end)| chars[start..end].iter().collect());
        let values: Vec<String> = values.take(MOST_VALUES).collect();
        values.into_iter().flat_map(|value| self.filled(key, &value)).collect()
    }

    /// A value of a key in which those of other keys stand, with values for these.
    fn filled(&mut self, key: AttributeId, value: &str) -> Vec<Pins> {
        let mut others: Vec<AttributeId> = value.chars().filter_map(Space::of_letter).collect();
        others.sort_unstable();
        others.dedup();
        if others.contains(&key) {
            return Vec::new();
        }
        let Some(first) = others.first().copied() else { return vec![vec![(key, value.to_owned())]] };
        if others.len() > 1 {
            return Vec::new();
        }
        let fill = |of_other: &String| value.replace(Space::letter(first), of_other);
        self.likely_values(first).iter().map(|other| vec![(first, other.clone()), (key, fill(other))]).collect()
    }

    /// A value in each set that a key is compared with, and one in none.
    fn likely_values(&mut self, key: AttributeId) -> Vec<String> {
        let of_key = self.predicates.iter().filter(|predicate| predicate.attribute == key);
        let sets: Vec<Box<[PatternId]>> = of_key
            .filter_map(|predicate| match &*predicate.values {
                Values::Texts(set) => Some(set.clone()),
                _ => None,
            })
            .take(3)
            .collect();
        let mut values = Vec::new();
        let shape = self.shapes.filled.clone();
        for set in sets {
            if let Found::Word(word) = self.patterns.find(&[&shape, &set], &[], &mut BUDGET.clone()) {
                values.push(word);
            }
        }
        values.push(format!("y{}", key.index()));
        values.retain(|value| value.chars().all(|character| Space::of_letter(character).is_none()));
        values
    }
}

/// The key whose value a step stands for.
fn letter(step: &Step) -> Option<AttributeId> {
    match step {
        Step::Char(character) => Space::of_letter(*character),
        _ => None,
    }
}
