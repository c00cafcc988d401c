//! The differential run: the same random steps on the real queue and on the model, compared after each.

use std::time::Duration;

use super::dice::Dice;
use super::house::{House, visitor};
use super::model::{Guest, Is, Model};
use super::{Maker, Reload};
use crate::entry::EndReason;
use crate::policy::{Change, Policy};
use crate::record::Closing;
use crate::view::{View, ViewState};

/// Few enough that they meet in every state.
const VISITORS: usize = 12;

/// Runs `steps` random steps from a seed and compares every visitor's view after each.
///
/// # Panics
///
/// If the queue answers otherwise than the model; the message names the seed and the step.
pub async fn same_as_the_model(room: Maker, reload: Reload, seed: u64, steps: usize) {
    let mut dice = Dice(seed);
    let policy = random_policy(&mut dice);
    let mut pair = Pair {
        house: House::open(room, reload, policy).await,
        model: Model::new(policy),
    };
    for step in 0..steps {
        let did = pair.step(&mut dice).await;
        pair.compare(&format!("seed {seed}, step {step}: {did}")).await;
    }
}

struct Pair {
    house: House,
    model: Model,
}

impl Pair {
    async fn step(&mut self, dice: &mut Dice) -> String {
        let who = dice.below(VISITORS);
        let sellable = dice.below(6) as u64;
        match dice.below(20) {
            0..6 => self.enter(who, sellable).await,
            6..9 => self.claim(who).await,
            9 => self.end(who, EndReason::Left).await,
            10 => self.end(who, EndReason::Removed).await,
            11 => self.end_pass(who).await,
            12..15 => self.tick(1 + sellable).await,
            15 => self.sweep().await,
            16 if dice.below(4) == 0 => self.sold_out().await,
            17 => self.pause_or_resume().await,
            18 => self.run_by(random_policy(dice)).await,
            _ => self.wait(dice.below(20_000) as u64),
        }
    }

    async fn enter(&mut self, who: usize, sellable: u64) -> String {
        self.model.enter(who, sellable);
        self.house
            .tries_to_enter(&name(who), sellable)
            .await
            .expect("the room is open");
        format!("{who} enters, {sellable} left")
    }

    async fn claim(&mut self, who: usize) -> String {
        self.model.claim(who);
        if self.model.find(who).is_some() {
            self.house.claims(&name(who)).await;
        }
        format!("{who} claims")
    }

    async fn end(&mut self, who: usize, reason: EndReason) -> String {
        self.model.end(who, reason);
        match reason {
            EndReason::Left => self.house.leaves(&name(who)).await,
            _ => self.house.is_removed(&name(who)).await,
        }
        format!("{who} ends, {reason:?}")
    }

    async fn end_pass(&mut self, who: usize) -> String {
        if self.model.find(who).is_some() {
            self.model.end_pass(who, EndReason::Purchased);
            let (id, now) = (self.house.entry_id(&name(who)).await, self.house.now);
            let ended = self
                .house
                .queue()
                .end_pass(&visitor(&name(who)), id, EndReason::Purchased, now)
                .await;
            ended.expect("the room is open");
        }
        format!("{who} has bought")
    }

    async fn tick(&mut self, sellable: u64) -> String {
        let expected: Vec<String> = self.model.admit(sellable).into_iter().map(name).collect();
        let admitted = self.house.ticks(sellable).await;
        assert_eq!(admitted, expected, "the same are admitted, in the same order");
        format!("tick, {sellable} left: {admitted:?}")
    }

    async fn sweep(&mut self) -> String {
        self.model.sweep();
        let now = self.house.now;
        self.house.queue().sweep(now).await.expect("the room is open");
        "sweep".to_owned()
    }

    async fn sold_out(&mut self) -> String {
        let told = self.model.sold_out();
        assert_eq!(self.house.closes(Closing::SoldOut).await, told);
        format!("sold out, {told} told")
    }

    async fn pause_or_resume(&mut self) -> String {
        self.model.is_paused = !self.model.is_paused;
        let change = if self.model.is_paused {
            Change::Pause
        } else {
            Change::Resume
        };
        self.house
            .changes(change.clone())
            .await
            .expect("the room is open");
        format!("{change:?}")
    }

    async fn run_by(&mut self, policy: Policy) -> String {
        self.model.run_by(policy);
        self.house
            .changes(Change::Policy(policy))
            .await
            .expect("the policy is sound");
        format!("{policy:?}")
    }

    fn wait(&mut self, ms: u64) -> String {
        self.model.wait(ms);
        self.house.after(Duration::from_millis(ms));
        format!("{ms} ms pass")
    }

    async fn compare(&mut self, when: &str) {
        let now = self.house.now;
        let counters = self.house.queue().counters(now).await.expect("the room is open");
        let expected = (self.model.waiting(), self.model.active());
        assert_eq!(
            (counters.waiting, counters.active),
            expected,
            "{when}: waiting and active"
        );
        for who in 0..VISITORS {
            let seen = self.house.finds(&name(who)).await.map(|view| told(&view));
            let expected = self.model.find(who).map(|guest| self.expected(guest));
            assert_eq!(seen, expected, "{when}: what visitor {who} is told");
        }
    }

    fn expected(&self, guest: Guest) -> Told {
        let (state, reason) = match guest.is {
            Is::Waiting => (ViewState::Waiting, None),
            Is::Called(_) | Is::Inside(_) => (ViewState::Admitted, None),
            Is::Over(reason) => (ViewState::Ended, Some(reason)),
        };
        let ahead = (guest.is == Is::Waiting).then(|| self.model.ahead_of(guest.who));
        (guest.seq, state, reason, ahead, matches!(guest.is, Is::Inside(_)))
    }
}

/// Number, state, reason, how many are before, whether there is a pass.
type Told = (u64, ViewState, Option<EndReason>, Option<u64>, bool);

fn told(view: &View) -> Told {
    (view.seq, view.state, view.reason, view.ahead, view.pass.is_some())
}

fn name(who: usize) -> String {
    format!("visitor-{who}")
}

fn random_policy(dice: &mut Dice) -> Policy {
    let per_minute = [1, 20, 90, 600][dice.below(4)];
    let (claim, stay) = (1 + dice.below(20) as u64, 1 + dice.below(60) as u64);
    let capacity = [1, 2, 4][dice.below(3)];
    Policy::fifo()
        .capacity(capacity)
        .per_minute(per_minute)
        .claim(Duration::from_secs(claim))
        .stay(Duration::from_secs(stay))
}
