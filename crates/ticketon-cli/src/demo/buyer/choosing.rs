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
                Some(Code::NoSeatsLeft) => match asked.cheaper(hall) {
                    Some(cheaper) => asked = cheaper,
                    None if looks < LOOKS_FOR_RETURNS => {
                        looks += 1;
                        sleep(Duration::from_millis(500) + dice.time_below(Duration::from_secs(1))).await;
                        asked = Asked::Best {
                            price: 0,
                            quantity: 1,
                        };
                    }
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
            Wish::Best => self.best(dice),
        }
    }

    /// Takes what the shop offers instead, or looks elsewhere in the front, or lets the shop choose.
    fn after_taken(&self, tries: u32, problem: &Problem, dice: &mut Dice) -> Asked {
        if tries >= FRONT_TRIES {
            return self.best(dice);
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

    /// The next price, or one seat where there are not as many together; `None` if all was tried.
    fn cheaper(&self, hall: &Hall) -> Option<Self> {
        let Self::Best { price, quantity } = *self else {
            return Some(Self::Best {
                price: 0,
                quantity: 1,
            });
        };
        if price + 1 < hall.prices.len() {
            return Some(Self::Best {
                price: price + 1,
                quantity,
            });
        }
        (quantity > 1).then_some(Self::Best {
            price: 0,
            quantity: 1,
        })
    }
}
