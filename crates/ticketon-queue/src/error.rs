//! What a queue refuses, and why.

use crate::journal::JournalError;
use crate::limits::WAITING_MAX;
use crate::policy::SettingsError;
use crate::time::Timestamp;

/// Why a queue gives no answer, or a no.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum QueueError {
    /// There is no such queue, or it knows less than a genuine receipt proves. Never answered with an empty queue:
    /// a line that starts again at 1 is worse than one that says it is lost.
    #[error("the queue is lost: open it, or restore its journal")]
    QueueLost,
    /// The journal does not answer. Nothing was promised; ask again.
    #[error("the queue is unavailable, try again: {0}")]
    Unavailable(#[from] JournalError),
    /// What keeps the queue does not answer, or others were faster too often. Nothing was promised; ask again.
    #[error("the queue is unavailable, try again: {0}")]
    Unreachable(String),
    /// The journal holds what no queue wrote. Asking again does not help.
    #[error("the queue's journal is corrupt: {0}")]
    Corrupt(String),
    /// Too early to come, even to the lobby.
    #[error("the room lets nobody in before {from}")]
    NotYet {
        /// From when on one may come.
        from: Timestamp,
    },
    /// The room has closed for good.
    #[error("the room is closed")]
    Closed,
    /// As many wait as can.
    #[error("the room is full: {WAITING_MAX} are waiting, try again later")]
    Full,
    /// The receipt is another visitor's or another room's.
    #[error("the receipt belongs to another visitor or another room")]
    ForeignReceipt,
    /// The room is not run as whoever wanted to change that had seen.
    #[error("somebody else has changed how the room is run: look again")]
    Changed,
    /// The settings cannot be.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl QueueError {
    /// Whether the same call may succeed later, unchanged.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Unreachable(_) | Self::NotYet { .. } | Self::Full => true,
            Self::QueueLost
            | Self::Corrupt(_)
            | Self::Closed
            | Self::ForeignReceipt
            | Self::Changed
            | Self::Settings(_) => false,
        }
    }
}
