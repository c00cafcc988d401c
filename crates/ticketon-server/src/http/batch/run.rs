//! `POST /api/batch/jobs/{job}/run`: asks for a run of a job.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value};
use ticketon_core::caller::Right;
use ticketon_core::{Caller, Refusal};

use super::requested;
use crate::http::Http;
use crate::http::caller::LoggedIn;
use crate::http::input::{Input, Named};
use crate::http::problem::Answer;
use crate::jobs::Job;

/// What is asked for.
#[derive(Debug, Deserialize)]
pub(in crate::http) struct Wish {
    /// Say only what would be done.
    #[serde(default)]
    dry_run: bool,
    /// What the job itself understands.
    #[serde(flatten)]
    asked: Map<String, Value>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(name): Named<String>,
    wish: Input<Wish>,
) -> Answer<Response> {
    caller.may(Right::Administer)?;
    let job = super::job(&name)?;
    let (caller, wish) = wish.by(caller);
    Ok(wish.of(&http, &caller, job).await?)
}

impl Wish {
    /// Asks for it, if the job understands what it is asked.
    pub(super) async fn of(self, http: &Http, caller: &Caller, job: Job) -> Result<Response, Refusal> {
        let asked = Value::Object(self.asked);
        job.check(&asked)?;
        requested(http, caller, job, self.dry_run, asked).await
    }
}
