//! One buyer's evening: come, wait, choose, pay, perhaps give a ticket back. What happens is decided by the buyer's
//! traits and by the shop; this only lives through it.

mod choosing;
mod line;
mod paying;

use std::sync::Arc;
use std::time::Duration;

use ticketon_server::client::{Answer, CallError, Problem};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use super::crowd::{Buyer, Fate};
use super::dice::Dice;
use super::doors::Doors;
use super::house::Hall;
use super::request::Request;
use super::tally::{Step, Tally};

pub(crate) use paying::Bought;

/// What all buyers share.
#[derive(Debug)]
pub(crate) struct Scene {
    /// What is sold.
    pub(crate) hall: Hall,
    /// The provider's payment window.
    pub(crate) window: Doors,
    /// What happened.
    pub(crate) tally: Arc<Tally>,
    /// Streams that may be open.
    pub(crate) streams: Semaphore,
    /// How long a buyer looks whether a payment has come through.
    pub(crate) waits_for_outcome: Duration,
}

/// Somebody who buys.
pub(crate) struct Person {
    scene: Arc<Scene>,
    shop: Doors,
    buyer: Buyer,
    dice: Dice,
}

/// How an evening ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// Still in line when all was sold.
    ToldSoldOut,
    /// Inside, and got nothing.
    LeftEmpty,
    /// Closed the tab with seats in hand.
    ClosedTab,
    /// With tickets.
    Bought(Vec<Bought>),
}

/// What no script foresees.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// No answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// An answer that should not be.
    #[error("{what}: status {status}, {} {}", problem.code, problem.detail)]
    Answer {
        /// What was asked.
        what: &'static str,
        /// The status.
        status: u16,
        /// What it said.
        problem: Problem,
    },
}

impl Person {
    /// A buyer at the shop's door.
    pub(crate) fn new(scene: Arc<Scene>, shop: Doors, buyer: Buyer) -> Self {
        Self {
            dice: Dice::new(buyer.seed, 0),
            scene,
            shop,
            buyer,
        }
    }

    /// Lives through the evening; trouble is complained about.
    pub(crate) async fn live(mut self) -> Ending {
        sleep(self.buyer.comes_after).await;
        let ending = self.visit().await.unwrap_or_else(|trouble| {
            let complaint = format!("buyer {}: {trouble}", self.buyer.number);
            self.scene.tally.complain(complaint);
            Ending::LeftEmpty
        });
        match &ending {
            Ending::LeftEmpty => self.scene.tally.left_empty.one(),
            Ending::ClosedTab => self.scene.tally.abandoned.one(),
            Ending::ToldSoldOut | Ending::Bought(_) => {}
        }
        self.scene.tally.gone.one();
        ending
    }

    async fn visit(&mut self) -> Result<Ending, Trouble> {
        let Some(pass) = self.wait_in_line().await? else {
            return Ok(Ending::ToldSoldOut);
        };
        self.hesitate(Duration::from_millis(600)).await;
        let holds = self.choose_seats(&pass).await?;
        if holds.is_empty() {
            self.leave().await?;
            return Ok(Ending::LeftEmpty);
        }
        if self.buyer.fate == Fate::ClosesTab && self.dice.percent(50) {
            return Ok(Ending::ClosedTab);
        }
        let mut bought = Vec::with_capacity(holds.len());
        for hold in holds {
            let Some(order) = self.order(&hold).await? else {
                continue;
            };
            self.hesitate(Duration::from_millis(400)).await;
            if self.buyer.fate == Fate::ClosesTab {
                return Ok(Ending::ClosedTab);
            }
            bought.extend(self.pay(order).await?);
        }
        if bought.is_empty() {
            return Ok(Ending::LeftEmpty);
        }
        Ok(Ending::Bought(bought))
    }

    /// Looks around, types a name, finds the card.
    async fn hesitate(&mut self, longest: Duration) {
        let pause = self.dice.time_below(longest);
        sleep(pause).await;
    }

    async fn leave(&self) -> Result<(), Trouble> {
        let leave = Request::delete(format!("/api/v1/events/{}/queue", self.scene.hall.event));
        self.ask(&leave).await?;
        Ok(())
    }

    /// Asks once.
    async fn ask(&self, request: &Request) -> Result<Answer, Trouble> {
        Ok(request.ask(&self.shop, &self.scene.tally).await?)
    }

    /// Does something that takes the time of a step. Who clicks twice sends it twice at once: both clicks must hear
    /// the same.
    async fn click(&self, step: Step, request: &Request) -> Result<Answer, Trouble> {
        let tally = &self.scene.tally;
        let started = Instant::now();
        let first = async {
            let answer = self.ask(request).await;
            tally.took(step, started.elapsed());
            answer
        };
        if !self.buyer.double_clicks {
            return first.await;
        }
        tally.double_clicks.one();
        let (one, other) = tokio::join!(first, self.ask(request));
        self.same(step, request, one?, other?).await
    }

    /// The answer of two clicks. Who was refused while the other click was served asks again, and must hear what the
    /// other one heard.
    async fn same(
        &self,
        step: Step,
        request: &Request,
        one: Answer,
        other: Answer,
    ) -> Result<Answer, Trouble> {
        let (done, repeated) = match (one.is_success(), other.is_success()) {
            (true, true) => (one, other),
            (true, false) => (one, self.ask(request).await?),
            (false, true) => (other, self.ask(request).await?),
            (false, false) => return Ok(one),
        };
        if name_of(&done) != name_of(&repeated) {
            self.scene.tally.complain(format!(
                "buyer {} clicked twice at {} and heard {} and {}",
                self.buyer.number,
                step.name(),
                name_of(&done),
                name_of(&repeated),
            ));
        }
        Ok(done)
    }
}

/// What an answer is about: the id of what was made.
fn name_of(answer: &Answer) -> String {
    #[derive(serde::Deserialize)]
    struct Named {
        id: Option<String>,
        order_id: Option<String>,
    }
    match answer.json::<Named>() {
        Ok(named) => named.id.or(named.order_id).unwrap_or_default(),
        Err(_) => format!("status {}", answer.status),
    }
}

/// An answer that the script knows no way on from.
fn unforeseen(what: &'static str, answer: &Answer) -> Trouble {
    Trouble::Answer {
        what,
        status: answer.status,
        problem: answer.problem(),
    }
}
