//! `POST /events/{event}/publish`: puts a draft on the shelf, once its seats are seeded and priced. Publishing twice is
//! no error. An event that the shop's money is not for is refused here, not when a crowd comes to pay.

use axum::Json;
use axum::extract::State;
use ticketon_core::caller::Right;
use ticketon_core::event::EventState;
use ticketon_core::organization::Role;
use ticketon_core::publish;

use super::EventView;
use crate::http::caller::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(name): Named<String>,
) -> Answer<Json<EventView>> {
    let event = find::event(&http, &caller, &name).await?;
    // Before anything is said of the shop's money.
    caller.may(Right::ActAs(event.organization, Role::Manager))?;
    if event.state == EventState::Draft {
        http.shop.payments.check_money(event.test)?;
    }
    let event = publish(&http.shop.cx, &caller, event.id).await?;
    Ok(Json(EventView::load(&http, event).await?))
}
