//! The law of imports, over policies that are made up.

#[path = "import/generate.rs"]
mod generate;
#[path = "import/law.rs"]
mod law;

use leastwise::base::SourceMap;
use leastwise::diagnostic::Diagnostic;
use leastwise::inventory::{Found, find};
use leastwise::policy::Kind;
use leastwise::policy::read::Mode;
use proptest::prelude::*;

use generate::{Json, document};

/// What may be refused, each with its place in the text.
fn check_refused(text: &str, errors: &[Diagnostic]) -> Result<(), String> {
    if errors.is_empty() {
        return Err("it is refused without a word".into());
    }
    for error in errors {
        if error.code.acceptable {
            return Err(format!("what can be accepted is refused: {}", error.message));
        }
        if text.get(error.primary.span.range()).is_none_or(str::is_empty) {
            return Err(format!("{error:?} has no place"));
        }
        if error.message.contains("cannot be written as source") {
            return Err(error.message.clone());
        }
    }
    Ok(())
}

fn check(kind: Kind, text: &str) -> Result<(), String> {
    let mut sources = SourceMap::default();
    let file = sources.add("generated.json", text);
    let found = match find(file, text, Mode::Strict) {
        Ok(found) => found,
        Err(error) => return check_refused(text, &[*error]),
    };
    let [found] = found.as_slice() else { return Err("it is not one document".into()) };
    let document = match &found.document {
        Ok(document) => document,
        Err(errors) => return check_refused(text, errors),
    };
    let named = law::named(&Found { kind: Some(kind), ..found.clone() }, document);
    match law::import(&sources, &named) {
        Err(errors) => check_refused(text, &errors),
        Ok(source) => law::comes_back(&named, &source),
    }
}

/// As it is, or as a string in another JSON text, which is how Organizations and Terraform keep it.
fn text(json: &Json, kind: Kind, wrapped: bool) -> String {
    let text = json.write();
    if !wrapped {
        return text;
    }
    let members = [("name", "x".to_owned()), ("kind", kind.keyword().to_owned()), ("document", text)];
    Json::Object(members.map(|(name, text)| (name.to_owned(), Json::Text(text))).into()).write()
}

fn config() -> ProptestConfig {
    // `PROPTEST_CASES` asks for more.
    let given = ProptestConfig::default();
    ProptestConfig { cases: given.cases.max(500), max_shrink_iters: 400, ..given }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_made_up_comes_back_equal((kind, json) in document(), wrapped in prop::bool::weighted(0.2)) {
        let text = text(&json, kind, wrapped);
        if let Err(reason) = check(kind, &text) {
            return Err(TestCaseError::fail(format!("{kind:?}: {reason}\n{text}")));
        }
    }
}
