//! One diagnostic: code, place, reason, way out.

use crate::base::Span;

use super::{Code, Level};

/// A finding or a refusal, complete with the place, the rule and the way out.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Which rule speaks.
    pub code: &'static Code,
    /// Access Analyzer's names for this very finding, among the aliases of its code; where they are not told apart, there is no list.
    pub aws: Option<Vec<&'static str>>,
    /// How loud: the code's default until levels are applied.
    pub level: Level,
    /// One lower-case line without a period, that names the thing in backticks.
    pub message: String,
    /// The word that is wrong, with a few words under it.
    pub primary: Label,
    /// Other places that say why we think so.
    pub secondary: Vec<Label>,
    /// AWS's rule, and where AWS states it.
    pub notes: Vec<String>,
    /// The way out, with the exact edit where there is one.
    pub help: Option<Help>,
    /// The statement that it is about, where its place may be elsewhere: in a list that the statement only names.
    pub about: Option<Span>,
    /// The user, group or role that it is about, whose place may be elsewhere too.
    pub whose: Option<Span>,
    /// The calls of templates that it came by, outermost first.
    pub trail: Vec<Span>,
    /// The reason given by the `@accept` that covers it, if one does. An accepted finding is reported and fails nothing.
    pub accepted: Option<String>,
    /// Whether the source means nothing while this stands, whatever its code says in general.
    pub refuses: bool,
}

/// A place and a few words about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// The way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// What to do, as an instruction.
    pub text: String,
    /// The edits that do it; empty where there is no exact edit. They do not overlap.
    pub edits: Vec<Edit>,
    /// Whether the edits may be applied without a look at them.
    pub safety: Safety,
}

/// Whether an edit may be applied without a look at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Safety {
    /// It says what is meant already, or what was plainly meant by a word that means nothing.
    #[default]
    Safe,
    /// It changes what is allowed or denied, in a way that somebody has to want.
    Unsafe,
}

/// Replace a range of the source by a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty range inserts.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Diagnostic {
    /// A diagnostic at `span`.
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            aws: None,
            level: code.level,
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
            about: None,
            whose: None,
            trail: Vec::new(),
            accepted: None,
            refuses: false,
        }
    }

    /// Access Analyzer's name for this very finding, which is one of the aliases of its code.
    pub fn aws(self, name: &'static str) -> Self {
        self.aws_names(&[name])
    }

    /// Access Analyzer's names for this very finding: it may have several where this is one, or none.
    pub fn aws_names(mut self, names: &[&'static str]) -> Self {
        debug_assert!(names.iter().all(|name| self.code.aliases.contains(name)), "{names:?} are of {}", self.code.name);
        self.aws = Some(names.to_vec());
        self
    }

    /// Access Analyzer's names for it: those of this very finding, or all that its code has.
    pub fn aliases(&self) -> &[&'static str] {
        self.aws.as_deref().unwrap_or(self.code.aliases)
    }

    /// The few words under the place itself.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Another place that says why.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// The statement that it is about.
    pub fn about(mut self, statement: Span) -> Self {
        if !statement.contains(self.primary.span) {
            self = self.also(statement, "in this statement");
        }
        self.about = Some(statement);
        self
    }

    /// The user, group or role that it is about.
    pub fn whose(mut self, identity: Span) -> Self {
        self.whose = Some(identity);
        self
    }

    /// The calls of templates that it came by; the innermost three are shown.
    pub fn by_way_of(mut self, trail: &[Span]) -> Self {
        for call in trail.iter().rev().take(3) {
            if !call.contains(self.primary.span) {
                self = self.also(*call, "in what this expands to");
            }
        }
        self.trail = trail.to_vec();
        self
    }

    /// AWS's rule.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// The way out in words.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(Help { text: text.into(), edits: Vec::new(), safety: Safety::Safe });
        self
    }

    /// The way out as an edit.
    pub fn fix(mut self, text: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        let edits = vec![Edit { span, text: replacement.into() }];
        self.help = Some(Help { text: text.into(), edits, safety: Safety::Safe });
        self
    }

    /// The edits of its help change what is allowed or denied: they are applied only where that is asked for.
    pub fn unsafely(mut self) -> Self {
        self.help.iter_mut().for_each(|help| help.safety = Safety::Unsafe);
        self
    }

    /// It can be neither lowered nor accepted: what was written has no meaning to fall back on.
    pub fn refusing(mut self) -> Self {
        self.refuses = true;
        self
    }

    /// Whether its level can be set and an `@accept` covers it.
    pub fn is_acceptable(&self) -> bool {
        self.code.acceptable && !self.refuses
    }

    /// Whether it fails the build.
    pub fn is_deny(&self) -> bool {
        self.level == Level::Deny && self.accepted.is_none()
    }
}
