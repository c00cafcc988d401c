//! `POST /auth/register`: makes an account and logs in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ticketon_core::{Caller, Refusal, find_user};

use super::logged_in;
use crate::http::Http;
use crate::http::input::Input;
use crate::http::problem::Answer;
use crate::http::users::account::{self, NewAccount};

pub(in crate::http) async fn handler(State(http): State<Http>, new: Input<NewAccount>) -> Answer<Response> {
    let user = account::make(&http, Caller::anyone(), new).await?;
    let user = find_user(&http.shop.cx, &user.email).await?;
    let user = user.ok_or_else(|| Refusal::internal("a user vanished while it was made"))?;
    Ok(logged_in(&http, StatusCode::CREATED, user).await?)
}
