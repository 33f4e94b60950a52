//! What lets a step be taken: that the statements before and after it mean the same.

use crate::base::Span;
use crate::catalogue::Catalogue;
use crate::policy::{
    ActionElement, Document, Effect, Kind, Located, Principal, PrincipalElement, Statement, Version, statements_differ,
};
use crate::prove::{Subject, Verdict, within};

/// Proves that statements mean the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prover<'c> {
    catalogue: &'c Catalogue,
    kind: Kind,
    version: Version,
}

impl<'c> Prover<'c> {
    pub(super) fn new(catalogue: &'c Catalogue, kind: Kind, version: Version) -> Self {
        Self { catalogue, kind, version }
    }

    /// Whether statements of one effect mean together what others of that effect do.
    pub(super) fn same(&self, old: &[Statement], new: &[Statement]) -> bool {
        if let ([old], [new]) = (old, new)
            && statements_differ(old, new).is_none()
        {
            return true;
        }
        let denies = old.iter().any(|statement| statement.effect == Effect::Deny);
        let document = |statements: &[Statement]| match denies {
            true => self.left_by(statements.to_vec()),
            false => self.document(statements.to_vec()),
        };
        let (old, new) = (document(old), document(new));
        self.within(&old, &new) && self.within(&new, &old)
    }

    /// Whether a statement adds nothing to others of its effect: an `Allow`, where `denies` stand beside them.
    pub(super) fn adds_nothing(&self, statement: &Statement, others: &[&Statement], denies: &[&Statement]) -> bool {
        let cloned = |all: &[&Statement]| all.iter().copied().cloned().collect::<Vec<_>>();
        match statement.effect {
            // What it allows and nothing denies, the others allow.
            Effect::Allow => {
                let alone = [vec![statement.clone()], cloned(denies)].concat();
                self.within(&self.document(alone), &self.document([cloned(others), cloned(denies)].concat()))
            }
            // What the others leave of everything is left with it, too.
            Effect::Deny => {
                let without = cloned(others);
                let with = [without.clone(), vec![statement.clone()]].concat();
                self.within(&self.left_by(without), &self.left_by(with))
            }
        }
    }

    fn document(&self, statements: Vec<Statement>) -> Document {
        Document { version: self.version, id: None, statements }
    }

    /// What denies leave of everything: what it allows tells what they deny.
    fn left_by(&self, mut denies: Vec<Statement>) -> Document {
        denies.push(self.everything());
        self.document(denies)
    }

    fn everything(&self) -> Statement {
        let span = Span::default();
        let anyone = || PrincipalElement { negated: false, principals: vec![Located::new(Principal::Anyone, span)] };
        Statement {
            sid: None,
            effect: Effect::Allow,
            principal: self.kind.has_principals().then(anyone),
            action: ActionElement { negated: false, patterns: vec![Located::new("*".to_owned(), span)] },
            resource: None,
            condition: Vec::new(),
            span,
        }
    }

    fn within(&self, a: &Document, b: &Document) -> bool {
        let subject = |document| Subject { document, has_principals: self.kind.has_principals() };
        matches!(within(self.catalogue, subject(a), subject(b)), Verdict::Holds)
    }
}
