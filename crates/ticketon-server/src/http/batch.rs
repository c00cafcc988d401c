//! `/api/batch/…`: jobs that run by the clock, for whoever runs the shop.

pub(super) mod analyze;
pub(super) mod health;
pub(super) mod history;
pub(super) mod jobs;
pub(super) mod run;
pub(super) mod show;
pub(super) mod stats;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::Value;
use ticketon_core::ids::{JobName, JobRunId};
use ticketon_core::job::{Cause, JobRun, Line, RunState};
use ticketon_core::{Caller, Code, Refusal, RunRequest, Timestamp, request_run};

use super::Http;
use crate::jobs::{Job, NoJob};

/// A run as the API shows it.
#[derive(Debug, Serialize)]
pub(super) struct RunView {
    id: JobRunId,
    job: JobName,
    /// *requested*, *running*, *done*, *failed*, *died*.
    state: &'static str,
    /// Why it failed, or died.
    reason: Option<String>,
    /// When it was due; null where somebody asked for it.
    due: Option<Timestamp>,
    /// Who asked for it; null where it was due.
    asked_by: Option<String>,
    dry_run: bool,
    /// What was asked of it.
    asked: Value,
    /// Which process is, or was, at it.
    process: Option<String>,
    made_at: Timestamp,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    /// How many steps there are; 0 while nobody knows.
    steps: u32,
    failed: usize,
    /// What became of each step that is over.
    lines: Vec<Line>,
}

impl RunView {
    /// A run as it stands now: a process that was not heard of in time is not shown as if it ran.
    pub(super) fn of(run: JobRun, now: Timestamp) -> Self {
        let run = run.clone().given_up(now).unwrap_or(run);
        let failed = run.progress.failed();
        let state = run.state.name();
        let (begun, ended_at, reason) = match run.state {
            RunState::Requested { .. } => (None, None, None),
            RunState::Running { begun, .. } => (Some(begun), None, None),
            RunState::Ended {
                begun, at, reason, ..
            } => (begun, Some(at), reason),
        };
        let (due, asked_by) = match run.cause {
            Cause::Due(due) => (Some(due), None),
            Cause::AskedBy(who) => (None, Some(who)),
        };
        let (process, started_at) = begun.map(|begun| (begun.by, begun.at)).unzip();
        Self {
            id: run.id,
            job: run.job,
            state,
            reason,
            due,
            asked_by,
            dry_run: run.is_dry,
            asked: run.asked,
            process,
            made_at: run.made_at,
            started_at,
            ended_at,
            steps: run.progress.steps,
            failed,
            lines: run.progress.lines,
        }
    }
}

/// The job that a path names.
fn job(name: &str) -> Result<Job, Refusal> {
    name.parse()
        .map_err(|unknown: NoJob| Refusal::new(Code::NotFound, unknown.to_string()))
}

/// Asks for a run; says where to look for what becomes of it.
async fn requested(
    http: &Http,
    caller: &Caller,
    job: Job,
    is_dry: bool,
    asked: Value,
) -> Result<Response, Refusal> {
    let request = RunRequest {
        job: job.key(),
        is_dry,
        asked,
    };
    let run = request_run(&http.shop.cx, caller, request).await?;
    let address = [(LOCATION, format!("/api/batch/runs/{}", run.id))];
    let view = RunView::of(run, http.shop.cx.now());
    Ok((StatusCode::ACCEPTED, address, Json(view)).into_response())
}
