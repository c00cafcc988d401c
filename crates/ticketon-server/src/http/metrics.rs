//! `GET /metrics`: what a scraper wants to know, in the text format of Prometheus.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use super::Http;
use crate::limits;
use crate::metrics;
use crate::settings::Bus;

pub(super) async fn handler(State(http): State<Http>) -> impl IntoResponse {
    let has_bus = matches!(http.settings.bus, Bus::Kafka(_));
    let mut page = metrics::page(&http.shop, &http.looking, has_bus).await;
    let open = limits::STREAMS_MAX - http.streams.available_permits();
    http.requests.write(&mut page, open);
    let about = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (about, page.text())
}
