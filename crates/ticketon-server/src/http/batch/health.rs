//! `GET /api/batch/health`: whether tables can be counted, for whoever watches. It is open and says no secret: no user, no
//! address, only the right that is missing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::adapter::sql::{Grant, Health};
use crate::http::Http;

/// Whether tables can be counted.
#[derive(Debug, Serialize)]
struct HealthView {
    /// `UP` or `DOWN`.
    status: &'static str,
    /// The rights that the batch user lacks.
    missing: Vec<Grant>,
    /// Why else it cannot.
    because: Option<String>,
}

/// 200 where they can, else 503.
pub(in crate::http) async fn handler(State(http): State<Http>) -> Response {
    let health = match &http.shop.statistics {
        Some(statistics) => statistics.health_lately(http.shop.cx.now()).await,
        None => Health::Up,
    };
    let retry_after = [(RETRY_AFTER, health.is_kept_for().as_secs().to_string())];
    let (missing, because) = match health {
        Health::Up => {
            let (status, missing, because) = ("UP", Vec::new(), None);
            let up = HealthView {
                status,
                missing,
                because,
            };
            return Json(up).into_response();
        }
        Health::Lacks(missing) => (missing, None),
        Health::Refused(because) => (Vec::new(), Some(because)),
    };
    let status = "DOWN";
    let down = HealthView {
        status,
        missing,
        because,
    };
    (StatusCode::SERVICE_UNAVAILABLE, retry_after, Json(down)).into_response()
}
