//! Diagnostics to the terminal and to machines.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::base::{SourceMap, Span};
use crate::diagnostic::{self, Diagnostic, Summary, Which};

use super::failure::Failure;
use super::workspace::is_stdin;

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For people, on standard error
    #[default]
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// JUnit's XML, for build servers
    Junit,
}

/// Which fixes a command applies.
#[derive(Debug, Args)]
pub(super) struct Fix {
    /// Apply the fixes that mean the same, or what was plainly meant, to the files, and report what is left
    #[arg(long)]
    fix: bool,
    /// With `--fix`: apply those too that change what is allowed or denied
    #[arg(long, requires = "fix")]
    r#unsafe: bool,
}

impl Fix {
    /// Standard input is no file that could be changed.
    pub(super) fn refuse_stdin(&self, paths: &[PathBuf]) -> Result<(), Failure> {
        match self.fix && paths.iter().any(|path| is_stdin(path)) {
            true => Err(Failure::new("`--fix` changes files, and standard input is none", "name the file")),
            false => Ok(()),
        }
    }

    /// Those that are asked for.
    pub(super) fn which(&self) -> Option<Which> {
        self.fix.then_some(if self.r#unsafe { Which::All } else { Which::Safe })
    }
}

/// What decides the values and the day of a run.
#[derive(Debug, Args)]
pub(super) struct Inputs {
    /// The value of a `param`
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
    #[command(flatten)]
    today: Today,
}

/// What decides which acceptances are past.
#[derive(Debug, Args)]
pub(super) struct Today {
    /// The day to compare the `until` of acceptances with; in CI, where `CI` is set, it is today
    #[arg(long, value_name = "DATE", value_parser = day)]
    today: Option<String>,
}

impl Inputs {
    pub(super) fn set(&self) -> BTreeMap<String, String> {
        self.set.iter().cloned().collect()
    }

    pub(super) fn today(&self) -> Option<String> {
        self.today.day()
    }
}

impl Today {
    /// The day, where there is one.
    pub(super) fn day(&self) -> Option<String> {
        let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0");
        self.today.clone().or_else(|| in_ci.then(|| jiff::Timestamp::now().to_string()[..10].to_owned()))
    }
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

fn day(text: &str) -> Result<String, String> {
    let date: jiff::civil::Date = text.parse().map_err(|_| "write it as 2026-11-25")?;
    Ok(date.to_string())
}

/// Writes findings: text to standard error, everything else to standard output.
pub(super) fn write(form: Form, sources: &SourceMap, findings: &[Diagnostic]) -> Result<(), Failure> {
    match form {
        Form::Text => {
            let colour =
                io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            let mut out = io::BufWriter::new(io::stderr().lock());
            let _ = diagnostic::write_text(&mut out, sources, findings, colour)
                .and_then(|()| write_counts(&mut out, findings))
                .and_then(|()| out.flush());
            return Ok(());
        }
        Form::Json => diagnostic::write_json(&mut output(), sources, findings)?,
        Form::Sarif => diagnostic::write_sarif(&mut output(), sources, findings)?,
        Form::Github => diagnostic::write_github(&mut output(), sources, findings)?,
        Form::Junit => diagnostic::write_junit(&mut output(), sources, findings)?,
    }
    Ok(())
}

/// How many findings there are of each code, most first, where there are several.
fn write_counts(out: &mut dyn Write, findings: &[Diagnostic]) -> io::Result<()> {
    let counts = Summary::of(findings).by_code;
    if counts.values().sum::<usize>() < 2 {
        return Ok(());
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (Reverse(*count), *name));
    counts.into_iter().try_for_each(|(name, count)| writeln!(out, "{count:5} {name}"))
}

/// `orders.lw:4:3`
pub(super) fn place(sources: &SourceMap, span: Span) -> String {
    let file = sources.file(span.file);
    let at = file.line_column(span.start as usize);
    format!("{}:{}:{}", file.name(), at.line, at.column)
}

/// Standard output, written in large pieces.
pub(super) fn output() -> impl Write {
    io::BufWriter::new(io::stdout().lock())
}

/// A line for the person at the terminal.
pub(super) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// `1 policy`, `2 policies`
pub(super) fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
