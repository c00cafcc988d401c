//! One run of a job in this process: the job itself, and beside it what says that it is alive.
//!
//! However the job ends (it is done, it fails, it panics, the process stops) the run ends with it and says how. Only a
//! process that dies leaves a run behind, which others then give up.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use ticketon_core::job::JobRun;
use ticketon_core::{Code, Context, Refusal, end_run, keep_run};
use tokio::sync::watch;
use tokio::time::sleep;

use super::{Job, Report};
use crate::limits;
use crate::shop::Shop;

/// Runs a job to its end, and writes down how it ended.
pub(super) async fn execute(shop: Arc<Shop>, job: Job, run: JobRun, stop: watch::Receiver<bool>) {
    let report = Report::of(&run);
    let work = job.run(&shop, &report);
    carry_out(&shop.background, &run, &report, work, stop).await;
}

async fn carry_out(
    cx: &Context,
    run: &JobRun,
    report: &Report,
    work: impl Future<Output = Result<(), Refusal>>,
    stop: watch::Receiver<bool>,
) {
    let failure = tokio::select! {
        biased;
        failure = done(work, report) => failure,
        () = taken_away(cx, run, report) => {
            tracing::error!(job.run = %run.id, "`{}` was cut: nobody heard of it in time, and it was given up", run.job);
            return;
        }
        () = time_is_over(stop) => Some("stopped: the process ended before the job did".to_owned()),
    };
    if let Some(reason) = &failure {
        tracing::error!(job.run = %run.id, "`{}` failed: {reason}", run.job);
    }
    end(cx, run, report, failure.as_deref()).await;
}

/// Does the work; answers why it failed, if it did.
async fn done(work: impl Future<Output = Result<(), Refusal>>, report: &Report) -> Option<String> {
    match AssertUnwindSafe(work).catch_unwind().await {
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
async fn taken_away(cx: &Context, run: &JobRun, report: &Report) {
    loop {
        sleep(limits::RUN_KEPT_EVERY).await;
        match keep_run(cx, run.id, &report.progress()).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(refusal) => {
                // Whoever gives the run up must reach the store, too.
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

async fn end(cx: &Context, run: &JobRun, report: &Report, failure: Option<&str>) {
    let progress = report.progress();
    for _ in 0..limits::RUN_END_TRIES {
        match end_run(cx, run.id, &progress, failure).await {
            Ok(_) => return,
            Err(refusal) => {
                tracing::error!(job.run = %run.id, "the end of `{}` could not be written: {refusal}", run.job);
                if refusal.code() != Code::Unavailable {
                    return;
                }
            }
        }
        sleep(limits::RUN_KEPT_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use ticketon_core::ids::JobName;
    use ticketon_core::job::{Outcome, RunEnd, RunState};
    use ticketon_core::store::Freshness;
    use ticketon_core::{FixedClock, Memory, SeededEntropy, enlist_job, give_up_runs, start_due_run};

    use super::*;

    /// A run that has begun, and what keeps it.
    struct Begun {
        cx: Context,
        clock: FixedClock,
        run: JobRun,
        report: Report,
        stop: watch::Sender<bool>,
    }

    impl Begun {
        async fn new() -> Self {
            let clock = FixedClock::at("2026-12-05T16:59:00Z");
            let cx = Context::new(Memory::new(), clock.clone(), SeededEntropy::new(7));
            let job = JobName::new("analyze").unwrap();
            enlist_job(&cx, &job).await.unwrap();
            clock.advance(Duration::from_mins(1));
            let run = start_due_run(&cx, &job, cx.now(), "one").await.unwrap().unwrap();
            Self {
                report: Report::of(&run),
                stop: watch::Sender::new(false),
                cx,
                clock,
                run,
            }
        }

        /// How the run ends with this work, and why.
        async fn with(&self, work: impl Future<Output = Result<(), Refusal>>) -> (Option<RunEnd>, String) {
            carry_out(&self.cx, &self.run, &self.report, work, self.stop.subscribe()).await;
            let found = self.cx.load::<JobRun>((self.run.id,), Freshness::Fresh).await;
            let (run, _) = found.unwrap().unwrap();
            let reason = match &run.state {
                RunState::Ended { reason, .. } => reason.clone(),
                RunState::Requested { .. } | RunState::Running { .. } => None,
            };
            (run.end(), reason.unwrap_or_default())
        }
    }

    #[tokio::test]
    async fn a_run_ends_as_its_job_does() {
        assert_eq!(
            Begun::new().await.with(ready(Ok(()))).await,
            (Some(RunEnd::Done), String::new())
        );
        let refused = Refusal::new(Code::Unavailable, "nobody there");
        let (end, reason) = Begun::new().await.with(ready(Err(refused))).await;
        assert_eq!(
            (end, reason.as_str()),
            (Some(RunEnd::Failed), "unavailable: nobody there")
        );
        let (end, reason) = Begun::new().await.with(async { panic!("a bug") }).await;
        assert_eq!(end, Some(RunEnd::Failed));
        assert!(reason.contains("panicked"), "{reason}");
    }

    #[tokio::test]
    async fn a_step_that_failed_fails_the_run() {
        let begun = Begun::new().await;
        begun.report.add("seat", Outcome::Ok, "", Duration::ZERO);
        begun
            .report
            .add("hold", Outcome::Failed, "locked", Duration::ZERO);
        let ended = begun.with(ready(Ok(()))).await;
        assert_eq!(ended, (Some(RunEnd::Failed), "1 of 2 failed".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_finish_when_the_process_stops_says_so_and_what_can_does() {
        let begun = Begun::new().await;
        begun.stop.send_replace(true);
        let (end, reason) = begun.with(pending()).await;
        assert_eq!(end, Some(RunEnd::Failed));
        assert!(reason.starts_with("stopped:"), "{reason}");
        let begun = Begun::new().await;
        begun.stop.send_replace(true);
        let quick = async {
            sleep(limits::RUN_STOPS_WITHIN / 2).await;
            Ok(())
        };
        assert_eq!(begun.with(quick).await.0, Some(RunEnd::Done));
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_run_is_kept_alive_and_one_that_was_given_up_is_cut() {
        let begun = Begun::new().await;
        let long = async {
            for _ in 0..60 {
                begun.clock.advance(limits::RUN_KEPT_EVERY);
                sleep(limits::RUN_KEPT_EVERY).await;
                assert!(give_up_runs(&begun.cx, 10).await.unwrap().is_empty());
            }
            Ok(())
        };
        assert_eq!(begun.with(long).await.0, Some(RunEnd::Done));
        let begun = Begun::new().await;
        begun.clock.advance(ticketon_core::limits::RUN_BELIEVED_ALIVE);
        give_up_runs(&begun.cx, 10).await.unwrap();
        assert_eq!(begun.with(pending()).await.0, Some(RunEnd::Died));
    }
}
