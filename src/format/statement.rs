//! Bodies: statements, `include`, `for`, `if`.

use super::printer::Printer;
use crate::syntax::{BodyItem, BodyItemKind, Choice, Expr, For, Formula, If, RecordField, Scope};

impl Printer<'_> {
    pub(super) fn body(&mut self, items: &[BodyItem]) {
        self.block(items, Self::body_item);
    }

    fn body_item(&mut self, item: &BodyItem) {
        self.attributes(&item.attributes);
        match &item.kind {
            BodyItemKind::Statement(statement) => self.scope(
                &statement.scope,
                |printer| {
                    if statement.label.is_some() {
                        printer.token();
                        printer.sign();
                        printer.space();
                    }
                    printer.word();
                },
                None,
            ),
            BodyItemKind::Include(include) => {
                if include.label.is_some() {
                    self.token();
                    self.sign();
                    self.space();
                }
                self.word();
                self.expr(&include.call);
            }
            BodyItemKind::For(each) => self.for_each(each, Self::body_item),
            BodyItemKind::If(choice) => self.if_else(choice),
            BodyItemKind::Error => self.token(),
        }
    }

    /// `for name in list { ... }`
    pub(super) fn for_each<T>(&mut self, each: &For<T>, print: impl FnMut(&mut Self, &T)) {
        self.word();
        self.word();
        self.word();
        self.expr(&each.list);
        self.space();
        self.block(&each.body, print);
    }

    fn if_else(&mut self, choice: &If) {
        for (index, (condition, body)) in choice.arms.iter().enumerate() {
            if index > 0 {
                self.space();
                self.word();
            }
            self.word();
            // Further right than the body.
            self.indented(|printer| printer.formula(condition));
            self.space();
            self.body(body);
        }
        if let Some(body) = &choice.otherwise {
            self.space();
            self.word();
            self.body(body);
        }
    }

    /// A statement or a claim: on one line; or with its conditions on lines of their own; or, where what is before them is
    /// too long for one line, with every clause on a line of its own.
    pub(super) fn scope(&mut self, scope: &Scope, start: impl FnOnce(&mut Self), context: Option<&[RecordField]>) {
        self.group(|printer| {
            printer.indented(|printer| {
                printer.group(|printer| {
                    start(printer);
                    printer.choice(&scope.actions);
                    printer.clause(scope.resources.as_ref());
                    printer.clause(scope.principals.as_ref());
                });
                printer.condition(scope.when.as_ref());
                printer.condition(scope.unless.as_ref());
                if let Some(context) = context {
                    printer.line();
                    printer.word();
                    printer.record(context);
                }
            });
        });
    }

    /// `on ...`, `to ...`
    fn clause(&mut self, choice: Option<&Choice>) {
        let Some(choice) = choice else { return };
        self.line();
        self.word();
        match (choice.these.as_slice(), choice.except.is_empty()) {
            ([only], true) => self.expr(only),
            _ => self.indented(|printer| printer.choice(choice)),
        }
    }

    /// `when ...`, `unless ...`
    fn condition(&mut self, formula: Option<&Formula>) {
        let Some(formula) = formula else { return };
        self.line();
        self.word();
        self.formula(formula);
    }

    /// `a, b except c`
    fn choice(&mut self, choice: &Choice) {
        self.group(|printer| {
            printer.commas(&choice.these, Self::expr);
            if !choice.except.is_empty() {
                printer.line();
                printer.word();
                printer.indented(|printer| printer.commas(&choice.except, |printer, expr: &Expr| printer.expr(expr)));
            }
        });
    }
}
