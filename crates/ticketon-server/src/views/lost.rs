//! What could not be counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many views were lost; the first is said in the log, the others would only fill it.
#[derive(Debug, Default)]
pub(crate) struct Lost(AtomicU64);

impl Lost {
    pub(crate) fn lose(&self, views: u64, why: &str) {
        if views > 0 && self.0.fetch_add(views, Ordering::Relaxed) == 0 {
            tracing::warn!("views are not counted: {why}");
        }
    }

    pub(crate) fn so_far(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
