//! Which seats a buyer gets, at which prices.

use super::scene::Scene;
use super::{Pick, Seats};
use crate::availability::Shown;
use crate::choose::{self, NotChosen, Wish};
use crate::claims::ClaimOwner;
use crate::context::Context;
use crate::error::{Code, Details, Refusal};
use crate::event::PriceName;
use crate::hold::HoldItem;
use crate::plan::{PlanSeat, SeatKey, SeatNumber};
use crate::time::Timestamp;

impl Scene {
    /// The items of a hold: the picked seats if they look free, or the best there are with the claims of
    /// others taken out.
    pub(super) async fn items(
        &self,
        cx: &Context,
        seats: &Seats,
        owner: &ClaimOwner,
        now: Timestamp,
    ) -> Result<Vec<HoldItem>, Refusal> {
        match seats {
            Seats::Picked(picks) => self.picked(picks),
            Seats::BestAvailable {
                price,
                quantity,
                zone,
            } => {
                let mut wish = Wish::new(price.grade.clone(), *quantity)
                    .map_err(|error| Refusal::field("quantity", error.to_string()))?;
                if let Some(zone) = zone {
                    wish = wish.in_zone(zone.clone());
                }
                let amount = self.amount(price)?;
                let items = self.best(cx, &wish, owner, now).await?;
                let item = |(number, seat): (SeatNumber, &PlanSeat)| HoldItem {
                    number,
                    seat: seat.key.clone(),
                    price: price.clone(),
                    amount,
                };
                Ok(items.into_iter().map(item).collect())
            }
        }
    }

    /// Whoever picked seats is told which are gone; whoever wants the best there is chooses again.
    pub(super) fn refuse_picked(
        &self,
        seats: &Seats,
        wanted: &[SeatNumber],
        gone: &[SeatNumber],
    ) -> Result<(), Refusal> {
        match seats {
            Seats::Picked(_) => {
                let gone: Vec<SeatNumber> = wanted
                    .iter()
                    .filter(|seat| gone.contains(seat))
                    .copied()
                    .collect();
                Err(self.seat_taken(&gone))
            }
            Seats::BestAvailable { .. } => Ok(()),
        }
    }

    fn picked(&self, picks: &[Pick]) -> Result<Vec<HoldItem>, Refusal> {
        let mut items: Vec<HoldItem> = Vec::with_capacity(picks.len());
        for pick in picks {
            let item = self.picked_item(pick)?;
            if items.iter().any(|other| other.number == item.number) {
                return Err(Refusal::field(
                    "items",
                    format!("seat `{}` is named twice", pick.seat),
                ));
            }
            items.push(item);
        }
        let numbers = items.iter().map(|item| item.number);
        let gone: Vec<SeatNumber> = numbers
            .filter(|number| self.hall.shown(*number) != Some(Shown::Free))
            .collect();
        if gone.is_empty() {
            Ok(items)
        } else {
            Err(self.seat_taken(&gone))
        }
    }

    fn picked_item(&self, pick: &Pick) -> Result<HoldItem, Refusal> {
        let number = self.plan.number_of(&pick.seat);
        let Some((number, seat)) = number.and_then(|number| Some((number, self.plan.seat(number)?))) else {
            let message = format!(
                "the plan has no seat `{}`: see the performance's seat plan",
                pick.seat
            );
            return Err(Refusal::new(Code::SeatUnknown, message));
        };
        if pick.grade.as_ref().is_some_and(|wanted| *wanted != seat.grade) {
            let message = format!(
                "seat `{}` is of grade `{}`: ask for a price of that grade",
                pick.seat, seat.grade
            );
            return Err(Refusal::new(Code::PriceUnknown, message));
        }
        let price = PriceName {
            grade: seat.grade.clone(),
            kind: pick.kind.clone(),
        };
        let amount = self.amount(&price)?;
        Ok(HoldItem {
            number,
            seat: seat.key.clone(),
            price,
            amount,
        })
    }

    async fn best(
        &self,
        cx: &Context,
        wish: &Wish,
        owner: &ClaimOwner,
        now: Timestamp,
    ) -> Result<Vec<(SeatNumber, &PlanSeat)>, Refusal> {
        let mut free = self.hall.free();
        let seats = 0..self.plan.seats();
        for number in cx.claims.claimed(self.performance.0.id, seats, now, owner).await {
            free.remove(number);
        }
        let chosen = choose::choose(&self.plan, &free, wish).map_err(|error| not_chosen(&error))?;
        let seats = chosen.seats.into_iter();
        Ok(seats
            .filter_map(|number| Some((number, self.plan.seat(number)?)))
            .collect())
    }

    fn amount(&self, price: &PriceName) -> Result<crate::money::Won, Refusal> {
        self.event.0.price(price).ok_or_else(|| {
            Refusal::new(
                Code::PriceUnknown,
                format!("this event has no price `{price}`: see its prices"),
            )
        })
    }

    fn seat_taken(&self, gone: &[SeatNumber]) -> Refusal {
        let taken: Vec<SeatKey> = gone
            .iter()
            .filter_map(|number| self.plan.key_of(*number).cloned())
            .collect();
        let names: Vec<&str> = taken.iter().map(SeatKey::as_str).collect();
        let message = format!("no longer free: {}; choose others", names.join(", "));
        let alternatives = self.alternatives(gone).unwrap_or_default();
        Refusal::new(Code::SeatTaken, message).with(Details::Seats { taken, alternatives })
    }

    /// Free seats like those that are gone, if there are as many.
    fn alternatives(&self, gone: &[SeatNumber]) -> Option<Vec<SeatKey>> {
        let grade = self.plan.grade_of(*gone.first()?)?;
        let wish = Wish::new(grade.clone(), u32::try_from(gone.len()).ok()?).ok()?;
        let chosen = choose::choose(&self.plan, &self.hall.free(), &wish).ok()?;
        chosen
            .seats
            .into_iter()
            .map(|number| self.plan.key_of(number).cloned())
            .collect()
    }
}

fn not_chosen(error: &NotChosen) -> Refusal {
    match error {
        NotChosen::NoSuchGrade(_) => Refusal::new(Code::PriceUnknown, error.to_string()),
        NotChosen::NoSuchZone(_) => Refusal::field("zone", error.to_string()),
        NotChosen::NoneLeft { .. } => Refusal::new(Code::NoSeatsLeft, error.to_string()),
    }
}
