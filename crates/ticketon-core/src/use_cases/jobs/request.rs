//! Asking for a run: whichever process runs jobs takes it.

use serde_json::Value;

use super::{fact, make_way};
use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Details, Refusal};
use crate::fact::What;
use crate::ids::{JobName, JobRunId};
use crate::job::{Job, JobRun};
use crate::row::RowId;
use crate::store::{Freshness, Version};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRequest {
    /// A run of which job; whoever asks knows that there is one.
    pub job: JobName,
    /// It is to say only what it would do.
    pub is_dry: bool,
    /// What is asked of it, in the job's own words.
    pub asked: Value,
}

/// Asks for a run, unless one is under way; who runs the shop may.
pub async fn request_run(cx: &Context, caller: &Caller, request: RunRequest) -> Result<JobRun, Refusal> {
    caller.may(Right::Administer)?;
    let mut tries = Tries::default();
    loop {
        let now = cx.now();
        let found = cx.load::<Job>((request.job.clone(),), Freshness::Fresh).await?;
        let (job, version) = found.unwrap_or_else(|| (Job::new(request.job.clone(), now), Version::ABSENT));
        let changes = match make_way(cx, job.latest, now).await? {
            Ok(changes) => changes,
            Err(under_way) => {
                return match cx.first_answer(caller).await? {
                    Some(first) => first_run(cx, first).await,
                    None => Err(job_running(&under_way)),
                };
            }
        };
        let id = JobRunId::new(now, &*cx.entropy);
        let run = JobRun {
            is_dry: request.is_dry,
            asked: request.asked.clone(),
            ..JobRun::asked_for(id, request.job.clone(), caller.name(), now)
        };
        let what = What::JobRunRequested {
            job: run.job.clone(),
            run: id,
        };
        let latest = Job {
            latest: Some(id),
            ..job
        };
        let changes = changes
            .write(latest, version)
            .create(run.clone())
            .record(fact(what, now))
            .by(caller)
            .answer(caller.answer(RowId::JobRun(id), now));
        match cx.commit(changes).await {
            Ok(()) => return Ok(run),
            Err(error) => {
                if let Some(first) = tries.after(error, caller)? {
                    return first_run(cx, first).await;
                }
            }
        }
    }
}

async fn first_run(cx: &Context, answered: RowId) -> Result<JobRun, Refusal> {
    match answered {
        RowId::JobRun(id) => Ok(cx.need((id,), Freshness::Fresh, "run").await?.0),
        other => Err(Refusal::internal(format_args!(
            "a run was asked for, and {other:?} answered"
        ))),
    }
}

fn job_running(run: &JobRun) -> Refusal {
    let message = format!(
        "run `{}` of `{}` is under way: wait until it has ended",
        run.id, run.job
    );
    Refusal::new(Code::JobRunning, message).with(Details::Run(run.id))
}
