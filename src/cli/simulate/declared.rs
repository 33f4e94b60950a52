//! A request with all that the sources declare.

use super::{Simulate, answer, exit};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::report::{self, Form};
use crate::cli::workspace::Workspace;
use crate::diagnostic::closest;
use crate::elaborate::Elaborated;
use crate::policy::Kind;
use crate::verify::{Question, Unanswerable, simulate};

impl Simulate {
    pub(super) fn ask_declared(&self, who: &str, action: &str) -> Result<Exit, Failure> {
        let workspace = Workspace::open(&self.paths)?;
        let catalogue = workspace.catalogue();
        let checks = self.checks(catalogue, action)?;
        let context = self.context(catalogue)?;
        let analysis = workspace.analyse(&self.inputs.set(), self.inputs.today().as_deref());
        if analysis.is_denied() {
            report::write(Form::Text, &analysis.project.sources, &analysis.diagnostics)?;
            return Ok(Exit::Unusable);
        }
        let through = self.declared_through(&analysis.elaborated)?;
        let mut answers = Vec::new();
        for check in &checks {
            let (action, resource, context) = (check.action.as_str(), check.resource.as_str(), context.clone());
            let question = Question { who, action, resource, through: &through, context };
            let answer = simulate(&analysis.elaborated, &workspace.config.defaults, &question)
                .map_err(|reason| unanswerable(who, &reason))?;
            answers.push((check.clone(), answer));
        }
        let also_needed = self.also_needed(catalogue, &checks);
        let asked = answer::Answers { who, checks: &answers, also_needed: &also_needed };
        Ok(exit(asked.write(self.output, &analysis.project.sources)?))
    }

    /// The session and endpoint policies that the request goes through.
    fn declared_through(&self, elaborated: &Elaborated) -> Result<Vec<(Kind, String)>, Failure> {
        let kinds = [Kind::Session, Kind::Endpoint];
        let possible = || elaborated.policies.iter().filter(|policy| kinds.contains(&policy.kind));
        let find = |name: &String| {
            possible().find(|policy| policy.name == *name).map(|policy| (policy.kind, name.clone())).ok_or_else(|| {
                let names: Vec<&str> = possible().map(|policy| policy.name.as_str()).collect();
                let help = match (closest(name, names.iter().copied()), names.as_slice()) {
                    (Some(near), _) => format!("did you mean `{near}`?"),
                    (None, []) => "the sources declare none: write `session NAME { ... }`".to_owned(),
                    (None, names) => format!("there are `{}`", names.join("`, `")),
                };
                Failure::new(format!("`{name}` is no session policy and no endpoint policy of these sources"), help)
            })
        };
        self.through.iter().map(find).collect()
    }
}

fn unanswerable(who: &str, reason: &Unanswerable) -> Failure {
    match reason {
        Unanswerable::NoRole(names) => {
            let near = closest(who, names.iter().map(String::as_str));
            let help = match (near, names.as_slice()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, []) => "the sources declare no role: write `role NAME { policy ... }`".to_owned(),
                (None, names) => format!("the roles are `{}`", names.join("`, `")),
            };
            Failure::new(format!("`{who}` is no role of these sources, and names nobody else who can ask"), help)
        }
        Unanswerable::Undeclared => Failure::new(
            format!("the policies of `{who}` are not known: these sources do not declare it"),
            "declare it as a `role`, or give all of its policies as JSON files",
        ),
        Unanswerable::NoSession => Failure::new(
            format!("`{who}` is no role, and only a role's requests go through other policies"),
            "leave `--through` out",
        ),
    }
}
