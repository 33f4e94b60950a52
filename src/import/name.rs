//! Names that are free: made from what a policy, a Sid or a resource is called.

use std::collections::BTreeSet;

use super::literal::is_name;

/// The longest name of a managed policy.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
const LONGEST: usize = 128;

/// The names that one file has given out.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A name like that one that nothing has yet; letter case does not make it another.
    pub fn fresh(&mut self, like: &str) -> String {
        let base = tidy(like);
        let mut name = base.clone();
        let mut number = 2;
        while !self.taken.insert(name.to_ascii_lowercase()) {
            name = format!("{base}-{number}");
            number += 1;
        }
        name
    }

    /// Gives a name out that something else has.
    pub fn take(&mut self, name: &str) {
        self.taken.insert(name.to_ascii_lowercase());
    }
}

/// The nearest thing to a name: letters, digits, `-` and `_`, and a letter at the start.
fn tidy(like: &str) -> String {
    let mut name = String::new();
    for character in like.chars() {
        match character {
            plain if plain.is_ascii_alphanumeric() || plain == '_' => name.push(plain),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    let mut name = name.trim_end_matches('-').chars().take(LONGEST - 8).collect::<String>();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name.insert_str(0, "policy-");
    }
    let name = name.trim_end_matches('-');
    if is_name(name) || name == "policy" { name.to_owned() } else { format!("{name}-policy") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidied_and_told_apart() {
        let mut names = Names::default();
        assert_eq!(names.fresh("My Policy (v2)"), "My-Policy-v2");
        assert_eq!(names.fresh("my-policy-v2"), "my-policy-v2-2");
        assert_eq!(names.fresh("1st"), "policy-1st");
        assert_eq!(names.fresh("allow"), "allow-policy");
        assert_eq!(names.fresh("+++"), "policy");
    }
}
