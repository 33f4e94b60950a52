//! Values, names, types, arguments, parameters, records.

use super::layout::Piece;
use super::printer::{Blanks, Printer};
use crate::syntax::{Argument, Attribute, Expr, ExprKind, Parameter, Path, RecordField, Token, TypeExpr};

impl Printer<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Path(path) => self.path(path),
            ExprKind::Call(path, arguments) => {
                self.path(path);
                self.arguments(arguments);
            }
            ExprKind::List(items) => {
                self.token();
                self.list(items, "", Self::expr);
            }
            ExprKind::Iam(name) => {
                self.token();
                // Each `?` at the end is a token of its own.
                for _ in name.chars().rev().take_while(|character| *character == '?') {
                    self.sign();
                }
            }
            ExprKind::String(_)
            | ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::Duration(_)
            | ExprKind::Date(_)
            | ExprKind::Star
            | ExprKind::SelfRef
            | ExprKind::Error => self.token(),
        }
    }

    pub(super) fn path(&mut self, path: &Path) {
        self.token();
        for _ in path.names.iter().skip(1) {
            self.sign();
            self.sign();
        }
    }

    /// `(...)`
    fn arguments(&mut self, arguments: &[Argument]) {
        self.sign();
        self.list(arguments, "", Self::argument);
    }

    fn argument(&mut self, argument: &Argument) {
        if argument.name.is_some() {
            self.token();
            self.sign();
            self.space();
        }
        self.expr(&argument.value);
    }

    /// Each on a line of its own.
    pub(super) fn attributes(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            self.token();
            self.sign();
            if self.stream.peek() == Some(Token::LeftParen) {
                self.arguments(&attribute.arguments);
            }
            self.layout.push(Piece::Hard);
            self.comments(Blanks::Drop);
        }
    }

    /// `(name: Type, ...)`
    pub(super) fn parameters(&mut self, parameters: &[Parameter]) {
        self.sign();
        self.list(parameters, "", Self::parameter);
    }

    pub(super) fn parameter(&mut self, parameter: &Parameter) {
        self.token();
        self.sign();
        self.space();
        self.type_expr(&parameter.ty);
        if let Some(default) = &parameter.default {
            self.space();
            self.word();
            self.expr(default);
        }
    }

    pub(super) fn type_expr(&mut self, ty: &TypeExpr) {
        match ty {
            TypeExpr::Named(path) => self.path(path),
            TypeExpr::List(inner, _) => {
                self.token();
                self.type_expr(inner);
                self.sign();
            }
            TypeExpr::Union(strings, _) => self.group(|printer| {
                printer.indented(|printer| {
                    printer.token();
                    for _ in strings.iter().skip(1) {
                        printer.line();
                        printer.word();
                        printer.token();
                    }
                });
            }),
        }
    }

    /// `{ key: value }`
    pub(super) fn record(&mut self, fields: &[RecordField]) {
        self.sign();
        self.list(fields, " ", |printer, field| {
            printer.expr(&field.key);
            printer.sign();
            printer.space();
            printer.expr(&field.value);
        });
    }
}
