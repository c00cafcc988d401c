//! Every bound of this crate, with its reason.

use std::time::Duration;

/// Connections of a command that runs one operation after the other.
pub(crate) const COMMAND_CONNECTIONS: usize = 4;

/// Whoever waits for a run of a job looks this often how far it has come.
pub(crate) const RUN_POLLED: Duration = Duration::from_millis(200);

/// A run that a command asks for is left to processes with the role batch for so long: they look every second.
pub(crate) const RUN_LEFT_TO_OTHERS: Duration = Duration::from_secs(2);

/// Dead letters that are listed unless more are asked for: a screen or two.
pub(crate) const DEAD_LETTERS_LISTED: usize = 100;

/// Buyers of a demo: each is a task and a token of half a kilobyte.
pub(crate) const BUYERS_MAX: u32 = 50_000;

/// Connections that all buyers of a demo share: as many as a machine's port range and a server's patience allow
/// without being asked twice.
pub(crate) const BUYERS_CONNECTIONS: usize = 256;

/// Of those, connections that may be streams, which are never free for anybody else.
pub(crate) const STREAMS_MAX: usize = 64;

/// Connections to the sandbox's payment window.
pub(crate) const WINDOW_CONNECTIONS: usize = 64;

/// Seats that one buyer of a demo wants at most, if the sale allows as many.
pub(crate) const WANTED_MAX: u32 = 4;

/// Kills of one demo: each may cost half a minute until an outcome that nobody heard is looked up.
pub(crate) const KILLS_MAX: u32 = 10;

/// A buyer who cannot reach the shop gives up after this long: longer than a server takes to come back.
pub(crate) const BUYER_PATIENCE: Duration = Duration::from_secs(90);

/// A buyer who is told to come back later waits at most this long.
pub(crate) const RETRY_AFTER_MAX: Duration = Duration::from_secs(2);

/// A buyer who could not reach the shop tries again after this.
pub(crate) const RECONNECT_AFTER: Duration = Duration::from_millis(120);

/// A server child that does not answer after this long has not started.
pub(crate) const CHILD_STARTS_WITHIN: Duration = Duration::from_secs(30);

/// After a sale, the last outcomes and refunds are waited for this long. A payment that a kill interrupted is looked
/// up 30 s after it began.
pub(crate) const QUIET_WITHIN: Duration = Duration::from_secs(45);

/// Seeding a stadium takes so long at most; the server gives up sooner.
pub(crate) const SEEDED_WITHIN: Duration = Duration::from_mins(6);

/// The sandbox's usual time for a confirm: a real provider's.
pub(crate) const SANDBOX_MEDIAN: Duration = Duration::from_millis(200);

/// Buyers look for the outcome of a payment for this long, where outcomes come.
pub(crate) const OUTCOME_WITHIN: Duration = Duration::from_mins(1);

/// And for this long where they do not.
pub(crate) const NO_OUTCOME_AFTER: Duration = Duration::from_secs(3);

/// The picture of a sale is drawn anew this often: people see no more.
pub(crate) const DRAWN_EVERY: Duration = Duration::from_millis(200);

/// Where no outcomes come, the sale is looked at after this: longer than the horizon that it is judged by.
pub(crate) const QUIET_WITHOUT_OUTCOMES: Duration = Duration::from_secs(6);

/// Meanwhile the store is asked this often whether all is quiet.
pub(crate) const QUIET_POLLED: Duration = Duration::from_millis(100);
