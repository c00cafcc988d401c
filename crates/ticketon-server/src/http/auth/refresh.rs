//! `POST /auth/refresh`: another access token for the refresh token in the cookie, which is replaced. An old one shown
//! again ends the login: somebody may have stolen it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use ticketon_core::{Code, Refusal, refresh_session};

use super::{continued, refresh_token};
use crate::http::Http;
use crate::http::problem::Answer;

pub(in crate::http) async fn handler(State(http): State<Http>, headers: HeaderMap) -> Answer<Response> {
    let token = refresh_token(&headers)
        .ok_or_else(|| Refusal::new(Code::LoginRequired, "nobody is logged in here: log in"))?;
    let cx = &http.shop.cx;
    let (session, generation) = http.shop.tokens.session(token, cx.now())?;
    let (user, session) = refresh_session(cx, session, generation).await?;
    Ok(continued(&http, StatusCode::OK, user, &session)?)
}
