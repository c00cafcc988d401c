//! `POST /organizations`: makes an organization.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use ticketon_core::create_organization;
use ticketon_core::ids::Slug;

use crate::http::Http;
use crate::http::caller::LoggedIn;
use crate::http::input::Input;
use crate::http::problem::Answer;

/// A new organization.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewOrganization {
    slug: Slug,
    name: String,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    new: Input<NewOrganization>,
) -> Answer<impl IntoResponse> {
    let (caller, new) = new.by(caller);
    let made = create_organization(&http.shop.cx, &caller, new.slug, new.name).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
