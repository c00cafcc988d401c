//! Every bound of this crate, with its reason.

use std::time::Duration;

/// Longest order id. Toss: 6 to 64 characters.
pub const ORDER_ID_MAX: usize = 64;

/// Shortest order id. Toss: 6 to 64 characters.
pub const ORDER_ID_MIN: usize = 6;

/// Longest payment key. Toss: at most 200 characters.
pub const PAYMENT_KEY_MAX: usize = 200;

/// Longest idempotency key. Toss: at most 300 characters, else 400 `INVALID_IDEMPOTENCY_KEY`.
pub const IDEMPOTENCY_KEY_MAX: usize = 300;

/// Longest id of a refund in one's own books: with a payment key and the words around them it must fit
/// into an idempotency key, and beside a reason into [`CANCEL_REASON_MAX`].
pub const REFUND_ID_MAX: usize = 64;

/// Longest reason of a cancel, the refund's id included. Toss: at most 200 characters.
pub const CANCEL_REASON_MAX: usize = 200;

/// Largest answer that is read. A payment is about 2 KB; one with many partial cancels adds 400 bytes
/// each. More is no payment.
pub const REPLY_BODY_MAX: usize = 256 * 1024;

/// Largest request body that the sandbox reads. A cancel with every field stays under 2 KB.
pub const REQUEST_BODY_MAX: usize = 16 * 1024;

/// How long to wait for a connection. Toss names no figure; a handshake that takes longer than this
/// will not be of use to a buyer who waits.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long to wait for an answer. Toss names 60 s for look-ups and none for confirms, which take
/// seconds when a card company is slow.
pub const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// Most calls, and with them connections, under way at once. A call takes about 200 ms, so this is more
/// than a thousand confirms a second; whoever comes when all are busy waits for at most the time-outs.
pub const CALLS_MAX: usize = 256;

/// First pause while an outcome is unknown: a charge that was under way is mostly done by then.
pub const PAUSE_FIRST: Duration = Duration::from_millis(200);

/// Longest pause while an outcome is unknown. Toss lets a test key ask 100 times a minute.
pub const PAUSE_MAX: Duration = Duration::from_secs(30);

/// How long the payment window may stay open before the buyer has authenticated. Toss: 30 minutes.
pub const WINDOW_OPEN: Duration = Duration::from_mins(30);

/// How long an authenticated payment waits for its confirm. Toss: 10 minutes, then `EXPIRED`.
pub const AUTHENTICATED: Duration = Duration::from_mins(10);

/// How long an idempotent answer is kept. Toss: 15 days from first use.
pub const ANSWER_KEPT: Duration = Duration::from_hours(15 * 24);

/// Smallest amount that a card pays. Toss: 100 won, else `BELOW_MINIMUM_AMOUNT`.
pub const CARD_AMOUNT_MIN: i64 = 100;

/// Longest order name. Toss: 1 to 100 characters.
pub const ORDER_NAME_MAX: usize = 100;

/// How much longer the sandbox's slow card takes: longer than a page should wait, shorter than the
/// read time-out.
pub const SLOW_CARD: Duration = Duration::from_secs(3);

/// How long the sandbox sits on the answer of the card that answers too late: longer than any read
/// time-out in use.
pub const HELD_ANSWER: Duration = Duration::from_mins(2);

/// The seeded latency's longest call, as a multiple of its median: a slow card company, not a dead one.
pub const LATENCY_TAIL_MAX: f64 = 15.0;

/// Payments, and idempotent answers, that a sandbox keeps: all are in memory, about 500 bytes and 1,500
/// bytes each, so this is 2 GB at the very most.
pub const SANDBOX_KEPT_MAX: usize = 1_000_000;
