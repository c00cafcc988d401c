//! What the shop has told people, heard or not: whatever it said must stay true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use ticketon_core::ids::{HoldId, IdempotencyKey, OrderId, Person, RefundId};
use ticketon_core::{Code, Refusal};
use ticketon_queue::{Entry, EntryId};

/// What was told.
#[derive(Default)]
pub(super) struct Told(Mutex<All>);

#[derive(Default)]
struct All {
    step: u64,
    answers: BTreeMap<IdempotencyKey, (String, u64)>,
    places: BTreeMap<EntryId, ToldPlace>,
    holds: BTreeMap<HoldId, Person>,
    paid: BTreeSet<OrderId>,
    declined: BTreeSet<OrderId>,
    refunds: BTreeSet<RefundId>,
}

/// A place in line that was told.
#[derive(Clone)]
pub(super) struct ToldPlace {
    pub(super) entry: Entry,
    /// It did not exist before this step.
    pub(super) asked_at: u64,
    /// It was told at this step.
    pub(super) told_at: u64,
}

impl Told {
    /// The next moment, in an order without clocks.
    pub(super) fn step(&self) -> u64 {
        let mut all = self.0.lock().unwrap();
        all.step += 1;
        all.step
    }

    /// A request with a key is answered. A repeat hears what was answered first; once somebody got an answer no
    /// repeat that begins later is refused, unless nobody answers at all.
    pub(super) fn answered(
        &self,
        key: &IdempotencyKey,
        asked_at: u64,
        answer: &Result<String, Refusal>,
    ) -> Result<(), String> {
        let now = self.step();
        let mut all = self.0.lock().unwrap();
        let first = all.answers.get(key).cloned();
        match (answer, first) {
            (Ok(answer), None) => {
                all.answers.insert(key.clone(), (answer.clone(), now));
                Ok(())
            }
            (Ok(answer), Some((first, _))) if *answer != first => {
                Err(format!("`{key}` was answered `{first}`, its repeat `{answer}`"))
            }
            (Err(refusal), Some((first, at))) if at < asked_at && refusal.code() != Code::Unavailable => Err(
                format!("`{key}` was answered `{first}`, its repeat hears {refusal}"),
            ),
            _ => Ok(()),
        }
    }

    /// Somebody was told a place that did not exist before `asked_at`. It has one number for ever.
    pub(super) fn place(&self, asked_at: u64, entry: &Entry) -> Result<(), String> {
        let told_at = self.step();
        let mut all = self.0.lock().unwrap();
        let place = ToldPlace {
            entry: entry.clone(),
            asked_at,
            told_at,
        };
        let first = all.places.entry(entry.id).or_insert(place);
        if first.entry.seq == entry.seq && first.entry.visitor == entry.visitor {
            return Ok(());
        }
        let (visitor, was, is) = (&entry.visitor, first.entry.seq, entry.seq);
        Err(format!("{visitor} had place {was} and is told {is}"))
    }

    pub(super) fn hold(&self, hold: HoldId, person: Person) {
        self.0.lock().unwrap().holds.insert(hold, person);
    }

    pub(super) fn paid(&self, order_id: OrderId) {
        self.0.lock().unwrap().paid.insert(order_id);
    }

    pub(super) fn declined(&self, order_id: OrderId) {
        self.0.lock().unwrap().declined.insert(order_id);
    }

    pub(super) fn refund(&self, refund: RefundId) {
        self.0.lock().unwrap().refunds.insert(refund);
    }

    /// In the order of their numbers.
    pub(super) fn all_places(&self) -> Vec<ToldPlace> {
        let mut places: Vec<ToldPlace> = self.0.lock().unwrap().places.values().cloned().collect();
        places.sort_by_key(|place| place.entry.seq);
        places
    }

    pub(super) fn all_holds(&self) -> Vec<(HoldId, Person)> {
        let all = self.0.lock().unwrap();
        all.holds
            .iter()
            .map(|(hold, person)| (*hold, person.clone()))
            .collect()
    }

    pub(super) fn all_paid(&self) -> Vec<OrderId> {
        self.0.lock().unwrap().paid.iter().cloned().collect()
    }

    pub(super) fn all_declined(&self) -> Vec<OrderId> {
        self.0.lock().unwrap().declined.iter().cloned().collect()
    }

    pub(super) fn all_refunds(&self) -> Vec<RefundId> {
        self.0.lock().unwrap().refunds.iter().copied().collect()
    }
}
