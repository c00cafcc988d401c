//! `GET /api/batch/jobs`: the jobs, when each is due and how it went.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use ticketon_core::caller::Right;
use ticketon_core::job::{Job as Stands, JobRun};
use ticketon_core::row::RowId;
use ticketon_core::store::Freshness;
use ticketon_core::{Refusal, Timestamp};

use super::RunView;
use crate::http::Http;
use crate::http::caller::LoggedIn;
use crate::http::page::Page;
use crate::http::problem::Answer;
use crate::jobs::Job;

/// A job among others.
#[derive(Debug, Serialize)]
pub(in crate::http) struct JobView {
    job: &'static str,
    /// When it is due, as cron has it.
    expression: String,
    time_zone: String,
    next_due: Option<Timestamp>,
    /// Whether a run is under way, or asked for.
    under_way: bool,
    /// The run that was made last, under way or over; none yet for a new job.
    last_run: Option<RunView>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
) -> Answer<Json<Page<JobView>>> {
    caller.may(Right::Administer)?;
    let now = http.shop.cx.now();
    let mut jobs = Vec::new();
    for (job, last_run) in Job::ALL.into_iter().zip(last_runs(&http).await?) {
        let schedule = http.shop.schedules.of(job);
        jobs.push(JobView {
            job: job.name(),
            expression: schedule.expression().to_owned(),
            time_zone: schedule.time_zone().to_owned(),
            next_due: schedule.next_after(now),
            under_way: last_run.as_ref().is_some_and(|run| run.is_alive(now)),
            last_run: last_run.map(|run| RunView::of(run, now)),
        });
    }
    Ok(Json(Page::whole(jobs)))
}

/// The last run of every job, in two reads.
async fn last_runs(http: &Http) -> Result<Vec<Option<JobRun>>, Refusal> {
    let cx = &http.shop.cx;
    let names = Job::ALL.map(|job| RowId::Job(job.key()));
    let jobs = cx.load_all::<Stands>(names, Freshness::Fresh).await?;
    let latest: Vec<_> = jobs
        .into_iter()
        .map(|job| job.and_then(|(job, _)| job.latest))
        .collect();
    let runs = latest.iter().flatten().map(|run| RowId::JobRun(*run));
    let mut runs = cx.load_all::<JobRun>(runs, Freshness::Fresh).await?.into_iter();
    let run_of = |latest: Option<_>| latest.and_then(|_| runs.next().flatten().map(|(run, _)| run));
    Ok(latest.into_iter().map(run_of).collect())
}
