//! Logging in: an access token in the body, short-lived, and a refresh token in a cookie that no script can read and
//! no other site can send.

pub(super) mod login;
pub(super) mod logout;
pub(super) mod refresh;
pub(super) mod register;

use axum::Json;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use ticketon_core::ids::Email;
use ticketon_core::store::Versioned;
use ticketon_core::user::{Session, User};
use ticketon_core::{Refusal, start_session};

use super::Http;
use super::users::UserView;
use crate::limits;

const COOKIE_NAME: &str = "ticketon_refresh";

/// Only this interface's own pages send it, only here, and only over TLS (or to this machine).
const COOKIE_KEPT: &str = "Path=/api/v1/auth; HttpOnly; Secure; SameSite=Strict";

/// Somebody who has logged in.
#[derive(Debug, Serialize)]
pub(super) struct LoginView {
    user: UserView,
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
}

impl LoginView {
    /// A user with a fresh access token.
    pub(super) fn of(http: &Http, user: User) -> Result<Self, Refusal> {
        Ok(Self {
            access_token: http.shop.tokens.access(&user, http.shop.cx.now())?,
            user: user.into(),
            token_type: "Bearer",
            expires_in: limits::ACCESS_TOKEN_LASTS.as_secs(),
        })
    }
}

/// Opens a login.
async fn logged_in(http: &Http, status: StatusCode, user: Versioned<User>) -> Result<Response, Refusal> {
    let session = start_session(&http.shop.cx, &user, limits::SESSION_LASTS).await?;
    continued(http, status, user.0, &session)
}

/// An access token, and the refresh token that comes next.
fn continued(http: &Http, status: StatusCode, user: User, session: &Session) -> Result<Response, Refusal> {
    let token = http.shop.tokens.refresh(session)?;
    let seconds = session.until.since(http.shop.cx.now()).as_secs();
    let cookie = cookie(&token, seconds)?;
    let login = LoginView::of(http, user)?;
    Ok((status, [(SET_COOKIE, cookie)], Json(login)).into_response())
}

fn cookie(token: &str, seconds: u64) -> Result<HeaderValue, Refusal> {
    let text = format!("{COOKIE_NAME}={token}; Max-Age={seconds}; {COOKIE_KEPT}");
    HeaderValue::from_str(&text).map_err(Refusal::internal)
}

/// The refresh token that the request's cookies hold.
fn refresh_token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter();
    cookies
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))
}

/// An address as somebody types it.
pub(super) fn email(text: &str) -> Result<Email, Refusal> {
    Email::new(text.trim().to_lowercase()).map_err(|error| Refusal::field("email", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let cookies = [(
            COOKIE,
            "theme=dark; ticketon_refresh=abc.def; x=y".parse().unwrap(),
        )];
        assert_eq!(refresh_token(&cookies.into_iter().collect()), Some("abc.def"));
        let others = [(COOKIE, "ticketon_refresh2=abc".parse().unwrap())];
        assert_eq!(refresh_token(&others.into_iter().collect()), None);
    }

    #[test]
    fn no_script_and_no_other_site_gets_the_cookie() {
        let cookie = cookie("abc", 60).unwrap();
        let cookie = cookie.to_str().unwrap();
        for attribute in ["HttpOnly", "Secure", "SameSite=Strict", "Max-Age=60"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
    }
}
