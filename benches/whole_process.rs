//! What a user waits for: the program from its start to its end, beside the start of a program that does nothing.
//!
//! `cargo bench --bench whole_process` prints the least and the median of several runs. Nothing is asserted: a figure of a
//! busy machine says little. docs/performance.md has the figures that were measured, and on what.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const LEASTWISE: &str = env!("CARGO_BIN_EXE_leastwise");

fn main() {
    let work = tempfile::tempdir().expect("a temporary folder");
    let empty = empty_program(work.path());
    let one = work.path().join("one.lw");
    std::fs::write(&one, "policy reader {\n  allow s3:GetObject on s3.object(\"reports\", \"*\")\n}\n").unwrap();
    report("an empty Rust program", 200, || Command::new(&empty));
    report("build of a file with one policy", 200, || command(&["build", "--stdout"], &one));

    for policies in [1_000, 10_000] {
        let project = project(work.path(), policies);
        report(&format!("check of {policies} policies of five statements"), 5, || command(&["check"], &project));
        report_memory(command(&["check"], &project));
        let out = project.join("build");
        report(&format!("build of {policies} policies, none of them changed"), 5, || command(&["build"], &project));
        // A folder that is removed and made again is slow on some file systems: each first build gets a new one.
        let mut run = 0;
        report(&format!("build of {policies} policies into a new folder"), 3, || {
            run += 1;
            let mut command = command(&["build"], &project);
            command.arg("--out").arg(out.with_extension(run.to_string()));
            command
        });
    }
}

fn command(arguments: &[&str], path: &Path) -> Command {
    let mut command = Command::new(LEASTWISE);
    command.args(arguments).arg(path);
    command
}

fn report(what: &str, runs: usize, mut command: impl FnMut() -> Command) {
    let mut times: Vec<Duration> = (0..=runs).map(|_| time(&mut command())).skip(1).collect();
    times.sort();
    println!("{what}: {:.2?} least, {:.2?} median of {runs}", times[0], times[times.len() / 2]);
}

fn time(command: &mut Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("the program starts");
    let time = start.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    time
}

/// The most memory that a run held, where the system tells.
fn report_memory(mut command: Command) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0u64;
    while child.try_wait().expect("the program can be asked").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(peak.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(1));
    }
    if most > 0 {
        println!("  its memory: {} MB at most", most / 1024);
    }
}

/// A program that does nothing, as the compiler at hand makes it.
fn empty_program(folder: &Path) -> PathBuf {
    let (source, program) = (folder.join("empty.rs"), folder.join("empty"));
    std::fs::write(&source, "fn main() {}\n").unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(rustc).arg("-O").arg("-o").arg(&program).arg(&source).status().expect("rustc starts");
    assert!(status.success());
    program
}

/// A project of that many policies, a hundred in a file.
fn project(folder: &Path, policies: usize) -> PathBuf {
    let project = folder.join(format!("project-{policies}"));
    std::fs::create_dir_all(project.join("policies")).unwrap();
    let settings =
        "[project]\nsources = [\"policies\"]\n\n[defaults]\naccount = \"123456789012\"\nregion = \"eu-west-1\"\n";
    std::fs::write(project.join("leastwise.toml"), settings).unwrap();
    for file in 0..policies / 100 {
        let mut text = String::new();
        for n in file * 100..(file + 1) * 100 {
            write!(
                text,
                r#"/// What worker {n} may do.
policy worker-{n} {{
  allow dynamodb:{{GetItem,PutItem,Query}} on dynamodb.table("orders-{n}")
  allow s3:GetObject on s3.object("uploads-{n}", "in/*") when aws:PrincipalTag/team == "orders"
  allow sqs:SendMessage on sqs.queue("jobs-{n}")
  allow logs:{{CreateLogStream,PutLogEvents}} on logs.log-group("/aws/lambda/worker-{n}:*")
  Guard: deny s3:* on s3.bucket("uploads-{n}"), s3.object("uploads-{n}", "*")
    unless aws:SecureTransport or aws:PrincipalArn like "arn:aws:iam::*:role/Admin"
}}

"#
            )
            .unwrap();
        }
        std::fs::write(project.join(format!("policies/workers-{file}.lw")), text).unwrap();
    }
    project
}
