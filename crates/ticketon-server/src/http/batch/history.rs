//! `GET /api/batch/jobs/{job}/history`: the runs of a job, the newest first.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use ticketon_core::Refusal;
use ticketon_core::caller::Right;
use ticketon_core::ids::JobRunId;

use super::RunView;
use crate::http::caller::LoggedIn;
use crate::http::input::{Asked, Named};
use crate::http::page::{Query, Wanted};
use crate::http::problem::Answer;
use crate::http::{Http, find};
use crate::jobs::Job;

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(name): Named<String>,
    Asked(query): Asked<Query>,
    uri: Uri,
) -> Answer<Response> {
    caller.may(Right::Administer)?;
    Ok(page(&http, super::job(&name)?, &query, &uri).await?)
}

/// A page of a job's runs.
pub(super) async fn page(http: &Http, job: Job, query: &Query, uri: &Uri) -> Result<Response, Refusal> {
    let wanted = Wanted::<JobRunId>::new(query.limit, query.cursor.as_deref())?;
    let lists = find::lists(http)?;
    let runs = lists.job_runs(&job.key(), wanted.after, wanted.rows()).await?;
    let now = http.shop.cx.now();
    let page = wanted.page(runs, |run| run.id);
    Ok(page.showing(|run| RunView::of(run, now)).answer(uri))
}
