//! Choosing seats: those in front like everybody else, then what is near, then the best there are, then anything.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use ticketon_core::Code;
use ticketon_server::client::Problem;
use tokio::time::sleep;

use super::super::crowd::Wish;
use super::super::dice::Dice;
use super::super::house::Hall;
use super::super::request::Request;
use super::super::sold::SeatMap;
use super::super::tally::Step;
use super::line::Pass;
use super::{Person, Trouble, unforeseen};

/// Seats in hand.
#[derive(Debug, Deserialize)]
pub(super) struct Hold {
    pub(super) id: String,
}

/// What is asked for next.
#[derive(Debug, Clone)]
enum Asked {
    /// These seats.
    Picked(Vec<usize>),
    /// The best of the price at this place of the list.
    Best { price: usize, quantity: u32 },
}

/// Picks in the front before somebody takes what is offered.
const FRONT_TRIES: u32 = 3;
/// Looks for seats that come back, before somebody goes home.
const LOOKS_FOR_RETURNS: u32 = 5;
/// The front: so many hundredths of the hall, in plan order.
const FRONT: usize = 12;

impl Person {
    /// What one gets: usually one hold, none if there was nothing left, and two if a second tab got some too.
    pub(super) async fn choose_seats(&mut self, pass: &Pass) -> Result<Vec<Hold>, Trouble> {
        let (mut mine, mut others) = (Dice::new(self.buyer.seed, 1), Dice::new(self.buyer.seed, 2));
        if !self.buyer.has_two_tabs {
            return Ok(self.choose(pass, "a", &mut mine).await?.into_iter().collect());
        }
        let (first, second) = tokio::join!(
            self.choose(pass, "a", &mut mine),
            self.choose(pass, "b", &mut others)
        );
        Ok([first?, second?].into_iter().flatten().collect())
    }

    async fn choose(&self, pass: &Pass, tab: &str, dice: &mut Dice) -> Result<Option<Hold>, Trouble> {
        let hall = &self.scene.hall;
        let tally = &self.scene.tally;
        let mut asked = self.first_wish(dice);
        let (mut tries, mut looks) = (0, 0);
        loop {
            tries += 1;
            let key = format!("{}-hold-{tab}-{tries}", self.buyer.number);
            let request = Request::post(format!("/api/v1/performances/{}/holds", hall.performance))
                .json(asked.body(hall))
                .key(key);
            let request = match &pass.0 {
                Some(pass) => request.header("ticketon-pass", pass),
                None => request,
            };
            let answer = self.click(Step::Hold, &request).await?;
            if answer.is_success() {
                return Ok(Some(answer.json()?));
            }
            let problem = answer.problem();
            match problem.code() {
                Some(Code::SeatTaken) => {
                    tally.seat_taken.one();
                    asked = self.after_taken(tries, &problem, dice);
                }
                // One look at the map says what is left; who finds nothing waits a little for what comes back.
                Some(Code::NoSeatsLeft) => match self.look_for_returns(&mut looks, dice).await? {
                    Some(left) => asked = left,
                    None => return Ok(None),
                },
                Some(Code::PersonLimit) => {
                    tally.person_limit.one();
                    return Ok(None);
                }
                // The evening was longer than the pass.
                Some(Code::PassInvalid | Code::PassSpent | Code::NotOnSale) => return Ok(None),
                _ => return Err(unforeseen("a hold", &answer)),
            }
        }
    }

    fn first_wish(&self, dice: &mut Dice) -> Asked {
        match self.buyer.wish {
            Wish::Front => self.front(dice),
            Wish::Wheelchair => self.wheelchair(dice),
            Wish::Best => self.best(dice),
        }
    }

    /// Takes what the shop offers instead, or looks elsewhere in the front, or lets the shop choose.
    fn after_taken(&self, tries: u32, problem: &Problem, dice: &mut Dice) -> Asked {
        if tries >= FRONT_TRIES {
            return self.best(dice);
        }
        if self.buyer.wish == Wish::Wheelchair {
            return self.wheelchair(dice);
        }
        let hall = &self.scene.hall;
        let place = |key: &String| hall.seats.iter().position(|(seat, _)| seat == key);
        let offered = problem.alternatives.iter().filter_map(place);
        let offered: Vec<usize> = offered.take(self.buyer.seats as usize).collect();
        if offered.len() == self.buyer.seats as usize && dice.percent(50) {
            return Asked::Picked(offered);
        }
        self.front(dice)
    }

    /// Seats beside each other in the plan's first rows: where everybody wants to sit.
    fn front(&self, dice: &mut Dice) -> Asked {
        let seats = self.scene.hall.seats.len();
        let wanted = (self.buyer.seats as usize).min(seats);
        let starts = (seats * FRONT / 100).clamp(1, seats + 1 - wanted);
        let start = dice.below(u32::try_from(starts).unwrap_or(u32::MAX)) as usize;
        Asked::Picked((start..start + wanted).collect())
    }

    /// A place for a wheelchair, where the hall has any.
    fn wheelchair(&self, dice: &mut Dice) -> Asked {
        let groups = &self.scene.hall.wheelchairs;
        let which = dice.below(u32::try_from(groups.len()).unwrap_or(u32::MAX));
        match groups.get(which as usize) {
            Some(group) => Asked::Picked(group.clone()),
            None => self.best(dice),
        }
    }

    /// Looks at the map now and then for what comes back; `None` when the patience is over.
    async fn look_for_returns(&self, looks: &mut u32, dice: &mut Dice) -> Result<Option<Asked>, Trouble> {
        while *looks < LOOKS_FOR_RETURNS {
            *looks += 1;
            if let Some(left) = self.left_on_the_map(dice).await? {
                return Ok(Some(left));
            }
            sleep(Duration::from_millis(600) + dice.time_below(Duration::from_secs(1))).await;
        }
        Ok(None)
    }

    /// One seat at the price of any that the map shows as free; `None` if there is none. Places for wheelchairs are
    /// left to who needs them.
    async fn left_on_the_map(&self, dice: &mut Dice) -> Result<Option<Asked>, Trouble> {
        let hall = &self.scene.hall;
        let path = format!("/api/v1/performances/{}/seats", hall.performance);
        let answer = self.ask(&Request::get(path)).await?;
        if !answer.is_success() {
            return Err(unforeseen("the seat map", &answer));
        }
        let map = answer.json::<SeatMap>()?;
        let is_for_all = |place: &usize| !hall.wheelchairs.iter().flatten().any(|special| special == place);
        let free: Vec<usize> = map.free(hall.seats.len()).filter(is_for_all).collect();
        let which = dice.below(u32::try_from(free.len()).unwrap_or(u32::MAX));
        let price = free.get(which as usize).map(|place| &hall.seats[*place].1);
        let place = price.and_then(|price| hall.prices.iter().position(|(name, _)| name == price));
        Ok(place.map(|price| Asked::Best { price, quantity: 1 }))
    }

    fn best(&self, dice: &mut Dice) -> Asked {
        let prices = u32::try_from(self.scene.hall.prices.len()).unwrap_or(u32::MAX);
        Asked::Best {
            price: dice.below(prices) as usize,
            quantity: self.buyer.seats,
        }
    }
}

impl Asked {
    fn body(&self, hall: &Hall) -> Value {
        match self {
            Self::Picked(places) => {
                let item = |place: &usize| {
                    let (seat, price) = &hall.seats[*place];
                    json!({ "seat": seat, "price": price })
                };
                json!({ "items": places.iter().map(item).collect::<Vec<_>>() })
            }
            Self::Best { price, quantity } => {
                let price = hall.prices.get(*price).map(|(name, _)| name);
                json!({ "best_available": { "price": price, "quantity": quantity } })
            }
        }
    }
}
