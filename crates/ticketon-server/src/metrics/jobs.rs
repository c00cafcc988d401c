//! Jobs: the last run of each, as the store has it, whichever process ran it.

use std::time::Duration;

use ticketon_core::Timestamp;
use ticketon_core::job::{Begun, JobRun, RunEnd, RunState};

use super::Page;
use super::known::Known;

/// How a run ended, when, and how long after it began.
struct Ended(&'static str, Timestamp, Duration);

pub(super) fn write(page: &mut Page, known: &Known) {
    let Some(jobs) = &known.jobs else { return };
    let running = jobs.iter().map(|(job, run)| {
        let is_running = matches!(run.state, RunState::Running { .. });
        ([("job", job.name())], u64::from(is_running))
    });
    page.gauges("job_running", "1 while a run of the job is under way", running);
    let ended = || {
        jobs.iter()
            .filter_map(|(job, run)| Some((job.name(), ended(run)?)))
    };
    let at = ended().map(|(job, Ended(outcome, at, _))| {
        let seconds = u64::try_from(at.as_millis() / 1_000).unwrap_or_default();
        ([("job", job), ("outcome", outcome)], seconds)
    });
    page.gauges(
        "job_last_end_timestamp_seconds",
        "When the last run of the job ended, unless one is under way",
        at,
    );
    let took = ended().map(|(job, Ended(_, _, took))| ([("job", job)], took.as_secs_f64()));
    page.gauges("job_last_run_seconds", "How long that run took", took);
}

fn ended(run: &JobRun) -> Option<Ended> {
    let RunState::Ended { begun, at, end, .. } = &run.state else {
        return None;
    };
    let outcome = match end {
        RunEnd::Done => "done",
        RunEnd::Failed => "failed",
        RunEnd::Died => "died",
    };
    let began = begun.as_ref().map_or(run.made_at, |Begun { at, .. }| *at);
    Some(Ended(outcome, *at, at.since(began)))
}
