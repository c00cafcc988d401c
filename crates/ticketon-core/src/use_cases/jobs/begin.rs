//! Beginning a run, because it is due or because somebody asked for it: what only the program itself calls.

use super::{fact, load, make_way};
use crate::context::{Context, Tries};
use crate::error::Refusal;
use crate::fact::What;
use crate::ids::{JobName, JobRunId};
use crate::job::{Job, JobRun};
use crate::store::{CommitError, Freshness, Unavailable, Versioned};
use crate::time::Timestamp;

/// Where a job stands. One that was never seen before stands where it is now: what was due earlier is nobody's.
pub async fn enlist_job(cx: &Context, name: &JobName) -> Result<Job, Refusal> {
    let mut tries = Tries::default();
    loop {
        if let Some((job, _)) = known(cx, name).await? {
            return Ok(job);
        }
        let job = Job::new(name.clone(), cx.now());
        match cx.commit(cx.changes().create(job.clone())).await {
            Ok(()) => return Ok(job),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

/// Begins the run that is due at a moment; none if that moment was taken, or another run is under way. A run of it that was
/// lost with its process leaves the moment to whoever comes next.
pub async fn start_due_run(
    cx: &Context,
    name: &JobName,
    due: Timestamp,
    process: &str,
) -> Result<Option<JobRun>, Refusal> {
    let mut tries = Tries::default();
    loop {
        let now = cx.now();
        let Some((job, version)) = known(cx, name).await?.filter(|(job, _)| job.taken <= due) else {
            return Ok(None);
        };
        let Ok(changes) = make_way(cx, job.latest, now).await? else {
            return Ok(None);
        };
        // Whoever was not heard of any more is lost only when that is written: the next look finds it so.
        let latest = load(cx, job.latest).await?.map(|(run, _)| run);
        let id = JobRunId::new(now, &*cx.entropy);
        let Some(job) = job.with_run(due, id, latest.as_ref()) else {
            return Ok(None);
        };
        let run = JobRun::due(id, name.clone(), due, process, now);
        match cx.commit(changes.write(job, version).create(run.clone())).await {
            Ok(()) => return Ok(Some(run)),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

/// Begins a run that somebody asked for, if it still waits for a process.
pub async fn take_requested_run(
    cx: &Context,
    run: JobRunId,
    process: &str,
) -> Result<Option<JobRun>, Unavailable> {
    let now = cx.now();
    let Some((run, version)) = load(cx, Some(run)).await? else {
        return Ok(None);
    };
    if !run.is_alive(now) {
        return Ok(None);
    }
    let Some(run) = run.taken(process, now) else {
        return Ok(None);
    };
    let started = What::JobRunStarted {
        job: run.job.clone(),
        run: run.id,
    };
    let changes = cx
        .changes()
        .write(run.clone(), version)
        .record(fact(started, now));
    match cx.commit(changes).await {
        Ok(()) => Ok(Some(run)),
        // Another process has taken it.
        Err(CommitError::Conflict(_)) => Ok(None),
        Err(CommitError::Unavailable(error)) => Err(error),
    }
}

/// Lets a due moment go by without a run; says whether it was still to be had.
pub async fn miss_due(cx: &Context, name: &JobName, due: Timestamp) -> Result<bool, Unavailable> {
    let Some((job, version)) = known(cx, name).await?.filter(|(job, _)| job.taken < due) else {
        return Ok(false);
    };
    match cx
        .commit(cx.changes().write(Job { taken: due, ..job }, version))
        .await
    {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict(_)) => Ok(false),
        Err(CommitError::Unavailable(error)) => Err(error),
    }
}

async fn known(cx: &Context, name: &JobName) -> Result<Option<Versioned<Job>>, Unavailable> {
    cx.load::<Job>((name.clone(),), Freshness::Fresh).await
}
