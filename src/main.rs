//! The `leastwise` program: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    leastwise::cli::run(std::env::args_os())
}
