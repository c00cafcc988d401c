//! How often an event was looked at: counted elsewhere, viewer by viewer, and added here now and then.

use serde::{Deserialize, Serialize};

use crate::ids::EventId;

/// How often an event was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Views {
    /// Which event.
    pub event: EventId,
    /// How often, each viewer once a window.
    pub count: u64,
}

impl Views {
    /// Nobody has looked yet.
    pub fn none(event: EventId) -> Self {
        Self { event, count: 0 }
    }
}
