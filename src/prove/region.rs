//! Statements as regions: sets of requests, each told by one literal or several of them that all hold.
//!
//! A statement is one region but for its policy variables: it is a region for each way in which their keys may be there or not.

use super::letter::{self, Kind};
use super::predicate::{AttributeId, Clause, Literal, Quantity, Values};
use super::space::Space;
use super::strings::{PatternId, Step};
use super::text;
use crate::policy::{
    ActionElement, BaseOperator, ConditionTest, Document, Effect, Family, Principal, PrincipalElement, ResourceElement,
    SetQualifier, Statement, Text, Version,
};

/// Why a pattern with a variable in an early part of an ARN is not followed.
pub(super) const EARLY: &str = "a policy variable stands before the last part of an ARN";
/// Why a statement about a canonical user is not followed.
pub(super) const OF_CANONICAL_USER: &str = "whose a canonical user id is, is not known";
/// What the names of keys begin with that stand for canonical users. No request shows them.
pub(super) const CANONICAL_USER: &str = "canonical user ";
/// More variables than these in one statement are not told apart.
const MOST_VARIABLES: usize = 6;

/// Requests for which some literals hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region {
    /// In order, none twice.
    pub(super) literals: Box<[Literal]>,
    /// Where the statement stands that it comes from.
    pub(super) place: Place,
}

/// A statement of one of the documents that decide together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The place of the document among them.
    pub document: usize,
    /// The place of the statement in the document.
    pub statement: usize,
}

impl Region {
    /// The requests of it for which some literals hold too.
    pub(super) fn within(&self, literals: &[Literal]) -> Option<Region> {
        self.and(literals).map(|literals| Region { literals: literals.into(), place: self.place })
    }

    /// The requests of it for which a clause holds too.
    pub(super) fn held(&self, clause: Clause) -> Option<Region> {
        let mut literals = Vec::new();
        push(clause, &mut literals)?;
        self.within(&literals)
    }

    /// The requests that are in both; nothing where a literal and its negation would have to hold.
    pub(super) fn and(&self, other: &[Literal]) -> Option<Vec<Literal>> {
        let mut literals: Vec<Literal> = self.literals.iter().chain(other).copied().collect();
        literals.sort_unstable();
        literals.dedup();
        let clashes = literals.windows(2).any(|pair| pair[0] == !pair[1]);
        (!clashes).then_some(literals)
    }
}

/// The statements of a document as regions.
#[derive(Clone, Debug, Default)]
pub(super) struct Regions {
    pub(super) allow: Vec<Region>,
    pub(super) deny: Vec<Region>,
    /// Why not every request is where it belongs, if some are not.
    pub(super) inexact: Option<&'static str>,
}

/// How keys that policy variables stand for are taken in one region.
pub(super) struct Presence<'p> {
    pub(super) absent: &'p [AttributeId],
}

impl Space<'_> {
    /// The regions of a document, the number `number` of those that decide together. Statements that do not say whom they are for
    /// concern nobody where `needs_principal`.
    pub(super) fn regions(&mut self, document: &Document, number: usize, needs_principal: bool) -> Regions {
        let mut regions = Regions::default();
        for (index, statement) in document.statements.iter().enumerate() {
            let place = Place { document: number, statement: index };
            self.add_statement(statement, &statement.action, document.version, place, needs_principal, &mut regions);
        }
        regions.inexact = regions.inexact.or(self.inexact.take());
        regions
    }

    /// Adds the regions of a statement, as far as it is about some actions. What of it is not exact, `inexact` says.
    pub(super) fn add_statement(
        &mut self,
        statement: &Statement,
        action: &ActionElement,
        version: Version,
        place: Place,
        needs_principal: bool,
        regions: &mut Regions,
    ) {
        regions.inexact = regions.inexact.or(self.unfollowed(statement, action));
        for common in self.common(statement, action, needs_principal) {
            self.add_common(statement, version, place, &common, regions);
        }
    }

    /// Adds the regions of a statement for those for whom some literals hold.
    fn add_common(
        &mut self,
        statement: &Statement,
        version: Version,
        place: Place,
        common: &[Literal],
        regions: &mut Regions,
    ) {
        let variables = self.variables_of(statement, version);
        if variables.len() > MOST_VARIABLES {
            regions.inexact = Some("a statement has too many policy variables");
            return;
        }
        for choice in 0..1u32 << variables.len() {
            let chosen = |wanted: bool| {
                let bit = move |at: &usize| (choice >> at & 1 == 1) == wanted;
                (0..variables.len()).filter(bit).map(|at| variables[at]).collect::<Vec<_>>()
            };
            let (absent, present) = (chosen(true), chosen(false));
            if !self.may_be(&absent, &present) {
                continue;
            }
            let presence = Presence { absent: &absent };
            let mut literals = common.to_vec();
            let held = self.presence(&absent, &present, &mut literals);
            if held && let Some(of_condition) = self.condition(statement, version, &presence) {
                literals.extend(of_condition);
                self.resources(statement, version, &presence, &literals, place, regions);
            }
        }
    }

    /// What does not depend on variables: whom and which actions. Each is a way in which it may be so.
    fn common(&mut self, statement: &Statement, action: &ActionElement, needs_principal: bool) -> Vec<Vec<Literal>> {
        let whom = match &statement.principal {
            Some(element) => self.whom(element, statement.effect),
            None if needs_principal => Vec::new(),
            None => vec![Clause::Always],
        };
        let actions = self.actions(action);
        let both = |whom| {
            let mut literals = Vec::new();
            push(whom, &mut literals)?;
            push(actions, &mut literals)?;
            Some(literals)
        };
        whom.into_iter().filter_map(both).collect()
    }

    /// The clauses of which one holds of everybody whom an element includes. Whose a canonical user id is, is not known: that it is
    /// somebody's is taken for a key that requests may have or not.
    fn whom(&mut self, element: &PrincipalElement, effect: Effect) -> Vec<Clause> {
        let mask = self.requesters.included(element, effect);
        let mut clauses = vec![self.requester_in(mask)];
        for one in &element.principals {
            let Principal::CanonicalUser(id) = &one.value else { continue };
            if element.negated {
                self.inexact = Some(OF_CANONICAL_USER);
                continue;
            }
            let key = self.key(&format!("{CANONICAL_USER}{id}"));
            clauses.push(!self.is_absent(key));
        }
        clauses
    }

    /// Why a statement is not exact, if texts of it stand for something that is not known.
    fn unfollowed(&mut self, statement: &Statement, action: &ActionElement) -> Option<&'static str> {
        let mut texts: Vec<&Text> = Vec::new();
        texts.extend(statement.resource.iter().flat_map(|element| &element.patterns).map(|one| &one.value));
        let principals = statement.principal.iter().flat_map(|element| &element.principals);
        texts.extend(principals.filter_map(|one| one.value.text()));
        for test in &statement.condition {
            texts.push(&test.key.value);
            texts.extend(test.values.iter().map(|one| &one.value));
        }
        let has_extern = texts.iter().any(|text| text.has_extern());
        let actions = action.patterns.iter().map(|one| one.value.as_str());
        self.has_foreign |= actions.chain(texts.into_iter().filter_map(Text::plain)).any(letter::is_in);
        has_extern.then_some("the value of an `extern` is known only when the policy is deployed")
    }

    /// The clause that one of those asks.
    pub(super) fn requester_in(&mut self, mask: Box<[u64]>) -> Clause {
        if mask.iter().all(|word| *word == 0) {
            return Clause::Never;
        }
        if mask == self.requesters.everybody() {
            return Clause::Always;
        }
        self.clause(AttributeId::REQUESTER, false, Quantity::One, Values::Requesters(mask))
    }

    /// The clause of an `Action` or `NotAction`.
    pub(super) fn actions(&mut self, element: &ActionElement) -> Clause {
        let ids = element.patterns.iter().map(|pattern| self.action_pattern(&pattern.value)).collect();
        let clause = self.clause(AttributeId::ACTION, false, Quantity::One, Values::Texts(text::sorted(ids)));
        if element.negated { !clause } else { clause }
    }

    pub(super) fn action_pattern(&mut self, text: &str) -> PatternId {
        if let Some(known) = self.known_actions.get(text) {
            return *known;
        }
        let id = self.patterns.add(text::action(text));
        self.known_actions.insert(text.into(), id);
        id
    }

    /// The pattern of a resource without variables; nothing where no ARN matches.
    fn resource_pattern(&mut self, text: &str) -> Option<PatternId> {
        if let Some(known) = self.known_resources.get(text) {
            return *known;
        }
        let steps = text::plain(text, true).and_then(|spelled| text::arn(&spelled));
        let id = steps.map(|steps| self.patterns.add(steps));
        self.known_resources.insert(text.into(), id);
        id
    }

    fn presence(&mut self, absent: &[AttributeId], present: &[AttributeId], into: &mut Vec<Literal>) -> bool {
        let gone = absent.iter().map(|key| (*key, true));
        gone.chain(present.iter().map(|key| (*key, false))).all(|(key, is_absent)| {
            let clause = self.is_absent(key);
            push(if is_absent { clause } else { !clause }, into).is_some()
        })
    }

    /// Whether keys are missing and there as is known of them.
    fn may_be(&self, absent: &[AttributeId], present: &[AttributeId]) -> bool {
        self.pinned.iter().all(|(key, value)| !if value.is_some() { absent } else { present }.contains(key))
    }

    /// The keys of the variables of a statement. One that has several values is no variable: it counts as missing.
    fn variables_of(&mut self, statement: &Statement, version: Version) -> Vec<AttributeId> {
        let mut found = Vec::new();
        if version != Version::V2012 {
            return found;
        }
        let of_resource = statement.resource.iter().flat_map(|element| &element.patterns);
        let tests = statement.condition.iter().filter(|test| test.operator.value.base.substitutes_variables());
        for text in of_resource.chain(tests.flat_map(|test| &test.values)) {
            found.extend(self.variables(&text.value.shown(), version));
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|key| self.key_of(*key).is_some_and(|key| !key.several));
        found
    }

    /// The literals of all tests of a condition; nothing where one holds of no request.
    fn condition(&mut self, statement: &Statement, version: Version, presence: &Presence<'_>) -> Option<Vec<Literal>> {
        let mut literals = Vec::new();
        for test in &statement.condition {
            push(self.test(test, version, presence), &mut literals)?;
        }
        Some(literals)
    }

    fn test(&mut self, test: &ConditionTest, version: Version, presence: &Presence<'_>) -> Clause {
        let attribute = self.key(&test.key.value.shown());
        let operator = test.operator.value;
        if operator.base == BaseOperator::Null {
            return self.null(attribute, test);
        }
        let (values, outside) = self.values(attribute, test, version, presence);
        let (if_exists, negated) = (operator.if_exists, operator.base.is_negated());
        let several = self.key_of(attribute).is_some_and(|key| key.several);
        let (absent, quantity) = match operator.set {
            None => (if_exists || negated, Quantity::One),
            Some(SetQualifier::ForAllValues) => (true, Quantity::All),
            Some(SetQualifier::ForAnyValue) => (if_exists, Quantity::Any),
        };
        // Without a set operator, several values match nothing.
        if several && operator.set.is_none() {
            if self.is_guess(attribute) {
                self.inexact =
                    Some("whether a condition key that the catalogue does not have holds several values is not known");
            }
            return if absent { self.is_absent(attribute) } else { Clause::Never };
        }
        // Of an empty text, too, all values are as they should be.
        let values = match operator.set {
            Some(SetQualifier::ForAllValues) if !several => self.with_empty(values, negated ^ outside),
            _ => values,
        };
        if !(negated ^ outside) {
            return self.clause(attribute, absent, quantity, values);
        }
        // That all values are outside a set is that none is in it, and the other way round.
        let dual = match quantity {
            Quantity::One => Quantity::One,
            Quantity::All => Quantity::Any,
            Quantity::Any => Quantity::All,
        };
        !self.clause(attribute, !absent, dual, values)
    }

    /// Sees whether a pattern of ARNs can be followed: what stands before the last part must not hold a `:`.
    fn look_at_arn(&mut self, spelled: &[text::Spelled]) {
        let kind = |one: &text::Spelled| if let text::Spelled::Char(own) = one { letter::kind(*own) } else { None };
        for (index, segment) in spelled.splitn(6, |one| *one == text::Spelled::Char(':')).take(5).enumerate() {
            for one in segment {
                match (kind(one), one) {
                    (Some(Kind::Text | Kind::Single), text::Spelled::Char(own)) => {
                        self.early.insert(*own);
                        self.inexact = self.inexact.or(Some(EARLY));
                    }
                    (Some(_), _) if index == 0 => {
                        self.inexact = Some("a policy variable stands in the first part of an ARN");
                    }
                    _ => {}
                }
            }
        }
    }

    /// A set of values with the empty text; or, where it is those outside that are meant, without it.
    fn with_empty(&mut self, values: Values, outside: bool) -> Values {
        let empty = self.shapes.empty;
        match values {
            Values::Nothing if !outside => Values::Texts([empty].into()),
            Values::Texts(set) if !outside => Values::Texts(text::sorted(set.iter().copied().chain([empty]).collect())),
            Values::Texts(set) => {
                Values::Texts(text::sorted(set.iter().filter_map(|id| self.not_empty(*id)).collect()))
            }
            values => values,
        }
    }

    /// A pattern of the texts that another one matches, but for the empty text.
    fn not_empty(&mut self, id: PatternId) -> Option<PatternId> {
        let steps = self.patterns.steps(id).to_vec();
        let is_text =
            |step: &Step| step.own().is_some_and(|own| matches!(letter::kind(own), Some(Kind::Text | Kind::Segment)));
        if !steps.iter().all(|step| matches!(step, Step::Run(_)) || is_text(step)) {
            return Some(id);
        }
        match steps.first() {
            None => None,
            Some(Step::Run(class)) if steps.len() == 1 => {
                Some(self.patterns.add(vec![Step::One(*class), Step::Run(*class)]))
            }
            Some(_) => {
                self.inexact = Some("a set operator compares a key of one value with a variable that may be empty");
                Some(id)
            }
        }
    }

    /// Of a missing key it is a constant with a set operator; what it is of another key, AWS does not say.
    fn null(&mut self, attribute: AttributeId, test: &ConditionTest) -> Clause {
        let wants =
            |absent: bool| test.values.iter().any(|value| value.value.shown().eq_ignore_ascii_case("true") == absent);
        let wanted = (wants(true), wants(false));
        if let Some(set) = test.operator.value.set {
            let values = self.opaque(format!("Null {set:?} {wanted:?}"));
            return self.clause(attribute, set == SetQualifier::ForAllValues, Quantity::One, values);
        }
        match wanted {
            (true, true) => Clause::Always,
            (false, false) => Clause::Never,
            (true, false) => self.is_null(attribute),
            (false, true) => !self.is_null(attribute),
        }
    }

    /// The values that a test compares with, and whether those outside the set are meant.
    fn values(
        &mut self,
        attribute: AttributeId,
        test: &ConditionTest,
        version: Version,
        presence: &Presence<'_>,
    ) -> (Values, bool) {
        let base = test.operator.value.base;
        let texts = test.values.iter().map(|value| value.value.to_string());
        if !self.compares(attribute, base.family()) {
            let absent: Vec<u32> = presence.absent.iter().map(|key| key.0).collect();
            let texts = texts.collect::<Vec<_>>().join("\n");
            return (self.opaque(format!("{base} {version:?} {absent:?} {:?} {texts}", self.pinned)), false);
        }
        let values = match base.family() {
            Family::Numeric => Values::Numbers(text::numbers(base, texts)),
            Family::Date => Values::Instants(text::instants(base, texts)),
            Family::IpAddress => {
                let texts: Vec<String> = texts.collect();
                self.networks.extend(texts.iter().filter(|text| text::is_narrow(text)).cloned());
                Values::Addresses(text::addresses(texts.into_iter()))
            }
            // Whatever is not `true` is `false`.
            Family::Bool => {
                let (yes, no): (Vec<_>, Vec<_>) = texts.partition(|text| text.eq_ignore_ascii_case("true"));
                return match (yes.is_empty(), no.is_empty()) {
                    (true, true) => (Values::Nothing, false),
                    (false, false) => (Values::Nothing, true),
                    (yes_missing, _) => {
                        (Values::Texts([self.patterns.add(text::ignoring_case("true"))].into()), yes_missing)
                    }
                };
            }
            _ => {
                let substitutes = version == Version::V2012 && base.substitutes_variables();
                let mut ids = Vec::new();
                for one in texts {
                    let spelled = if substitutes {
                        self.spelled(&one, base.allows_wildcards(), presence)
                    } else {
                        text::plain(&one, base.allows_wildcards())
                    };
                    if let Some(spelled) = spelled.as_ref().filter(|_| base.family() == Family::Arn) {
                        self.look_at_arn(spelled);
                    }
                    let steps = spelled.and_then(|spelled| text::value(base, &spelled));
                    ids.extend(steps.map(|steps| self.patterns.add(steps)));
                }
                Values::Texts(text::sorted(ids))
            }
        };
        (values, false)
    }

    /// Adds the regions of a statement, to whose other literals its resources come.
    fn resources(
        &mut self,
        statement: &Statement,
        version: Version,
        presence: &Presence<'_>,
        literals: &[Literal],
        place: Place,
        regions: &mut Regions,
    ) {
        let into = if statement.effect == Effect::Allow { &mut regions.allow } else { &mut regions.deny };
        let mut add = |literals: Vec<Literal>| {
            let region = Region { literals: literals.into(), place };
            if let Some(literals) = region.and(&[]) {
                into.push(Region { literals: literals.into(), ..region });
            }
        };
        let Some(element) = &statement.resource else { return add(literals.to_vec()) };
        let Some((set, all_buckets)) = self.resource_set(element, version, presence) else { return };
        let mut whole = literals.to_vec();
        let values = Values::Texts(set.clone());
        let clause = self.clause(AttributeId::RESOURCE, false, Quantity::One, values);
        if !all_buckets {
            if push(if element.negated { !clause } else { clause }, &mut whole).is_some() {
                add(whole);
            }
            return;
        }
        // `arn:aws:s3:::*` is `*` too, where all buckets are listed.
        let listing = self.patterns.add(text::action("s3:ListAllMyBuckets"));
        let listing = self.clause(AttributeId::ACTION, false, Quantity::One, Values::Texts([listing].into()));
        let nowhere = self.patterns.add(text::plain("*", false).map(|chars| text::exact(&chars)).unwrap_or_default());
        if element.negated {
            let mut wider = set.to_vec();
            wider.push(nowhere);
            let wider = self.clause(AttributeId::RESOURCE, false, Quantity::One, Values::Texts(text::sorted(wider)));
            for (clauses, mut literals) in [([!clause, !listing], whole.clone()), ([!wider, listing], whole)] {
                if clauses.into_iter().all(|clause| push(clause, &mut literals).is_some()) {
                    add(literals);
                }
            }
            return;
        }
        let nowhere = self.clause(AttributeId::RESOURCE, false, Quantity::One, Values::Texts([nowhere].into()));
        for (clauses, mut literals) in [(vec![clause], whole.clone()), (vec![listing, nowhere], whole)] {
            if clauses.into_iter().all(|clause| push(clause, &mut literals).is_some()) {
                add(literals);
            }
        }
    }

    /// The patterns of an element, and whether all buckets are among them. Nothing where a missing variable keeps the statement from
    /// matching anything.
    fn resource_set(
        &mut self,
        element: &ResourceElement,
        version: Version,
        presence: &Presence<'_>,
    ) -> Option<(Box<[PatternId]>, bool)> {
        let mut ids = Vec::new();
        let mut all_buckets = false;
        for pattern in &element.patterns {
            let text = pattern.value.shown();
            all_buckets |= text == "arn:aws:s3:::*";
            if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
                ids.push(self.patterns.add(text::anything()));
                continue;
            }
            if version != Version::V2012 || !text.contains("${") {
                ids.extend(self.resource_pattern(&text));
                continue;
            }
            match self.spelled(&text, true, presence) {
                Some(spelled) => {
                    self.look_at_arn(&spelled);
                    ids.extend(text::arn(&spelled).map(|steps| self.patterns.add(steps)));
                }
                None if element.negated => return None,
                None => {}
            }
        }
        Some((text::sorted(ids), all_buckets))
    }
}

/// Adds a clause to those that must hold; nothing where it holds of no request.
pub(super) fn push(clause: Clause, into: &mut Vec<Literal>) -> Option<()> {
    match clause {
        Clause::Always => {}
        Clause::Never => return None,
        Clause::If(literal) => into.push(literal),
    }
    Some(())
}
