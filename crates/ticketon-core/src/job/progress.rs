//! How far a run has come, step by step.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits;

/// How far a run has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// How many steps there are; 0 while nobody knows.
    pub steps: u32,
    /// What became of each that is over, in order.
    pub lines: Vec<Line>,
}

/// What became of one step of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it was about, such as a table.
    pub step: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, or what came of it.
    pub message: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it should.
    Ok,
    /// It did not do what it should.
    Failed,
    /// There was nothing to do, or it was not the time to.
    Skipped,
}

impl Progress {
    /// Adds what became of a step. A run that has too much to say says no more, but that something failed.
    pub fn add(&mut self, mut line: Line) {
        shorten(&mut line.step);
        shorten(&mut line.message);
        let is_first_failure = line.outcome == Outcome::Failed && self.failed() == 0;
        if self.lines.len() < limits::RUN_LINES_MAX || is_first_failure {
            self.lines.push(line);
        }
    }

    /// How many steps have failed.
    pub fn failed(&self) -> usize {
        self.lines
            .iter()
            .filter(|line| line.outcome == Outcome::Failed)
            .count()
    }
}

fn shorten(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(limits::RUN_TEXT_CHARS_MAX) {
        text.truncate(end);
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "OK",
            Self::Failed => "FAILED",
            Self::Skipped => "SKIPPED",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_with_too_much_to_say_still_says_that_it_failed() {
        let line = |outcome| Line {
            step: "seat".to_owned(),
            outcome,
            message: "좌석".repeat(limits::RUN_TEXT_CHARS_MAX),
            took_ms: 1,
        };
        let mut progress = Progress::default();
        for _ in 0..=limits::RUN_LINES_MAX {
            progress.add(line(Outcome::Ok));
        }
        assert_eq!(progress.lines.len(), limits::RUN_LINES_MAX);
        assert_eq!(
            progress.lines[0].message.chars().count(),
            limits::RUN_TEXT_CHARS_MAX
        );
        progress.add(line(Outcome::Failed));
        progress.add(line(Outcome::Failed));
        assert_eq!(progress.failed(), 1);
    }
}
