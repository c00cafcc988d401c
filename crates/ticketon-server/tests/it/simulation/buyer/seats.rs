//! Holding seats, and what becomes of the hold.

use std::fmt;
use std::sync::Arc;

use ticketon_core::event::PriceName;
use ticketon_core::hold::Hold;
use ticketon_core::ids::{HoldId, PurchaseId};
use ticketon_core::plan::SeatKey;
use ticketon_core::purchase::Purchase;
use ticketon_core::{Caller, Code, Pick, Seats, cancel_purchase, hold_seats, release_hold, start_purchase};

use super::Buyer;
use super::line::Entrance;

/// What was held, named by what a repeat must hear again.
struct Held(Hold);

/// What was ordered.
pub(super) struct Ordered(pub(super) Purchase);

/// What was let go.
struct LetGo(HoldId);

/// What was called off.
struct CalledOff(PurchaseId);

impl Buyer {
    /// Holds seats, and buys them or not.
    pub(super) async fn buy(&self, entrance: &Entrance) {
        let Some(hold) = self.hold(entrance).await else {
            return;
        };
        self.think(100, 4_000).await;
        match self.dice.below(10) {
            0 => return self.let_go(hold.id).await,
            1 => return self.say("forgets about the seats"),
            _ => {}
        }
        let Some(purchase) = self.order(hold.id).await else {
            return;
        };
        if !self.dice.percent(8) {
            return self.pay(purchase).await;
        }
        self.call_off(purchase.id).await;
        if self.dice.percent(50) {
            self.let_go(hold.id).await;
        } else if let Some(purchase) = self.order(hold.id).await {
            self.pay(purchase).await;
        }
    }

    async fn hold(&self, entrance: &Entrance) -> Option<Hold> {
        for _ in 0..5 {
            // Who asks is known once a process has checked the pass; none runs now and then.
            let shop = self.house.shop();
            let caller = shop.map(|shop| self.caller(&shop, entrance));
            let caller = match caller {
                Some(Ok(caller)) => caller,
                Some(Err(_)) => return None,
                None => {
                    self.think(200, 2_000).await;
                    continue;
                }
            };
            let seats = self.wish();
            let performance = self.world.hall.event.performance();
            let world = Arc::clone(&self.world);
            let person = self.person.clone();
            let answer = self.insist("hold", caller, move |shop, caller| {
                let (world, person, seats) = (world.clone(), person.clone(), seats.clone());
                async move {
                    let hold = hold_seats(&shop.cx, &caller, performance, seats).await?;
                    world.told.hold(hold.id, person);
                    Ok(Held(hold))
                }
            });
            match answer.await {
                Ok(Held(hold)) => return Some(hold),
                Err(miss) => match miss.code() {
                    Some(Code::SeatTaken | Code::PersonLimit) | None => self.think(100, 1_500).await,
                    Some(_) => return None,
                },
            }
        }
        None
    }

    fn wish(&self) -> Seats {
        let quantity = self.dice.one_of(&[1, 2, 2, 3, 4]);
        if self.dice.percent(50) {
            return Seats::BestAvailable {
                price: self.price(),
                quantity: u32::try_from(quantity).unwrap(),
                zone: None,
            };
        }
        let pick = |seat: String| Pick {
            seat: SeatKey::new(seat).unwrap(),
            grade: None,
            kind: "adult".to_owned(),
        };
        let seats = self.world.hall.seats(&self.dice, quantity);
        Seats::Picked(seats.into_iter().map(pick).collect())
    }

    fn price(&self) -> PriceName {
        let name = self.dice.one_of(&["R/adult", "S/adult", "S/adult"]);
        PriceName::try_from(name.to_owned()).unwrap()
    }

    async fn let_go(&self, hold: HoldId) {
        let answer = self.insist("let go", self.me(), move |shop, caller| async move {
            let hold = release_hold(&shop.cx, &caller, hold).await?;
            Ok(LetGo(hold.id))
        });
        drop(answer.await);
    }

    async fn order(&self, hold: HoldId) -> Option<Purchase> {
        let answer = self.insist("order", self.me(), move |shop, caller| async move {
            Ok(Ordered(start_purchase(&shop.cx, &caller, hold).await?))
        });
        answer.await.ok().map(|Ordered(purchase)| purchase)
    }

    pub(super) async fn call_off(&self, purchase: PurchaseId) {
        let answer = self.insist("call off", self.me(), move |shop, caller| async move {
            let purchase = cancel_purchase(&shop.cx, &caller, purchase).await?;
            Ok(CalledOff(purchase.id))
        });
        drop(answer.await);
    }

    pub(super) fn me(&self) -> Caller {
        Caller::person(self.person.clone())
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hold {} of", self.0.id)?;
        self.0
            .items
            .iter()
            .try_for_each(|item| write!(f, " {}", item.seat))
    }
}

impl fmt::Display for Ordered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "purchase {}", self.0.id)
    }
}

impl fmt::Display for LetGo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hold {}", self.0)
    }
}

impl fmt::Display for CalledOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "purchase {}", self.0)
    }
}
