//! A file of cases: each a request with the policies of every layer, and the decision that is expected.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::base::{DiskFileSystem, FileId, FileSystem};
use crate::evaluate::{Context, Decision, KeyValue, Layers, Request, Requester, decide};
use crate::policy::Document;
use crate::policy::read::json::Place;
use crate::policy::read::{Mode, read};

use super::answer::name;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::report;
use crate::cli::workspace::{is_stdin, read_stdin};
use crate::verify::of_all;

/// A file of cases, and how it is read.
pub(super) struct Cases<'a> {
    pub(super) path: &'a Path,
    /// Whether keys that a case does not set are unknown.
    pub(super) open: bool,
}

impl Cases<'_> {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let text = match is_stdin(self.path) {
            true => read_stdin()?,
            false => DiskFileSystem.read(self.path).map_err(|error| Failure::of_file("read", self.path, &error))?,
        };
        let cases: Vec<Value> = serde_json::from_str(&text).map_err(|error| unusable(self.path, &error.to_string()))?;
        let mut out = report::output();
        let mut differ = 0;
        for (index, case) in cases.iter().enumerate() {
            let id = case["id"].as_str().map_or_else(|| format!("#{}", index + 1), str::to_owned);
            let (layers, requests) =
                self.read(case).map_err(|reason| unusable(self.path, &format!("case `{id}`: {reason}")))?;
            let decisions = requests.iter().map(|request| decide(&layers, request, &layers.bind(request)));
            let decision =
                of_all(decisions).ok_or_else(|| unusable(self.path, &format!("case `{id}` has no resource")))?;
            let expected = case["expected"]["response"].as_str();
            let same = expected.is_none_or(|expected| expected == name(decision.outcome));
            differ += usize::from(!same);
            writeln!(out, "{}", line(&id, decision, expected, same))?;
        }
        out.flush()?;
        report::say(&match differ {
            0 => format!("{} decided as expected", report::count(cases.len(), "case", "cases")),
            _ => format!("{differ} of {} decided otherwise than expected", report::count(cases.len(), "case", "cases")),
        });
        Ok(if differ == 0 { Exit::Done } else { Exit::Findings })
    }

    /// The layers and the request of a case, once for each of its resources.
    fn read(&self, case: &Value) -> Result<(Layers, Vec<Request>), String> {
        let mut layers = Layers::default();
        let documents =
            |value: &Value| -> Result<Vec<Document>, String> { list(value).iter().map(|one| document(one)).collect() };
        layers.identity = compile(&mut layers, documents(&case["identityPolicies"])?);
        layers.boundary = compile(&mut layers, documents(&case["permissionBoundaries"])?).pop();
        let session = documents(&case["sessionPolicy"])?;
        layers.session = (!session.is_empty()).then(|| compile(&mut layers, session));
        layers.resource = compile(&mut layers, documents(&case["resourcePolicy"])?).pop();
        let endpoint = documents(&case["endpointPolicies"])?;
        layers.endpoint = (!endpoint.is_empty()).then(|| compile(&mut layers, endpoint));
        for level in list(&case["serviceControlPolicies"]) {
            let compiled = compile(&mut layers, documents(&level["policies"])?);
            layers.scps.push(compiled);
        }
        for level in list(&case["resourceControlPolicies"]) {
            let compiled = compile(&mut layers, documents(&level["policies"])?);
            layers.rcps.push(compiled);
        }
        layers.management = case["managementAccount"].as_str().map(str::to_owned);
        let request = &case["request"];
        let requests = list(&request["resource"]).into_iter().map(|resource| self.request(request, resource));
        Ok((layers, requests.collect::<Result<_, _>>()?))
    }

    fn request(&self, request: &Value, resource: &Value) -> Result<Request, String> {
        let text =
            |value: &Value, what: &str| value.as_str().map(str::to_owned).ok_or(format!("the request has no {what}"));
        let principal = text(&request["principal"], "principal")?;
        let requester = Requester::parse(&principal).ok_or(format!("`{principal}` names nobody who can ask"))?;
        let (arn, account) = match resource.as_str() {
            Some(arn) => (arn.to_owned(), None),
            None => (text(&resource["resource"], "resource")?, resource["accountId"].as_str().map(str::to_owned)),
        };
        let mut context = if self.open { Context::open() } else { Context::strict() };
        // What one of several resources has, its tags, stands beside it.
        for keys in [&request["context"], &resource["context"]] {
            for (key, value) in keys.as_object().into_iter().flatten() {
                context.set(key, key_value(value)?);
            }
        }
        Ok(Request {
            requester,
            action: text(&request["action"], "action")?,
            resource: arn,
            resource_account: account,
            context,
        })
    }
}

fn unusable(path: &Path, reason: &str) -> Failure {
    Failure::new(
        format!("cannot use `{}`: {reason}", path.display()),
        "it holds an array of cases `{\"id\", \"request\", \"identityPolicies\", ..., \"expected\"}`",
    )
}

/// An array's elements; nothing of what is not there; else the one thing.
fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(elements) => elements.iter().collect(),
        one => vec![one],
    }
}

fn document(value: &Value) -> Result<Document, String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let read = read(Place::At(FileId(0), 0), &text, Mode::Strict);
    read.map(|read| read.document)
        .map_err(|errors| errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; "))
}

fn compile(layers: &mut Layers, documents: Vec<Document>) -> Vec<crate::evaluate::Program> {
    documents.iter().map(|document| layers.compile(document)).collect()
}

fn key_value(value: &Value) -> Result<KeyValue, String> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        other => Err(format!("`{other}` is no value of a condition key")),
    };
    Ok(match value {
        Value::Null => KeyValue::Absent,
        Value::Array(values) => KeyValue::Several(values.iter().map(text).collect::<Result<_, _>>()?),
        one => KeyValue::One(text(one)?),
    })
}

fn line(id: &str, decision: Decision, expected: Option<&str>, same: bool) -> Value {
    let mut line = json!({
        "id": id,
        "decision": name(decision.outcome),
        "by": decision.by.map(|layer| layer.name()),
    });
    if let Some(level) = decision.level {
        line["level"] = json!(level);
    }
    if let Some(expected) = expected.filter(|_| !same) {
        line["expected"] = json!(expected);
    }
    line
}
