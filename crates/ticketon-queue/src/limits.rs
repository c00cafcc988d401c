//! Every bound of this crate, with its reason. A number that limits something is written here and nowhere else.

use std::time::Duration;

/// Longest name of a room or a visitor, in bytes: a UUID with a prefix fits, and an entry stays about a hundred
/// bytes in the journal.
pub const NAME_BYTES_MAX: usize = 64;

/// Longest notice to those who wait, in bytes: a few sentences; it is sent with every view.
pub const NOTICE_BYTES_MAX: usize = 500;

/// Most entries that may wait at once: about 300 bytes each, so a full room is a third of a gigabyte.
pub const WAITING_MAX: usize = 1_000_000;

/// Largest capacity and largest rate a minute: beyond them a waiting room has nothing left to do.
pub const POLICY_MAX: u32 = 1_000_000;

/// Longest claim time and longest stay: a pass that outlives a day is a ticket, not a pass.
pub const POLICY_TIME_MAX: Duration = Duration::from_hours(24);

/// How much unused rate may be saved up. Two seconds' worth: a dispatcher ticks about once a second, so one late
/// tick loses nobody their turn, while an idle minute does not turn into a stampede.
pub const BURST: Duration = Duration::from_secs(2);

/// Places given up that `Progress` lists one by one. Up to here every position is exact.
pub const GIVEN_UP_EXACT: usize = 256;

/// Beyond that, places given up are credited at the end of their block of this many numbers: 200,000 waiting need
/// at most 200 more rows, and a position is too high by less than a block, never too low.
pub const GIVEN_UP_BLOCK: u64 = 1_000;

/// Journal lines after which a tick writes a snapshot, so that loading reads seconds' worth, not a sale's worth.
pub const SNAPSHOT_AFTER_LINES: u64 = 100_000;

/// A snapshot also waits for this many lines per entry, so that its cost is a small part of what was written.
pub const SNAPSHOT_LINES_PER_ENTRY: u64 = 4;

/// How long a snapshot remembers an ended entry: long enough that whoever slept through the end is told why.
pub const ENDED_KEPT: Duration = Duration::from_hours(1);

/// Time over which the pace of admission is measured: the rate is per minute, so is its measure.
pub const PACE_WINDOW: Duration = Duration::from_mins(1);

/// Shortest time between two polls: a turn close at hand is seen within a second.
pub const POLL_MIN: Duration = Duration::from_secs(1);

/// Longest time between two polls: 200,000 who poll ask about 3,000 times a second.
pub const POLL_MAX: Duration = Duration::from_mins(1);

/// Longest receipt or pass that is looked at, in bytes: theirs are under 600; more is an attack on the parser.
pub const TOKEN_BYTES_MAX: usize = 1_024;

/// Most entries that one call to Redis touches: a script of a thousand takes a few milliseconds, and nobody else is
/// answered meanwhile.
pub const REDIS_TOUCHED_MAX: usize = 1_000;

/// Numbers that are recorded at once before Redis gives them: one write for so many who come, and no gap larger than
/// that after a loss.
pub const NUMBERS_AT_ONCE: u64 = 10_000;

/// How often a visitor's coming is tried when numbers have to be recorded first, and how often a room's opening is.
pub const NUMBERING_TRIES: u32 = 4;

/// How often a change of settings is tried when others change them at the same time.
pub const CHANGE_TRIES: u32 = 16;

/// For how long after a loss newcomers are not admitted, so that those who waited can show their receipts first: half
/// as long again as the longest time between two polls.
pub const COMING_BACK: Duration = Duration::from_secs(90);

/// An epoch that was recorded so lately may be that of a room which somebody else is just making; only after that is it
/// taken for lost.
pub const EPOCH_SETTLES: Duration = Duration::from_secs(2);

/// A room on Redis that nobody ticks for so long is forgotten.
pub const REDIS_KEPT: Duration = Duration::from_hours(30 * 24);

/// Longest wait for a connection to Redis.
pub const REDIS_CONNECT: Duration = Duration::from_secs(1);

/// Longest wait for an answer of Redis: where its disk is busy, a server that syncs every second holds its answers back
/// for up to two.
pub const REDIS_ANSWER: Duration = Duration::from_secs(3);

/// How often a call is sent where its connection breaks: a connection that broke unnoticed is replaced once.
pub const REDIS_TRIES: u32 = 2;

/// How often a cluster's client asks again while a slot moves or a master is replaced.
pub const REDIS_CLUSTER_RETRIES: u32 = 3;

/// Calls that may stand before one connection to Redis.
pub const REDIS_PIPELINE: usize = 1_000;

/// Passes of one generation that are remembered once signed; two are kept, about a kilobyte each. Sixteen thousand
/// shoppers at once are more than any sale lets in.
pub const SIGNED_PASSES: usize = 8_192;
