//! Values of condition keys that IAM could deliver.
//!
//! Where the policies leave a choice, an account has twelve digits, a VPC the id of one, an ARN six parts. What they do not leave stays
//! as it was found: whether a claim holds does not depend on what is put here.

use std::borrow::Cow;

use super::letter;
use super::predicate::{AttributeId, Literal};
use super::space::{Axis, Space};
use super::strings::{Class, Step};
use super::witness::{Text, Value, Witness};
use crate::catalogue::regions;
use crate::catalogue::service_principals::service_principals;
use crate::catalogue::shapes::{Shape, shape_of};
use crate::catalogue::{ConditionKey, KeyType};
use crate::evaluate::{Request, Requester};

/// How much work the value of a missing key may take.
const BUDGET: u64 = 5_000;

/// What values of a key look like, the plainest first.
struct Forms {
    texts: Box<dyn Iterator<Item = Cow<'static, str>>>,
    /// `*` is any run of characters but `:`, `?` one of them, `#` one that is a digit, `@` a partition.
    patterns: &'static [&'static str],
}

impl Space<'_> {
    /// Values that such keys have, where they serve; and no two variables with the same one.
    pub(super) fn plainer_keys(&mut self, plain: &mut [Witness]) {
        for (index, one) in plain.iter_mut().enumerate().skip(3) {
            let attribute = AttributeId(index as u32);
            let is_text = |axis: Option<Axis>| matches!(axis, None | Some(Axis::Texts));
            if !self.key_of(attribute).is_some_and(|key| is_text(key.axis)) {
                continue;
            }
            match one {
                Witness::One(value) => self.make_plainer(attribute, value),
                Witness::Several(values) => {
                    values.iter_mut().for_each(|value| self.make_plainer(attribute, value));
                    let mut seen: Vec<Value> = Vec::new();
                    values.retain(|value| {
                        !seen.contains(value) && {
                            seen.push(value.clone());
                            true
                        }
                    });
                }
                _ => {}
            }
        }
    }

    /// A request that is sought with the keys that AWS puts into every request, as far as policies ask for them and leave them open.
    pub(super) fn with_usual_keys(
        &mut self,
        (request, witness): (Request, Vec<Witness>),
        is_sought: impl Fn(&Request) -> bool,
        asks: impl Fn(&Request, &str) -> bool,
    ) -> (Request, Vec<Witness>) {
        let mut usual = witness.clone();
        for (index, one) in usual.iter_mut().enumerate().skip(3).filter(|(_, one)| **one == Witness::Absent) {
            let attribute = AttributeId(index as u32);
            if self.key_of(attribute).is_some_and(|key| asks(&request, &key.name))
                && let Some(value) = self.always_there(attribute)
            {
                *one = Witness::One(value);
            }
        }
        if usual == witness {
            return (request, witness);
        }
        self.plainer_keys(&mut usual);
        let other = self.request(&usual);
        if is_sought(&other) { (other, usual) } else { (request, witness) }
    }

    /// A value of a missing key that AWS puts into every request, where it serves as well.
    fn always_there(&mut self, attribute: AttributeId) -> Option<Value> {
        let name = self.key_of(attribute).filter(|key| !key.several)?.name.clone();
        self.catalogue.key(&name).filter(|key| key.availability() == Some("always"))?;
        let tests = self.tests(attribute, &Witness::Absent);
        let demands = self.demands(&tests);
        let value = self.one_for(attribute, &demands, &mut BUDGET.clone()).ok()?;
        // AWS leaves none of these empty.
        let is_empty = matches!(&value, Value::Text(text) if text.text.is_empty());
        (!is_empty && self.is_like(&tests, &Witness::One(value.clone()))).then_some(value)
    }

    /// Has the account of who asks be that of his ARN, if one of the two can be changed.
    pub(super) fn one_account(&self, plain: &mut [Witness]) {
        let [account, arn] = ["aws:PrincipalAccount", "aws:PrincipalArn"].map(|name| self.known_key(name));
        let (Some(account), Some(arn)) = (account, arn) else { return };
        let (Witness::One(Value::Text(id)), Witness::One(Value::Text(name))) =
            (&plain[account.index()], &plain[arn.index()])
        else {
            return;
        };
        let Some(own) = name.text.split(':').nth(4).filter(|own| *own != id.text) else { return };
        let changes = [(account, own.to_owned()), (arn, name.text.replacen(own, &id.text, 1))];
        let serving = changes.into_iter().find(|(key, text)| self.serves(&self.tests(*key, &plain[key.index()]), text));
        if let Some((key, text)) = serving {
            plain[key.index()] = Witness::One(Value::Text(Text::new(text, &self.patterns)));
        }
    }

    /// Has the region that is asked be that of the resource, if one of the two can be changed.
    pub(super) fn one_region(&mut self, plain: &mut [Witness]) {
        let resource = AttributeId::RESOURCE;
        let Some(key) = self.known_key("aws:RequestedRegion") else { return };
        let (Witness::One(Value::Text(asked)), Witness::Text(arn)) = (&plain[key.index()], &plain[resource.index()])
        else {
            return;
        };
        let parts: Vec<&str> = arn.text.splitn(6, ':').collect();
        let [_, partition, _, own, ..] = parts[..] else { return };
        if own.is_empty() || own == asked.text || !regions::is_region(own) {
            return;
        }
        let (mut by_arn, mut by_key) = (plain.to_vec(), plain.to_vec());
        by_key[key.index()] = Witness::One(Value::Text(Text::new(own.to_owned(), &self.patterns)));
        let moved = arn.text.replacen(&format!(":{own}:"), &format!(":{}:", asked.text), 1);
        by_arn[resource.index()] = Witness::Text(Text::new(moved, &self.patterns));
        let has_region = regions::partition_of(&asked.text).is_some_and(|of| of.name == partition);
        for (attribute, mut changed, fits) in [(resource, by_arn, has_region), (key, by_key, true)] {
            let index = attribute.index();
            let tests = self.tests(attribute, &plain[index]);
            if fits && self.is_like(&tests, &changed[index]) && self.contradicted(&mut changed).is_none() {
                plain.clone_from_slice(&changed);
                return;
            }
        }
    }

    /// A request that is sought as somebody asks for it whom no document names: of the resource's partition, and a user where it has the
    /// name of one.
    pub(super) fn with_fitting_requester(
        &self,
        request: Request,
        witness: &[Witness],
        is_sought: impl Fn(&Request) -> bool,
    ) -> Request {
        let is_named = |index: usize| !self.requesters.is_unnamed(index);
        let is_there = |name: &str| {
            self.known_key(name).and_then(|key| match &witness[key.index()] {
                Witness::One(value) => Some(value),
                _ => None,
            })
        };
        let by_name = matches!(witness[AttributeId::REQUESTER.index()], Witness::Requester(index) if is_named(index));
        if by_name || is_there("aws:PrincipalArn").is_some() {
            return request;
        }
        let own = request.requester.to_string();
        let [_, partition, service, _, account, name] = own.splitn(6, ':').collect::<Vec<_>>()[..] else {
            return request;
        };
        let of_resource = request.resource.split(':').nth(1).filter(|name| regions::partition(name).is_some());
        let name = match is_there("aws:username") {
            Some(Value::Text(user)) if name.starts_with("role/") => {
                format!("user/{}", self.substituted(&user.text, witness))
            }
            _ => name.to_owned(),
        };
        let arn = format!("arn:{}:{service}::{account}:{name}", of_resource.unwrap_or(partition));
        let Some(requester) = Requester::parse(&arn).filter(|other| *other != request.requester) else {
            return request;
        };
        let other = Request { requester, ..request.clone() };
        if is_sought(&other) { other } else { request }
    }

    /// Puts a value in the place of another, if there is one that is plainer and in the same sets.
    fn make_plainer(&mut self, attribute: AttributeId, value: &mut Value) {
        let Value::Text(text) = value else { return };
        if text.chars.iter().any(|character| letter::is(*character)) {
            return;
        }
        let tests = self.tests(attribute, &Witness::One(Value::Text(text.clone())));
        let Some(key) = self.key_of(attribute) else { return };
        let mut forms = forms(&key.name, self.catalogue.key(&key.name));
        let found = match forms.texts.find(|text| self.serves(&tests, text)) {
            None => self.of_pattern(&tests, forms.patterns),
            Some(found) => Some(found.into_owned()),
        };
        let index = attribute.index();
        // A value that some test names stays.
        let others = || [format!("x{index}"), format!("{}{index}", text.text)];
        if let Some(found) = found.or_else(|| others().into_iter().find(|text| self.serves(&tests, text))) {
            *text = Text::new(found, &self.patterns);
        }
    }

    fn serves(&self, tests: &[Literal], text: &str) -> bool {
        self.is_like(tests, &Witness::One(Value::Text(Text::new(text.to_owned(), &self.patterns))))
    }

    /// A value like one of some patterns.
    fn of_pattern(&mut self, tests: &[Literal], patterns: &[&str]) -> Option<String> {
        let sets = self.sets(tests);
        let partitions = || regions::partitions().iter().map(|partition| partition.name);
        let each = patterns.iter().flat_map(|pattern| match pattern.contains('@') {
            true => partitions().map(|name| pattern.replace('@', name)).collect(),
            false => vec![(*pattern).to_owned()],
        });
        each.into_iter().find_map(|pattern| {
            let step = |character: char| match character {
                '*' => Step::Run(Class::NotColon),
                '?' | '#' => Step::One(Class::NotColon),
                other => Step::Char(other),
            };
            let word = self.word(&sets, pattern.chars().map(step).collect())?;
            let word = with_digits(&word, &pattern);
            self.serves(tests, &word).then_some(word)
        })
    }
}

/// A word of a pattern with digits where it asks for them.
fn with_digits(word: &str, pattern: &str) -> String {
    let parts = word.split(':').zip(pattern.split(':')).map(|(part, of)| {
        let digit = |(own, of): (char, char)| if of == '#' && !own.is_ascii_digit() { '0' } else { own };
        // What a run stands for takes more or fewer places.
        let is_fixed = of.contains('#') && !of.contains('*');
        if is_fixed { part.chars().zip(of.chars()).map(digit).collect() } else { part.to_owned() }
    });
    let parts: Vec<String> = parts.collect();
    parts.join(":")
}

/// What the values of a key look like.
fn forms(name: &str, known: Option<ConditionKey<'_>>) -> Forms {
    let has = |ty: KeyType| known.is_some_and(|key| key.types().contains(ty));
    let lower = name.to_ascii_lowercase();
    match shape_of(name) {
        Some(shape) => of_shape(shape),
        None if has(KeyType::Bool) => of(&["true", "false"], &[]),
        None if lower.ends_with("account") => of_shape(Shape::AccountId),
        None if lower == "aws:username" => of(&["someone"], &[]),
        None if lower == "aws:principalarn" => of(
            &["arn:aws:iam::123456789012:role/someone"],
            &[
                "arn:@:iam::123456789012:role/?*",
                "arn:@:iam::123456789012:user/?*",
                "arn:@:iam::123456789012:root",
                "arn:@:sts::123456789012:federated-user/?*",
                "arn:@:iam::############:role/?*",
                "arn:@:iam::############:user/?*",
                "arn:@:iam::############:root",
                "arn:@:sts::############:federated-user/?*",
            ],
        ),
        None if ["iam:policyarn", "iam:permissionsboundary"].contains(&lower.as_str()) => of(
            &["arn:aws:iam::123456789012:policy/some"],
            &["arn:@:iam::############:policy/?*", "arn:@:iam::aws:policy/?*"],
        ),
        None if has(KeyType::Arn) => of(
            &["arn:aws:iam::123456789012:role/someone", "arn:aws:sns:us-east-1:123456789012:topic"],
            &[
                "arn:aws:?*:us-east-1:123456789012:?*",
                "arn:@:?*:us-east-1:############:?*",
                "arn:@:?*:eu-central-1:############:?*",
                "arn:@:?*:?*:############:?*",
                "arn:@:?*::############:?*",
                "arn:@:?*:::?*",
                "arn:@:?*:*:*:?*",
            ],
        ),
        None => of(&[], &[]),
    }
}

fn of(texts: &'static [&'static str], patterns: &'static [&'static str]) -> Forms {
    Forms { texts: Box::new(texts.iter().map(|one| (*one).into())), patterns }
}

fn of_shape(shape: Shape) -> Forms {
    match shape {
        Shape::AccountId => of(&["123456789012", "999999999999"], &["############"]),
        Shape::OrgId => of(&["o-exampleorgid", "o-anotherorgid"], &["o-??????????*"]),
        Shape::OrgPath => {
            of(&["o-exampleorgid/r-ab12/ou-ab12-11111111/"], &["o-??????????*/r-????*/", "o-??????????*/r-????*/ou-*/"])
        }
        Shape::ExternalId => of(&["deployment-2026"], &["??*"]),
        Shape::Region => {
            let usual = ["us-east-1", "eu-central-1", "ap-southeast-2"].into_iter();
            Forms { texts: Box::new(usual.chain(regions::regions()).map(Cow::from)), patterns: &[] }
        }
        Shape::ServicePrincipal => {
            let usual = ["lambda.amazonaws.com", "cloudformation.amazonaws.com"].map(Cow::from).into_iter();
            Forms { texts: Box::new(usual.chain(service_principals().map(Cow::from))), patterns: &["?*.amazonaws.com"] }
        }
        Shape::Vpc => of(&["vpc-0123456789abcdef0"], &["vpc-#################", "vpc-########"]),
        Shape::Endpoint => of(&["vpce-0123456789abcdef0"], &["vpce-#################", "vpce-########"]),
        Shape::KmsKey => of(
            &["arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
            &["arn:aws:kms:us-east-1:123456789012:key/?*", "arn:@:kms:?*:############:key/?*"],
        ),
        Shape::Via => of(
            &["s3.us-east-1.amazonaws.com"],
            &["?*.us-east-1.amazonaws.com", "?*.eu-central-1.amazonaws.com", "?*.ap-southeast-2.amazonaws.com"],
        ),
        Shape::OneOf(words) => of(words, &[]),
    }
}
