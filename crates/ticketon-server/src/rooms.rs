//! The waiting rooms: one queue a sale, and the one function that makes an admission of a pass.
//!
//! A queue that was lost is opened again by whoever asks it next; its visitors are put back by their receipts.

mod coming;
mod operating;
mod ticks;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use ticketon_core::availability::Counts;
use ticketon_core::caller::Admitted;
use ticketon_core::event::Event;
use ticketon_core::ids::{self, Person, SaleId};
use ticketon_core::sale::{QueueMode, Sale};
use ticketon_core::{Code, Context, Refusal, Timestamp};
use ticketon_queue::{
    Because, Counters, Decider, EntryId, Journal, Keys, MemoryQueue, Place, Policy, Progress, Queue,
    QueueError, RoomName, Settings, Tick, View, VisitorName,
};
use tokio::sync::watch;

use crate::limits;

pub use operating::Standing;
pub use ticks::Ticks;

use ticks::CountedTicks;

/// Makes the queue of each waiting room.
pub type Queues = Box<dyn Fn(&RoomName) -> Arc<dyn Queue> + Send + Sync>;

/// Where each waiting room's journal is.
pub type Journals = Box<dyn Fn(&RoomName) -> Arc<dyn Journal> + Send + Sync>;

/// What a queue answers, sooner or later.
type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, QueueError>> + Send + 'a>>;

/// Every waiting room of this process.
pub struct Rooms {
    open: RwLock<BTreeMap<SaleId, Arc<Room>>>,
    keys: Keys,
    queues: Queues,
    ticks: Arc<CountedTicks>,
    /// Rooms are opened one at a time, so that nobody opens one twice.
    opening: tokio::sync::Mutex<()>,
}

/// The waiting room of one sale.
pub struct Room {
    /// The sale.
    pub sale: Sale,
    /// The event.
    pub event: Event,
    queue: Arc<dyn Queue>,
    progress: watch::Sender<Option<Progress>>,
    news: watch::Sender<()>,
    ticks: Arc<CountedTicks>,
    /// How it stood after the last tick, if that was this process's.
    last_tick: Mutex<Option<(Counters, Because)>>,
}

/// Queues in the memory of this process, over journals; `decider` says how many are admitted.
pub fn in_memory(journals: Journals, decider: Decider) -> Queues {
    Box::new(move |name| {
        let queue = MemoryQueue::new(name.clone(), journals(name));
        Arc::new(queue.deciding_by(decider))
    })
}

impl Rooms {
    /// Rooms whose queues `queues` makes.
    pub fn new(keys: Keys, queues: Queues) -> Self {
        Self {
            open: RwLock::default(),
            keys,
            queues,
            ticks: Arc::default(),
            opening: tokio::sync::Mutex::new(()),
        }
    }

    /// The room of a sale, opened if it is the first time; `None` for a sale without a queue.
    pub async fn room(
        &self,
        event: &Event,
        sale: &Sale,
        now: Timestamp,
    ) -> Result<Option<Arc<Room>>, Refusal> {
        if sale.queue.mode == QueueMode::Off {
            return Ok(None);
        }
        if let Some(room) = self.known(sale.id) {
            return Ok(Some(room));
        }
        let _opening = self.opening.lock().await;
        if let Some(room) = self.known(sale.id) {
            return Ok(Some(room));
        }
        let queue = (self.queues)(&room_name(sale.id)?);
        queue
            .open(settings(event, sale), to_queue(now))
            .await
            .map_err(|error| refused(&error))?;
        let (progress, _) = watch::channel(None);
        let room = Arc::new(Room {
            sale: sale.clone(),
            event: event.clone(),
            queue,
            progress,
            news: watch::Sender::new(()),
            ticks: Arc::clone(&self.ticks),
            last_tick: Mutex::default(),
        });
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.insert(sale.id, Arc::clone(&room));
        Ok(Some(room))
    }

    /// The room of a sale, if this process has opened it.
    pub fn known(&self, sale: SaleId) -> Option<Arc<Room>> {
        self.open
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&sale)
            .cloned()
    }

    /// Every room that this process has opened.
    pub fn all(&self) -> Vec<Arc<Room>> {
        self.open
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// What came of the ticks of this process.
    pub fn ticks(&self) -> Ticks {
        self.ticks.read()
    }

    /// How each room that this process ticks stood after its last tick, and why no more were admitted.
    pub fn last_ticks(&self) -> Vec<(Counters, Because)> {
        let rooms = self.all();
        rooms.iter().filter_map(|room| *room.last_tick()).collect()
    }

    /// A place as its visitor is shown it.
    pub fn view(&self, place: &Place, now: Timestamp) -> View {
        place.view(&self.keys, to_queue(now))
    }

    /// The admission that a pass proves. Nothing else in the shop makes an [`Admitted`].
    pub fn admitted(&self, sale: SaleId, pass: &str, now: Timestamp) -> Result<Admitted, Refusal> {
        let pass = self
            .keys
            .verify_pass(pass, &room_name(sale)?, to_queue(now))
            .map_err(|error| Refusal::new(Code::PassInvalid, format!("{error}: enter the queue again")))?;
        Ok(Admitted {
            sale,
            person: Person::new(pass.visitor.as_str()).map_err(Refusal::internal)?,
            entry: ids::EntryId::new(pass.entry.to_string()).map_err(Refusal::internal)?,
            until: from_queue(pass.until),
        })
    }

    /// The public half of the keys that sign passes.
    pub fn public_jwk(&self) -> serde_json::Value {
        self.keys.public_jwk()
    }

    /// Enters: the place the person has, the one that a receipt of a lost queue proves, or a new one at the back.
    pub async fn enter(
        &self,
        cx: &Context,
        room: &Room,
        person: &Person,
        receipt: Option<&str>,
    ) -> Result<Place, Refusal> {
        let receipt = receipt
            .map(|text| self.keys.verify_receipt(text))
            .transpose()
            .map_err(|error| Refusal::field("Ticketon-Receipt", error.to_string()))?;
        room.come(cx, person, receipt.as_ref()).await
    }
}

impl Room {
    /// The person's place; an admission's pass is fetched by it.
    pub async fn claim(&self, person: &Person, now: Timestamp) -> Result<Option<Place>, Refusal> {
        let (visitor, at) = (visitor(person)?, to_queue(now));
        self.ask(now, |queue| queue.claim(&visitor, at)).await
    }

    /// The person's place; nothing is fetched by it.
    pub async fn find(&self, person: &Person, now: Timestamp) -> Result<Option<Place>, Refusal> {
        let (visitor, at) = (visitor(person)?, to_queue(now));
        self.ask(now, |queue| queue.find(&visitor, at)).await
    }

    /// Gives the place or the pass up.
    pub async fn leave(&self, person: &Person, now: Timestamp) -> Result<Option<Place>, Refusal> {
        let (visitor, at) = (visitor(person)?, to_queue(now));
        self.ask(now, |queue| queue.leave(&visitor, at)).await
    }

    /// Ends the pass of an entry. Ending it again changes nothing.
    pub async fn end_pass(
        &self,
        person: &Person,
        entry: &ids::EntryId,
        reason: ticketon_queue::EndReason,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let Some(entry) = EntryId::parse(entry.as_str()) else {
            return Ok(());
        };
        let (visitor, at) = (visitor(person)?, to_queue(now));
        self.ask(now, |queue| queue.end_pass(&visitor, entry, reason, at))
            .await?;
        Ok(())
    }

    /// The dispatcher's step; what came of it is published to everybody who waits.
    pub async fn tick(&self, cx: &Context) -> Result<Tick, Refusal> {
        let tick = self.try_tick(cx).await;
        self.ticks.count(tick.as_ref());
        let tick = tick?;
        *self.last_tick() = Some((tick.counters, tick.decision.because));
        self.publish(tick.progress.clone(), tick.told_sold_out > 0);
        Ok(tick)
    }

    async fn try_tick(&self, cx: &Context) -> Result<Tick, Refusal> {
        let (now, sellable) = (cx.now(), self.sellable(cx).await?);
        self.ask(now, |queue| {
            Box::pin(ticketon_queue::tick(queue, sellable, to_queue(now)))
        })
        .await
    }

    /// Instead of a tick where another process has done it: what came of it is published here, too.
    pub async fn look(&self, cx: &Context) -> Result<(), Refusal> {
        *self.last_tick() = None;
        let now = cx.now();
        let progress = self.ask(now, |queue| queue.progress(to_queue(now))).await?;
        // All who waited may have been told that it is over.
        let is_over = progress.served == progress.last;
        self.publish(progress, is_over);
        Ok(())
    }

    fn last_tick(&self) -> MutexGuard<'_, Option<(Counters, Because)>> {
        self.last_tick.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, progress: Progress, is_over: bool) {
        let now = progress.clone();
        let before = self.progress.send_replace(Some(progress));
        let is_news = before.is_some_and(|before| {
            before.settings != now.settings
                || before.epoch != now.epoch
                || is_over && before.served < before.last
        });
        if is_news {
            self.news.send_replace(());
        }
    }

    /// Changes when something happens that concerns everybody at once: sold out, paused, a notice.
    pub fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// What ticks publish.
    pub fn progress(&self) -> watch::Receiver<Option<Progress>> {
        self.progress.subscribe()
    }

    /// Asks the queue; one that was lost is opened again first.
    async fn ask<'a, T>(
        &'a self,
        now: Timestamp,
        question: impl Fn(&'a dyn Queue) -> Asked<'a, T>,
    ) -> Result<T, Refusal> {
        let mut answer = question(&*self.queue).await;
        if answer
            .as_ref()
            .is_err_and(|error| *error == QueueError::QueueLost)
        {
            let opened = self.queue.open(self.last_settings(), to_queue(now)).await;
            if opened.map_err(|error| refused(&error))? {
                tracing::warn!(sale.id = %self.sale.id, "the queue was lost and is opened again: receipts put back");
            }
            answer = question(&*self.queue).await;
        }
        answer.map_err(|error| refused(&error))
    }

    /// How the room is run, as far as this process has seen; what staff have changed since the sale was made, too.
    fn last_settings(&self) -> Settings {
        match &*self.progress.borrow() {
            Some(progress) => Settings::clone(&progress.settings),
            None => settings(&self.event, &self.sale),
        }
    }

    /// Seats of the sale that can still be sold: free, held or being paid for.
    async fn sellable(&self, cx: &Context) -> Result<u64, Refusal> {
        let mut sellable = 0;
        for performance in &self.event.performances {
            let Counts { free, held, .. } = cx.hall(*performance).await?.counts();
            sellable += u64::from(free) + u64::from(held);
        }
        Ok(sellable)
    }
}

/// A room's journal is named after its sale.
pub(crate) fn room_name(sale: SaleId) -> Result<RoomName, Refusal> {
    RoomName::parse(&sale.to_string()).map_err(Refusal::internal)
}

fn visitor(person: &Person) -> Result<VisitorName, Refusal> {
    VisitorName::parse(person.as_str()).map_err(Refusal::internal)
}

fn settings(event: &Event, sale: &Sale) -> Settings {
    let policy = Policy {
        capacity: sale.queue.capacity,
        per_minute: sale.queue.per_minute,
        claim: event.policy.claim,
        stay: event.policy.pass,
    };
    Settings::opening(to_queue(sale.opens_at), policy).with_lobby(to_queue(sale.opens_at - sale.lobby))
}

/// A moment as the queue writes it.
pub(crate) fn to_queue(now: Timestamp) -> ticketon_queue::Timestamp {
    ticketon_queue::Timestamp::from_ms(u64::try_from(now.as_millis()).unwrap_or(0))
}

pub(crate) fn from_queue(at: ticketon_queue::Timestamp) -> Timestamp {
    Timestamp::from_millis(i64::try_from(at.ms()).unwrap_or(i64::MAX))
}

/// What a visitor hears of a queue that says no; why is for the log. Who comes before the lobby opens is told when
/// it does rather than to try again, and a lost queue is opened again by the shop, so its visitors may.
fn refused(error: &QueueError) -> Refusal {
    let refusal = match error {
        QueueError::QueueLost => Refusal::new(
            Code::Unavailable,
            "this waiting room is being put back in order: keep your receipt and try again in a moment",
        ),
        QueueError::Unavailable(_) | QueueError::Unreachable(_) => Refusal::new(
            Code::Unavailable,
            "the waiting room does not answer: try again in a moment, places are kept",
        ),
        QueueError::Full => Refusal::new(
            Code::Unavailable,
            "as many are waiting as can: try again in a while",
        )
        .after(limits::FULL_ROOM_RETRY_AFTER),
        QueueError::NotYet { from } => Refusal::new(
            Code::NotOnSale,
            format!("the waiting room opens at {}: come back then", from_queue(*from)),
        ),
        QueueError::Closed => Refusal::new(Code::NotOnSale, "this waiting room has closed for good"),
        QueueError::Changed => Refusal::new(
            Code::ChangedMeanwhile,
            "somebody else has changed this waiting room: look at it again, and then change it",
        ),
        QueueError::ForeignReceipt => Refusal::field(
            "Ticketon-Receipt",
            "is another visitor's or another room's: enter without it",
        ),
        QueueError::Corrupt(_) | QueueError::Settings(_) => return Refusal::internal(error),
    };
    refusal.because(error.to_string())
}

#[cfg(test)]
mod tests {
    use ticketon_queue::JournalError;

    use super::*;

    #[test]
    fn what_the_store_said_is_for_the_log_and_not_for_the_visitor() {
        let refusal = refused(&JournalError::new("table journal is locked").into());
        assert_eq!(refusal.code(), Code::Unavailable);
        assert!(!refusal.message().contains("journal"), "{}", refusal.message());
        assert!(refusal.to_string().contains("table journal is locked"));
        let refusal = refused(&QueueError::Corrupt("line 7".to_owned()));
        assert_eq!(refusal.code(), Code::Internal);
        assert!(!refusal.message().contains("line 7"));
    }

    #[test]
    fn who_comes_too_early_is_told_when_to_come() {
        let from = to_queue("2026-12-01T11:00:00Z".parse().unwrap());
        let refusal = refused(&QueueError::NotYet { from });
        assert_eq!(refusal.code(), Code::NotOnSale);
        assert!(refusal.message().contains("2026-12-01T11:00:00Z"), "{refusal}");
    }
}
