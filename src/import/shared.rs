//! What stands more than once in a policy and gets a name: a `let`.

use std::collections::{BTreeMap, BTreeSet};

use super::Names;

/// What is shorter is not worth a name.
const SHORTEST: usize = 28;

/// The expressions of a policy, counted in one pass and named in the next.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// How often each stands in the policy, with what it might be called; while counting.
    counts: BTreeMap<String, (usize, String)>,
    /// The order in which they first stood.
    order: Vec<String>,
    /// The names they have got.
    names: BTreeMap<String, String>,
    /// Whether lists are counted, or single expressions.
    lists: bool,
    singles: bool,
    /// What has been named, in order.
    bindings: Vec<(String, String)>,
    /// The names among them that the file has no `let` for yet.
    new: BTreeSet<String>,
}

impl Shared {
    /// Counts lists.
    pub(super) fn counting_lists() -> Self {
        Self { lists: true, ..Self::default() }
    }

    /// Names what was counted more than once, and counts single expressions next.
    pub(super) fn then_singles(mut self, names: &mut Names) -> Self {
        self.name(names);
        Self { lists: false, singles: true, counts: BTreeMap::new(), order: Vec::new(), ..self }
    }

    /// Names what was counted more than once, and counts no more.
    pub(super) fn then_nothing(mut self, names: &mut Names) -> Self {
        // The elements of a list that has a name stand in its `let` once more.
        self.name(names);
        Self { singles: false, ..self }
    }

    fn name(&mut self, names: &mut Names) {
        let mut taken = BTreeSet::new();
        for expression in std::mem::take(&mut self.order) {
            let Some((count, hint)) = self.counts.get(&expression) else { continue };
            // A name for everything of a type says little more than its call.
            let enough = if hint.starts_with("every-") { 3 } else { 2 };
            if *count < enough || !taken.insert(expression.clone()) {
                continue;
            }
            let (name, new) = names.bind(&expression, hint);
            if new {
                self.new.insert(name.clone());
            }
            self.bindings.push((name.clone(), expression.clone()));
            self.names.insert(expression, name);
        }
    }

    /// The name of an expression, or the expression.
    pub(super) fn one(&mut self, expression: String, hint: impl FnOnce() -> String) -> String {
        if let Some(name) = self.names.get(&expression) {
            return name.clone();
        }
        if self.singles && expression.len() >= SHORTEST && !depends(&expression) {
            self.count(&expression, hint);
        }
        expression
    }

    /// A list of these, or its name.
    pub(super) fn list(&mut self, elements: &[String], hint: impl FnOnce() -> String) -> String {
        let list = format!("[{}]", elements.join(", "));
        // What has got a name as a list has it with its elements as they were then.
        if let Some(name) = self.named_list(elements, &list) {
            return name;
        }
        if self.lists && list.len() >= SHORTEST && elements.len() > 1 && !elements.iter().any(|one| depends(one)) {
            self.count(&list, || plural(&hint()));
        }
        list
    }

    fn named_list(&self, elements: &[String], list: &str) -> Option<String> {
        if let Some(name) = self.names.get(list) {
            return Some(name.clone());
        }
        let spelled: Vec<&str> = elements.iter().map(|element| self.spelled(element)).collect();
        self.names.get(&format!("[{}]", spelled.join(", "))).cloned()
    }

    /// The expression behind a name.
    fn spelled<'s>(&'s self, name: &'s str) -> &'s str {
        self.bindings.iter().find(|(known, _)| known == name).map_or(name, |(_, expression)| expression)
    }

    fn count(&mut self, expression: &str, hint: impl FnOnce() -> String) {
        let entry = self.counts.entry(expression.to_owned()).or_insert_with(|| (0, hint()));
        entry.0 += 1;
        if entry.0 == 1 {
            self.order.push(expression.to_owned());
        }
    }

    /// The `let`s, each after those that it needs.
    pub(super) fn lets(&self) -> String {
        // Single expressions are named after lists, and lists may hold them.
        let singles = self.bindings.iter().filter(|(_, expression)| !expression.starts_with('['));
        let lists = self.bindings.iter().filter(|(_, expression)| expression.starts_with('['));
        let new = singles.chain(lists).filter(|(name, _)| self.new.contains(name));
        new.map(|(name, expression)| format!("let {name} = {expression}\n")).collect()
    }
}

/// Whether an expression means something in the policy only.
fn depends(expression: &str) -> bool {
    expression == "self" || expression.contains("(self")
}

fn plural(hint: &str) -> String {
    match hint.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
        _ if hint.ends_with('s') => hint.to_owned(),
        _ => format!("{hint}s"),
    }
}
