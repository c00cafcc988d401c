//! View counts of one process. What was not added when it dies is lost with it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use ticketon_core::Timestamp;
use ticketon_core::entropy::Entropy;
use ticketon_core::ids::ChangesId;
use ticketon_core::store::Unavailable;

use super::{Batch, Lost, View, ViewCounts, part_of};
use crate::limits;

/// Views in the memory of this process.
#[derive(Debug, Default)]
pub struct ViewsInMemory {
    kept: Mutex<Kept>,
    lost: Lost,
}

#[derive(Debug, Default)]
struct Kept {
    /// Those of the newest window, and whoever is late.
    viewers: BTreeSet<View>,
    window: u64,
    parts: [Part; limits::VIEW_PARTS],
}

#[derive(Debug, Default)]
struct Part {
    counted: Option<Batch>,
    taken: Option<Batch>,
}

#[async_trait]
impl ViewCounts for ViewsInMemory {
    fn count(&self, view: View, now: Timestamp, entropy: &dyn Entropy) {
        let mut kept = self.kept();
        if kept.is_known(&view) {
            return;
        }
        if kept.viewers.len() >= limits::VIEWERS_MAX {
            return self.lost.lose(1, "more come than can be told apart");
        }
        let part = &mut kept.parts[part_of(view.event)];
        let begin = || Batch::begun(ChangesId::new(now, entropy));
        if part.counted.get_or_insert_with(begin).count(view.event) {
            kept.viewers.insert(view);
        } else {
            self.lost
                .lose(1, "more events are looked at than are counted at once");
        }
    }

    async fn carried(&self) {}

    async fn has_any(&self) -> Result<bool, Unavailable> {
        let is_empty = |part: &Part| part.counted.is_none() && part.taken.is_none();
        Ok(!self.kept().parts.iter().all(is_empty))
    }

    async fn take(&self) -> Result<Vec<Batch>, Unavailable> {
        let mut kept = self.kept();
        for part in &mut kept.parts {
            if part.taken.is_none() {
                part.taken = part.counted.take();
            }
        }
        Ok(kept.parts.iter().filter_map(|part| part.taken.clone()).collect())
    }

    async fn confirm(&self, batch: &Batch) -> Result<(), Unavailable> {
        for part in &mut self.kept().parts {
            part.taken.take_if(|taken| taken.id == batch.id);
        }
        Ok(())
    }

    fn lost(&self) -> u64 {
        self.lost.so_far()
    }
}

impl ViewsInMemory {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Whether the viewer was counted in this window. Whoever was counted in the one before is forgotten.
    fn is_known(&mut self, view: &View) -> bool {
        if view.window > self.window {
            self.window = view.window;
            self.viewers.clear();
        }
        self.viewers.contains(view)
    }
}
