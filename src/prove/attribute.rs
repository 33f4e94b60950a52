//! Whether an attribute has a value for which some literals hold: one such value, or a few of the literals that no value satisfies.
//!
//! A condition key may be absent, or have one value or several. Each way is looked at by itself.

use std::rc::Rc;

use super::case::Conflicting;
use super::letter;
use super::number;
use super::predicate::{AttributeId, Literal, Quantity, Values};
use super::ranges::Ranges;
use super::space::{Axis, Space};
use super::strings::{Class, Found, PatternId, Step};
use super::text::{every_address, sorted};
use super::witness::{Text, Value, Witness};

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Conflict {
    /// These literals, by their places, exclude each other.
    Core {
        core: Vec<usize>,
        /// Sets of patterns that values of policy variables might let a text match all at once; none where it is certain.
        uncertain: Conflicting,
    },
    /// The budget ran out.
    Exhausted,
}

impl Space<'_> {
    /// A value of an attribute for which all of these literals, which are about it, hold.
    pub(super) fn value_for(
        &mut self,
        attribute: AttributeId,
        literals: &[Literal],
        budget: &mut u64,
    ) -> Result<Witness, Conflict> {
        match attribute {
            AttributeId::REQUESTER => self.requester_for(literals),
            AttributeId::ACTION | AttributeId::RESOURCE => {
                let shape = if attribute == AttributeId::ACTION { &self.shapes.action } else { &self.shapes.resource };
                let shape = shape.clone();
                self.text_for(&shape, &self.demands(literals), budget).map(Witness::Text)
            }
            _ => self.key_for(attribute, literals, budget),
        }
    }

    /// Each literal as a demand; the sets are shared with the predicates.
    pub(super) fn demands(&self, literals: &[Literal]) -> Vec<(usize, Rc<Values>, bool)> {
        let of = |(index, literal): (usize, &Literal)| {
            (index, self.predicates.get(*literal).values.clone(), literal.holds())
        };
        literals.iter().enumerate().map(of).collect()
    }

    fn requester_for(&self, literals: &[Literal]) -> Result<Witness, Conflict> {
        let fits = |index: usize, literals: &[Literal]| {
            literals.iter().all(|literal| self.holds(*literal, &Witness::Requester(index)))
        };
        let count = self.requesters.all().len();
        if let Some(found) = (0..count).find(|index| fits(*index, literals)) {
            return Ok(Witness::Requester(found));
        }
        let core = minimised((0..literals.len()).collect(), |some| {
            let some: Vec<Literal> = some.iter().map(|index| literals[*index]).collect();
            !(0..count).any(|index| fits(index, &some))
        });
        Err(Conflict::Core { core, uncertain: Vec::new() })
    }

    fn key_for(&mut self, attribute: AttributeId, literals: &[Literal], budget: &mut u64) -> Result<Witness, Conflict> {
        let forbids_absence = |literal: &Literal| self.predicates.get(*literal).absent != literal.holds();
        let Some(first) = literals.iter().position(forbids_absence) else { return Ok(Witness::Absent) };
        let forbidding: Vec<usize> = (0..literals.len()).filter(|index| forbids_absence(&literals[*index])).collect();
        let several = self.key_of(attribute).is_some_and(|key| key.several);
        let found = match several {
            false => self.one_for(attribute, &self.demands(literals), budget).map(Witness::One),
            true => self.several_for(attribute, literals, budget),
        };
        found.map_err(|conflict| match conflict {
            Conflict::Core { mut core, uncertain } => {
                if !core.iter().any(|index| forbidding.contains(index)) {
                    core.push(first);
                }
                Conflict::Core { core, uncertain }
            }
            other => other,
        })
    }

    /// All values are in each set of which all must be and in none of which none must be; for each set of which one must be there is
    /// one that is.
    fn several_for(
        &mut self,
        attribute: AttributeId,
        literals: &[Literal],
        budget: &mut u64,
    ) -> Result<Witness, Conflict> {
        let (mut of_all, mut of_one) = (Vec::new(), Vec::new());
        for (demand, literal) in self.demands(literals).into_iter().zip(literals) {
            let quantity = self.predicates.get(*literal).quantity;
            match (quantity, literal.holds()) {
                (Quantity::All, true) | (Quantity::Any, false) | (Quantity::One, _) => of_all.push(demand),
                (Quantity::All, false) | (Quantity::Any, true) => of_one.push(demand),
            }
        }
        if of_one.is_empty() {
            return self.one_for(attribute, &of_all, budget).map(|value| Witness::Several(vec![value]));
        }
        let mut values = Vec::new();
        for one in of_one {
            let demands: Vec<_> = of_all.iter().cloned().chain([one]).collect();
            let value = self.one_for(attribute, &demands, budget)?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok(Witness::Several(values))
    }

    /// A value that is in and outside sets, as demanded.
    pub(super) fn one_for(
        &mut self,
        attribute: AttributeId,
        demands: &[(usize, Rc<Values>, bool)],
        budget: &mut u64,
    ) -> Result<Value, Conflict> {
        // Nothing is in the empty set, and everything outside.
        if let Some((index, ..)) = demands.iter().find(|(_, values, inside)| *inside && **values == Values::Nothing) {
            return Err(Conflict::Core { core: vec![*index], uncertain: Vec::new() });
        }
        let key = self.key_of(attribute);
        let axis = key.and_then(|key| key.axis);
        // The empty text is no number, no instant and no address.
        let is_text = |values: &Values| matches!(values, Values::Texts(_));
        if axis.is_some_and(|axis| axis != Axis::Texts)
            && let Some((index, ..)) = demands.iter().find(|(_, values, inside)| *inside && is_text(values))
        {
            return Err(Conflict::Core { core: vec![*index], uncertain: Vec::new() });
        }
        match axis {
            Some(Axis::Numbers) => {
                let of =
                    |values: &Values| if let Values::Numbers(ranges) = values { Some(ranges.clone()) } else { None };
                in_ranges(demands, of, Ranges::all(), number::pick).map(Value::Number)
            }
            Some(Axis::Instants) => {
                let of =
                    |values: &Values| if let Values::Instants(ranges) = values { Some(ranges.clone()) } else { None };
                in_ranges(demands, of, Ranges::all(), number::pick_instant).map(Value::Instant)
            }
            Some(Axis::Addresses) => {
                let of =
                    |values: &Values| if let Values::Addresses(ranges) = values { Some(ranges.clone()) } else { None };
                in_ranges(demands, of, every_address(), number::pick_address).map(Value::Address)
            }
            Some(Axis::Texts) | None => {
                let filled = self.shapes.filled.clone();
                let shape = self.shape_of(attribute);
                let text = self.text_for(&shape, demands, budget)?;
                if !text.text.is_empty() {
                    return Ok(Value::Text(text));
                }
                // One that is not empty is plainer.
                Ok(Value::Text(self.text_for(&filled, demands, budget).unwrap_or(text)))
            }
        }
    }

    /// What every value of a key matches: if it is compared with itself, the letter that stands for it.
    pub(super) fn shape_of(&self, attribute: AttributeId) -> Box<[PatternId]> {
        let is_known = self.pinned.iter().any(|(key, _)| *key == attribute);
        let itself = self.selves.get(&attribute).filter(|_| !is_known);
        itself.map_or_else(|| self.shapes.value.clone(), |letter| [*letter].into())
    }

    /// Patterns with any text in the place of the values of policy variables.
    fn relaxed(&mut self, set: &[PatternId]) -> Box<[PatternId]> {
        let open = |step: &Step| match step {
            Step::Char(own) | Step::AnyCase(own) if letter::is(*own) => Step::Run(Class::Any),
            other => *other,
        };
        let ids = set.iter().map(|id| {
            let steps = self.patterns.steps(*id).iter().map(open).collect();
            self.patterns.add(steps)
        });
        sorted(ids.collect())
    }

    fn text_for(
        &mut self,
        shape: &[PatternId],
        demands: &[(usize, Rc<Values>, bool)],
        budget: &mut u64,
    ) -> Result<Text, Conflict> {
        let (mut positives, mut of_positive) = (vec![shape], vec![usize::MAX]);
        let (mut negatives, mut of_negative) = (Vec::new(), Vec::new());
        for (index, values, inside) in demands {
            let Values::Texts(set) = &**values else { continue };
            if *inside {
                positives.push(&**set);
                of_positive.push(*index);
            } else {
                negatives.extend_from_slice(set);
                of_negative.extend(std::iter::repeat_n(*index, set.len()));
            }
        }
        match self.patterns.find(&positives, &negatives, budget) {
            Found::Word(word) => Ok(Text::new(word, &self.patterns)),
            Found::Exhausted => Err(Conflict::Exhausted),
            Found::Nothing { positives: used, negatives: excluded } => {
                let has_letter = |at: &usize| positives[*at].iter().any(|id| self.has_letter(*id));
                let sets: Vec<usize> = used.into_iter().filter(|at| *at > 0 || has_letter(at)).collect();
                let mut core: Vec<usize> = sets.iter().filter(|at| **at > 0).map(|at| of_positive[*at]).collect();
                core.extend(excluded.into_iter().map(|at| of_negative[at]));
                let mut uncertain: Conflicting = Vec::new();
                if sets.len() > 1 && sets.iter().any(has_letter) {
                    uncertain = sets.iter().map(|at| positives[*at].into()).collect();
                    // Whatever the values of the variables, it is certain if any text in their place makes no difference.
                    let relaxed: Vec<Box<[PatternId]>> = positives.iter().map(|set| self.relaxed(set)).collect();
                    let relaxed: Vec<&[PatternId]> = relaxed.iter().map(|set| &**set).collect();
                    if let Found::Nothing { positives: used, negatives: excluded } =
                        self.patterns.find(&relaxed, &negatives, budget)
                    {
                        let sets = used.into_iter().filter(|at| *at > 0).map(|at| of_positive[at]);
                        core = sets.chain(excluded.into_iter().map(|at| of_negative[at])).collect();
                        uncertain.clear();
                    }
                }
                core.sort_unstable();
                core.dedup();
                Err(Conflict::Core { core, uncertain })
            }
        }
    }
}

/// A value that the demands leave of everything. `pick` finds one in every set that has some.
fn in_ranges<T: Ord + Clone>(
    demands: &[(usize, Rc<Values>, bool)],
    of: impl Fn(&Values) -> Option<Ranges<T>>,
    everything: Ranges<T>,
    pick: impl Fn(&Ranges<T>) -> Option<T>,
) -> Result<T, Conflict> {
    let sets: Vec<(usize, Ranges<T>)> = demands
        .iter()
        .filter_map(|(index, values, inside)| {
            of(values).map(|ranges| (*index, if *inside { ranges } else { ranges.not() }))
        })
        .collect();
    let left = |some: &[usize]| some.iter().fold(everything.clone(), |left, at| left.and(&sets[*at].1));
    let all: Vec<usize> = (0..sets.len()).collect();
    if let Some(found) = pick(&left(&all)) {
        return Ok(found);
    }
    let core = minimised(all, |some| pick(&left(some)).is_none());
    Err(Conflict::Core { core: core.into_iter().map(|at| sets[at].0).collect(), uncertain: Vec::new() })
}

/// Leaves out of a conflict what it does not need.
fn minimised(mut core: Vec<usize>, conflicts: impl Fn(&[usize]) -> bool) -> Vec<usize> {
    let mut at = 0;
    while at < core.len() {
        let removed = core.remove(at);
        if !conflicts(&core) {
            core.insert(at, removed);
            at += 1;
        }
    }
    core
}
