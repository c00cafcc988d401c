//! `PUT` and `DELETE /organizations/{organization}/members/{user}`: gives a user a role there, or takes it away. The
//! organization is named by slug or id, the user by e-mail address or id.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use ticketon_core::caller::Right;
use ticketon_core::ids::{OrganizationId, UserId};
use ticketon_core::organization::Role;
use ticketon_core::{Caller, Refusal, name_member};

use crate::http::caller::LoggedIn;
use crate::http::input::{Input, NamedTwice};
use crate::http::problem::Answer;
use crate::http::{Http, find};

/// What the user is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Membership {
    /// *owner*, *manager*, *`box_office`*, *gate*.
    role: Role,
}

/// Who is what where.
#[derive(Serialize)]
pub(in crate::http) struct MemberView {
    organization: OrganizationId,
    user: UserId,
    role: Option<Role>,
}

pub(in crate::http) async fn put(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    NamedTwice(organization, user): NamedTwice,
    membership: Input<Membership>,
) -> Answer<Json<MemberView>> {
    let role = membership.alone().role;
    Ok(Json(
        named(&http, &caller, &organization, &user, Some(role)).await?,
    ))
}

pub(in crate::http) async fn delete(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    NamedTwice(organization, user): NamedTwice,
) -> Answer<Json<MemberView>> {
    Ok(Json(named(&http, &caller, &organization, &user, None).await?))
}

async fn named(
    http: &Http,
    caller: &Caller,
    organization: &str,
    user: &str,
    role: Option<Role>,
) -> Result<MemberView, Refusal> {
    let organization = find::organization(http, organization).await?;
    // Before the user is looked for: who is registered is nobody else's business.
    caller.may(Right::ActAs(organization, Role::Owner))?;
    let user = find::user(http, user).await?;
    name_member(&http.shop.cx, caller, organization, user, role).await?;
    Ok(MemberView {
        organization,
        user,
        role,
    })
}
