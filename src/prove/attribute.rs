//! Whether an attribute has a value for which some literals hold: one such value, or a few of the literals that no value satisfies.
//!
//! A condition key may be absent, or have one value or several. Each way is looked at by itself.

use std::rc::Rc;

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
        /// Whether that may be so only because the value of a policy variable was not looked into.
        uncertain: bool,
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
    fn demands(&self, literals: &[Literal]) -> Vec<(usize, Rc<Values>, bool)> {
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
        Err(Conflict::Core { core, uncertain: false })
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
    fn one_for(
        &mut self,
        attribute: AttributeId,
        demands: &[(usize, Rc<Values>, bool)],
        budget: &mut u64,
    ) -> Result<Value, Conflict> {
        // Nothing is in the empty set, and everything outside.
        if let Some((index, ..)) = demands.iter().find(|(_, values, inside)| *inside && **values == Values::Nothing) {
            return Err(Conflict::Core { core: vec![*index], uncertain: false });
        }
        let key = self.key_of(attribute);
        let (axis, several) = (key.and_then(|key| key.axis), key.is_some_and(|key| key.several));
        // The empty text is no number, no instant and no address.
        let is_text = |values: &Values| matches!(values, Values::Texts(_));
        if axis.is_some_and(|axis| axis != Axis::Texts)
            && let Some((index, ..)) = demands.iter().find(|(_, values, inside)| *inside && is_text(values))
        {
            return Err(Conflict::Core { core: vec![*index], uncertain: false });
        }
        match axis {
            Some(Axis::Numbers) => {
                let of =
                    |values: &Values| if let Values::Numbers(ranges) = values { Some(ranges.clone()) } else { None };
                number::pick(&in_ranges(demands, of, Ranges::all())?).map(Value::Number).ok_or(Conflict::Exhausted)
            }
            Some(Axis::Instants) => {
                let of =
                    |values: &Values| if let Values::Instants(ranges) = values { Some(ranges.clone()) } else { None };
                number::pick_instant(&in_ranges(demands, of, Ranges::all())?)
                    .map(Value::Instant)
                    .ok_or(Conflict::Exhausted)
            }
            Some(Axis::Addresses) => {
                let of =
                    |values: &Values| if let Values::Addresses(ranges) = values { Some(ranges.clone()) } else { None };
                number::pick_address(&in_ranges(demands, of, every_address())?)
                    .map(Value::Address)
                    .ok_or(Conflict::Exhausted)
            }
            Some(Axis::Texts) | None => {
                let filled = self.shapes.filled.clone();
                if several {
                    return self.text_for(&filled, demands, budget).map(Value::Text);
                }
                let shape = self.shapes.value.clone();
                let text = self.text_for(&shape, demands, budget)?;
                if !text.text.is_empty() {
                    return Ok(Value::Text(text));
                }
                // One that is not empty is plainer.
                Ok(Value::Text(self.text_for(&filled, demands, budget).unwrap_or(text)))
            }
        }
    }

    /// Patterns with any text in the place of the values of policy variables.
    fn relaxed(&mut self, set: &[PatternId]) -> Box<[PatternId]> {
        let open = |step: &Step| match step {
            Step::Char(character) if Space::of_letter(*character).is_some() => Step::Run(Class::Any),
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
                let sets: Vec<usize> = used.into_iter().filter(|at| *at > 0).collect();
                let has_letter = |at: &usize| positives[*at].iter().any(|id| self.has_letter(*id));
                let mut core: Vec<usize> = sets.iter().map(|at| of_positive[*at]).collect();
                core.extend(excluded.into_iter().map(|at| of_negative[at]));
                let mut uncertain = sets.len() > 1 && sets.iter().any(has_letter);
                if uncertain {
                    // Whatever the values of the variables, it is certain if any text in their place makes no difference.
                    let relaxed: Vec<Box<[PatternId]>> = positives.iter().map(|set| self.relaxed(set)).collect();
                    let relaxed: Vec<&[PatternId]> = relaxed.iter().map(|set| &**set).collect();
                    if let Found::Nothing { positives: used, negatives: excluded } =
                        self.patterns.find(&relaxed, &negatives, budget)
                    {
                        let sets = used.into_iter().filter(|at| *at > 0).map(|at| of_positive[at]);
                        core = sets.chain(excluded.into_iter().map(|at| of_negative[at])).collect();
                        uncertain = false;
                    }
                }
                core.sort_unstable();
                core.dedup();
                Err(Conflict::Core { core, uncertain })
            }
        }
    }
}

/// What is left of everything by the demands.
fn in_ranges<T: Ord + Clone>(
    demands: &[(usize, Rc<Values>, bool)],
    of: impl Fn(&Values) -> Option<Ranges<T>>,
    everything: Ranges<T>,
) -> Result<Ranges<T>, Conflict> {
    let sets: Vec<(usize, Ranges<T>)> = demands
        .iter()
        .filter_map(|(index, values, inside)| {
            of(values).map(|ranges| (*index, if *inside { ranges } else { ranges.not() }))
        })
        .collect();
    let left = |some: &[usize]| some.iter().fold(everything.clone(), |left, at| left.and(&sets[*at].1));
    let all: Vec<usize> = (0..sets.len()).collect();
    let found = left(&all);
    if !found.is_empty() {
        return Ok(found);
    }
    let core = minimised(all, |some| left(some).is_empty());
    Err(Conflict::Core { core: core.into_iter().map(|at| sets[at].0).collect(), uncertain: false })
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
