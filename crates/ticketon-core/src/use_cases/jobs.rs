//! Runs of jobs: asked for, begun, kept alive and ended, one at a time of each job whatever number of processes there is.
//!
//! Whoever makes a run writes the job's row and has read the latest run; whoever goes on with one writes the run's row
//! alone. So a process that was only slow, and one that takes it for dead, cannot both be believed.

mod begin;
mod carry_on;
mod request;

pub use begin::{enlist_job, miss_due, start_due_run, take_requested_run};
pub use carry_on::{end_run, give_up_runs, keep_run};
pub use request::{RunRequest, request_run};

use crate::context::Context;
use crate::fact::{Fact, Stream, What};
use crate::ids::JobRunId;
use crate::job::JobRun;
use crate::store::{Changes, Freshness, Unavailable, Versioned};
use crate::time::Timestamp;

/// The run that another one must wait for; one that is only still thought to be under way is given up with these changes.
async fn make_way(
    cx: &Context,
    latest: Option<JobRunId>,
    now: Timestamp,
) -> Result<Result<Changes, JobRun>, Unavailable> {
    let Some((run, version)) = load(cx, latest).await? else {
        return Ok(Ok(cx.changes()));
    };
    if run.is_alive(now) {
        return Ok(Err(run));
    }
    Ok(Ok(match run.given_up(now) {
        Some(run) => cx.changes().record(ended(&run, now)).write(run, version),
        None => cx.changes(),
    }))
}

async fn load(cx: &Context, run: Option<JobRunId>) -> Result<Option<Versioned<JobRun>>, Unavailable> {
    match run {
        Some(run) => cx.load::<JobRun>((run,), Freshness::Fresh).await,
        None => Ok(None),
    }
}

/// That a run has ended.
fn ended(run: &JobRun, now: Timestamp) -> Fact {
    let what = What::JobRunEnded {
        job: run.job.clone(),
        run: run.id,
        end: run.end().expect("whoever says so has just ended it"),
        failed: run.progress.failed() as u64,
    };
    fact(what, now)
}

fn fact(what: What, at: Timestamp) -> Fact {
    Fact {
        stream: Stream::System,
        at,
        what,
    }
}
