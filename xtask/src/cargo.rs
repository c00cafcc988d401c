//! Starting cargo, and what cargo built. Every command is shown before it runs, so that it can be typed without xtask.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;

use crate::failure::Failure;

/// Runs cargo with this terminal.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    run_with(None, arguments)
}

/// Runs cargo with this terminal and perhaps a variable.
pub(crate) fn run_with(variable: Option<(&str, &str)>, arguments: &[&str]) -> Result<(), Failure> {
    show_variables(variable.as_slice());
    let shown = show(arguments);
    let status = cargo(arguments).envs(variable).status();
    ended_well(shown, status)
}

/// Runs cargo and hands each line of its standard output to `each`.
pub(crate) fn lines(arguments: &[&str], each: impl FnMut(&str)) -> Result<(), Failure> {
    lines_with(&[], arguments, each)
}

/// As `lines`, with some variables.
pub(crate) fn lines_with(
    variables: &[(&str, &str)],
    arguments: &[&str],
    mut each: impl FnMut(&str),
) -> Result<(), Failure> {
    show_variables(variables);
    let shown = show(arguments);
    let mut child = cargo(arguments)
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(&shown, &error))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            each(&line);
        }
    }
    ended_well(shown, child.wait())
}

/// What `cargo metadata` says of the workspace's own packages.
pub(crate) fn metadata() -> Result<Value, Failure> {
    let mut text = String::new();
    lines(&["metadata", "--no-deps", "--format-version", "1"], |line| {
        text.push_str(line);
    })?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::Found(format!("`cargo metadata` is not JSON: {error}")))
}

/// Runs a program that cargo built.
pub(crate) fn execute(path: &str) -> Result<(), Failure> {
    execute_with(path, &[])
}

/// As `execute`, with arguments.
pub(crate) fn execute_with(path: &str, arguments: &[&str]) -> Result<(), Failure> {
    let shown = [&[path], arguments].concat().join(" ");
    eprintln!("$ {shown}");
    ended_well(shown, Command::new(path).args(arguments).status())
}

fn show(arguments: &[&str]) -> String {
    let shown = format!("cargo {}", arguments.join(" "));
    eprintln!("$ {shown}");
    shown
}

fn show_variables(variables: &[(&str, &str)]) {
    for (name, value) in variables {
        eprintln!("$ export {name}={value}");
    }
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

fn ended_well(command: String, status: std::io::Result<ExitStatus>) -> Result<(), Failure> {
    let status = status.map_err(|error| cannot_start(&command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Program {
        command,
        code: status.code(),
    })
}

fn cannot_start(command: &str, error: &std::io::Error) -> Failure {
    Failure::Found(format!("`{command}` could not be started: {error}"))
}
