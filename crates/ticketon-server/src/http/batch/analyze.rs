//! `/api/batch/analyze/…`: the job that everybody asks for, by its own name.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use ticketon_core::caller::Right;

use super::run::Wish;
use crate::http::Http;
use crate::http::caller::LoggedIn;
use crate::http::input::{Asked, Input};
use crate::http::page::Query;
use crate::http::problem::Answer;
use crate::jobs::Job;

/// `POST /api/batch/analyze/run`
pub(in crate::http) async fn run(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    wish: Input<Wish>,
) -> Answer<Response> {
    caller.may(Right::Administer)?;
    let (caller, wish) = wish.by(caller);
    Ok(wish.of(&http, &caller, Job::Analyze).await?)
}

/// `GET /api/batch/analyze/history`
pub(in crate::http) async fn history(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Asked(query): Asked<Query>,
    uri: Uri,
) -> Answer<Response> {
    caller.may(Right::Administer)?;
    Ok(super::history::page(&http, Job::Analyze, &query, &uri).await?)
}
