//! A run as the API shows it, for people and for the exit code.

use std::fmt::Write as _;

use serde::Deserialize;
use ticketon_core::Timestamp;
use ticketon_core::ids::JobRunId;

use crate::console::Paint;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::page::Page;

/// Where nobody says by whose clocks the job runs.
pub(super) const UTC: &str = "UTC";

/// A run as the API shows it.
#[derive(Debug, Deserialize)]
pub(super) struct RunView {
    pub(super) id: JobRunId,
    job: String,
    pub(super) state: String,
    reason: Option<String>,
    due: Option<Timestamp>,
    asked_by: Option<String>,
    dry_run: bool,
    process: Option<String>,
    made_at: Timestamp,
    started_at: Option<Timestamp>,
    pub(super) steps: u64,
    failed: u64,
    pub(super) lines: Vec<Line>,
}

/// What became of one step.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) step: String,
    outcome: String,
    message: String,
    took_ms: u64,
}

impl RunView {
    /// Those of a list.
    pub(super) fn all(list: &Page) -> Result<Vec<Self>, Failure> {
        let runs: Result<Vec<Self>, _> = list.items.iter().map(Self::deserialize).collect();
        runs.map_err(Failure::unexpected)
    }

    /// Whether it waits for somebody who takes it.
    pub(super) fn is_requested(&self) -> bool {
        self.state == "requested"
    }

    /// Whether nothing more becomes of it.
    pub(super) fn is_over(&self) -> bool {
        !["requested", "running"].contains(&self.state.as_str())
    }

    /// A line for each step, and how it all ended.
    pub(super) fn human(&self, paint: Paint) -> String {
        let mut text = String::new();
        for line in &self.lines {
            let _ = writeln!(text, "{}", line.human(paint));
        }
        let _ = writeln!(text, "{}", self.summary(paint, UTC));
        text
    }

    /// In one line, with its times as the clocks of a zone show them.
    pub(super) fn summary(&self, paint: Paint, time_zone: &str) -> String {
        let state = match self.state.as_str() {
            "done" => paint.green(&self.state),
            "failed" | "died" => paint.red(&self.state),
            _ => self.state.clone(),
        };
        let why = match (&self.due, &self.asked_by) {
            (Some(due), _) => format!("due {}", due.on_clocks_of(time_zone)),
            (None, Some(who)) => format!("asked for by {who}"),
            (None, None) => String::new(),
        };
        let when = self.started_at.unwrap_or(self.made_at).on_clocks_of(time_zone);
        let dry = if self.dry_run { "  dry run" } else { "" };
        let reason = self.reason.as_ref();
        let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
        format!("{when}  {}  {}{dry}  {why}  {state}{reason}", self.job, self.id)
    }

    /// What the command says to its parent.
    pub(super) fn exit(&self) -> Result<Exit, Failure> {
        let reason = self.reason.as_deref().unwrap_or("nobody says why");
        match self.state.as_str() {
            "done" => Ok(Exit::Done),
            _ if self.failed > 0 => Ok(Exit::PartlyFailed),
            "failed" if self.process.is_none() => {
                Err(Failure::new(Exit::Unavailable, reason).hint("ticketon serve --role batch"))
            }
            "failed" => Err(Failure::new(
                Exit::Unexpected,
                format!("`{}` failed: {reason}", self.job),
            )),
            state => Err(Failure::new(
                Exit::Unavailable,
                format!("run `{}` {state}: {reason}", self.id),
            )),
        }
    }
}

impl Line {
    fn human(&self, paint: Paint) -> String {
        let Self {
            step,
            outcome,
            message,
            took_ms,
        } = self;
        let outcome = match outcome.as_str() {
            "ok" => paint.green("OK     "),
            "failed" => paint.red("FAILED "),
            _ => "SKIPPED".to_owned(),
        };
        format!("{outcome}  {step:<14}{message} ({took_ms} ms)")
    }
}
