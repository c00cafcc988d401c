//! An engine under test, with the few things that the suites do to it.

use super::sample;
use crate::row::{Row, RowId};
use crate::store::{Changes, Conflict, Engine, Freshness, Reads, Version, Versioned, settle};

/// An engine under test and what reads it.
pub struct Subject<E, R> {
    pub(super) engine: E,
    pub(super) reads: R,
}

/// What became of changes.
pub type Verdict = Result<Applied, Conflict>;

/// When changes were applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// By this batch.
    Now,
    /// Before it.
    Before,
}

impl<E: Engine, R: Reads> Subject<E, R> {
    /// An empty engine with the shop that the suites sell in.
    pub(super) async fn open(engine: E, reads: R) -> Self {
        let mut subject = Self { engine, reads };
        assert_eq!(
            subject.commit(sample::opening()).await,
            Ok(Applied::Now),
            "an empty store takes a new shop"
        );
        subject
    }

    /// Commits a batch the way a committer does.
    pub(super) async fn commit_all(&mut self, batch: &[Changes]) -> Vec<Verdict> {
        let found = self.engine.begin(batch).await.expect("begin answers");
        let verdicts = settle(batch, found);
        let accepted: Vec<&Changes> = verdicts.iter().flatten().flatten().copied().collect();
        self.engine.finish(&accepted, &[]).await.expect("finish answers");
        let applied = |changes: Option<&Changes>| {
            if changes.is_some() {
                Applied::Now
            } else {
                Applied::Before
            }
        };
        verdicts.into_iter().map(|verdict| verdict.map(applied)).collect()
    }

    pub(super) async fn commit(&mut self, changes: Changes) -> Verdict {
        self.commit_all(&[changes])
            .await
            .pop()
            .expect("one verdict for a batch of one")
    }

    /// Commits what must be accepted.
    pub(super) async fn must_commit(&mut self, changes: Changes) {
        assert_eq!(
            self.commit(changes).await,
            Ok(Applied::Now),
            "nothing stands against it"
        );
    }

    /// The row, read with and without a cache: both must agree once a commit has returned.
    pub(super) async fn row(&self, id: &RowId) -> Option<Versioned<Row>> {
        let ids = [id.clone()];
        let cached = self
            .reads
            .rows(&ids, Freshness::Cached)
            .await
            .expect("reads answer");
        let fresh = self
            .reads
            .rows(&ids, Freshness::Fresh)
            .await
            .expect("reads answer");
        assert_eq!(cached, fresh, "the cache shows what was committed");
        fresh.into_iter().next().expect("one row for one name")
    }

    pub(super) async fn version(&self, id: &RowId) -> Version {
        self.row(id).await.map_or(Version::ABSENT, |(_, version)| version)
    }
}
