//! Tests, proofs and constraints.

use super::printer::Printer;
use crate::syntax::{Claim, ClaimKind, Path, Verb};

impl Printer<'_> {
    pub(super) fn claim(&mut self, claim: &Claim) {
        match &claim.kind {
            ClaimKind::Decides { subject, verb, scope, principal, context } => self.scope(
                scope,
                |printer| {
                    if let Some(subject) = subject {
                        printer.path(subject);
                        printer.space();
                    }
                    if let Some(principal) = principal {
                        printer.word();
                        printer.expr(principal);
                        printer.space();
                    }
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
