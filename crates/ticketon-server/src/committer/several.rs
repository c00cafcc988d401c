//! Several committers over one store, where a store takes several writers: while one waits for its sync the other
//! judges.

use std::sync::Arc;

use async_trait::async_trait;
use ticketon_core::fact::Stream;
use ticketon_core::store::{Changes, CommitError, Engine, Store};

use super::counters::Counting;
use super::{Committer, Committing, Counters};
use crate::metrics::Histogram;

/// Where decisions go to be committed, each to the committer of its first fact's stream: what belongs together meets
/// in one batch and not at a lock. Clones go to the same inboxes.
#[derive(Clone)]
pub struct Committers(Vec<Committer>);

impl Committers {
    /// Starts a committer for each of the engines, of which there is at least one.
    pub fn start(engines: Vec<Box<dyn Engine>>) -> (Self, Committing) {
        assert!(!engines.is_empty(), "a store has something that writes");
        let mut committing = Committing::default();
        let counting = Arc::<Counting>::default();
        let start = |engine| {
            let (committer, one) = Committer::counted_in(Arc::clone(&counting), engine);
            committing.0.extend(one.0);
            committer
        };
        let committers = engines.into_iter().map(start).collect();
        (Self(committers), committing)
    }

    /// The same committers for work that can wait.
    #[must_use]
    pub fn in_background(&self) -> Self {
        Self(self.0.iter().map(Committer::in_background).collect())
    }

    /// The committer of a journal, which keeps its lines in order.
    pub fn of_journal(&self, stream: &str) -> &Committer {
        self.of(stream.as_bytes())
    }

    /// What they have done so far.
    pub fn counters(&self) -> Counters {
        self.0[0].counters()
    }

    /// Changes by batch, and the seconds that changes take to be durable.
    pub(crate) fn distributions(&self) -> (Histogram, Histogram) {
        let counting = &self.0[0].counting;
        (counting.sizes.clone(), counting.waits.clone())
    }

    /// Whether all of them take what is handed over: one that has ended never will again.
    pub fn are_alive(&self) -> bool {
        self.0.iter().all(Committer::is_alive)
    }

    /// How many more changes are let in before somebody is refused, by the fullest of them.
    pub fn room(&self) -> usize {
        let rooms = self.0.iter().map(|committer| committer.lane.capacity());
        rooms.min().unwrap_or_default()
    }

    fn of_changes(&self, changes: &Changes) -> &Committer {
        match changes.facts.first().map(|fact| &fact.stream) {
            Some(Stream::Organization(id)) => self.of(id.as_bytes()),
            Some(Stream::User(id)) => self.of(id.as_bytes()),
            Some(Stream::Event(id)) => self.of(id.as_bytes()),
            Some(Stream::System) | None => &self.0[0],
        }
    }

    /// The last byte of an id is random; that of a name will do.
    fn of(&self, name: &[u8]) -> &Committer {
        let last = usize::from(name.last().copied().unwrap_or_default());
        &self.0[last % self.0.len()]
    }
}

#[async_trait]
impl Store for Committers {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        self.of_changes(&changes).commit(changes).await
    }
}
