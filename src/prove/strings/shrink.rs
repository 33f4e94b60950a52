//! Smaller reasons.

use super::solve::{Answer, Core, Question, Set, Tools};

/// What a question may have cost for its core to be worth making smaller, and what each try may cost.
const SHORT: u64 = 512;
/// How many parts a core may have, and how many patterns its sets, to be worth making smaller.
const FEW: usize = 10;

/// The core without the parts that need not be there, if that is cheap to find out. `cost` is what the core cost.
pub(super) fn shrink(tools: &mut Tools, sets: &[&Set], mut core: Core, cost: u64, budget: &mut u64) -> Core {
    let patterns = |&set: &u32| sets.get(set as usize).map_or(0, |set| set.literals.len() + set.wild.len());
    let parts = core.sets.len() + core.negatives.len();
    if cost > SHORT || !(3..=FEW).contains(&parts) || core.sets.iter().map(patterns).sum::<usize>() > FEW {
        return core;
    }
    let all = core.negatives.iter().map(|&negative| (false, negative)).chain(core.sets.iter().map(|&set| (true, set)));
    for (is_set, part) in all.collect::<Vec<_>>() {
        if !(if is_set { &core.sets } else { &core.negatives }).contains(&part) {
            continue;
        }
        let without = |list: &[u32], cut: bool| list.iter().copied().filter(|&own| !(cut && own == part)).collect();
        let less = Core { sets: without(&core.sets, is_set), negatives: without(&core.negatives, !is_set) };
        if let Some(smaller) = core_of(tools, sets, &less, budget) {
            core = smaller;
        }
    }
    core
}

/// The core of a question about a part of the sets.
fn core_of(tools: &mut Tools, sets: &[&Set], part: &Core, budget: &mut u64) -> Option<Core> {
    let (literals, wild) = tools.machines.by_kind(&part.negatives);
    let chosen = part.sets.iter().filter_map(|&set| sets.get(set as usize).copied()).collect();
    let mut most = SHORT.min(*budget);
    let before = most;
    let question =
        Question { tools, sets: chosen, literals: &literals, wild: &wild, prefixes: None, budget: &mut most };
    let answer = { question }.answer();
    *budget -= before - most;
    let Answer::Nothing(core) = answer else { return None };
    let sets = core.sets.iter().filter_map(|&position| part.sets.get(position as usize)).copied().collect();
    Some(Core { sets, negatives: core.negatives })
}
