//! `GET /.well-known/jwks.json`: the public half of the keys that sign tokens and passes (RFC 7517).

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use serde_json::json;

use super::Http;

pub(super) async fn handler(State(http): State<Http>) -> impl IntoResponse {
    let keys = json!({ "keys": [http.shop.rooms.public_jwk()] });
    ([(CACHE_CONTROL, "public, max-age=300")], Json(keys))
}
