//! The whole way, from paths to policies that may be written.
//!
//! Two entries: [`analyse`] never fails and serves whoever wants to know what can be known, an editor or `check`;
//! [`compile`] alone makes [`Checked`] policies, which is what `emit` takes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::{FileSystem, MemoryFileSystem, Overlay, SourceMap, Span};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::{self, Acceptance, Elaborated, Inputs, Policy, Refusal};
use crate::emit::Checked;
use crate::inventory::{Identity, Subject, holders};
use crate::lint::{self, Context, Judgement, Surroundings};
use crate::minimise::{self, Divided};
use crate::project::{self, Config, LooseClaim, Project};
use crate::verify::{self, Tested};

/// What decides the outcome besides the files.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// What AWS has.
    pub catalogue: &'a Catalogue,
    /// `leastwise.toml`.
    pub config: &'a Config,
    /// `--set name=value`
    pub set: &'a BTreeMap<String, String>,
    /// The day to compare `until` with, `2026-11-25`.
    pub today: Option<&'a str>,
}

/// All that is known of some files.
#[derive(Debug)]
pub struct Analysis {
    /// The modules, with their texts.
    pub project: Project,
    /// What they declare.
    pub elaborated: Elaborated,
    /// What is wrong, in source order, with levels and acceptances applied.
    pub diagnostics: Vec<Diagnostic>,
}

impl Analysis {
    /// Whether something fails the build.
    pub fn is_denied(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_deny)
    }
}

/// Reads the files and whatever they use, and says what can be said of them. Never fails.
pub fn analyse(files: &dyn FileSystem, paths: &[PathBuf], options: Options<'_>) -> Analysis {
    judged(project::load(files, paths), options)
}

/// The same, with a claim that stands in no file; it is the last of the proofs.
pub fn analyse_claim(
    files: &dyn FileSystem,
    paths: &[PathBuf],
    claim: LooseClaim<'_>,
    options: Options<'_>,
) -> Analysis {
    judged(project::load_with_claim(files, paths, claim), options)
}

fn judged((project, mut diagnostics): (Project, Vec<Diagnostic>), options: Options<'_>) -> Analysis {
    let Options { catalogue, config, set, today } = options;
    let mut elaborated = elaborate::elaborate(&project, Inputs { catalogue, config, set });
    diagnostics.append(&mut elaborated.diagnostics);
    let complete = diagnostics.iter().all(Diagnostic::is_acceptable);
    let surroundings = surroundings(config, &elaborated);
    let context = Context { sources: &project.sources, catalogue, surroundings: &surroundings };
    let identities = lint::of_roles(&elaborated.policies, &elaborated.roles);
    diagnostics.append(&mut lint::lint(context, &elaborated.policies, &identities));
    let judgement = Judgement { levels: &config.levels, acceptances: &elaborated.acceptances, today, complete };
    let diagnostics = lint::settle(diagnostics, judgement);
    Analysis { project, elaborated, diagnostics }
}

/// What a project says of the accounts that its policies are for.
fn surroundings(config: &Config, elaborated: &Elaborated) -> Surroundings {
    let mut surroundings = settled(config);
    for organization in &elaborated.organizations {
        surroundings.organizations.insert(organization.id.clone());
        surroundings.accounts.extend(organization.accounts());
    }
    surroundings
}

/// What the settings say of them.
fn settled(config: &Config) -> Surroundings {
    let (limits, defaults) = (config.limits.clone(), config.defaults.clone());
    Surroundings {
        limits,
        accounts: defaults.account.clone().into_iter().collect(),
        defaults,
        ..Surroundings::default()
    }
}

/// What can be said of policies in JSON, and of who has them, in the order of the sources.
pub fn lint_documents(
    sources: &SourceMap,
    subjects: Vec<Subject>,
    identities: &[Identity],
    acceptances: &[Acceptance],
    options: Options<'_>,
) -> Vec<Diagnostic> {
    let Options { catalogue, config, today, .. } = options;
    let (mut findings, mut policies, mut arns) = (Vec::new(), Vec::new(), Vec::new());
    for mut subject in subjects {
        findings.append(&mut subject.findings);
        if let Some(policy) = subject.policy {
            policies.push(policy);
            arns.push(subject.arn);
        }
    }
    let mut surroundings = settled(config);
    surroundings.accounts.extend(identities.iter().filter_map(Identity::account).map(str::to_owned));
    let context = Context { sources, catalogue, surroundings: &surroundings };
    findings.append(&mut lint::lint(context, &policies, &holders(identities, &policies, &arns)));
    lint::settle(findings, Judgement { levels: &config.levels, acceptances, today, complete: true })
}

/// Minimises policies that are larger than AWS takes, where nothing else fails the build. Those that are to be divided are whole still,
/// for the tests; [`divide`] does it.
pub fn fit(options: Options<'_>, analysis: &mut Analysis) -> Vec<Divided> {
    let other = |finding: &Diagnostic| finding.is_deny() && finding.code.name != code::SIZE_LIMIT.name;
    if !analysis.is_denied() || analysis.diagnostics.iter().any(other) {
        return Vec::new();
    }
    let Options { catalogue, config, .. } = options;
    let surroundings = surroundings(config, &analysis.elaborated);
    let context = Context { sources: &analysis.project.sources, catalogue, surroundings: &surroundings };
    let lint = |policy: &Policy| lint::lint(context, std::slice::from_ref(policy), &[]);
    let Analysis { elaborated, diagnostics, .. } = analysis;
    minimise::fit(catalogue, &config.limits, &lint, &mut elaborated.policies, diagnostics)
}

/// Divides the policies that [`fit`] found too large, and says where roles have more of them now than AWS attaches.
pub fn divide(options: Options<'_>, divided: Vec<Divided>, analysis: &mut Analysis) {
    if divided.is_empty() {
        return;
    }
    let Options { catalogue, config, .. } = options;
    let surroundings = surroundings(config, &analysis.elaborated);
    let Elaborated { policies, roles, .. } = &mut analysis.elaborated;
    minimise::divide(divided, policies, roles);
    let context = Context { sources: &analysis.project.sources, catalogue, surroundings: &surroundings };
    let found = lint::lint(context, policies, &lint::of_roles(policies, roles)).into_iter().filter(|finding| {
        let is_of_role = roles.iter().any(|role| role.span == finding.primary.span);
        let is_known =
            analysis.diagnostics.iter().any(|one| one.primary == finding.primary && one.code == finding.code);
        is_of_role && !is_known
    });
    analysis.diagnostics.extend(found.collect::<Vec<_>>());
}

/// Runs the tests of an analysis in which nothing fails the build, and adds what is not so to its diagnostics.
pub fn run_tests(
    files: &dyn FileSystem,
    paths: &[PathBuf],
    options: Options<'_>,
    analysis: &mut Analysis,
) -> Vec<Tested> {
    if analysis.is_denied() {
        return Vec::new();
    }
    let config = options.config;
    let text = config.text.as_ref().filter(|_| config.constraints.values().any(|one| one.exempted().next().is_some()));
    let settings = text.map(|text| analysis.project.sources.add(project::SETTINGS, text.clone()));
    let mut tested = verify::run_tests(&analysis.elaborated, options.catalogue, config, settings);
    for (test, tested) in analysis.elaborated.tests.iter().zip(&mut tested) {
        for refusal in &test.refusals {
            tested.failures.extend(not_refused(files, paths, options, &analysis.project, test, refusal));
        }
    }
    let warnings = tested.iter_mut().flat_map(|one| &mut one.warnings);
    warnings.for_each(|warning| lint::set_level(warning, &config.levels));
    analysis.diagnostics.extend(tested.iter().flat_map(|one| one.failures.iter().chain(&one.warnings)).cloned());
    tested
}

/// What is wrong with a `refuses`: its declarations, in the place of the test that they stand in, are compiled.
fn not_refused(
    files: &dyn FileSystem,
    paths: &[PathBuf],
    options: Options<'_>,
    project: &Project,
    test: &elaborate::Test,
    refusal: &Refusal,
) -> Option<Diagnostic> {
    let file = project.sources.file(test.item.file);
    let behind = Span { start: refusal.code_span.end, ..refusal.span };
    let block = project.sources.text(behind).trim();
    let inside = block.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
    let (start, end) = (test.item.start as usize, test.item.end as usize);
    let text = format!("{}{inside}{}", &file.text()[..start], &file.text()[end..]);
    let files = Overlay::new(MemoryFileSystem::new([(file.name(), text)]), files);
    let found = analyse(&files, paths, options);
    let denied: Vec<&str> = found.diagnostics.iter().filter(|one| one.is_deny()).map(|one| one.code.name).collect();
    if denied.contains(&refusal.code.as_str()) {
        return None;
    }
    let message = format!("this is not refused as `{}`", refusal.code);
    let finding = Diagnostic::new(&code::FAILED_TEST, refusal.code_span, message).label("claimed to be refused");
    Some(match denied.as_slice() {
        [] => finding.note("it compiles").help("change what is declared, or the claim"),
        other => {
            finding.note(format!("it is refused as `{}`", other.join("`, `"))).help("claim that code, or mend the rest")
        }
    })
}

/// The policies of an analysis in which nothing fails the build; the analysis itself where something does.
pub fn compile(mut analysis: Analysis) -> Result<(Checked, Analysis), Box<Analysis>> {
    if analysis.is_denied() {
        return Err(Box::new(analysis));
    }
    let policies = std::mem::take(&mut analysis.elaborated.policies);
    let roles = std::mem::take(&mut analysis.elaborated.roles);
    Ok((Checked::new(policies, roles), analysis))
}
