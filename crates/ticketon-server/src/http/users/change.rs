//! `PATCH /users/me`: changes name or birth date. Answers with a new access token, for the old one says the old date.

use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use serde::Deserialize;
use ticketon_core::{UserChange, change_user};

use super::user_of;
use crate::http::Http;
use crate::http::auth::LoginView;
use crate::http::caller::LoggedIn;
use crate::http::input::Input;
use crate::http::problem::Answer;

/// What changes; what is not named stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Change {
    name: Option<String>,
    birth_date: Option<Date>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, person }: LoggedIn,
    change: Input<Change>,
) -> Answer<Json<LoginView>> {
    let (caller, change) = change.by(caller);
    let change = UserChange {
        name: change.name,
        birth_date: change.birth_date,
    };
    let user = change_user(&http.shop.cx, &caller, user_of(&person)?, change).await?;
    Ok(Json(LoginView::of(&http, user)?))
}
