//! `POST /auth/logout`: ends the login of the cookie. Logging out twice, or of a login that has ended, is no error.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use ticketon_core::end_session;

use super::{cookie, refresh_token};
use crate::http::Http;
use crate::http::problem::Answer;

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    headers: HeaderMap,
) -> Answer<impl IntoResponse> {
    let cx = &http.shop.cx;
    let session = refresh_token(&headers).and_then(|token| http.shop.tokens.session(token, cx.now()).ok());
    if let Some((session, _)) = session {
        end_session(cx, session).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie("", 0)?)]))
}
