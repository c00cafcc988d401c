//! Programs that are run to their end on the way.

use std::process::Command;

use crate::failure::Failure;

/// Runs a program that must end well.
pub(super) fn run(command: &mut Command) -> Result<(), Failure> {
    answer(command).map(drop)
}

/// What a program prints, if it ends well; else the end of what it complained of.
pub(super) fn answer(command: &mut Command) -> Result<String, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| Failure::Found(format!("`{program}` could not be started: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    Err(Failure::Found(format!(
        "`{program}` failed:\n  {}",
        end_of(&said)
    )))
}

/// The last lines of a text, set in by two.
pub(super) fn end_of(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n  ")
}

/// As many as a server needs to say why it gives up.
const LINES: usize = 12;
