//! The words of the language.

use logos::Logos;

use super::lexer::{brace, star, string, word};

macro_rules! keywords {
    ($($variant:ident $text:literal)*) => {
        /// A token. The lexer never fails: what it does not know becomes [`Token::Error`], which no production takes.
        #[derive(Logos, Clone, Copy, Debug, PartialEq)]
        #[logos(skip(r"[ \t\r\n\u{feff}]+"))]
        #[allow(missing_docs)] // named as they are written
        pub enum Token<'a> {
            #[regex(r"//[^\n]*", allow_greedy = true)]
            Comment(&'a str),
            Name(&'a str),
            /// Never seen: its callback makes a name, a keyword or an IAM name of it.
            #[regex(r"[A-Za-z_][A-Za-z0-9_-]*", word)]
            Word,
            /// `s3:GetObject`, `{s3,sqs}:*`, `aws:RequestTag/team`
            Iam(&'a str),
            String(&'a str),
            /// Never seen: its callback makes a string of it.
            #[token("\"", string)]
            Quote,
            UnclosedString(&'a str),
            #[regex(r"-?[0-9]+(\.[0-9]+)?")]
            Number(&'a str),
            #[regex(r"[0-9]+[smhd]")]
            Duration(&'a str),
            #[regex(r"[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9](T[0-9][0-9]:[0-9][0-9]:[0-9][0-9](\.[0-9]+)?(Z|[+-][0-9][0-9]:[0-9][0-9]))?")]
            Date(&'a str),
            /// A number that runs into letters.
            #[regex(r"[0-9]+[A-Za-z_][A-Za-z0-9_]*", priority = 1)]
            BadNumber(&'a str),
            #[token("*", star)]
            Star,
            #[token("{", brace)]
            LeftBrace,
            #[token("}")]
            RightBrace,
            #[token("(")]
            LeftParen,
            #[token(")")]
            RightParen,
            #[token("[")]
            LeftBracket,
            #[token("]")]
            RightBracket,
            #[token(",")]
            Comma,
            #[token(":")]
            Colon,
            #[token(".")]
            Dot,
            #[token("@")]
            At,
            #[token("|")]
            Bar,
            #[token("?")]
            Question,
            #[token("=")]
            Assign,
            #[token("==")]
            Equal,
            #[token("!=")]
            NotEqual,
            #[token("~=")]
            EqualIgnoreCase,
            #[token("<")]
            Less,
            #[token("<=")]
            LessEqual,
            #[token(">")]
            Greater,
            #[token(">=")]
            GreaterEqual,
            Error,
            /// Stands for the tokens that an error took with it; put there by the parser.
            Recovered,
            $($variant,)*
        }

        impl<'a> Token<'a> {
            /// The keyword that is written so, or a name.
            pub fn word(text: &'a str) -> Self {
                match text {
                    $($text => Token::$variant,)*
                    _ => Token::Name(text),
                }
            }

            /// The keyword's text.
            pub fn keyword(self) -> Option<&'static str> {
                match self {
                    $(Token::$variant => Some($text),)*
                    _ => None,
                }
            }
        }
    };
}

keywords! {
    Use "use"
    Param "param"
    Extern "extern"
    Let "let"
    Policy "policy"
    Boundary "boundary"
    Scp "scp"
    Rcp "rcp"
    Trust "trust"
    Session "session"
    Resource "resource"
    Endpoint "endpoint"
    Grant "grant"
    Role "role"
    Organization "organization"
    Test "test"
    Prove "prove"
    Constraint "constraint"
    Allow "allow"
    Deny "deny"
    Except "except"
    On "on"
    To "to"
    When "when"
    Unless "unless"
    Include "include"
    For "for"
    In "in"
    If "if"
    Else "else"
    And "and"
    Or "or"
    Not "not"
    Like "like"
    Has "has"
    Missing "missing"
    Any "any"
    All "all"
    No "no"
    As "as"
    True "true"
    False "false"
    SelfWord "self"
    Never "never"
    Always "always"
    Allows "allows"
    Denies "denies"
    Explicitly "explicitly"
    Within "within"
    Equivalent "equivalent"
    Disjoint "disjoint"
    Refuses "refuses"
    Through "through"
    With "with"
    Requires "requires"
    Exempt "exempt"
    Because "because"
    Management "management"
    Unit "unit"
    Account "account"
}
