//! `PUT /performances/{performance}/seat-plan`: seeds a draft's performance with the seats of a plan, as JSON or CSV.
//! The same plan again goes on where it stopped, or changes nothing.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::Serialize;
use ticketon_core::caller::Right;
use ticketon_core::error::{Details, FieldError};
use ticketon_core::ids::PerformanceId;
use ticketon_core::organization::Role;
use ticketon_core::plan::{Plan, PlanError, PlanId};
use ticketon_core::{Code, Refusal, seed_seats};

use crate::http::caller::LoggedIn;
use crate::http::input::{Named, read};
use crate::http::problem::Answer;
use crate::http::{Http, find};
use crate::limits;

#[derive(Debug, Serialize)]
pub(in crate::http) struct SeededView {
    plan: PlanId,
    /// Seats that were added; 0 where the plan was seeded before.
    added: u32,
    /// Seats there are.
    seats: u32,
}

/// The forms that a plan is written in.
#[derive(Debug, Clone, Copy)]
enum Form {
    Json,
    Csv,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(performance): Named<PerformanceId>,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<SeededView>> {
    let (_, event) = find::performance(&http, &caller, performance).await?;
    // Nobody else's megabytes are read.
    caller.may(Right::ActAs(event.organization, Role::Manager))?;
    let form = form(&headers)?;
    let text = read(&headers, body, limits::PLAN_BYTES_MAX).await?;
    let plan = plan(form, text).await?;
    let id = plan.id();
    let seeded = seed_seats(&http.shop.background, &caller, performance, plan, |_| ()).await?;
    Ok(Json(SeededView {
        plan: id,
        added: seeded.added,
        seats: seeded.seats,
    }))
}

fn form(headers: &HeaderMap) -> Result<Form, Refusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    match kind.unwrap_or_default().split(';').next().map(str::trim) {
        Some("application/json") => Ok(Form::Json),
        Some("text/csv") => Ok(Form::Csv),
        _ => Err(Refusal::new(
            Code::UnsupportedMediaType,
            "a plan is `application/json` or `text/csv`: say which in `Content-Type`",
        )),
    }
}

/// Reading a stadium takes a while: it is done beside what serves the buyers.
async fn plan(form: Form, text: Bytes) -> Result<Plan, Refusal> {
    let read = tokio::task::spawn_blocking(move || match form {
        Form::Json => Plan::from_json(&text),
        Form::Csv => Plan::from_csv(&text),
    });
    let plan = read.await;
    plan.map_err(Refusal::internal)?
        .map_err(|error| not_a_plan(&error))
}

fn not_a_plan(error: &PlanError) -> Refusal {
    let PlanError::Invalid(problems) = error else {
        return Refusal::new(Code::PlanInvalid, error.to_string());
    };
    let fields = problems
        .iter()
        .take(limits::PLAN_FAULTS_LISTED)
        .map(|problem| FieldError {
            field: problem.place.to_string(),
            message: problem.fault.to_string(),
        });
    let message = match problems.len() {
        1 => "the plan has a fault: correct it".to_owned(),
        faults => format!("the plan has {faults} faults: correct them"),
    };
    Refusal::new(Code::PlanInvalid, message).with(Details::Fields(fields.collect()))
}
