//! A `*` right behind a name, which also reaches what is called otherwise: `table/Orders*`.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, code};
use crate::lint::narrow::{Cut, allowing, ends_in_name, last, types, widest, with_own_edits, with_stars};
use crate::lint::reach::{asks_for_tag, is_unconfined};
use crate::lint::{Findings, Subject};
use crate::policy::{Kind, Located, StartEnds, Text, start_ends};

/// Names behind which AWS itself puts something, with the pattern of that.
///
/// A log group's ARN ends in `:*` in most of its actions; a function may be asked for by its alias or version; six random characters end
/// the ARN of a secret.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html>
/// <https://docs.aws.amazon.com/lambda/latest/dg/access-control-identity-based.html>
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/permissions_grant-limited-resources.html>
const ENDINGS: [(&str, &[&str]); 3] =
    [("FunctionName", &["", ":*"]), ("LogGroupName", &["", ":*"]), ("SecretId", &["-??????"])];

/// Variables whose values are names that one may begin as another does.
const NAMES: [&str; 3] = ["aws:username", "aws:principaltag/", "aws:requesttag/"];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement, element) in allowing(subject, &[Kind::Policy, Kind::Boundary, Kind::Session]) {
        if asks_for_tag(statement) || !is_unconfined(statement) {
            continue;
        }
        for pattern in &element.patterns {
            let Some(cut) = Cut::new(pattern) else { continue };
            let told = match cut.start() {
                Some(start) if ends_in_name(start) => of_name(subject, index, pattern, cut, start),
                Some(_) => None,
                None => of_variable(subject, pattern, cut),
            };
            told.into_iter().for_each(|told| findings.on_statement(index, with_own_edits(subject, index, told)));
        }
    }
}

fn of_name(
    subject: &Subject<'_>,
    index: usize,
    pattern: &Located<Text>,
    cut: Cut<'_>,
    start: &str,
) -> Option<Diagnostic> {
    let types = types(subject, index)?;
    let own = cut.met(types.iter().copied());
    let services: BTreeSet<&str> = types.iter().map(|ty| ty.service().name()).collect();
    let services = services.into_iter().filter_map(|name| subject.context.catalogue.service(name));
    let all = cut.met(services.flat_map(|service| service.resource_types()));
    // Where the name may be one of several things, it is not known what the `*` was for.
    let (hole, value) = match start_ends(last(all.first()?), start)? {
        StartEnds::InValue { name, value, .. } => (name, value),
        StartEnds::InWords { .. } => return None,
    };
    let rest = |format: &str| match start_ends(last(format), start) {
        Some(StartEnds::InValue { name, rest, .. }) if name == hole => Some(rest.to_owned()),
        _ => None,
    };
    let of_all: Vec<String> = all.iter().map(|format| rest(format)).collect::<Option<_>>()?;
    let endings = ENDINGS.iter().find(|(name, _)| *name == hole).map_or(&[""][..], |(_, endings)| endings);
    // A name with nothing in it, and nothing behind it, has a `*` for those that begin so.
    if value.is_empty() || of_all.iter().all(String::is_empty) && endings == [""] || is_folder_of_aws(hole, value) {
        return None;
    }
    let of_own: BTreeSet<String> = own.iter().filter_map(|format| rest(format)).collect();
    let texts = behind(&of_own, endings).into_iter().map(|rest| format!("{}{start}{rest}", cut.head));
    let narrower = widest(texts.collect());
    (!narrower.is_empty()).then(|| told_of_name(subject, pattern, cut, (hole, start, value), &narrower))
}

fn told_of_name(
    subject: &Subject<'_>,
    pattern: &Located<Text>,
    cut: Cut<'_>,
    (hole, start, value): (&str, &str, &str),
    narrower: &[String],
) -> Diagnostic {
    let message = format!("`{}` also reaches others whose names begin with `{value}`", cut.resource);
    let told = Diagnostic::new(&code::NAME_WILDCARD, pattern.span, message).label("the name may go on");
    let told = match hole {
        "BucketName" => told.note("a bucket that begins so may be anybody's: all accounts share their names"),
        _ => told.note("a name that goes on behind the `*` is another resource"),
    };
    let divided = if value.contains('/') { '/' } else { '-' };
    let help = format!(
        "write `{}`; or divide the names, as in `{start}{divided}*`, where several are meant",
        narrower.join("`, `")
    );
    let told = match narrower {
        // Built by a call, the name is an argument of it.
        [exact] if *exact == format!("{}{start}", cut.head) && !subject.source(pattern.span).starts_with('"') => {
            subject.replace(told, pattern.span, &format!("{value}*"), value, help)
        }
        _ => subject.replace_by(told, pattern.span, cut.text, narrower, help),
    };
    told.unsafely()
}

/// What comes behind a name: each as its format has it, or all that begin alike by one pattern.
fn behind(rests: &BTreeSet<String>, endings: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    if rests.contains("") {
        out.extend(endings.iter().map(|ending| (*ending).to_owned()));
    }
    let firsts: BTreeSet<char> = rests.iter().filter_map(|rest| rest.chars().next()).collect();
    for first in firsts {
        let mut alike = rests.iter().filter(|rest| rest.starts_with(first));
        match (alike.next(), alike.next()) {
            (Some(only), None) => out.push(with_stars(only)),
            _ => out.push(format!("{first}*")),
        }
    }
    out
}

/// `/aws/lambda`, in which there are only the log groups of that service.
fn is_folder_of_aws(hole: &str, value: &str) -> bool {
    let word = value.strip_prefix("/aws/").or_else(|| value.strip_prefix("aws/"));
    hole == "LogGroupName" && (value == "/aws" || word.is_some_and(|word| !word.contains('/')))
}

/// `home/${aws:username}*`, by which `ann` has what is `anna`'s.
fn of_variable(subject: &Subject<'_>, pattern: &Located<Text>, cut: Cut<'_>) -> Option<Diagnostic> {
    let (_, variable) = cut.resource.strip_suffix("}*")?.rsplit_once("${")?;
    let key = variable.to_ascii_lowercase();
    let is_name = NAMES.iter().any(|name| key == *name || name.ends_with('/') && key.starts_with(name));
    if !is_name || variable.contains('}') {
        return None;
    }
    let told = format!("`${{{variable}}}*` also reaches what belongs to others whose names begin alike");
    let told = Diagnostic::new(&code::NAME_WILDCARD, pattern.span, told)
        .label("the name may go on")
        .note("with `ann` in the place of the variable, it matches what is `anna`'s");
    let is_key =
        cut.text.starts_with("arn:aws") && cut.text.split(':').nth(2) == Some("s3") && cut.resource.contains('/');
    if !is_key {
        return Some(told.help("put before the `*` what no such name holds"));
    }
    let wanted = format!("{}/*", cut.text.strip_suffix('*')?);
    let help = format!("write `{wanted}`");
    Some(subject.replace(told, pattern.span, cut.text, &wanted, help).unsafely())
}
