//! Statements that a template of the standard library would give, as calls of it.
//!
//! A candidate is a template whose parameters can be read off a statement. It is only taken where compiling the call gives that very
//! statement, its Sid aside, which a label gives.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Lookup;
use super::action::actions;
use super::literal::quote;
use super::principal::principal;
use super::resource::resource;
use crate::base::MemoryFileSystem;
use crate::elaborate::Target;
use crate::pipeline::{Options, analyse};
use crate::policy::{
    BaseOperator, ConditionTest, Effect, Kind, Operator, Principal, Statement, Text, statements_differ,
};
use crate::project::Config;

/// The call that gives a statement; `None` where no template does.
pub(super) fn call(lookup: Lookup<'_>, kind: Kind, statement: &Statement, target: Option<&Target>) -> Option<String> {
    let reading = Reading { lookup, statement, target };
    let candidates: &[for<'r, 's> fn(&'r Reading<'s>) -> Option<String>] = match kind {
        Kind::Scp => &[|this| this.region_lock(), |this| this.protect_cloudtrail()],
        Kind::Trust => &[
            |this| this.cross_account(),
            |this| this.compute_service(),
            |this| this.aws_service(),
            |this| this.aws_service_for(),
            |this| this.organization(),
            |this| this.github(),
        ],
        Kind::Resource => &[|this| this.tls_only(), |this| this.org_only()],
        _ => &[],
    };
    let calls = candidates.iter().filter_map(|candidate| candidate(&reading));
    calls.into_iter().find(|call| gives(lookup, kind, call, statement, target))
}

/// Whether a call gives a statement, its Sid aside.
fn gives(lookup: Lookup<'_>, kind: Kind, call: &str, statement: &Statement, target: Option<&Target>) -> bool {
    let target = target.map(|target| format!(" for {}", resource(lookup, &target.arn, None))).unwrap_or_default();
    let text = format!("{} instance{target} {{ include {call} }}", kind.keyword());
    let config = Config { defaults: lookup.defaults.clone(), ..Config::default() };
    let options = Options { catalogue: lookup.catalogue, config: &config, set: &BTreeMap::new(), today: None };
    let path = PathBuf::from("instance.lw");
    let analysis = analyse(&MemoryFileSystem::new([(path.clone(), text)]), &[path], options);
    let [policy] = analysis.elaborated.policies.as_slice() else { return false };
    let [given] = policy.document.statements.as_slice() else { return false };
    let unlabelled = Statement { sid: given.sid.clone(), ..statement.clone() };
    policy.complete && statements_differ(given, &unlabelled).is_none()
}

/// A statement, looked at for the parameters of templates.
struct Reading<'a> {
    lookup: Lookup<'a>,
    statement: &'a Statement,
    target: Option<&'a Target>,
}

impl Reading<'_> {
    /// The values of the only test with that operator on that key.
    fn values(&self, base: BaseOperator, key: &str) -> Option<Vec<&Text>> {
        let is_it = |test: &&ConditionTest| {
            test.operator.value == Operator::plain(base)
                && test.key.value.plain().is_some_and(|text| text.eq_ignore_ascii_case(key))
        };
        let test = self.statement.condition.iter().find(is_it)?;
        Some(test.values.iter().map(|value| &value.value).collect())
    }

    fn one_value(&self, base: BaseOperator, key: &str) -> Option<String> {
        let values = self.values(base, key)?;
        if let [one] = values.as_slice() { Some(quote(one)) } else { None }
    }

    fn tests(&self) -> usize {
        self.statement.condition.len()
    }

    fn is(&self, effect: Effect, action: &str) -> bool {
        let patterns = &self.statement.action.patterns;
        self.statement.effect == effect
            && !self.statement.action.negated
            && matches!(patterns.as_slice(), [one] if one.value.eq_ignore_ascii_case(action))
    }

    fn principals(&self) -> Vec<&Principal> {
        let element = self.statement.principal.as_ref().filter(|element| !element.negated);
        element.iter().flat_map(|element| &element.principals).map(|one| &one.value).collect()
    }

    /// The service that alone is named.
    fn service(&self) -> Option<String> {
        match self.principals().as_slice() {
            [Principal::Service(service)] => Some(quote(service)),
            _ => None,
        }
    }

    fn region_lock(&self) -> Option<String> {
        let regions = self.values(BaseOperator::StringNotEquals, "aws:RequestedRegion")?;
        let exempt = self.values(BaseOperator::ArnNotLike, "aws:PrincipalARN").unwrap_or_default();
        let action = &self.statement.action;
        let global = match action.negated {
            true => several(actions(&action.patterns)),
            false => "[]".to_owned(),
        };
        let (regions, exempt) = (list(regions), list(exempt));
        Some(format!("std.published.region-lock(regions: {regions}, global: {global}, exempt: {exempt})"))
    }

    fn protect_cloudtrail(&self) -> Option<String> {
        let action = &self.statement.action;
        let stops = |name: &str| action.patterns.iter().any(|pattern| pattern.value.eq_ignore_ascii_case(name));
        if action.negated || !(stops("cloudtrail:StopLogging") || stops("cloudtrail:DeleteTrail")) {
            return None;
        }
        let exempt = list(self.values(BaseOperator::ArnNotLike, "aws:PrincipalARN").unwrap_or_default());
        let trails = self.statement.resource.as_ref().filter(|element| !element.negated)?;
        let trails: Vec<String> =
            trails.patterns.iter().map(|pattern| resource(self.lookup, &pattern.value, None)).collect();
        let (trails, actions) = (several(trails), several(actions(&action.patterns)));
        Some(format!("std.published.protect-cloudtrail(trails: {trails}, exempt: {exempt}, actions: {actions})"))
    }

    fn cross_account(&self) -> Option<String> {
        let id = self.one_value(BaseOperator::StringEquals, "sts:ExternalId").filter(|_| self.tests() == 1)?;
        let trusted: Vec<String> = self.principals().into_iter().map(|one| principal(self.lookup, one)).collect();
        Some(format!("std.trust.cross-account(trusted: {}, external-id: {id})", several(trusted)))
    }

    fn compute_service(&self) -> Option<String> {
        let service = self.service().filter(|_| self.tests() == 0 && self.is(Effect::Allow, "sts:AssumeRole"))?;
        Some(format!("std.trust.compute-service(principal: {service})"))
    }

    fn aws_service(&self) -> Option<String> {
        let service = self.service().filter(|_| self.tests() == 1)?;
        let account = self.one_value(BaseOperator::StringEquals, "aws:SourceAccount")?;
        Some(format!("std.trust.aws-service(principal: {service}, source-account: {account})"))
    }

    fn aws_service_for(&self) -> Option<String> {
        let service = self.service().filter(|_| self.tests() == 2)?;
        let account = self.one_value(BaseOperator::StringEquals, "aws:SourceAccount")?;
        let sources = list(self.values(BaseOperator::ArnLike, "aws:SourceArn")?);
        Some(format!("std.trust.aws-service-for(principal: {service}, source-account: {account}, sources: {sources})"))
    }

    fn organization(&self) -> Option<String> {
        let org = self.one_value(BaseOperator::StringEquals, "aws:PrincipalOrgID")?;
        let principals = list(self.values(BaseOperator::ArnLike, "aws:PrincipalArn")?);
        Some(format!("std.trust.organization(org: {org}, principals: {principals})"))
    }

    fn github(&self) -> Option<String> {
        let [Principal::Federated(provider)] = self.principals()[..] else { return None };
        let host = "token.actions.githubusercontent.com";
        let account =
            provider.plain()?.strip_prefix("arn:aws:iam::")?.strip_suffix(&format!(":oidc-provider/{host}"))?;
        let subject = format!("{host}:sub");
        let (template, subjects) = match self.values(BaseOperator::StringEquals, &subject) {
            Some(subjects) => ("std.trust.github-oidc", subjects),
            None => ("std.published.github-oidc", self.values(BaseOperator::StringLike, &subject)?),
        };
        Some(format!("{template}(account: \"{account}\", subjects: {})", list(subjects)))
    }

    /// The bucket that the policy is for.
    fn bucket(&self) -> Option<&'static str> {
        let target = self.target.filter(|target| target.service == "s3")?;
        (self.is(Effect::Deny, "s3:*") && !target.arn.to_string().contains('/')).then_some("self")
    }

    fn tls_only(&self) -> Option<String> {
        let insecure = self.one_value(BaseOperator::Bool, "aws:SecureTransport").filter(|_| self.tests() == 1)?;
        let bucket = self.bucket().filter(|_| insecure == "\"false\"")?;
        Some(format!("std.resource.tls-only(bucket: {bucket})"))
    }

    fn org_only(&self) -> Option<String> {
        let bucket = self.bucket()?;
        let org = self.statement.condition.iter().find(|test| {
            let key = test.key.value.plain().unwrap_or_default();
            key.eq_ignore_ascii_case("aws:PrincipalOrgID") && test.values.len() == 1
        })?;
        Some(format!("std.resource.org-only(bucket: {bucket}, org: {})", quote(&org.values[0].value)))
    }
}

fn list(texts: Vec<&Text>) -> String {
    several(texts.into_iter().map(quote).collect())
}

/// A list; of one, that one, which the language takes for it.
fn several(expressions: Vec<String>) -> String {
    match <[String; 1]>::try_from(expressions) {
        Ok([one]) => one,
        Err(all) => format!("[{}]", all.join(", ")),
    }
}
