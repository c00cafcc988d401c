//! What a run tells while it goes on: how many steps there are, and what became of each.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use ticketon_core::job::{JobRun, Line, Outcome, Progress};

/// What a run was asked for, and what it tells. Others read it while the job goes on.
#[derive(Debug)]
pub struct Report {
    is_dry: bool,
    asked: Value,
    progress: Mutex<Progress>,
}

impl Report {
    /// Of a run that begins.
    pub fn of(run: &JobRun) -> Self {
        Self {
            is_dry: run.is_dry,
            asked: run.asked.clone(),
            progress: Mutex::new(run.progress.clone()),
        }
    }

    /// Whether the job is only to say what it would do.
    pub fn is_dry(&self) -> bool {
        self.is_dry
    }

    /// What was asked of the job; null where nothing in particular was.
    pub fn asked(&self) -> &Value {
        &self.asked
    }

    /// Says how many steps there are.
    pub fn expect(&self, steps: usize) {
        self.lock().steps = u32::try_from(steps).unwrap_or(u32::MAX);
    }

    /// Says what became of a step.
    pub fn add(&self, step: &str, outcome: Outcome, message: &str, took: Duration) {
        self.lock().add(Line {
            step: step.to_owned(),
            outcome,
            message: message.to_owned(),
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        });
    }

    /// How far the run has come.
    pub fn progress(&self) -> Progress {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
