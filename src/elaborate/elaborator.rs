//! The state of an elaboration, and its way through the items.

use std::collections::{HashMap, HashSet};

use super::environment::Environment;
use super::value::Valued;
use super::{Elaborated, Inputs, Proof, Test};
use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::Kind;
use crate::project::{ModuleId, Project};
use crate::syntax::{Item, ItemKind};

/// How many statements, loop turns and inclusions one declaration may take. Far beyond what any limit of AWS lets through.
const BUDGET: usize = 20_000;

pub(super) struct Elaborator<'a> {
    pub(super) project: &'a Project,
    pub(super) inputs: Inputs<'a>,
    pub(super) out: Elaborated,
    pub(super) values: HashMap<(ModuleId, usize), Valued>,
    pub(super) evaluating: HashSet<(ModuleId, usize)>,
    /// Where the policies are declared, by kind and name in lower case.
    pub(super) declared: HashMap<(Kind, String), Span>,
    /// Where the acceptances stand that have been kept.
    pub(super) accepted: HashSet<Span>,
    /// How many tests of conditions were left out because something in them is wrong.
    pub(super) broken_tests: usize,
    /// Whether something was left out of the declaration at hand because it is wrong.
    pub(super) broken: bool,
    budget: usize,
}

impl<'a> Elaborator<'a> {
    pub(super) fn new(project: &'a Project, inputs: Inputs<'a>) -> Self {
        Self {
            project,
            inputs,
            out: Elaborated::default(),
            values: HashMap::new(),
            evaluating: HashSet::new(),
            declared: HashMap::new(),
            accepted: HashSet::new(),
            broken_tests: 0,
            broken: false,
            budget: BUDGET,
        }
    }

    pub(super) fn run(&mut self) {
        let project = self.project;
        for (id, module) in project.modules().filter(|(_, module)| !module.is_library) {
            for (index, item) in module.parsed.file.items.iter().enumerate() {
                self.budget = BUDGET;
                self.broken = false;
                self.item(id, index, item);
            }
        }
        self.unknown_set();
    }

    pub(super) fn finish(mut self) -> Elaborated {
        self.out.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
        self.out
    }

    fn item(&mut self, module: ModuleId, index: usize, item: &'a Item) {
        let takes_attributes = matches!(item.kind, ItemKind::Policy(_) | ItemKind::Role(_));
        if let Some(attribute) = item.attributes.first().filter(|_| !takes_attributes) {
            let message = format!("`@{}` cannot stand here", attribute.name.text);
            self.out.diagnostics.push(
                Diagnostic::new(&code::BAD_ARGUMENT, attribute.span, message)
                    .help("attributes stand before policies, roles and statements"),
            );
        }
        match &item.kind {
            ItemKind::Param(_) | ItemKind::Extern(_) | ItemKind::Let(_) => {
                self.item_value(module, index);
            }
            ItemKind::Policy(policy) => self.policy(module, index, item, policy),
            ItemKind::Role(role) => self.role(module, item, role),
            ItemKind::Organization(organization) => self.organization(module, organization),
            ItemKind::Test(block) => {
                let environment = Environment::of(module);
                let title = self.string(&environment, &block.title).map(|title| title.to_string());
                let (title, span) = (title.unwrap_or_default(), block.title.span);
                let (cases, refusals, item) = (Vec::new(), Vec::new(), item.span);
                self.out.tests.push(Test { title, span, cases, refusals, item });
                self.claims(&environment, &block.claims, true);
            }
            ItemKind::Prove(block) => {
                let environment = Environment::of(module);
                let title = self.string(&environment, &block.title).map(|title| title.to_string());
                let (title, span) = (title.unwrap_or_default(), block.title.span);
                self.out.proofs.push(Proof { title, span, claims: Vec::new() });
                self.claims(&environment, &block.claims, false);
            }
            ItemKind::Constraint(constraint) => self.constraint(module, constraint),
            ItemKind::Use(_) | ItemKind::Error => {}
        }
    }

    /// Reports a diagnostic, with the calls of templates that led to it.
    pub(super) fn report(&mut self, environment: &Environment, diagnostic: Diagnostic) {
        self.broken |= !diagnostic.is_acceptable();
        self.out.diagnostics.push(diagnostic.by_way_of(&environment.trail));
    }

    /// Takes one step of a declaration's budget; reports and returns false when there is none left.
    pub(super) fn step(&mut self, environment: &Environment, span: Span) -> bool {
        match self.budget {
            0 => return false,
            1 => self.report(
                environment,
                Diagnostic::new(&code::TOO_LARGE, span, format!("this declaration takes more than {BUDGET} steps to expand"))
                    .help("expand fewer templates and shorter lists; the largest policy that AWS takes has some hundred statements"),
            ),
            _ => {}
        }
        self.budget -= 1;
        self.budget > 0
    }

    fn unknown_set(&mut self) {
        let declared: HashSet<&str> = self
            .project
            .modules
            .iter()
            .flat_map(|module| &module.parsed.file.items)
            .filter_map(|item| {
                if let ItemKind::Param(parameter) = &item.kind { Some(parameter.name.text.as_str()) } else { None }
            })
            .collect();
        let place = self.project.modules.last().map(|module| Span::new(module.file, 0, 0)).unwrap_or_default();
        for name in self.inputs.set.keys().filter(|name| !declared.contains(name.as_str())) {
            let diagnostic = Diagnostic::new(
                &code::UNKNOWN_NAME,
                place,
                format!("`--set {name}=...` sets no `param` of these files"),
            );
            self.out.diagnostics.push(diagnostic.help("declare it: `param name: String`"));
        }
    }
}
