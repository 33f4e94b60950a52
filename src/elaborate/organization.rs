//! `organization`: which service and resource control policies reach which account.

use super::elaborator::Elaborator;
use super::environment::Environment;
use super::types::Type;
use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{Kind, limits};
use crate::project::ModuleId;
use crate::syntax::{Expr, Name, OrganizationDecl, OrganizationMember};

/// An organisation: its root and what is below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its name in the source.
    pub name: String,
    /// Its id, `o-...`.
    pub id: String,
    /// The management account, which no policy of the organisation reaches.
    pub management: Option<String>,
    /// The root.
    pub root: Unit,
    /// Where it is declared.
    pub span: Span,
}

impl Organization {
    /// The ids of its accounts, that of the management account among them.
    pub fn accounts(&self) -> Vec<String> {
        fn of_unit(unit: &Unit, into: &mut Vec<String>) {
            into.extend(unit.accounts.iter().map(|account| account.id.clone()));
            unit.units.iter().for_each(|inner| of_unit(inner, into));
        }
        let mut accounts = Vec::from_iter(self.management.clone());
        of_unit(&self.root, &mut accounts);
        accounts
    }
}

/// The root or an organisational unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// Its name; empty for the root.
    pub name: String,
    /// The service control policies attached to it.
    pub scps: Vec<String>,
    /// The resource control policies attached to it.
    pub rcps: Vec<String>,
    /// The units in it.
    pub units: Vec<Unit>,
    /// The accounts in it.
    pub accounts: Vec<Account>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name in the source.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The service control policies attached to it.
    pub scps: Vec<String>,
    /// The resource control policies attached to it.
    pub rcps: Vec<String>,
}

impl Elaborator<'_> {
    pub(super) fn organization(&mut self, module: ModuleId, declaration: &OrganizationDecl) {
        let environment = Environment::of(module);
        let id = self.text_of(&environment, &declaration.id, Type::OrgId);
        let mut management = None;
        let mut seen = Vec::new();
        let root = self.unit(&environment, String::new(), &declaration.members, &mut management, &mut seen, true);
        self.out.organizations.push(Organization {
            name: declaration.name.text.clone(),
            id: id.unwrap_or_default(),
            management,
            root,
            span: declaration.name.span,
        });
    }

    fn text_of(&mut self, environment: &Environment, expression: &Expr, ty: Type) -> Option<String> {
        let value = self.evaluate(environment, expression);
        self.coerce(environment, value, &ty, None).value.text().map(|text| text.to_string())
    }

    fn unit(
        &mut self,
        environment: &Environment,
        name: String,
        members: &[OrganizationMember],
        management: &mut Option<String>,
        seen: &mut Vec<(String, Span)>,
        is_root: bool,
    ) -> Unit {
        let mut unit = Unit { name, ..Unit::default() };
        for member in members {
            match member {
                OrganizationMember::Management(id) if is_root => {
                    *management = self.text_of(environment, id, Type::AccountId)
                }
                OrganizationMember::Management(id) => {
                    self.report(
                        environment,
                        Diagnostic::new(
                            &code::KIND_RULE,
                            id.span,
                            "the management account stands at the root of the organisation",
                        )
                        .help("move it out of the unit"),
                    );
                }
                OrganizationMember::Attach(kind, names) => {
                    let attached = self.attached(environment, *kind, names);
                    if *kind == Kind::Scp { unit.scps.extend(attached) } else { unit.rcps.extend(attached) }
                }
                OrganizationMember::Unit(name, members) => {
                    let inner = self.unit(environment, name.text.clone(), members, management, seen, false);
                    unit.units.push(inner);
                }
                OrganizationMember::Account(name, id, members) => {
                    unit.accounts.extend(self.account(environment, name, id, members, seen))
                }
            }
        }
        self.check_attached(environment, &unit.scps, &unit.rcps, members);
        unit
    }

    fn account(
        &mut self,
        environment: &Environment,
        name: &Name,
        id: &Expr,
        members: &[OrganizationMember],
        seen: &mut Vec<(String, Span)>,
    ) -> Option<Account> {
        let text = self.text_of(environment, id, Type::AccountId)?;
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == text) {
            let message = format!("account `{text}` stands twice in the organisation");
            self.report(
                environment,
                Diagnostic::new(&code::DUPLICATE_NAME, id.span, message)
                    .also(*first, "first here")
                    .help("an account is in one place of the tree"),
            );
        }
        seen.push((text.clone(), id.span));
        let mut account = Account { name: name.text.clone(), id: text, scps: Vec::new(), rcps: Vec::new() };
        for member in members {
            match member {
                OrganizationMember::Attach(kind, names) => {
                    let attached = self.attached(environment, *kind, names);
                    if *kind == Kind::Scp { account.scps.extend(attached) } else { account.rcps.extend(attached) }
                }
                OrganizationMember::Unit(name, _) | OrganizationMember::Account(name, ..) => {
                    self.report(
                        environment,
                        Diagnostic::new(&code::KIND_RULE, name.span, "an account holds policies only")
                            .help("units and accounts stand in units"),
                    );
                }
                OrganizationMember::Management(id) => {
                    self.report(
                        environment,
                        Diagnostic::new(&code::KIND_RULE, id.span, "an account holds policies only")
                            .help("the management account stands at the root"),
                    );
                }
            }
        }
        self.check_attached(environment, &account.scps, &account.rcps, members);
        Some(account)
    }

    fn attached(&mut self, environment: &Environment, kind: Kind, names: &[Expr]) -> Vec<String> {
        names.iter().filter_map(|name| self.declared(environment, name, kind)).collect()
    }

    fn check_attached(
        &mut self,
        environment: &Environment,
        scps: &[String],
        rcps: &[String],
        members: &[OrganizationMember],
    ) {
        // `RCPFullAWSAccess` is attached everywhere and counts.
        for (kind, count, quota) in
            [(Kind::Scp, scps.len(), limits::SCPS_PER_TARGET), (Kind::Rcp, rcps.len() + 1, limits::RCPS_PER_TARGET)]
        {
            let place = members.iter().rev().find_map(|member| match member {
                OrganizationMember::Attach(other, names) if *other == kind => names.last().map(|name| name.span),
                _ => None,
            });
            if let Some(span) = place.filter(|_| count > quota.highest) {
                self.report(
                    environment,
                    Diagnostic::new(
                        &code::KIND_RULE,
                        span,
                        format!("{count} {}s are attached here, and AWS takes {}", kind.keyword(), quota.highest),
                    )
                    .note(format!("see {}", quota.source))
                    .help("bring several into one policy with `include`"),
                );
            }
        }
    }
}
