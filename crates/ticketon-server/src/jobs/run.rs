//! One run of a job in this process: the job itself, and beside it what says that it is alive.
//!
//! However the job ends (it is done, it fails, it panics, it takes too long, the process stops) the run ends with it and
//! says how. Only a process that dies, or cannot reach the store, leaves a run behind, which others then give up: by then
//! it has cut the work itself.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use ticketon_core::job::{Ending, JobRun};
use ticketon_core::limits::RUN_BELIEVED_ALIVE;
use ticketon_core::{Code, Context, Refusal, end_run, keep_run};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::{Job, Report};
use crate::limits;
use crate::shop::Shop;

/// Runs a job to its end, and writes down how it ended.
pub(super) async fn execute(shop: Arc<Shop>, job: Job, run: JobRun, stop: watch::Receiver<bool>) {
    let report = Report::of(&run);
    let work = job.run(&shop, &report);
    carry_out(&shop.background, &run, &report, work, job.longest(), stop).await;
}

async fn carry_out(
    cx: &Context,
    run: &JobRun,
    report: &Report,
    work: impl Future<Output = Result<(), Refusal>>,
    longest: Duration,
    stop: watch::Receiver<bool>,
) {
    let ending = tokio::select! {
        biased;
        ending = done(work, report) => ending,
        () = taken_away(cx, run, report) => {
            tracing::error!(job.run = %run.id, "`{}` was cut: nobody heard of it in time, and it was given up", run.job);
            return;
        }
        () = sleep(longest) => {
            Ending::Failed(format!("cut: it took longer than {} minutes", longest.as_secs() / 60))
        }
        () = time_is_over(stop) => Ending::Stopped("stopped: the process ended before the job did".to_owned()),
    };
    if let Ending::Failed(reason) | Ending::Stopped(reason) = &ending {
        tracing::error!(job.run = %run.id, "`{}` failed: {reason}", run.job);
    }
    end(cx, run, report, &ending).await;
}

/// Does the work; answers how it ended.
async fn done(work: impl Future<Output = Result<(), Refusal>>, report: &Report) -> Ending {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => {
            let progress = report.progress();
            match progress.failed() {
                0 => Ending::Done,
                failed => Ending::Failed(format!("{failed} of {} failed", progress.lines.len())),
            }
        }
        Ok(Err(refusal)) => Ending::Failed(refusal.to_string()),
        Err(_) => Ending::Failed("the job panicked: the log says where".to_owned()),
    }
}

/// Says again and again that the run is alive; ready once it is not this process's any more, or may not be by the time
/// that the next word of it could have come through: then others may begin the next one.
async fn taken_away(cx: &Context, run: &JobRun, report: &Report) {
    let mut heard_of_at = cx.now();
    loop {
        sleep(limits::RUN_KEPT_EVERY).await;
        let now = cx.now();
        let progress = report.progress();
        match timeout(limits::RUN_KEPT_WITHIN, keep_run(cx, run.id, &progress)).await {
            Ok(Ok(true)) => heard_of_at = now,
            Ok(Ok(false)) => return,
            Ok(Err(refusal)) => {
                tracing::warn!(job.run = %run.id, "a run could not say that it is alive: {refusal}");
            }
            Err(_) => {
                tracing::warn!(job.run = %run.id, "a run could not say that it is alive: the store does not answer");
            }
        }
        let next_word = cx.now() + limits::RUN_KEPT_EVERY + limits::RUN_KEPT_WITHIN;
        if next_word >= heard_of_at + RUN_BELIEVED_ALIVE {
            return;
        }
    }
}

/// Ready once the process has stopped for as long as a run may go on.
async fn time_is_over(mut stop: watch::Receiver<bool>) {
    // An error says that whoever stops it is gone.
    let _ = stop.wait_for(|is_stopping| *is_stopping).await;
    sleep(limits::RUN_STOPS_WITHIN).await;
}

async fn end(cx: &Context, run: &JobRun, report: &Report, ending: &Ending) {
    let progress = report.progress();
    for _ in 0..limits::RUN_END_TRIES {
        match end_run(cx, run.id, &progress, ending).await {
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

    use async_trait::async_trait;
    use ticketon_core::ids::JobName;
    use ticketon_core::job::{Outcome, RunEnd, RunState};
    use ticketon_core::store::{Changes, CommitError, Freshness, Store};
    use ticketon_core::{FixedClock, Memory, SeededEntropy, enlist_job, give_up_runs, start_due_run};

    use super::*;

    const LONGEST: Duration = Duration::from_mins(30);

    /// Takes everything and never answers.
    struct Silent;

    #[async_trait]
    impl Store for Silent {
        async fn commit(&self, _: Changes) -> Result<(), CommitError> {
            pending().await
        }
    }

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
            let stop = self.stop.subscribe();
            carry_out(&self.cx, &self.run, &self.report, work, LONGEST, stop).await;
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
        begun.clock.advance(RUN_BELIEVED_ALIVE);
        give_up_runs(&begun.cx, 10).await.unwrap();
        assert_eq!(begun.with(pending()).await.0, Some(RunEnd::Died));
    }
    #[tokio::test(start_paused = true)]
    async fn a_run_whose_store_does_not_answer_is_cut_before_another_may_begin() {
        let begun = Begun::new().await;
        let cx = Context {
            store: Arc::new(Silent),
            ..begun.cx.clone()
        };
        let work = async {
            loop {
                assert!(begun.run.is_alive(begun.cx.now()), "another one may be at it");
                sleep(Duration::from_millis(100)).await;
                begun.clock.advance(Duration::from_millis(100));
            }
        };
        carry_out(
            &cx,
            &begun.run,
            &begun.report,
            work,
            LONGEST,
            begun.stop.subscribe(),
        )
        .await;
        let latest = begun.run.due_at().unwrap();
        assert!(begun.cx.now() < latest, "{} < {latest}", begun.cx.now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_that_hangs_is_cut_after_its_longest_and_says_so() {
        let (end, reason) = Begun::new().await.with(pending()).await;
        assert_eq!(
            (end, reason.as_str()),
            (Some(RunEnd::Failed), "cut: it took longer than 30 minutes")
        );
    }
}
