//! `GET /api/batch/runs/{run}`: a run, and how far it has come.

use axum::Json;
use axum::extract::State;
use ticketon_core::caller::Right;
use ticketon_core::ids::JobRunId;
use ticketon_core::job::JobRun;
use ticketon_core::store::Freshness;

use super::RunView;
use crate::http::Http;
use crate::http::caller::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(run): Named<JobRunId>,
) -> Answer<Json<RunView>> {
    caller.may(Right::Administer)?;
    let cx = &http.shop.cx;
    let (run, _) = cx.need::<JobRun>((run,), Freshness::Fresh, "run").await?;
    Ok(Json(RunView::of(run, cx.now())))
}
