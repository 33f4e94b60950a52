//! Tests, proofs and constraints.

use super::printer::Printer;
use crate::syntax::{Claim, ClaimKind, Path, Subject, Verb};

impl Printer<'_> {
    pub(super) fn claim(&mut self, claim: &Claim) {
        match &claim.kind {
            ClaimKind::Decides { subject, verb, scope, context } => self.scope(
                scope,
                |printer| {
                    subject.iter().for_each(|subject| printer.subject(subject));
                    printer.verb(*verb);
                },
                context.as_deref(),
            ),
            ClaimKind::Relates(left, _, right) => {
                self.path(left);
                self.space();
                self.word();
                self.path(right);
            }
            ClaimKind::Requires(_) => {
                self.word();
                self.token();
            }
            ClaimKind::Exempt(paths, _) => self.exempt(paths),
            ClaimKind::Refuses(_, items) => {
                self.word();
                self.word();
                self.block_of(items.is_empty(), |printer| printer.items(items));
            }
            ClaimKind::For(each) => self.for_each(each, Self::claim),
            ClaimKind::Error => self.token(),
        }
    }

    /// `a through b as p`, and a space.
    fn subject(&mut self, subject: &Subject) {
        self.path(&subject.name);
        self.space();
        if !subject.through.is_empty() {
            self.word();
            self.commas(&subject.through, Self::path);
            self.space();
        }
        if let Some(principal) = &subject.principal {
            self.word();
            self.expr(principal);
            self.space();
        }
    }

    /// `exempt a, b because "..."`
    fn exempt(&mut self, paths: &[Path]) {
        self.group(|printer| {
            printer.indented(|printer| {
                printer.word();
                printer.commas(paths, Self::path);
                printer.line();
                printer.word();
                printer.token();
            });
        });
    }

    /// One word or two, and a space.
    fn verb(&mut self, verb: Verb) {
        self.word();
        match verb {
            Verb::Allows | Verb::Denies => {}
            Verb::DeniesExplicitly | Verb::NeverAllows | Verb::AlwaysAllows | Verb::AlwaysDenies => self.word(),
        }
    }
}
