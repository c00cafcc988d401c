//! `POST /admin/users`: makes an account for somebody else.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use ticketon_core::caller::Right;

use super::UserView;
use super::account::{self, NewAccount};
use crate::http::Http;
use crate::http::caller::LoggedIn;
use crate::http::input::Input;
use crate::http::problem::Answer;

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    new: Input<NewAccount>,
) -> Answer<impl IntoResponse> {
    caller.may(Right::Administer)?;
    let user = account::make(&http, caller, new).await?;
    Ok((StatusCode::CREATED, Json(UserView::from(user))))
}
