//! Going on with a run, and ending it: what only the program itself calls.

use super::ended;
use crate::context::{Context, Tries};
use crate::error::Refusal;
use crate::ids::JobRunId;
use crate::job::{Ending, JobRun, Progress};
use crate::row::{RowId, Table};
use crate::store::{CommitError, Freshness, Unavailable};

/// Says that a run's process is alive and how far it has come; says whether the run is still its own to go on with.
pub async fn keep_run(cx: &Context, run: JobRunId, progress: &Progress) -> Result<bool, Refusal> {
    let mut tries = Tries::default();
    loop {
        let now = cx.now();
        let (run, version) = cx.need::<JobRun>((run,), Freshness::Fresh, "run").await?;
        let Some(run) = run.kept(progress.clone(), now) else {
            return Ok(false);
        };
        match cx.commit(cx.changes().write(run, version)).await {
            Ok(()) => return Ok(true),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

/// Ends a run as its process says. A run that was given up stays so.
pub async fn end_run(
    cx: &Context,
    run: JobRunId,
    progress: &Progress,
    ending: &Ending,
) -> Result<JobRun, Refusal> {
    let mut tries = Tries::default();
    loop {
        let now = cx.now();
        let (run, version) = cx.need::<JobRun>((run,), Freshness::Fresh, "run").await?;
        if run.is_over() {
            return Ok(run);
        }
        let not_begun = || Refusal::internal("a run that nobody has begun cannot be ended");
        let over = run.ended(progress.clone(), ending.clone(), now);
        let over = over.ok_or_else(not_begun)?;
        let mut changes = cx.changes().write(over.clone(), version);
        if !over.went_as_always() {
            changes = changes.record(ended(&over, now));
        }
        match cx.commit(changes).await {
            Ok(()) => return Ok(over),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

/// Gives up the runs whose processes were not heard of in time, at most `limit` of them; those that this ended.
pub async fn give_up_runs(cx: &Context, limit: usize) -> Result<Vec<JobRun>, Unavailable> {
    let now = cx.now();
    let mut given_up = Vec::new();
    for id in cx.reads.due(Table::JobRun, now, limit).await? {
        let RowId::JobRun(id) = id else { continue };
        let Some((run, version)) = cx.load::<JobRun>((id,), Freshness::Fresh).await? else {
            continue;
        };
        let Some(run) = run.given_up(now) else { continue };
        let changes = cx.changes().write(run.clone(), version).record(ended(&run, now));
        match cx.commit(changes).await {
            Ok(()) => given_up.push(run),
            // It was heard of, or another process has given it up.
            Err(CommitError::Conflict(_)) => {}
            Err(CommitError::Unavailable(error)) => return Err(error),
        }
    }
    Ok(given_up)
}
