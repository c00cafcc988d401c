//! The shop: everything that the requests and the background work of one process share, wired once.

use std::sync::Arc;

use ticketon_core::entropy::Entropy;
use ticketon_core::store::{Reads, Store};
use ticketon_core::time::Clock;
use ticketon_core::{Context, Refusal};
use ticketon_queue::Keys;
use tokio::sync::watch;

use crate::adapter::sql::{Lists, RowCounts, Statistics, Upkeep};
use crate::background::Loops;
use crate::committer::Committers;
use crate::editions::{Editions, Turning};
use crate::jobs::Schedules;
use crate::leases::Leases;
use crate::passwords::Passwords;
use crate::payments::Payments;
use crate::provider::Provider;
use crate::rates::Buckets;
use crate::rooms::Rooms;
use crate::seat_feed::SeatFeeds;
use crate::shared::{Ports, QueueEngine};
use crate::signing_key::{public_half, seed_of, signing_key};
use crate::tokens::Tokens;
use crate::views::{ViewCounts, Viewers};

/// Everything that one process of the shop shares.
pub struct Shop {
    /// The ports of the use cases, for requests.
    pub cx: Context,
    /// The same for background work, which waits behind requests.
    pub background: Context,
    /// The waiting rooms.
    pub rooms: Rooms,
    /// Who somebody is, signed.
    pub tokens: Tokens,
    /// Passwords.
    pub passwords: Passwords,
    /// The payments under way.
    pub payments: Payments,
    /// How often somebody may ask.
    pub buckets: Arc<dyn Buckets>,
    /// Who does what only one process needs to do.
    pub leases: Arc<dyn Leases>,
    /// Which edition each event is in, as everybody is shown it.
    pub editions: Arc<Editions>,
    /// How often events are looked at.
    pub views: Arc<dyn ViewCounts>,
    /// Who looks at them.
    pub viewers: Viewers,
    /// What people look through; none over a store that only decides.
    pub lists: Option<Lists>,
    /// What keeps the store in order; none over a store that only decides.
    pub upkeep: Option<Upkeep>,
    /// What the store's database knows of its tables; none over a store that only decides.
    pub statistics: Option<Statistics>,
    /// When each job is due.
    pub schedules: Schedules,
    /// What commits, where committers do.
    pub committers: Option<Committers>,
    /// How often rows were in memory, where a store keeps some.
    pub rows: Option<RowCounts>,
    /// Where the waiting rooms are.
    pub queue_engine: QueueEngine,
    /// The loops of this process.
    pub loops: Loops,
    /// What changes in the halls that somebody watches.
    pub seat_feeds: SeatFeeds,
    stopping: watch::Sender<bool>,
}

/// What a shop is made of.
pub struct Parts {
    /// The one door for writing.
    pub store: Arc<dyn Store>,
    /// The same door, for background work.
    pub background_store: Arc<dyn Store>,
    /// What decisions read.
    pub reads: Arc<dyn Reads>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Randomness, fit for secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Who moves the money.
    pub provider: Arc<dyn Provider>,
    /// What all requests share for a moment.
    pub shared: Ports,
    /// What people look through, if the store has lists.
    pub lists: Option<Lists>,
    /// What keeps the store in order, if it needs that.
    pub upkeep: Option<Upkeep>,
    /// What the store's database knows of its tables, if it has any.
    pub statistics: Option<Statistics>,
    /// When each job is due.
    pub schedules: Schedules,
    /// What commits, if committers do: to be counted, and to be seen ending.
    pub committers: Option<Committers>,
    /// How often rows are in memory, if the store keeps some.
    pub rows: Option<RowCounts>,
}

impl Shop {
    /// Wires the parts; makes the signing key where there is none.
    pub async fn new(parts: Parts) -> Result<Self, Refusal> {
        let editions = Arc::new(Editions::default());
        let turning = |store| Arc::new(Turning::new(store, Arc::clone(&editions)));
        let cx = Context {
            claims: parts.shared.claims,
            ..Context::over(turning(parts.store), parts.reads, parts.clock, parts.entropy)
        };
        let background = Context {
            store: turning(parts.background_store),
            ..cx.clone()
        };
        let key = signing_key(&cx).await?;
        let seed = seed_of(&key)?;
        let keys = Keys::from_seed(&key.id.to_string(), seed);
        let tokens = Tokens::new(&key.id.to_string(), seed, &public_half(&keys)?);
        Ok(Self {
            rooms: Rooms::new(keys, parts.shared.queues),
            tokens,
            passwords: Passwords::default(),
            payments: Payments::new(cx.clone(), parts.provider),
            buckets: parts.shared.buckets,
            leases: parts.shared.leases,
            editions,
            views: parts.shared.views,
            viewers: Viewers::new(seed),
            lists: parts.lists,
            upkeep: parts.upkeep,
            statistics: parts.statistics,
            schedules: parts.schedules,
            committers: parts.committers,
            rows: parts.rows,
            queue_engine: parts.shared.queue_engine,
            loops: Loops::default(),
            seat_feeds: SeatFeeds::default(),
            background,
            cx,
            stopping: watch::Sender::new(false),
        })
    }

    /// Tells open streams to end, so that a listener can drain.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Turns true when the shop stops.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// Ready once the shop stops, or is gone.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.stopping();
        async move {
            // An error says that the shop is gone.
            let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
        }
    }
}
