//! A buyer: waits in line, fights for seats, changes their mind, clicks twice, goes away, and asks again when nobody
//! answered.

mod line;
mod paying;
mod seats;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::join;
use ticketon_core::caller::RequestKey;
use ticketon_core::ids::{IdempotencyKey, Person};
use ticketon_core::{Caller, Code, Refusal};
use ticketon_server::shop::Shop;
use tokio::time::sleep;

use super::dice::Dice;
use super::house::{House, Miss};
use super::world::World;

/// How often a buyer asks the same again.
const REPEATS: u32 = 8;

/// One buyer, with as many tabs as they like.
pub(super) struct Buyer {
    person: Person,
    world: Arc<World>,
    house: Arc<House>,
    dice: Dice,
}

/// A request as a browser sends it: with a key, so that it may be sent again, or without.
#[derive(Clone)]
struct Asking {
    caller: Caller,
    key: Option<IdempotencyKey>,
}

impl Buyer {
    pub(super) fn new(number: u64, world: &Arc<World>, house: &Arc<House>) -> Self {
        Self {
            person: Person::new(format!("buyer-{number}")).unwrap(),
            world: Arc::clone(world),
            house: Arc::clone(house),
            dice: world.dice.fork(),
        }
    }

    /// Comes, tries to buy, perhaps once more, and goes.
    pub(super) async fn shop(self) {
        sleep(self.dice.millis(0, 15_000)).await;
        let mut since = self.world.told.step();
        for _ in 0..self.dice.one_of(&[1, 1, 2, 3]) {
            let Some(entrance) = self.wait_in_line(&mut since).await else {
                return self.say("gives up waiting");
            };
            if self.dice.percent(15) {
                join(self.buy(&entrance), self.buy(&entrance)).await;
            } else {
                self.buy(&entrance).await;
            }
            self.think(200, 8_000).await;
        }
        self.say("goes home");
    }

    fn say(&self, what: impl fmt::Display) {
        self.world.say(format_args!("{}: {what}", self.person));
    }

    async fn think(&self, from: u64, to: u64) {
        sleep(self.dice.millis(from, to)).await;
    }

    /// Sends a request, sometimes twice at once, and again while nobody knows what became of it.
    async fn insist<T, F>(
        &self,
        what: &'static str,
        caller: Caller,
        request: impl Fn(Arc<Shop>, Caller) -> F + Clone + Send + 'static,
    ) -> Result<T, Miss>
    where
        F: Future<Output = Result<T, Refusal>> + Send + 'static,
        T: fmt::Display + Send + 'static,
    {
        let asking = self.asking(what, caller);
        let mut repeats = REPEATS;
        loop {
            let answer = if asking.key.is_some() && self.dice.percent(15) {
                let twice = (
                    self.send(asking.clone(), request.clone()),
                    self.send(asking.clone(), request.clone()),
                );
                let (first, second) = join(twice.0, twice.1).await;
                if first.is_ok() { first } else { second }
            } else {
                self.send(asking.clone(), request.clone()).await
            };
            match &answer {
                Ok(outcome) => self.say(format_args!("{what}: {outcome}")),
                Err(Miss::Lost) => self.say(format_args!("{what}: no answer")),
                Err(Miss::Refused(refusal)) => self.say(format_args!("{what}: {refusal}")),
            }
            repeats -= 1;
            match answer {
                Err(miss) if repeats > 0 && miss.is_worth_a_repeat() => self.think(100, 2_000).await,
                answer => return answer,
            }
        }
    }

    fn asking(&self, what: &str, caller: Caller) -> Asking {
        let key = self.dice.percent(75).then(|| {
            let random = self.dice.throw();
            IdempotencyKey::new(format!("{random:016x}")).unwrap()
        });
        let caller = match key.clone() {
            Some(key) => caller.asking(RequestKey {
                key,
                operation: what.to_owned(),
                fingerprint: what.to_owned(),
            }),
            None => caller,
        };
        Asking { caller, key }
    }

    async fn send<T, F>(
        &self,
        Asking { caller, key }: Asking,
        request: impl FnOnce(Arc<Shop>, Caller) -> F + Send + 'static,
    ) -> Result<T, Miss>
    where
        F: Future<Output = Result<T, Refusal>> + Send + 'static,
        T: fmt::Display + Send + 'static,
    {
        let world = Arc::clone(&self.world);
        let asked_at = world.told.step();
        let served = move |shop: Arc<Shop>| async move {
            let answer = request(shop, caller).await;
            if let Some(key) = key {
                let told = answer.as_ref().map(ToString::to_string).map_err(Clone::clone);
                if let Err(how) = world.told.answered(&key, asked_at, &told) {
                    world.broken(how);
                }
            }
            note_faults(&world, &answer);
            answer
        };
        self.house.ask(&self.dice, served).await
    }
}

/// Whatever goes wrong outside, nothing inside is at fault, and no line is forgotten.
fn note_faults<T>(world: &World, answer: &Result<T, Refusal>) {
    let Err(refusal) = answer else { return };
    if refusal.code() == Code::Internal || refusal.to_string().contains("the queue is lost") {
        world.broken(format!("a fault of ours: {refusal}"));
    }
}
