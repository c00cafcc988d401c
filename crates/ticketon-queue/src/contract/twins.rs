//! The other differential run: the same random steps on a queue and on the one in memory, and every answer the same, to
//! the last field.

use std::sync::Arc;
use std::time::Duration;

use super::Maker;
use super::dice::Dice;
use super::house::{OPENING, visitor};
use crate::decide::Arrival;
use crate::decision::Counters;
use crate::entry::{EndReason, Entry, EntryId};
use crate::error::QueueError;
use crate::keys::Keys;
use crate::memory::MemoryQueue;
use crate::names::VisitorName;
use crate::policy::{Change, Policy, Settings};
use crate::progress::Progress;
use crate::queue::Queue;
use crate::record::Closing;
use crate::tick::{Tick, tick};
use crate::time::Timestamp;
use crate::view::{Place, View};

const VISITORS: usize = 40;

/// Runs `steps` random steps from a seed on a room that nobody has opened, and on one in memory.
///
/// # Panics
///
/// If the two answer differently; the message names the seed and the step.
pub async fn same_as_memory(room: Maker, seed: u64, steps: usize) {
    let queue = room();
    let memory = MemoryQueue::unjournaled(queue.room().clone());
    let mut twins = Twins {
        both: [Arc::new(memory), queue],
        now: OPENING,
        ids: 0,
        policy: Policy::fifo().capacity(6).per_minute(600),
        keys: Keys::from_seed("test", [7; 32]),
    };
    let mut dice = Dice(seed);
    twins.open().await;
    for step in 0..steps {
        let [memory, other] = twins.step(&mut dice).await;
        assert_eq!(memory, other, "seed {seed}, step {step}");
        let [memory, other] = twins.look().await;
        assert_eq!(memory, other, "seed {seed}, after step {step}");
    }
}

struct Twins {
    both: [Arc<dyn Queue>; 2],
    now: Timestamp,
    ids: u128,
    policy: Policy,
    keys: Keys,
}

/// What a queue said, in a form in which the same is equal.
#[derive(PartialEq, Debug)]
enum Said {
    Entered(Result<(Entry, View), QueueError>),
    Found(Option<(Entry, View)>),
    Ended(bool),
    Ticked(Vec<Entry>, Vec<Entry>, String),
    Swept(Vec<Entry>),
    Told(u64),
    Run(Result<Settings, QueueError>),
    Nothing,
}

impl Twins {
    async fn open(&self) {
        let opening = OPENING.plus(Duration::from_secs(30));
        let settings = Settings::opening(opening, self.policy).with_lobby(OPENING);
        for queue in &self.both {
            assert_eq!(queue.open(settings.clone(), self.now).await, Ok(true));
        }
    }

    /// The same step on both.
    async fn step(&mut self, dice: &mut Dice) -> [Said; 2] {
        self.ids += 1;
        let step = Step::random(dice, self);
        if let Step::Wait(ms) = step {
            self.now = self.now.plus(Duration::from_millis(ms));
        }
        let [memory, other] = &self.both;
        [
            self.take(&**memory, &step).await,
            self.take(&**other, &step).await,
        ]
    }

    async fn take(&self, queue: &dyn Queue, step: &Step) -> Said {
        let now = self.now;
        match step {
            Step::Enter(who, sellable) => {
                let arrival = Arrival {
                    sellable: *sellable,
                    ..Arrival::new(who, EntryId::from_u128(self.ids))
                };
                Said::Entered(queue.enter(arrival, now).await.map(|place| self.shown(place)))
            }
            Step::Find(who) => self.found(queue.find(who, now).await),
            Step::Claim(who) => self.found(queue.claim(who, now).await),
            Step::Leave(who) => self.found(queue.leave(who, now).await),
            Step::Remove(who) => self.found(queue.remove(who, now).await),
            Step::EndPass(who) => {
                let place = queue.find(who, now).await.expect("the room is open");
                let id = place.map_or(EntryId::from_u128(0), |place| place.entry.id);
                let ended = queue.end_pass(who, id, EndReason::Purchased, now).await;
                Said::Ended(ended.expect("the room is open"))
            }
            Step::Tick(sellable) => ticked(tick(queue, *sellable, now).await.expect("the room is open")),
            Step::Sweep => Said::Swept(sorted(queue.sweep(now).await.expect("the room is open"))),
            Step::Close(closing) => Said::Told(queue.close(*closing, now).await.expect("the room is open")),
            Step::Change(change) => Said::Run(queue.change(change.clone(), now).await),
            Step::Wait(_) => Said::Nothing,
        }
    }

    async fn look(&self) -> [(Counters, Progress); 2] {
        let mut seen = Vec::new();
        for queue in &self.both {
            let counters = queue.counters(self.now).await.expect("the room is open");
            seen.push((
                counters,
                queue.progress(self.now).await.expect("the room is open"),
            ));
        }
        seen.try_into().expect("there are two")
    }

    fn found(&self, place: Result<Option<Place>, QueueError>) -> Said {
        let place = place.expect("the room is open");
        Said::Found(place.map(|place| self.shown(place)))
    }

    fn shown(&self, place: Place) -> (Entry, View) {
        let view = place.view(&self.keys, self.now);
        (place.entry, view)
    }
}

enum Step {
    Enter(VisitorName, u64),
    Find(VisitorName),
    Claim(VisitorName),
    Leave(VisitorName),
    Remove(VisitorName),
    EndPass(VisitorName),
    Tick(u64),
    Sweep,
    Close(Closing),
    Change(Change),
    Wait(u64),
}

impl Step {
    fn random(dice: &mut Dice, twins: &Twins) -> Self {
        let who = visitor(&format!("besucher {}", dice.below(VISITORS)));
        let sellable = dice.below(8) as u64;
        match dice.below(30) {
            0..10 => Self::Enter(who, sellable),
            10 => Self::Find(who),
            11..14 => Self::Claim(who),
            14..17 => Self::Leave(who),
            17 => Self::Remove(who),
            18 => Self::EndPass(who),
            19..23 => Self::Tick(sellable),
            23 => Self::Sweep,
            24 if dice.below(6) == 0 => Self::Close(Closing::SoldOut),
            25 if dice.below(60) == 0 => Self::Close(Closing::Closed),
            26 => Self::Change(change(dice, twins)),
            _ => Self::Wait(dice.below(15_000) as u64),
        }
    }
}

fn change(dice: &mut Dice, twins: &Twins) -> Change {
    match dice.below(5) {
        0 => Change::Pause,
        1 | 2 => Change::Resume,
        3 => Change::Notice(Some(format!("{} \"Minuten\"", dice.below(9)))),
        _ => {
            let (capacity, per_minute) = ([0, 1, 3, 9][dice.below(4)], [7, 60, 3_000][dice.below(3)]);
            Change::Policy(twins.policy.capacity(capacity).per_minute(per_minute))
        }
    }
}

fn ticked(tick: Tick) -> Said {
    let about = format!("{:?} {:?} {:?}", tick.decision, tick.counters, tick.progress);
    Said::Ticked(tick.admitted, sorted(tick.ended), about)
}

/// In which order several ended at one moment is nobody's business.
fn sorted(mut ended: Vec<Entry>) -> Vec<Entry> {
    ended.sort_by_key(|entry| entry.seq);
    ended
}
