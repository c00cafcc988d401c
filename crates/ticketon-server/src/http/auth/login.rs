//! `POST /auth/login`: an access token for an e-mail address and its password. Whether an address is registered is not
//! told, neither by words nor by time.

use std::net::SocketAddr;

use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use ticketon_core::{Code, Refusal, find_user};

use super::{email, logged_in};
use crate::http::Http;
use crate::http::input::Input;
use crate::http::problem::Answer;
use crate::rates::Key;

/// Who wants to log in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Credentials {
    email: String,
    password: String,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    given: Input<Credentials>,
) -> Answer<Response> {
    let given = given.alone();
    let email = email(&given.email)?;
    let network = from.map(|Extension(ConnectInfo(address))| address.ip().into());
    http.within_rate(Key::Login(email.clone(), network)).await?;
    http.within_rate(Key::Account(email.clone())).await?;
    let user = find_user(&http.shop.cx, &email).await?;
    let hash = user.as_ref().map(|(user, _)| user.password_hash.clone());
    let is_right = http.shop.passwords.verify(given.password, hash).await?;
    match user {
        Some(user) if is_right => Ok(logged_in(&http, StatusCode::OK, user).await?),
        _ => Err(Refusal::new(
            Code::BadCredentials,
            "wrong e-mail address or password: try again",
        )
        .into()),
    }
}
