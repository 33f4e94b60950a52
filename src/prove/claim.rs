//! Claims about what is allowed, as questions to the search.

use super::predicate::Literal;
use super::region::{Place, Region, Regions};
use super::search::{Outcome, Question};
use super::space::Space;
use super::witness::Witness;

/// The requests that something allows: those for which, by one of these ways at least, every layer has a statement that allows, and
/// which no statement denies.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    /// Each way is a list of layers, and each layer the regions that it allows.
    pub(super) ways: Vec<Vec<Vec<Region>>>,
    pub(super) deny: Vec<Region>,
    pub(super) inexact: Option<&'static str>,
}

impl From<Regions> for Allowed {
    fn from(regions: Regions) -> Self {
        Allowed { ways: vec![vec![regions.allow]], deny: regions.deny, inexact: regions.inexact }
    }
}

impl Allowed {
    /// What it denies, as if that were all that it allows.
    pub(super) fn denials(&self) -> Allowed {
        Allowed { ways: vec![vec![self.deny.clone()]], inexact: self.inexact, ..Allowed::default() }
    }
}

/// A request that is asked for: what allows it, and what does not.
pub(super) struct Sought<'a> {
    /// All of these allow it.
    pub(super) by: &'a [&'a Allowed],
    /// This does not allow it.
    pub(super) not_by: Option<&'a Allowed>,
    /// It is in none of these.
    pub(super) impossible: &'a [Region],
    /// These hold of it.
    pub(super) facts: &'a [Literal],
}

impl Space<'_> {
    /// Finds a request. `accept` says whether one that was found counts, by the statement of the first of what is to allow it; where it
    /// does not, others are looked for.
    pub(super) fn find(
        &mut self,
        sought: &Sought<'_>,
        budget: &mut u64,
        mut accept: impl FnMut(&mut Self, &[Witness], Place) -> bool,
    ) -> Outcome {
        let mut unknown = sought.by.iter().copied().chain(sought.not_by).find_map(|allowed| allowed.inexact);
        let mut found = None;
        each_way(sought.by, &mut |way| {
            if way.iter().any(|layer| layer.is_empty()) {
                return true;
            }
            let Some((first, rest)) = way.split_first() else { return true };
            let groups: Vec<Vec<&Region>> = rest.iter().map(|layer| layer.iter().collect()).collect();
            // A few combinations are asked about one by one; of more the search chooses.
            let few =
                rest.iter().try_fold(1usize, |count, layer| Some(count * layer.len()).filter(|count| *count <= FEW));
            let (alone, groups) = match few {
                Some(_) => (together(rest, sought.facts), Vec::new()),
                None => (vec![sought.facts.to_vec()], groups),
            };
            for (region, others) in first.iter().flat_map(|region| alone.iter().map(move |others| (region, others))) {
                let Some(root) = region.and(others) else { continue };
                let mut ask = |space: &mut Self, literals: &[Literal], avoid: &[&Region]| {
                    let question = Question { literals, groups: &groups, avoid };
                    match space.ask(&question, budget) {
                        Outcome::None => {}
                        Outcome::Unknown(why) => unknown = unknown.or(Some(why)),
                        Outcome::Witness(witness) if accept(space, &witness, region.place) => {
                            found = Some(Outcome::Witness(witness));
                        }
                        Outcome::Witness(_) => {}
                    }
                    found.is_some()
                };
                let root = Region { literals: root.into(), place: region.place };
                if self.outside(&root, sought, &mut ask) {
                    return false;
                }
            }
            true
        });
        found.unwrap_or(unknown.map_or(Outcome::None, Outcome::Unknown))
    }

    /// Asks for requests in a region that are denied by none of what is to allow them, and not allowed by the other: because in each
    /// of its ways a layer has no statement that allows, or because a statement denies. Whether one was found.
    fn outside(
        &mut self,
        region: &Region,
        sought: &Sought<'_>,
        ask: &mut impl FnMut(&mut Self, &[Literal], &[&Region]) -> bool,
    ) -> bool {
        let denied = sought.by.iter().flat_map(|allowed| &allowed.deny);
        let denied: Vec<&Region> = denied.chain(sought.impossible).collect();
        let Some(other) = sought.not_by else { return ask(self, &region.literals, &denied) };
        for layers in choices(&other.ways) {
            let avoid: Vec<&Region> = denied.iter().copied().chain(layers.into_iter().flatten()).collect();
            if ask(self, &region.literals, &avoid) {
                return true;
            }
        }
        for deny in &other.deny {
            if let Some(both) = region.and(&deny.literals)
                && ask(self, &both, &denied)
            {
                return true;
            }
        }
        false
    }
}

/// Up to so many combinations of the statements of layers are asked about one by one.
const FEW: usize = 64;

/// What holds of requests that are in one region of each layer, for every combination of regions.
fn together(layers: &[&Vec<Region>], facts: &[Literal]) -> Vec<Vec<Literal>> {
    layers.iter().fold(vec![facts.to_vec()], |sofar, layer| {
        let with = sofar.iter().flat_map(|literals| layer.iter().filter_map(|region| region.and(literals)));
        with.collect()
    })
}

/// Every way in which all of these allow: the layers of one way of each, together. `then` says whether to go on.
fn each_way<'a>(all: &[&'a Allowed], then: &mut impl FnMut(&[&'a Vec<Region>]) -> bool) {
    fn go<'a>(
        all: &[&'a Allowed],
        chosen: &mut Vec<&'a Vec<Region>>,
        then: &mut impl FnMut(&[&'a Vec<Region>]) -> bool,
    ) -> bool {
        let Some((first, rest)) = all.split_first() else { return then(chosen) };
        first.ways.iter().all(|way| {
            let before = chosen.len();
            chosen.extend(way);
            let go_on = go(rest, chosen, then);
            chosen.truncate(before);
            go_on
        })
    }
    go(all, &mut Vec::new(), then);
}

/// One layer of each way, in every combination that matters: by a way of which a layer has no statement nothing is allowed anyway, and
/// a layer that is chosen already stands for every way that has it, as those of an organisation do.
fn choices(ways: &[Vec<Vec<Region>>]) -> Vec<Vec<&Vec<Region>>> {
    let open = ways.iter().filter(|layers| layers.iter().all(|layer| !layer.is_empty()));
    open.fold(vec![Vec::new()], |sofar, layers| {
        let mut extended = Vec::new();
        for chosen in sofar {
            if chosen.iter().any(|layer| layers.contains(layer)) {
                extended.push(chosen);
            } else {
                extended.extend(layers.iter().map(|layer| chosen.iter().copied().chain([layer]).collect::<Vec<_>>()));
            }
        }
        extended
    })
}
