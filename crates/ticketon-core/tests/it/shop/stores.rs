//! Stores that do something besides: between load and commit, or after it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ticketon_core::Context;
use ticketon_core::store::{Changes, CommitError, Store, Unavailable};
use tokio::sync::Barrier;

/// Lets somebody else go first, once, between the load and the commit of the next decision.
pub(crate) struct MeddledStore {
    inner: Arc<dyn Store>,
    before: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
}

impl MeddledStore {
    pub(crate) fn over(cx: &Context, before: impl Future<Output = ()> + Send + 'static) -> Context {
        let store = Self {
            inner: Arc::clone(&cx.store),
            before: Mutex::new(Some(Box::pin(before))),
        };
        with_store(cx, Arc::new(store))
    }
}

#[async_trait]
impl Store for MeddledStore {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let before = self.before.lock().unwrap().take();
        if let Some(before) = before {
            before.await;
        }
        self.inner.commit(changes).await
    }
}

/// Remembers what was committed.
pub(crate) struct RecordingStore {
    inner: Arc<dyn Store>,
    committed: Mutex<Vec<Changes>>,
}

impl RecordingStore {
    pub(crate) fn over(cx: &Context) -> (Context, Arc<Self>) {
        let store = Arc::new(Self {
            inner: Arc::clone(&cx.store),
            committed: Mutex::default(),
        });
        (with_store(cx, Arc::clone(&store) as Arc<dyn Store>), store)
    }

    pub(crate) fn committed(&self) -> Vec<Changes> {
        self.committed.lock().unwrap().clone()
    }
}

#[async_trait]
impl Store for RecordingStore {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        self.inner.commit(changes.clone()).await?;
        self.committed.lock().unwrap().push(changes);
        Ok(())
    }
}

/// Lets everybody else run between load and commit.
pub(crate) struct YieldingStore(Arc<dyn Store>);

impl YieldingStore {
    pub(crate) fn over(cx: &Context) -> Context {
        with_store(cx, Arc::new(Self(Arc::clone(&cx.store))))
    }
}

#[async_trait]
impl Store for YieldingStore {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        tokio::task::yield_now().await;
        self.0.commit(changes).await
    }
}

/// Lets a commit go only with another one that comes meanwhile.
pub(crate) struct PairingStore {
    inner: Arc<dyn Store>,
    pair: Barrier,
}

impl PairingStore {
    pub(crate) fn over(cx: &Context) -> Context {
        let inner = Arc::clone(&cx.store);
        let pair = Barrier::new(2);
        with_store(cx, Arc::new(Self { inner, pair }))
    }
}

#[async_trait]
impl Store for PairingStore {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        self.pair.wait().await;
        self.inner.commit(changes).await
    }
}

/// Takes so many commits, and then the machine is gone.
pub(crate) struct FailingStore {
    inner: Arc<dyn Store>,
    left: Mutex<u32>,
}

impl FailingStore {
    pub(crate) fn after(commits: u32, cx: &Context) -> Context {
        let store = Self {
            inner: Arc::clone(&cx.store),
            left: Mutex::new(commits),
        };
        with_store(cx, Arc::new(store))
    }
}

#[async_trait]
impl Store for FailingStore {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let is_gone = {
            let mut left = self.left.lock().unwrap();
            let is_gone = *left == 0;
            *left = left.saturating_sub(1);
            is_gone
        };
        if is_gone {
            return Err(Unavailable("the machine is gone".to_owned()).into());
        }
        self.inner.commit(changes).await
    }
}

fn with_store(cx: &Context, store: Arc<dyn Store>) -> Context {
    Context { store, ..cx.clone() }
}
