//! `GET /users/me`: what is known of the caller.

use axum::Json;
use axum::extract::State;
use ticketon_core::user::User;

use super::{UserView, user_of};
use crate::http::caller::LoggedIn;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { person, .. }: LoggedIn,
) -> Answer<Json<UserView>> {
    let user = find::row::<User>(&http, (user_of(&person)?,), "user").await?;
    Ok(Json(user.into()))
}
