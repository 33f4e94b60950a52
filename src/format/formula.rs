//! Conditions.

use super::layout::Piece;
use super::printer::{Blanks, Printer};
use crate::syntax::{Atom, Formula, Test, Token};

impl Printer<'_> {
    /// A formula; where it is too long, it breaks before each of its outermost operators, which are indented.
    pub(super) fn formula(&mut self, formula: &Formula) {
        match formula {
            Formula::Or(operands) | Formula::And(operands) => self.group(|printer| {
                printer.indented(|printer| printer.operands(operands));
            }),
            _ => self.literal(formula),
        }
    }

    fn operands(&mut self, operands: &[Formula]) {
        for (index, operand) in operands.iter().enumerate() {
            if index > 0 {
                self.line();
                self.word();
            }
            self.formula(operand);
        }
    }

    /// An atom or a group; the tree keeps only whether it is negated, the tokens how often that is said.
    fn literal(&mut self, formula: &Formula) {
        while self.stream.peek() == Some(Token::Not) {
            self.word();
        }
        match formula {
            Formula::Not(inner) => self.literal(inner),
            Formula::Group(inner) => self.parenthesis(inner),
            Formula::Atom(atom) => self.atom(atom),
            Formula::Or(_) | Formula::And(_) => self.formula(formula),
        }
    }

    /// In parentheses, the operators stand below the first operand.
    fn parenthesis(&mut self, inner: &Formula) {
        self.token();
        self.group(|printer| {
            printer.indented(|printer| {
                printer.layout.push(Piece::Line(""));
                match inner {
                    Formula::Or(operands) | Formula::And(operands) => printer.group(|p| p.operands(operands)),
                    _ => printer.formula(inner),
                }
                printer.comments(Blanks::Drop);
            });
            printer.layout.push(Piece::Line(""));
            printer.token();
        });
    }

    fn atom(&mut self, atom: &Atom) {
        if atom.quantifier.is_some() || matches!(atom.test, Test::Has | Test::Missing) {
            self.word();
        }
        self.expr(&atom.key);
        if atom.optional {
            self.sign();
        }
        if atom.as_type.is_some() {
            self.space();
            self.word();
            self.token();
        }
        if let Test::Compare(_, _, value) = &atom.test {
            self.space();
            // `not like` is two words.
            if self.stream.peek() == Some(Token::Not) {
                self.word();
            }
            self.word();
            self.expr(value);
        }
    }
}
