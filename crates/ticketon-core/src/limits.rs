//! Every bound of this crate, with its reason.

use std::time::Duration;

use crate::money::Won;

/// A person is an opaque text of at most this many bytes: an id, never a name.
pub const PERSON_BYTES_MAX: usize = 64;

/// Random letters of a purchase's code: 30^7 (2·10^10) codes are not guessed and seldom collide; the store's
/// unique key catches the rest.
pub const PURCHASE_CODE_LETTERS: usize = 7;

/// Rows of one decision: more would hold up the buyers who share its batch.
pub const CHANGES_ROWS_MAX: usize = 1_000;

/// How often a use case runs again after a conflict before it says "busy".
pub const DECISION_TRIES_MAX: u32 = 16;

/// A key that a client gave one request is remembered this long.
pub const ANSWER_KEPT: Duration = Duration::from_hours(24);

/// A claim gives itself back after this long: longer than any request lasts, shorter than any buyer's patience.
pub const CLAIM_KEPT: Duration = Duration::from_secs(10);

/// An attempt made in time may be confirmed at most this long after its purchase's deadline: the buyer was in
/// the provider's window.
pub const CONFIRM_GRACE_MAX: Duration = Duration::from_mins(2);

/// Attempts at paying one purchase.
pub const PAYMENT_TRIES_MAX: u32 = 20;

/// Rows of a refund table.
pub const REFUND_TERMS_MAX: usize = 20;

/// A refund soon after buying is free only while this many calendar days are left.
pub const FREE_REFUND_DAYS_MIN: i64 = 3;

/// Holds that ran out together come back spread over this window.
pub const EXPIRY_SPREAD: Duration = Duration::from_secs(10);

/// Seats of one plan, general-admission places included: the largest stadiums have half as many, and a plan is
/// held in memory.
pub const PLAN_SEATS_MAX: u32 = 200_000;

/// Grades of one plan: buyers choose among them, and each costs a pass over the seats when a plan is read.
pub const PLAN_GRADES_MAX: usize = 100;

/// A plan's name, a zone's, a row's, a seat's label: short enough for a ticket and for keys made from them.
pub const PLAN_NAME_BYTES_MAX: usize = 48;

/// A seat's key: a zone's name or prefix, a row's name and a label fit.
pub const SEAT_KEY_BYTES_MAX: usize = 64;

/// A grade is a price level's name: half of a price's.
pub const GRADE_BYTES_MAX: usize = 32;

/// Seats lie at most this far from the drawing's origin, so that sums of squared distances over a whole plan
/// fit into 64 bits.
pub const PLAN_POSITION_MAX: i32 = 1_000_000;

/// Seats of one wish for the best available: a school class with its teachers. Orders have limits of their own.
pub const WISH_SEATS_MAX: u32 = 50;

/// A provider's key of a payment is at most this long (Toss Payments: 200).
pub const PAYMENT_KEY_BYTES_MAX: usize = 200;

/// The process that asked the provider tries for this long; then the worker looks the payment up.
pub const LOOK_UP_AFTER: Duration = Duration::from_secs(30);

/// An attempt has its outcome within this long: the provider's sessions end after ten minutes.
pub const PAYMENT_HORIZON: Duration = Duration::from_mins(15);

/// A reason goes to the provider, which takes at most this much (Toss Payments: 200).
pub const REASON_BYTES_MAX: usize = 200;

/// A refund without an answer is asked for again after this long, doubled each time.
pub const REFUND_ASKED_AGAIN: Duration = Duration::from_secs(2);

/// Doublings of that wait: at most about a quarter of an hour.
pub const REFUND_DOUBLINGS_MAX: u32 = 9;

/// Characters of an event's title.
pub const TITLE_CHARS_MAX: usize = 200;

/// Characters of a person's name.
pub const NAME_CHARS_MAX: usize = 100;

/// Performances of an event: a year of daily shows.
pub const PERFORMANCES_MAX: usize = 400;

/// Sales of an event.
pub const SALES_MAX: usize = 20;

/// Prices of an event.
pub const PRICES_MAX: usize = 200;

/// The dearest price: sums of a hall stay far from the end of 64 bits.
pub const PRICE_MAX: Won = Won(1_000_000_000);

/// What a buyer agrees to with one order: terms, privacy, and what an organizer adds.
pub const CONSENTS_MAX: usize = 16;

/// Seats of one order, whatever a sale says: its changes stay within [`CHANGES_ROWS_MAX`].
pub const ORDER_SEATS_MAX: u32 = 100;

/// Seats seeded by one decision: with the plan and the performance within [`CHANGES_ROWS_MAX`].
pub const SEEDED_AT_ONCE: u32 = 990;

/// A refresh token shown again within this long of being replaced is another tab's, or its answer was lost; later,
/// somebody may have stolen it.
pub const REFRESHED_TWICE_WITHIN: Duration = Duration::from_secs(30);

/// Largest capacity and largest rate a minute of a waiting room: the queue takes no larger ones, for beyond them it
/// has nothing left to do.
pub const QUEUE_COUNT_MAX: u32 = 1_000_000;

/// Shortest claim time and shortest pass that the queue takes.
pub const ADMISSION_TIME_MIN: Duration = Duration::from_secs(1);

/// Longest claim time and longest pass: the queue takes no longer ones, for a pass that outlives a day is a ticket.
pub const ADMISSION_TIME_MAX: Duration = Duration::from_hours(24);

/// Used-up admissions that are remembered of one person and sale: each is an order or a wait given up within a
/// day, and the row is written with every hold.
pub const SPENT_ENTRIES_MAX: usize = 32;

/// Background work ends what is due at least this often; what is overdue by more was forgotten.
pub const SWEPT_WITHIN: Duration = Duration::from_secs(5);

/// Holds, or purchases, that a sweep ends at once: what background work may have of a batch.
pub const ENDED_AT_ONCE: usize = 32;

/// Rows and facts that are read at once by whoever goes through all of them.
pub const READ_AT_ONCE: usize = 1_000;

/// Rows of a projection that are written at once: what background work may have of a batch.
pub const PROJECTED_AT_ONCE: usize = 250;

/// Seats that a verification rebuilds from facts at once, 16 bytes each; more seats take more than one pass
/// over the log.
pub const REBUILT_AT_ONCE: u32 = 500_000;

/// Violations listed of each promise: nobody reads more, and a broken store must not fill the memory.
pub const VIOLATIONS_LISTED: u64 = 100;

/// The provider's clock and ours may differ by this much: what was settled so shortly before the ledger was
/// read it need not show.
pub const CLOCKS_DIFFER_MAX: Duration = Duration::from_secs(2);

/// Letters of a job's name: it stands in addresses and in each line of the history.
pub const JOB_NAME_CHARS_MAX: usize = 32;

/// A run's process says again and again that it is alive, and is believed for this long: longer than a store that
/// restarts is away, short enough that somebody who waits for the next run waits for it.
pub const RUN_BELIEVED_ALIVE: Duration = Duration::from_secs(20);

/// A due run that was lost with its process is begun again so often: a restart of a handful of processes, one after the
/// other, may hit each of them, and a job that kills whoever begins it is left alone for the rest of its hours.
pub const RUN_BEGUN_AGAIN_MAX: u32 = 5;

/// A run that was asked for waits so long for a process that takes it: one that lives looks every second.
pub const RUN_WAITS: Duration = Duration::from_secs(30);

/// Lines of one run: some for each table of a store, and no more than a row can carry.
pub const RUN_LINES_MAX: usize = 500;

/// Characters of a step's name and of what is said of it: the longest message of a database server.
pub const RUN_TEXT_CHARS_MAX: usize = 512;
