//! The command line: one file a command.
//!
//! In: arguments. Out: files, reports, an exit code. With `base`, the only room that touches the disk. Deliberately absent:
//! whatever another front end would need too.

mod baseline;
mod build;
mod catalogue;
mod check;
mod completions;
mod diff;
mod documents;
mod explain;
mod failure;
mod fixed;
mod fmt;
mod import;
mod init;
mod lint;
mod minimise;
mod output;
mod prove;
mod report;
mod simulate;
mod test;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Compile, check and format AWS IAM policies.
#[derive(Debug, Parser)]
#[command(name = "leastwise", version, disable_help_subcommand = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 findings that fail the build, 2 the command line or an input cannot be used, 3 unknown."
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compile and check policies, and write their JSON
    Build(build::Build),
    /// Compile and check policies without writing anything
    Check(check::Check),
    /// Format sources
    Fmt(fmt::Fmt),
    /// Check policy JSON
    Lint(lint::Lint),
    /// Turn policy JSON into source
    Import(import::Import),
    /// Make policy JSON as small as it can be said
    Minimise(minimise::Minimise),
    /// Run the tests of the sources
    Test(test::Test),
    /// Prove a claim about every request, or find one of which it is not so
    Prove(prove::Prove),
    /// Say what a change of policies newly allows and no longer allows
    Diff(diff::Diff),
    /// Decide requests through every layer of policies
    Simulate(simulate::Simulate),
    /// Print the page of a diagnostic code
    Explain(explain::Explain),
    /// Look up what AWS has: services, actions, resource types, condition keys
    Catalogue(catalogue::Catalogue),
    /// Start a project in an empty folder
    Init(init::Init),
    /// Print a completion script for a shell
    Completions(completions::Completions),
}

/// How a command ended; the number is the program's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// What was asked for is done.
    Done = 0,
    /// There are findings that fail the build, or files that differ.
    Findings = 1,
    /// The command line or an input cannot be used.
    Unusable = 2,
    /// The answer depends on what is not known.
    Unknown = 3,
}

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(error.exit_code() as u8);
        }
    };
    let ended = match arguments.command {
        Command::Build(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Fmt(command) => command.run(),
        Command::Lint(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Minimise(command) => command.run(),
        Command::Test(command) => command.run(),
        Command::Prove(command) => command.run(),
        Command::Diff(command) => command.run(),
        Command::Simulate(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Catalogue(command) => command.run(),
        Command::Init(command) => command.run(),
        Command::Completions(command) => command.run(),
    };
    match ended {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.exit() as u8)
        }
    }
}
