//! Questions about documents that are put together of statements.

use super::everything;
use crate::catalogue::Catalogue;
use crate::evaluate::Request;
use crate::policy::{ActionElement, Document, Effect, ResourceElement, Statement, Version};
use crate::prove::subject::allowing;
use crate::prove::{Subject, Verdict, within};

/// More questions than these are not asked of one side of one change; the answer is coarser then.
const MOST_QUESTIONS: usize = 800;

/// One document, `of`, and another, `other`, which does not allow all that the first does.
pub(super) struct Asking<'a> {
    pub(super) catalogue: &'a Catalogue,
    has_principals: bool,
    version: Version,
    of: &'a Document,
    other: &'a Document,
    /// The denies of the first document.
    denies: Vec<Statement>,
    /// The allows of the other document alone.
    other_allows: Document,
    /// Everything but what the allows of the other document allow.
    outside_other_allows: Document,
    /// Denies of what is outside of the statements whose common part is looked at.
    fence: Vec<Statement>,
    left: usize,
}

impl<'a> Asking<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, of: &'a Document, other: &'a Document, has_principals: bool) -> Self {
        let allows = of_effect(other, Effect::Allow);
        let denied = allows.iter().map(|allow| Statement { effect: Effect::Deny, ..allow.clone() });
        let outside = [everything(has_principals)].into_iter().chain(denied).collect();
        Self {
            catalogue,
            has_principals,
            version: of.version,
            of,
            other,
            denies: of_effect(of, Effect::Deny),
            outside_other_allows: document(other.version, outside),
            other_allows: document(other.version, allows),
            fence: Vec::new(),
            left: MOST_QUESTIONS,
        }
    }

    /// Whether there are questions left.
    pub(super) fn goes_on(&self) -> bool {
        self.left > 0
    }

    /// Asks only about what is in both of these statements, until the next fence: their common part may be written too wide.
    pub(super) fn fence(&mut self, statements: &[&Statement]) {
        self.fence = statements.iter().flat_map(|one| self.outside(one)).collect();
    }

    /// Denies of everything that is of other actions or other resources than a statement.
    fn outside(&self, statement: &Statement) -> Vec<Statement> {
        let all = Statement { effect: Effect::Deny, ..everything(self.has_principals) };
        let action = ActionElement { negated: !statement.action.negated, ..statement.action.clone() };
        let of_others = |element: &ResourceElement| ResourceElement { negated: !element.negated, ..element.clone() };
        let resource = statement.resource.as_ref().map(of_others);
        let mut denies = vec![Statement { action, ..all.clone() }];
        denies.extend(resource.map(|resource| Statement { resource: Some(resource), ..all }));
        denies
    }

    /// Whether the document allows a request and the other does not, as the evaluator decides.
    pub(super) fn is_between(&self, request: &Request) -> bool {
        let subject = |document| Subject { document, has_principals: self.has_principals };
        let is_allowed = |document| allowing(subject(document), request).is_some();
        is_allowed(self.of) && !is_allowed(self.other)
    }

    /// Whether all that a statement allows, and no deny beside it denies, the other document allows too.
    pub(super) fn within_other(&mut self, statement: &Statement) -> Verdict {
        let other = self.other;
        let beside = self.beside_denies(statement);
        self.ask(&beside, other)
    }

    /// Whether it is allowed by the allows of the other document, whatever its denies deny.
    pub(super) fn within_other_allows(&mut self, statement: &Statement) -> Verdict {
        self.count();
        let beside = self.beside_denies(statement);
        self.decide(&beside, &self.other_allows)
    }

    /// Whether no allow of the other document allows anything of it.
    pub(super) fn outside_other_allows(&mut self, statement: &Statement) -> bool {
        self.count();
        let beside = self.beside_denies(statement);
        matches!(self.decide(&beside, &self.outside_other_allows), Verdict::Holds)
    }

    /// Whether the denies leave something of a statement.
    pub(super) fn is_something(&mut self, statement: &Statement) -> bool {
        let beside = self.beside_denies(statement);
        let nothing = document(self.version, Vec::new());
        !matches!(self.ask(&beside, &nothing), Verdict::Holds)
    }

    /// The denies that take something away from a statement.
    pub(super) fn denied(&mut self, statement: &Statement) -> Vec<Statement> {
        let denies = self.denies.clone();
        denies.into_iter().filter(|deny| self.is_denied_by(statement, vec![deny.clone()])).collect()
    }

    /// Whether a deny without a condition does: it may deny all of a piece.
    pub(super) fn is_plainly_denied(&mut self, statement: &Statement) -> bool {
        let denies = self.denies.iter().filter(|deny| deny.condition.is_empty()).cloned().collect();
        self.is_denied_by(statement, denies)
    }

    fn is_denied_by(&mut self, statement: &Statement, denies: Vec<Statement>) -> bool {
        if denies.is_empty() {
            return false;
        }
        let alone = document(self.version, vec![statement.clone()]);
        let beside = document(self.version, [statement.clone()].into_iter().chain(denies).collect());
        !matches!(self.ask(&alone, &beside), Verdict::Holds)
    }

    /// Whether all that a statement allows is allowed by one of these.
    pub(super) fn is_covered(&mut self, statement: &Statement, by: Vec<Statement>) -> bool {
        let beside = self.beside_denies(statement);
        let by = document(self.version, by);
        matches!(self.ask(&beside, &by), Verdict::Holds)
    }

    /// Whether nothing that a statement allows is allowed by one of these.
    pub(super) fn is_apart(&mut self, statement: &Statement, from: &[Statement]) -> bool {
        let denied = from.iter().map(|one| Statement { effect: Effect::Deny, ..one.clone() });
        let others = [everything(self.has_principals)].into_iter().chain(denied).collect();
        self.is_covered(statement, others)
    }

    fn beside_denies(&self, statement: &Statement) -> Document {
        let statements = [statement].into_iter().chain(&self.denies).chain(&self.fence).cloned().collect();
        document(self.version, statements)
    }

    fn ask(&mut self, a: &Document, b: &Document) -> Verdict {
        self.count();
        self.decide(a, b)
    }

    fn decide(&self, a: &Document, b: &Document) -> Verdict {
        let subject = |document| Subject { document, has_principals: self.has_principals };
        within(self.catalogue, subject(a), subject(b))
    }

    fn count(&mut self) {
        self.left = self.left.saturating_sub(1);
    }
}

/// The statements of a document that allow, or those that deny.
pub(super) fn of_effect(document: &Document, effect: Effect) -> Vec<Statement> {
    document.statements.iter().filter(|statement| statement.effect == effect).cloned().collect()
}

fn document(version: Version, statements: Vec<Statement>) -> Document {
    Document { version, id: None, statements }
}
