//! `POST /auth/register`: makes an account and logs in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use ticketon_core::{Caller, NewUser, Refusal, create_user, find_user};

use super::{email, hashed, logged_in};
use crate::http::Http;
use crate::http::input::Input;
use crate::http::problem::Answer;

/// A new account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Registration {
    email: String,
    password: String,
    name: String,
    /// Needed where an event has an age limit.
    birth_date: Option<Date>,
}

pub(in crate::http) async fn handler(State(http): State<Http>, new: Input<Registration>) -> Answer<Response> {
    let (caller, new) = new.by(Caller::anyone());
    let email = email(&new.email)?;
    let new = NewUser {
        email: email.clone(),
        name: new.name,
        password_hash: hashed(&http, new.password).await?,
        birth_date: new.birth_date,
        is_admin: false,
    };
    create_user(&http.shop.cx, &caller, new).await?;
    let user = find_user(&http.shop.cx, &email).await?;
    let user = user.ok_or_else(|| Refusal::internal("a user vanished while it was made"))?;
    Ok(logged_in(&http, StatusCode::CREATED, user).await?)
}
