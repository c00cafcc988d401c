//! One run of a job in this process: the job itself, and beside it what says that it is alive.
//!
//! However the job ends (it is done, it fails, it panics, the process stops) the run ends with it and says how. Only a
//! process that dies leaves a run behind, which others then give up.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use ticketon_core::job::JobRun;
use ticketon_core::{Code, Refusal, end_run, keep_run};
use tokio::sync::watch;
use tokio::time::sleep;

use super::{Job, Report};
use crate::limits;
use crate::shop::Shop;

/// Runs a job to its end, and writes down how it ended.
pub(super) async fn execute(shop: Arc<Shop>, job: Job, run: JobRun, stop: watch::Receiver<bool>) {
    let report = Report::of(&run);
    let failure = tokio::select! {
        biased;
        failure = done(&shop, job, &report) => failure,
        () = taken_away(&shop, &run, &report) => {
            tracing::error!(job.run = %run.id, "`{job}` was cut: its run was given up, for nobody heard of it in time");
            return;
        }
        () = time_is_over(stop) => Some("stopped: the process ended before the job did".to_owned()),
    };
    if let Some(reason) = &failure {
        tracing::error!(job.run = %run.id, "`{job}` failed: {reason}");
    }
    end(&shop, job, &run, &report, failure.as_deref()).await;
}

/// Does the job; answers why it failed, if it did.
async fn done(shop: &Shop, job: Job, report: &Report) -> Option<String> {
    match AssertUnwindSafe(job.run(shop, report)).catch_unwind().await {
        Ok(Ok(())) => {
            let progress = report.progress();
            let (failed, all) = (progress.failed(), progress.lines.len());
            (failed > 0).then(|| format!("{failed} of {all} failed"))
        }
        Ok(Err(refusal)) => Some(refusal.to_string()),
        Err(_) => Some("the job panicked: the log says where".to_owned()),
    }
}

/// Says again and again that the run is alive; ready once it is not this process's any more.
async fn taken_away(shop: &Shop, run: &JobRun, report: &Report) {
    loop {
        sleep(limits::RUN_KEPT_EVERY).await;
        match keep_run(&shop.background, run.id, &report.progress()).await {
            Ok(true) => {}
            Ok(false) => return,
            // Whoever gives the run up must reach the store, too.
            Err(refusal) => {
                tracing::warn!(job.run = %run.id, "a run could not say that it is alive: {refusal}");
            }
        }
    }
}

/// Ready once the process has stopped for as long as a run may go on.
async fn time_is_over(mut stop: watch::Receiver<bool>) {
    // An error says that whoever stops it is gone.
    let _ = stop.wait_for(|is_stopping| *is_stopping).await;
    sleep(limits::RUN_STOPS_WITHIN).await;
}

async fn end(shop: &Shop, job: Job, run: &JobRun, report: &Report, failure: Option<&str>) {
    let progress = report.progress();
    for _ in 0..limits::RUN_END_TRIES {
        match end_run(&shop.background, run.id, &progress, failure).await {
            Ok(_) => return,
            Err(refusal) if refusal.code() == Code::Unavailable => not_written(job, run, &refusal),
            Err(refusal) => return not_written(job, run, &refusal),
        }
        sleep(limits::RUN_KEPT_EVERY).await;
    }
}

fn not_written(job: Job, run: &JobRun, refusal: &Refusal) {
    tracing::error!(job.run = %run.id, "the end of `{job}` could not be written: {refusal}");
}
