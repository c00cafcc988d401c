//! `GET /performances/{performance}/seats`: which seats are free, two bits a seat in number order, the first seat in
//! the lowest bits: 0 free, 1 held, 2 sold, 3 off sale.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use ticketon_core::event::Price;
use ticketon_core::fact::Position;
use ticketon_core::ids::PerformanceId;

use crate::http::caller::Anyone;
use crate::http::input::Named;
use crate::http::known::Known;
use crate::http::problem::Answer;
use crate::http::{Http, find};

#[derive(Debug, Serialize)]
struct SeatsView {
    /// The log position up to which it is complete.
    version: Position,
    /// In base64.
    seats: String,
    prices: Vec<Price>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    Anyone(caller): Anyone,
    Named(performance): Named<PerformanceId>,
    known: Known,
) -> Answer<Response> {
    let (performance, event) = find::performance(&http, &caller, performance).await?;
    let cx = &http.shop.cx;
    let hall = cx.hall(performance.id).await?;
    // The version first: a seat that is ahead of it is sent again and does no harm.
    let version = cx.availability.version(&hall);
    let seats = hall.packed();
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&seats)[..12]));
    let about = [(ETAG, tag.as_str()), (CACHE_CONTROL, "no-cache")];
    if known.has(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    let view = SeatsView {
        version,
        seats: STANDARD.encode(seats),
        prices: event.prices,
    };
    Ok((about, Json(view)).into_response())
}
