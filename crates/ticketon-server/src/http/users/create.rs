//! `POST /admin/users`: makes an account for somebody else.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::civil::Date;
use serde::Deserialize;
use ticketon_core::caller::Right;
use ticketon_core::{NewUser, create_user};

use super::UserView;
use crate::http::Http;
use crate::http::asker::LoggedIn;
use crate::http::auth::{email, hashed};
use crate::http::input::Input;
use crate::http::problem::Answer;

/// A new account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewAccount {
    email: String,
    password: String,
    name: String,
    birth_date: Option<Date>,
    /// May run the shop.
    #[serde(default)]
    is_admin: bool,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    new: Input<NewAccount>,
) -> Answer<impl IntoResponse> {
    caller.may(Right::Administer)?;
    let (caller, new) = new.by(caller);
    let new = NewUser {
        email: email(&new.email)?,
        name: new.name,
        password_hash: hashed(&http, new.password).await?,
        birth_date: new.birth_date,
        is_admin: new.is_admin,
    };
    let user = create_user(&http.shop.cx, &caller, new).await?;
    Ok((StatusCode::CREATED, Json(UserView::from(user))))
}
