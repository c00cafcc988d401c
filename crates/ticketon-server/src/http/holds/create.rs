//! `POST /performances/{performance}/holds`: holds seats, all that were asked for or none. Needs the pass of a sale
//! with a queue, in the header `Ticketon-Pass`.

use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde::Deserialize;
use ticketon_core::event::PriceName;
use ticketon_core::ids::PerformanceId;
use ticketon_core::plan::SeatKey;
use ticketon_core::{Caller, Pick, Refusal, Seats, hold_seats};

use super::HoldView;
use crate::http::caller::LoggedIn;
use crate::http::input::{Input, Named, header};
use crate::http::problem::Answer;
use crate::http::{Http, find};

/// What is asked for: these seats, or the best there are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Wish {
    items: Option<Vec<Item>>,
    best_available: Option<Best>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    seat: SeatKey,
    price: PriceName,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Best {
    price: PriceName,
    quantity: u32,
    zone: Option<String>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(performance): Named<PerformanceId>,
    headers: HeaderMap,
    wish: Input<Wish>,
) -> Answer<impl IntoResponse> {
    let (caller, wish) = wish.by(caller);
    let seats = wish.seats()?;
    let caller = match admitted(&http, &caller, performance, &headers).await {
        Ok(admitted) => admitted,
        Err(refusal) => {
            http.refuse_unless_answered(&caller, refusal).await?;
            caller
        }
    };
    let hold = hold_seats(&http.shop.cx, &caller, performance, seats).await?;
    let hold = HoldView::load(&http, hold).await?;
    Ok((StatusCode::CREATED, [(LOCATION, hold.address())], Json(hold)))
}

/// The caller with the admission that the pass proves, if one was shown and something is on sale.
async fn admitted(
    http: &Http,
    caller: &Caller,
    performance: PerformanceId,
    headers: &HeaderMap,
) -> Result<Caller, Refusal> {
    let Some(pass) = header(headers, "ticketon-pass")? else {
        return Ok(caller.clone());
    };
    let (_, event) = find::performance(http, caller, performance).await?;
    let sale = find::sale_now(http, &event).await?;
    let admission = http.shop.rooms.admitted(sale.id, pass, http.shop.cx.now())?;
    Ok(caller.clone().admitted(admission))
}

impl Wish {
    fn seats(self) -> Result<Seats, Refusal> {
        match (self.items, self.best_available) {
            (Some(items), None) => Ok(Seats::Picked(items.into_iter().map(Pick::from).collect())),
            (None, Some(best)) => Ok(Seats::BestAvailable {
                price: best.price,
                quantity: best.quantity,
                zone: best.zone,
            }),
            _ => Err(Refusal::field("items", "send either `items` or `best_available`")),
        }
    }
}

impl From<Item> for Pick {
    fn from(item: Item) -> Self {
        Self {
            seat: item.seat,
            grade: Some(item.price.grade),
            kind: item.price.kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(json: &str) -> Result<Seats, Refusal> {
        serde_json::from_str::<Wish>(json).unwrap().seats()
    }

    #[test]
    fn one_asks_for_seats_or_for_the_best_but_not_for_both() {
        assert!(wish(r#"{"items": [{"seat": "A-1", "price": "R/adult"}]}"#).is_ok());
        assert!(wish(r#"{"best_available": {"price": "R/adult", "quantity": 2}}"#).is_ok());
        assert!(wish("{}").is_err());
        assert!(wish(r#"{"items": [], "best_available": {"price": "R/adult", "quantity": 2}}"#).is_err());
    }
}
