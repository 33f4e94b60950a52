//! Ten thousand broken policies: none panics; each is refused with a place, or comes back equal.
//!
//! What is broken are the policies of a folder `shared` beside the repository or, where that is missing, a few that stand here.
//! The breaks are the same in every run. Every policy that is still one is imported and compiled again.

#[path = "import/law.rs"]
mod law;

use std::ops::Range;
use std::path::PathBuf;

use leastwise::base::SourceMap;
use leastwise::diagnostic::Diagnostic;
use leastwise::inventory::find;
use leastwise::policy::read::Mode;

const DOCUMENTS: usize = 10_000;

/// Numbers that look random, from a seed (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below.max(1)
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.next(all.len())]
    }
}

/// Policies that stand in for the corpus.
const OWN: [&str; 5] = [
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/${aws:username}/*"],"Condition":{"Bool":{"aws:SecureTransport":true},"StringLike":{"s3:prefix":["a/*","b/*"]}}},{"Effect":"Deny","NotAction":"iam:*","NotResource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":["123456789012","arn:aws:iam::123456789012:role/x"],"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x-1"},"NumericLessThan":{"aws:MultiFactorAuthAge":3600}}}}"#,
    r#"{"Version":"2008-10-17","Id":"x y","Statement":[{"Sid":"a b","Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"arn:aws:sqs:eu-west-1:123456789012:q","Condition":{"ArnNotLike":{"aws:SourceArn":"arn:aws:sns:*:*:t"}}}]}"#,
    r#"{"name":"lock","kind":"scp","document":{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1"]}}}]}}"#,
    r#"{"PolicyVersion":{"Document":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"ForAllValues:StringEqualsIfExists":{"kms:EncryptionContextKeys":["a"]}}}]},"VersionId":"v1","IsDefaultVersion":true}}"#,
];

fn policies() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/corpus");
    let mut all: Vec<String> = OWN.iter().map(|text| (*text).to_owned()).collect();
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("there is no folder {}", folder.display());
        return all;
    };
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files {
        all.extend(std::fs::read_to_string(path).unwrap().lines().map(str::to_owned));
    }
    all
}

/// The values of a JSON text, and the names of its members with their values behind them.
#[derive(Default)]
struct Parts {
    values: Vec<Range<usize>>,
    members: Vec<Range<usize>>,
    names: Vec<Range<usize>>,
}

impl Parts {
    fn of(text: &str) -> Self {
        let mut parts = Self::default();
        parts.value(text.as_bytes(), 0);
        parts
    }

    fn blank(text: &[u8], mut at: usize) -> usize {
        while text.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    }

    fn string(text: &[u8], at: usize) -> usize {
        let mut end = at + 1;
        while text[end] != b'"' {
            end += if text[end] == b'\\' { 2 } else { 1 };
        }
        end + 1
    }

    /// Reads a value of a text that is JSON, and gives its end.
    fn value(&mut self, text: &[u8], at: usize) -> usize {
        let start = Self::blank(text, at);
        let end = match text[start] {
            b'"' => Self::string(text, start),
            open @ (b'{' | b'[') => {
                let mut at = Self::blank(text, start + 1);
                while !matches!(text[at], b'}' | b']') {
                    let member = at;
                    if open == b'{' {
                        at = Self::string(text, at);
                        self.names.push(member..at);
                        at = Self::blank(text, at) + 1;
                    }
                    at = self.value(text, at);
                    if open == b'{' {
                        self.members.push(member..at);
                    }
                    at = Self::blank(text, at);
                    if text[at] == b',' {
                        at = Self::blank(text, at + 1);
                    }
                }
                at + 1
            }
            _ => {
                start + text[start..].iter().position(|byte| b",}] \n\r\t".contains(byte)).unwrap_or(text.len() - start)
            }
        };
        self.values.push(start..end);
        end
    }
}

/// One break of a text.
fn broken(text: &str, numbers: &mut Numbers) -> String {
    let parts = Parts::of(text);
    let mut bytes = text.as_bytes().to_vec();
    let splice = |range: Range<usize>, with: &str| format!("{}{with}{}", &text[..range.start], &text[range.end..]);
    match numbers.next(9) {
        // Bits of bytes flip.
        0 => {
            for _ in 0..=numbers.next(3) {
                let at = numbers.next(bytes.len());
                bytes[at] ^= 1 << numbers.next(8);
            }
        }
        // Bytes become others that mean something.
        1 => {
            let at = numbers.next(bytes.len());
            bytes[at] = *numbers.one(b"\"\\{}[]:,$*?'/ \n\t\0\x7f\xc3\xff0-.eEtfn");
        }
        2 => bytes.truncate(numbers.next(text.len())),
        3 => {
            let start = numbers.next(bytes.len());
            let end = (start + 1 + numbers.next(40)).min(bytes.len());
            bytes.drain(start..end);
        }
        // A member stands twice.
        4 => {
            let member = numbers.one(&parts.members).clone();
            let case = numbers.next(3);
            let twice = format!("{},{}", &text[member.clone()], &text[member.clone()]);
            let twice = if case == 0 { twice.to_lowercase() } else { twice };
            return splice(member, &twice);
        }
        // A value becomes one of another type.
        5 | 6 => {
            let range = numbers.one(&parts.values).clone();
            let value = &text[range.clone()];
            let with = match numbers.next(14) {
                0 => "null".to_owned(),
                1 => "true".to_owned(),
                2 => "-12.5e3".to_owned(),
                3 => "\"\"".to_owned(),
                4 => "[]".to_owned(),
                5 => "{}".to_owned(),
                6 => format!("[{value}]"),
                7 => format!("{{\"a\":{value}}}"),
                8 => serde_json::to_string(value).unwrap(),
                9 => format!("[{value},{value}]"),
                10 => format!("[[{value}]]"),
                11 => "\"${\"".to_owned(),
                12 => format!("{{\"Fn::Sub\":{value}}}"),
                _ => "\"*\"".to_owned(),
            };
            return splice(range, &with);
        }
        // A name becomes another.
        7 => {
            let range = numbers.one(&parts.names).clone();
            let other = numbers.one(&parts.names).clone();
            return splice(range, &text[other]);
        }
        // A value becomes another of the text.
        _ => {
            let range = numbers.one(&parts.values).clone();
            let other = numbers.one(&parts.values).clone();
            return splice(range, &text[other]);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What was wrong with the check of one text: a refusal without a place, or a policy that came back as another.
fn check(text: &str, mode: Mode) -> Result<usize, String> {
    let mut sources = SourceMap::default();
    let file = sources.add("broken.json", text);
    let placed =
        |errors: &[Diagnostic]| match errors.iter().find(|error| text.get(error.primary.span.range()).is_none()) {
            Some(error) => Err(format!("{error:?} is outside of the text")),
            None if errors.is_empty() => Err("it is refused without a word".to_owned()),
            None => Ok(()),
        };
    let found = match find(file, text, mode) {
        Ok(found) => found,
        Err(error) => return placed(&[*error]).map(|()| 0),
    };
    let mut equal = 0;
    for one in &found {
        let document = match &one.document {
            Ok(document) => document,
            Err(errors) => {
                placed(errors)?;
                continue;
            }
        };
        let named = law::named(one, document);
        match law::import(&sources, &named) {
            Err(errors) if errors.iter().any(|error| error.message.contains("cannot be written as source")) => {
                return Err(errors[0].message.clone());
            }
            Err(errors) => placed(&errors)?,
            Ok(source) => {
                law::comes_back(&named, &source)?;
                equal += 1;
            }
        }
    }
    Ok(equal)
}

#[test]
fn broken_policies_are_refused_or_come_back_equal() {
    let all = policies();
    let mut numbers = Numbers(20_261_125);
    let (mut equal, mut wrong) = (0, Vec::new());
    for _ in 0..DOCUMENTS {
        let mut text = broken(numbers.one::<String>(&all), &mut numbers);
        let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
        if numbers.next(4) == 0 && is_json(&text) && !Parts::of(&text).names.is_empty() {
            text = broken(&text, &mut numbers);
        }
        let mode = if numbers.next(8) == 0 { Mode::Lenient } else { Mode::Strict };
        match check(&text, mode) {
            Ok(count) => equal += count,
            Err(reason) => wrong.push(format!("{mode:?}: {text}\n{reason}")),
        }
    }
    println!("{equal} of {DOCUMENTS} came back equal, the others were refused");
    let shown: Vec<String> = wrong.iter().take(5).cloned().collect();
    assert!(wrong.is_empty(), "{} of {DOCUMENTS}:\n{}", wrong.len(), shown.join("\n\n"));
    assert!(equal > DOCUMENTS / 10, "only {equal} were policies");
}
