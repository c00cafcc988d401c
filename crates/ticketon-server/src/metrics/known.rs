//! What a scrape asks the store. It is asked once a second however many ask, each question within a bound, and where
//! one is not answered only its own metrics are missing.

use std::sync::Arc;

use ticketon_core::fact::Position;
use ticketon_core::job::{Job as Stands, JobRun};
use ticketon_core::projection::Projection;
use ticketon_core::row::{Reader, Table};
use ticketon_core::store::{Freshness, Unavailable};
use ticketon_core::{Refusal, load_cursor};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::jobs::Job;
use crate::limits;
use crate::shop::Shop;

/// Looks, and remembers for a second what was seen.
#[derive(Default)]
pub(crate) struct Looking(Mutex<Option<(Instant, Arc<Known>)>>);

/// What the store said; nothing where it did not.
pub(super) struct Known {
    pub(super) log: Option<Log>,
    /// Facts that have no position yet.
    pub(super) unnumbered: Option<u64>,
    pub(super) money: Option<Money>,
    /// The last run of each job that has had one.
    pub(super) jobs: Option<Vec<(Job, JobRun)>>,
}

/// How far the log and its readers are.
pub(super) struct Log {
    pub(super) head: Position,
    pub(super) readers: Vec<(Reader, Position)>,
}

/// Payments and refunds that are open, counted up to a bound.
pub(super) struct Money {
    pub(super) approving: u64,
    pub(super) look_ups_due: u64,
    pub(super) refunds: u64,
    pub(super) refunds_due: u64,
}

impl Looking {
    /// What the store says, or said less than a second ago. Whoever comes meanwhile waits for the same answer.
    pub(super) async fn known(&self, shop: &Shop, has_bus: bool) -> Arc<Known> {
        let mut last = self.0.lock().await;
        if let Some((at, known)) = &*last
            && at.elapsed() < limits::SCRAPED_EVERY
        {
            return Arc::clone(known);
        }
        let known = Arc::new(Known::look(shop, has_bus).await);
        *last = Some((Instant::now(), Arc::clone(&known)));
        known
    }
}

impl Known {
    async fn look(shop: &Shop, has_bus: bool) -> Self {
        let (log, unnumbered, money, jobs) = tokio::join!(
            answered(log(shop, has_bus)),
            answered(unnumbered(shop)),
            answered(money(shop)),
            answered(jobs(shop)),
        );
        Self {
            log,
            unnumbered,
            money,
            jobs,
        }
    }
}

/// The answer, if it comes in time; why not, the requests that need the store say.
async fn answered<T>(question: impl Future<Output = Result<T, Refusal>>) -> Option<T> {
    timeout(limits::SCRAPED_WITHIN, question).await.ok()?.ok()
}

async fn log(shop: &Shop, has_bus: bool) -> Result<Log, Refusal> {
    // Before the cursors, which may only be further by then.
    let head = shop.cx.reads.head().await?;
    let mut names: Vec<Reader> = Projection::ALL
        .iter()
        .map(|projection| projection.reader())
        .collect();
    names.push(Reader::Queue);
    if has_bus {
        names.push(Reader::Relay);
    }
    let mut readers = Vec::with_capacity(names.len());
    for reader in names {
        readers.push((reader, load_cursor(&shop.cx, reader).await?.0.position));
    }
    Ok(Log { head, readers })
}

async fn unnumbered(shop: &Shop) -> Result<u64, Refusal> {
    match &shop.upkeep {
        Some(upkeep) => Ok(upkeep.unnumbered().await? as u64),
        None => Ok(0),
    }
}

async fn money(shop: &Shop) -> Result<Money, Refusal> {
    let now = shop.cx.now();
    let ever = now + limits::FOR_EVER;
    let due = async |table, at| -> Result<u64, Unavailable> {
        Ok(shop.cx.reads.due(table, at, limits::COUNTED_MAX).await?.len() as u64)
    };
    Ok(Money {
        approving: due(Table::Payment, ever).await?,
        look_ups_due: due(Table::Payment, now).await?,
        refunds: due(Table::Refund, ever).await?,
        refunds_due: due(Table::Refund, now).await?,
    })
}

async fn jobs(shop: &Shop) -> Result<Vec<(Job, JobRun)>, Refusal> {
    let mut runs = Vec::new();
    for job in Job::ALL {
        let stands = shop.cx.load::<Stands>((job.key(),), Freshness::Cached).await?;
        let Some(latest) = stands.and_then(|(stands, _)| stands.latest) else {
            continue;
        };
        if let Some((run, _)) = shop.cx.load::<JobRun>((latest,), Freshness::Cached).await? {
            runs.push((job, run));
        }
    }
    Ok(runs)
}
