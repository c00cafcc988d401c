//! Whoever adds views is killed at every step.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use ticketon_core::entropy::Entropy;
use ticketon_core::store::{Changes, CommitError, Store, Unavailable};
use ticketon_core::{Context, Timestamp};
use ticketon_server::views::{Batch, View, ViewCounts, flush_views};
use tokio::sync::Notify;

use super::{NOON, looks, published, views};
use crate::support::House;

/// Counts the calls of ports, and lets the process die before or after one of them.
#[derive(Default)]
struct Death {
    at: usize,
    steps: AtomicUsize,
    died: Notify,
}

struct MortalStore(Arc<dyn Store>, Arc<Death>);
struct MortalCounts(Arc<dyn ViewCounts>, Arc<Death>);

impl Death {
    async fn may_come(&self) {
        if self.steps.fetch_add(1, Ordering::Relaxed) == self.at {
            self.died.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Store for MortalStore {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        self.1.may_come().await;
        let committed = self.0.commit(changes).await;
        self.1.may_come().await;
        committed
    }
}

#[async_trait]
impl ViewCounts for MortalCounts {
    fn count(&self, view: View, now: Timestamp, entropy: &dyn Entropy) {
        self.0.count(view, now, entropy);
    }

    async fn carried(&self) {
        self.0.carried().await;
    }

    async fn has_any(&self) -> Result<bool, Unavailable> {
        self.0.has_any().await
    }

    async fn take(&self) -> Result<Vec<Batch>, Unavailable> {
        let taken = self.0.take().await;
        self.1.may_come().await;
        taken
    }

    async fn confirm(&self, batch: &Batch) -> Result<(), Unavailable> {
        self.1.may_come().await;
        let confirmed = self.0.confirm(batch).await;
        self.1.may_come().await;
        confirmed
    }

    fn lost(&self) -> u64 {
        self.0.lost()
    }
}

/// Adds what was counted, and dies at a step, unless it has done before; says whether it died.
async fn dies_at(at: usize, cx: &Context, counts: &Arc<dyn ViewCounts>) -> bool {
    let death = Arc::new(Death {
        at,
        ..Death::default()
    });
    let cx = Context {
        store: Arc::new(MortalStore(Arc::clone(&cx.store), Arc::clone(&death))),
        ..cx.clone()
    };
    let counts = MortalCounts(Arc::clone(counts), Arc::clone(&death));
    tokio::select! {
        biased;
        added = flush_views(&cx, &counts) => {
            added.unwrap();
            false
        }
        () = death.died.notified() => true,
    }
}

/// Views of two events are counted, whoever adds them is killed, more are counted, another one goes on.
pub(super) async fn at_every_step(house: &House, counts: Arc<dyn ViewCounts>) {
    let (gala, recital) = (published(house, "gala").await, published(house, "recital").await);
    let (mut of_gala, mut at) = (0, 0);
    loop {
        for (name, of) in [("ana", gala), ("bob", gala), ("ana", recital)] {
            looks(&*counts, of, &format!("{name}-{at}"), NOON);
        }
        counts.carried().await;
        let has_died = dies_at(at, &house.shop.cx, &counts).await;
        looks(&*counts, gala, &format!("eve-{at}"), NOON);
        counts.carried().await;
        // First what was left, then what came since.
        for _ in 0..2 {
            flush_views(&house.shop.cx, &*counts).await.unwrap();
        }
        (of_gala, at) = (of_gala + 3, at + 1);
        let added = (views(house, gala).await, views(house, recital).await);
        assert_eq!(added, (of_gala, at as u64), "killed at step {}", at - 1);
        if !has_died {
            break;
        }
    }
    assert!(at > 5, "there are so many steps to die at");
    assert_eq!(counts.lost(), 0);
}
