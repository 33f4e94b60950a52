//! Declarations.

use super::printer::{Blanks, Printer};
use crate::syntax::{
    ClaimBlock, ConstraintDecl, Item, ItemKind, Let, OrganizationDecl, OrganizationMember, PolicyBody, PolicyDecl,
    RoleDecl, RoleField, RoleValue, Token, Use, UseSource,
};

impl Printer<'_> {
    pub(super) fn items(&mut self, items: &[Item]) {
        let blanks = |printer: &Self, before: &Item, after: &Item| {
            if printer.stands_apart(before) || printer.stands_apart(after) { Blanks::Force } else { Blanks::Keep }
        };
        self.lines(items, blanks, Self::item);
    }

    /// Whether a declaration takes several lines by its nature, and not because it is too long for one.
    fn stands_apart(&self, item: &Item) -> bool {
        let empty = match &item.kind {
            ItemKind::Policy(policy) => match &policy.body {
                PolicyBody::Block(body) => body.is_empty(),
                PolicyBody::Call(_) => return false,
            },
            ItemKind::Role(role) => role.fields.is_empty(),
            ItemKind::Organization(organization) => organization.members.is_empty(),
            ItemKind::Test(claims) | ItemKind::Prove(claims) => claims.claims.is_empty(),
            ItemKind::Constraint(constraint) => constraint.claims.is_empty(),
            ItemKind::Use(_) | ItemKind::Param(_) | ItemKind::Extern(_) | ItemKind::Let(_) | ItemKind::Error => {
                return false;
            }
        };
        !empty || self.stream.has_note_in(item.span)
    }

    fn item(&mut self, item: &Item) {
        self.attributes(&item.attributes);
        match &item.kind {
            ItemKind::Use(import) => self.import(import),
            ItemKind::Param(parameter) | ItemKind::Extern(parameter) => {
                self.word();
                self.parameter(parameter);
            }
            ItemKind::Let(binding) => self.binding(binding),
            ItemKind::Policy(policy) => self.policy(policy),
            ItemKind::Role(role) => self.role(role),
            ItemKind::Organization(organization) => self.organization(organization),
            ItemKind::Test(claims) | ItemKind::Prove(claims) => self.claims(claims),
            ItemKind::Constraint(constraint) => self.constraint(constraint),
            ItemKind::Error => self.token(),
        }
    }

    fn import(&mut self, import: &Use) {
        self.word();
        match &import.source {
            UseSource::Library(path) => self.path(path),
            UseSource::File(_) => self.token(),
        }
        if let Some(names) = &import.names {
            self.sign();
            self.sign();
            self.list(names, "", |printer, name| {
                printer.token();
                printer.alias(name.alias.is_some());
            });
        }
        self.alias(import.alias.is_some());
    }

    /// `as name`
    fn alias(&mut self, given: bool) {
        if given {
            self.space();
            self.word();
            self.token();
        }
    }

    fn binding(&mut self, binding: &Let) {
        self.word();
        self.token();
        if let Some(ty) = &binding.ty {
            self.sign();
            self.space();
            self.type_expr(ty);
        }
        self.space();
        self.word();
        self.expr(&binding.value);
    }

    fn policy(&mut self, policy: &PolicyDecl) {
        self.word();
        self.token();
        if let Some(parameters) = &policy.parameters {
            self.parameters(parameters);
        }
        if let Some(target) = &policy.target {
            self.space();
            self.word();
            self.expr(target);
        }
        self.space();
        match &policy.body {
            PolicyBody::Block(body) => self.body(body),
            PolicyBody::Call(call) => {
                self.word();
                self.expr(call);
            }
        }
    }

    fn role(&mut self, role: &RoleDecl) {
        self.word();
        self.word();
        self.block(&role.fields, |printer, field: &RoleField| {
            printer.word();
            match &field.value {
                RoleValue::Values(values) => printer.indented(|printer| printer.commas(values, Self::expr)),
                RoleValue::Record(fields) => printer.record(fields),
            }
        });
    }

    fn organization(&mut self, organization: &OrganizationDecl) {
        self.word();
        self.word();
        self.expr(&organization.id);
        self.space();
        self.block(&organization.members, Self::member);
    }

    fn member(&mut self, member: &OrganizationMember) {
        self.word();
        match member {
            OrganizationMember::Management(id) => self.expr(id),
            OrganizationMember::Attach(_, policies) => self.indented(|printer| printer.commas(policies, Self::expr)),
            OrganizationMember::Unit(_, members) => {
                self.word();
                self.block(members, Self::member);
            }
            OrganizationMember::Account(_, id, members) => {
                self.word();
                self.expr(id);
                if self.stream.peek() == Some(Token::LeftBrace) {
                    self.space();
                    self.block(members, Self::member);
                }
            }
        }
    }

    fn claims(&mut self, claims: &ClaimBlock) {
        self.word();
        self.word();
        self.block(&claims.claims, Self::claim);
    }

    fn constraint(&mut self, constraint: &ConstraintDecl) {
        self.word();
        self.word();
        self.word();
        self.commas(&constraint.kinds, |printer, _| printer.token());
        self.space();
        self.block(&constraint.claims, Self::claim);
    }
}
