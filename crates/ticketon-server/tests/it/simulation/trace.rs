//! What happened, a line a step. The same seed gives the same lines.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

/// The lines so far.
#[derive(Default)]
pub(super) struct Trace(Mutex<Vec<String>>);

impl Trace {
    pub(super) fn say(&self, at: Duration, what: fmt::Arguments<'_>) {
        let line = format!("{:>9.3} {what}", at.as_secs_f64());
        self.0.lock().unwrap().push(line);
    }

    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}
