//! Every bound of this crate, with its reason.

use std::time::Duration;

use crate::http::Rate;

/// Connections that read a SQLite file at once: each has a thread; the usual reads are in the row cache.
pub const READ_CONNECTIONS: u32 = 4;

/// Connections that read a MySQL store at once, a process: each is a thread of the server's; the usual reads are in
/// the row cache.
pub const DATABASE_READ_CONNECTIONS: u32 = 8;

/// Committers to a MySQL store, a process, each with a connection (measured with 64 writers: one 11,450 holds a second,
/// two 15,400, four 12,200). A sale's decisions all go through one.
pub const COMMITTERS: usize = 2;

/// A database server is connected to within this time, or it is not there.
pub const DATABASE_CONNECTS_WITHIN: Duration = Duration::from_secs(3);

/// A database server answers a batch within this time, or it is not there: the largest takes tens of milliseconds.
pub const DATABASE_ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// Rows that one statement updates in a MySQL store: it looks for a row's values among those of all, so that the cost of a row
/// grows with them (measured, µs a row: 24 at once 16, 128 at once 15; one a statement 30).
pub const UPDATED_AT_ONCE: usize = 128;

/// How often facts are given their positions, where a commit does not: seats sold by another process are seen so late.
pub const NUMBER_EVERY: Duration = Duration::from_millis(20);

/// Rows, facts and lines that are copied from one store to another in one transaction: under a megabyte, as a rule.
pub const COPIED_AT_ONCE: usize = 500;

/// Facts that get their positions in one transaction: some tens of milliseconds.
pub const NUMBERED_AT_ONCE: usize = 1_000;

/// What the writing connection keeps of the file in memory, as SQLite wants to be told (64 MiB, as KiB below zero): the
/// pages that a sale touches.
pub const WRITER_CACHE_KIB: &str = "-65536";

/// A connection waits so long for another that writes to the same file: a batch takes milliseconds, a migration of a
/// large store seconds.
pub const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Pages in the write-ahead log before they are moved into the file: moving is the slowest commit, so it is seldom
/// (measured: 500 pages cost a quarter of the commits a second, 4,000 no more than 2,000).
pub const CHECKPOINT_PAGES: &str = "4000";

/// Rows that a reading connection's thread may be ahead of whoever takes them, so that it seldom stops for it.
pub const ROW_BUFFER: usize = 256;

/// Texts that a connection keeps prepared: the writer's are three or four a table, the readers' some dozens.
pub const PREPARED_TEXTS: usize = 128;

/// Rows of one generation of the row cache; two are kept. A shopper has four (hold, allowance, purchase, payment),
/// a kilobyte each at most.
pub const CACHED_ROWS: usize = 16_384;

/// Where other processes write to the store, too, a row in memory is believed so long: a shopper's next click, and no
/// refusal that the shopper could tell from a mistake.
pub const ROWS_BELIEVED: Duration = Duration::from_secs(2);

/// There what staff change (events, performances, sales, organizations) is believed so long, and so shown by every
/// process within a second.
pub const SHELF_ROWS_BELIEVED: Duration = Duration::from_millis(900);

/// Seats of one generation of the row cache; two are kept, about 80 bytes each: a stadium.
pub const CACHED_SEATS: usize = 65_536;

/// Changes of one batch (measured: 16 → 12,000 a second, 64 → 16,000, 128 → 18,700, 512 → 17,000).
pub const BATCH_CHANGES: usize = 128;

/// Rows of one batch: what holds up everybody else for some tens of milliseconds.
pub const BATCH_ROWS: usize = 2_000;

/// Background work gets at most this part of a batch (a quarter).
pub const BACKGROUND_SHARE: usize = 4;

/// Decisions that may wait to be committed: a second's work; who comes later is told to try again.
pub const INBOX: usize = 8_192;

/// Background decisions that may wait; each may have 1,000 rows.
pub const INBOX_BACKGROUND: usize = 256;

/// Journal lines that may wait, some hundred bytes each: far more than arrive while batches become durable, since a
/// line that is refused costs its waiting room a reading of the whole journal.
pub const INBOX_LINES: usize = 262_144;

/// Journal lines get at most this part of a batch's rows (a half).
pub const LINES_SHARE: usize = 2;

/// How often a batch is sent to a store that does not answer.
pub const WRITE_TRIES: u32 = 5;

/// How often in a row a batch is begun again because another writer was first: each time somebody else got on, and
/// so often without luck is no bad luck.
pub const RACES: u32 = 8;

/// The first pause between two tries of a store that does not answer; each is twice the one before.
pub const WRITE_PAUSE: Duration = Duration::from_millis(20);

/// An access token lasts this long: a suspended user or a changed role is noticed after it at the latest.
pub const ACCESS_TOKEN_LASTS: Duration = Duration::from_mins(15);

/// A login lasts this long without being used: the refresh token's life.
pub const SESSION_LASTS: Duration = Duration::from_hours(24 * 30);

/// The token that the operator at this machine signs for one command.
pub const OPERATOR_TOKEN_LASTS: Duration = Duration::from_mins(1);

/// Tokens are short; what is longer is none of ours and is not looked at.
pub const TOKEN_BYTES_MAX: usize = 4_096;

/// Tokens of one generation whose signature was checked; two are kept, half a kilobyte each.
pub const CHECKED_TOKENS_MAX: usize = 16_384;

/// Passwords hashed at once: one leaves the other core to the sale.
pub const HASHES_AT_ONCE: usize = 1;

/// Passwords being hashed or waiting for it: about a second's worth; who comes later is told to try again.
pub const HASHES_WAITING_MAX: usize = 50;

/// A password's least length, in bytes.
pub const PASSWORD_BYTES_MIN: usize = 10;

/// A password's greatest length: what is longer only costs time to hash.
pub const PASSWORD_BYTES_MAX: usize = 256;

/// The task that asked the provider goes on for this long before the worker takes over.
pub const SETTLED_BY_REQUEST: Duration = Duration::from_secs(28);

/// One look-up by the worker goes on for this long.
pub const SETTLED_BY_LOOK_UP: Duration = Duration::from_secs(2);

/// The worker waits so long for a look-up or a refund: one that hangs would keep those of its round, and a process
/// that stops, waiting. Either can be asked again.
pub const PROVIDER_ANSWERS_WORKER: Duration = Duration::from_secs(8);

/// What a look-up could not settle is looked up again after this.
pub const LOOKED_UP_AGAIN: Duration = Duration::from_secs(5);

/// Payments looked up at once: the provider's own limit is near.
pub const LOOK_UPS_AT_ONCE: usize = 16;

/// Payments that a process which begins looks up at once: what one before it may have left behind, far more than it
/// can have been asking about.
pub const LEFT_BEHIND_MAX: usize = 10_000;

/// Refunds asked for at once.
pub const REFUNDS_AT_ONCE: usize = 16;

/// The dispatcher's step: short enough that nobody sees it, long enough that it costs nothing.
pub const TICK_EVERY: Duration = Duration::from_millis(100);

/// Waiting rooms that could not be opened are tried again after this, doubled each time: a store that restarts is back
/// soon, and the whole shelf is looked through for them.
pub const ROOMS_OPENED_AGAIN: Duration = Duration::from_secs(5);

/// And at the latest after this: a journal that is broken waits for a person.
pub const ROOMS_OPENED_AGAIN_MAX: Duration = Duration::from_mins(5);

/// How often a dispatcher looks for rooms that other processes have opened: people who come to a new one wait so long
/// at most until it is ticked.
pub const ROOMS_LOOKED_FOR: Duration = Duration::from_secs(5);

/// How often the worker looks for what is due.
pub const WORK_EVERY: Duration = Duration::from_millis(250);

/// How often old answers are looked for: what is a minute too old does no harm.
pub const PRUNE_EVERY: Duration = Duration::from_mins(1);

/// How long the journal of a waiting room is kept after its sale has closed: as long as Redis keeps a room that nobody
/// ticks, and long enough to look into a complaint.
pub const JOURNAL_KEPT: Duration = Duration::from_hours(24 * 30);

/// How often journals of old sales are looked for: a look costs one read a journal there is.
pub const JOURNALS_PRUNED_EVERY: Duration = Duration::from_hours(1);

/// Letters of the reason that an act of staff is kept with: a few sentences.
pub const REASON_CHARS_MAX: usize = 300;

/// How often a change of a waiting room is tried when others change it at the same time, where the caller does not say
/// what they have seen.
pub const ROOM_CHANGE_TRIES: u32 = 8;

/// Answers forgotten in one go: a few milliseconds, for which everybody who writes waits.
pub const PRUNED_AT_ONCE: u32 = 500;

/// Holds, and purchases, ended in one go.
pub const SWEPT_AT_ONCE: usize = 200;

/// How often the log is read on.
pub const FOLLOW_EVERY: Duration = Duration::from_millis(50);

/// Facts read in one go.
pub const FACTS_AT_ONCE: usize = 1_000;

/// Facts of the log's end kept in memory for the readers that follow the first: a second of a hot sale, some megabytes.
pub const FACTS_KEPT: usize = 8_000;

/// Passes ended at once, so that their lines become durable together: one after the other, each waiting for its own sync,
/// they fell behind a hot sale.
pub const PASSES_ENDED_AT_ONCE: usize = 100;

/// A fact is at most so large when it is published: an order of a hundred seats takes a tenth.
pub const FACT_BYTES_MAX: usize = 64 * 1024;

/// How often what is new is published: nobody outside waits for less.
pub const RELAY_EVERY: Duration = Duration::from_millis(50);

/// Where publishing fails it is tried more and more seldom, at least this often.
pub const RELAY_PAUSE_MAX: Duration = Duration::from_secs(10);

/// Whoever proofreads what is published looks this often whether to stop.
pub const PROOFREAD_WAIT: Duration = Duration::from_millis(200);

/// What was handed to Kafka is acknowledged within this time, or handed over again: an election of a new leader takes
/// a second or two, and a process that stops waits for it.
pub const PUBLISHED_WITHIN: Duration = Duration::from_secs(5);

/// Kafka makes topics and tells of them within this time, or it is not there.
pub const KAFKA_ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// A broker that came back is found within this time (the client's own pause is ten seconds).
pub const KAFKA_RECONNECTS_WITHIN: Duration = Duration::from_secs(1);

/// How long Redis is left alone after it did not answer, where one can do without it: longer than such an answer takes.
pub const REDIS_RESTS: Duration = Duration::from_secs(5);

/// How long a lease lasts that is not kept: whoever had it may be dead, and another takes over.
pub const LEASE_LASTS: Duration = Duration::from_secs(2);

/// How long a command waits for another that holds the data folder's lock.
pub const FOLDER_WAIT: Duration = Duration::from_secs(10);

/// Meanwhile this often it tries again: nobody notices it, and a lock costs nothing to try.
pub const FOLDER_POLLED: Duration = Duration::from_millis(100);

/// Requests and tasks get this long to finish when the server stops.
pub const DRAIN: Duration = Duration::from_secs(10);

/// Meanwhile this often it is looked whether payments are still under way.
pub const DRAIN_POLLED: Duration = Duration::from_millis(20);

/// Violations of one promise that a room's audit lists, while the counts go on.
pub const VIOLATIONS_LISTED: usize = 20;

/// A client waits so long for a connection: on a network that works it takes a blink.
pub const CLIENT_CONNECTS_WITHIN: Duration = Duration::from_secs(3);

/// A client waits so long for an answer, unless it says otherwise: longer than a confirm may take.
pub const CLIENT_ANSWERED_WITHIN: Duration = Duration::from_secs(40);

/// The largest answer that a client reads: a seat plan of a stadium is a few megabytes.
pub const CLIENT_BODY_MAX: usize = 64 * 1024 * 1024;

/// So many unanswered calls in a row, and the provider counts as down: a buyer's connection may fail, ten do not.
pub const PROVIDER_DOWN_AFTER: u32 = 10;

/// A provider that is down is tried again after this.
pub const PROVIDER_RESTS: Duration = Duration::from_secs(10);

/// A body, unless the operation is made for larger ones: the longest purchase is a tenth of it.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// An event's document: a year of daily shows with their sales and prices.
pub const EVENT_BYTES_MAX: usize = 512 * 1024;

/// A seat plan: 200,000 seats in the CSV form, at 40 bytes a line.
pub const PLAN_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A body that is too large is read on so far without being kept, so that its sender sees the answer.
pub const BODY_DRAINED_MAX: usize = 64 * 1024 * 1024;

/// And for so long.
pub const BODY_DRAINED_WITHIN: Duration = Duration::from_secs(5);

/// A request's own id is at most so long: it stands in every line of the log.
pub const REQUEST_ID_BYTES_MAX: usize = 64;

/// A request is answered within this time, longer than a confirmation may wait for the provider.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(35);

/// Seeding a stadium takes longer.
pub const SLOW_ANSWER_WITHIN: Duration = Duration::from_mins(5);

/// A confirmation waits so long for the provider, which answers within a second or two as a rule.
pub const CONFIRM_WAIT: Duration = Duration::from_secs(10);

/// A confirmation waits no longer, whatever it asks for.
pub const CONFIRM_WAIT_MAX: Duration = Duration::from_secs(30);

/// Who is told to try again is told to wait so long where nothing better is known: a batch takes milliseconds, an
/// engine that restarts a few seconds, and the shortest wait that can be told is one.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Who comes to a waiting room that is full is told to wait so long: places come free as people are let in.
pub const FULL_ROOM_RETRY_AFTER: Duration = Duration::from_secs(30);

/// Characters of a buyer's name.
pub const BUYER_CHARS_MAX: usize = 100;

/// Characters of what the provider's window calls an order (Toss Payments: 100).
pub const ORDER_NAME_CHARS_MAX: usize = 100;

/// Slugs whose events are known without asking the store: the shelf of a large shop.
pub const SLUGS_KEPT: usize = 4_096;

/// A user may ask so often: a seat map, a queue's polls and a nervous finger, with several tabs open.
pub const USER_RATE: Rate = Rate {
    per_minute: 600,
    burst: 120,
};

/// An address may ask so often without logging in: a school or an office behind one address.
pub const ADDRESS_RATE: Rate = Rate {
    per_minute: 3_000,
    burst: 1_000,
};

/// Passwords may be tried so often for one account from one network: nobody mistypes faster, and guessing takes for ever.
pub const LOGIN_RATE: Rate = Rate {
    per_minute: 6,
    burst: 10,
};

/// And so often from everywhere together: guessing still takes for ever, and to lock the owner out takes many networks.
pub const ACCOUNT_RATE: Rate = Rate {
    per_minute: 120,
    burst: 600,
};

/// Buckets of one generation; two are kept, about 150 bytes each.
pub const RATE_BUCKETS_MAX: usize = 65_536;

/// Connections for lists: each has a thread, and a list takes a millisecond.
pub const LIST_CONNECTIONS: u32 = 2;

/// Rows of a page, unless the request says otherwise.
pub const PAGE_ROWS: usize = 20;

/// Rows of the longest page: an answer of some tens of kilobytes.
pub const PAGE_ROWS_MAX: usize = 100;

/// A cursor is short; what is longer is none of ours.
pub const CURSOR_BYTES_MAX: usize = 256;

/// Faults of a seat plan that an answer lists: a plan made by a broken script has thousands alike.
pub const PLAN_FAULTS_LISTED: usize = 100;

/// The store answers this quickly, or the process is not ready.
pub const READY_WITHIN: Duration = Duration::from_secs(2);

/// Whoever waits for an outcome that another process finds out looks this often.
pub const OUTCOME_POLLED: Duration = Duration::from_millis(50);

/// Streams open at once in a process, a few kilobytes each.
pub const STREAMS_MAX: usize = 50_000;

/// Changes of a watched hall that are kept, for those who come back: some seconds of the hottest sale, 16 bytes each.
pub const SEAT_CHANGES_KEPT: usize = 16_384;

/// Whoever watches a hall hears of it at most this often: nobody sees more, and together changes are shorter.
pub const STREAM_SEATS_EVERY: Duration = Duration::from_millis(200);

/// A comment on a stream on which nothing happens: proxies cut what is silent for a minute, some for half.
pub const STREAM_COMMENT_EVERY: Duration = Duration::from_secs(15);

/// Whoever waits is told their place at least this often, however far away.
pub const STREAM_PLACE_EVERY: Duration = Duration::from_secs(5);

/// Whoever comes in within this time watches every tick; who is farther away need not.
pub const STREAM_NEAR: Duration = Duration::from_secs(10);

/// Whoever is inside learns of the end within this time.
pub const STREAM_INSIDE_EVERY: Duration = Duration::from_secs(1);

/// A browser whose stream broke comes back after this, and up to as much again, so that not all come at once.
pub const STREAM_RETRY: Duration = Duration::from_secs(2);

/// A ticket for a stream is used at once or not at all: it stands in an address, which logs keep.
pub const STREAM_TICKET_LASTS: Duration = Duration::from_secs(30);

/// Tickets for streams that nobody has used yet.
pub const STREAM_TICKETS_MAX: usize = 65_536;

/// A body has come within this time, or its sender is too slow for us: a plan of megabytes over a telephone takes less.
pub const BODY_WITHIN: Duration = Duration::from_secs(20);

/// A table's statistics are stale once more than this part of its rows was changed, in percent: `InnoDB` itself counts
/// anew after a tenth.
pub const STALE_CHANGED_PERCENT: u64 = 10;

/// And are not by fewer changes than this: of a small table every plan is quick.
pub const STALE_ROWS_MIN: u64 = 200;

/// The rows that there are may be so far from those that were counted, in percent: an estimate of twenty pages is off
/// by half of that itself.
pub const STALE_ROWS_DIFFER_PERCENT: u64 = 20;

/// A table that changes at all is counted once a day.
pub const STALE_AGE: Duration = Duration::from_hours(24);

/// A histogram of a table that changes is made anew once a week, with the Sunday's run: what it says of a column, which
/// part has which value, changes far more slowly than how many rows there are.
pub const STALE_HISTOGRAM_AGE: Duration = Duration::from_hours(24 * 7);

/// A table's file may be so many times as large as what was counted in it: pages that were given back stay in it.
pub const STALE_FILE_TIMES: u64 = 4;

/// And below this size it says nothing: a file grows by megabytes at a time.
pub const STALE_FILE_BYTES_MIN: u64 = 8 * 1_024 * 1_024;

/// SQLite's own rule: it is worth counting again once a table is ten times as large, or a tenth.
pub const STALE_TIMES_ON_SQLITE: u64 = 10;

/// Rows of an index that SQLite looks at while everybody who writes waits: some milliseconds.
pub const SQLITE_ANALYSIS_ROWS: u32 = 1_000;

/// Counting on SQLite waits so long for its turn to write: it comes between two batches, or another time.
pub const SQLITE_ANALYSIS_WAIT: Duration = Duration::from_secs(1);

/// Counting waits so long for a table that somebody alters, in seconds: whoever comes after it would wait, too.
pub const ANALYZE_LOCK_WAIT_S: u32 = 2;

/// Counting one table takes at most so long: samples take milliseconds, engine-independent statistics read all of it,
/// which for the sales of years is minutes. Whoever hears nothing for longer talks to nobody, and the run goes on without.
pub const ANALYZED_WITHIN: Duration = Duration::from_mins(10);

/// A table that was counted so lately is left alone where only stale ones are asked for: one that sells out is stale
/// again after minutes, and its plans are the same.
pub const ANALYZE_RESTS: Duration = Duration::from_hours(1);

/// During a sale a run counts for at most this part of its time (an eighth), and rests for the others: while it counts, a
/// sale on the same processors loses about a fifth of its speed (`benches/analyze.rs`), so a run costs it less than a
/// twentieth.
pub const ANALYZE_SHARE: u32 = 8;

/// And rests no longer than this between two tables.
pub const ANALYZE_PAUSE_MAX: Duration = Duration::from_mins(1);

/// Whether tables can be counted is found out at most so often: anybody may ask, and it takes some dozens of statements.
pub const BATCH_HEALTH_KEPT: Duration = Duration::from_secs(30);

/// And where they cannot, more often: somebody is about to mend it and looks whether it is. A user who is refused costs one
/// connection.
pub const BATCH_ILLNESS_KEPT: Duration = Duration::from_secs(5);

/// Connections of the batch user: one that counts, and one for whoever looks meanwhile.
pub const BATCH_CONNECTIONS: u32 = 2;

/// The connection that counts is closed when it was idle for so long: the next run may be a week away.
pub const ANALYZE_IDLE: Duration = Duration::from_mins(1);

/// Values that a histogram tells apart: states are fewer.
pub const HISTOGRAM_BUCKETS: u32 = 16;

/// Nothing is counted when a sale opens within this time: a run may take some minutes, and people come early.
pub const QUIET_BEFORE_OPENING: Duration = Duration::from_mins(30);

/// Nor when one opened less than this ago: what sells out does so by then.
pub const QUIET_AFTER_OPENING: Duration = Duration::from_hours(2);

/// Nor when something was sold this lately.
pub const QUIET_AFTER_SELLING: Duration = Duration::from_mins(10);

/// Letters of a password that is made for the batch user, of 62 kinds: 142 bits.
pub const BATCH_PASSWORD_CHARS: usize = 24;
/// Runs of jobs are remembered so long: a season, and of a job that runs every five minutes about 26,000 rows.
pub const RUNS_KEPT: Duration = Duration::from_hours(24 * 90);

/// How often a process that runs jobs looks whether one is due or was asked for.
pub const JOBS_LOOKED_FOR: Duration = Duration::from_secs(1);

/// Runs given up in one look: there is one of each job at a time.
pub const RUNS_GIVEN_UP_AT_ONCE: usize = 16;

/// How often a run says how far it has come, and that its process is alive: several times before it is not believed
/// any more, and often enough to watch a bar.
pub const RUN_KEPT_EVERY: Duration = Duration::from_secs(1);

/// The store has so long to hear that a run is alive: one that does not answer is asked several times before the run is
/// not believed any more, and the run is cut before that.
pub const RUN_KEPT_WITHIN: Duration = Duration::from_secs(3);

/// The longest analysis. The largest shop is counted within minutes, gently within half an hour; what takes longer hangs,
/// and one that begins at its latest, at eight in the morning, is over before most sales open.
pub const ANALYSIS_LONGEST: Duration = Duration::from_hours(2);

/// The longest run that adds views: over before the next is due, which adds what this one did not.
pub const VIEWS_LONGEST: Duration = Duration::from_mins(4);

/// A run that is under way when the process stops may go on for so long; then it is cut, and says so.
pub const RUN_STOPS_WITHIN: Duration = Duration::from_secs(4);

/// How often the end of a run is written to a store that does not answer, before it is left to be given up.
pub const RUN_END_TRIES: u32 = 3;

/// Tables that an analysis may be asked for by name: more than there are.
pub const ANALYZED_TABLES_MAX: usize = 64;

/// Within this time a viewer of an event counts once.
pub const VIEW_WINDOW: Duration = Duration::from_hours(1);

/// Kinds of browsers that are told apart in one network: a home has several people, and whoever makes up names of browsers
/// is at most so many viewers of an event. Behind an address that hundreds share, as of a school, those who have
/// logged in count each by themselves, all others for so many.
pub const BROWSER_KINDS: u8 = 8;

/// Views are counted in so many parts, by event; on a cluster each lies somewhere else.
pub const VIEW_PARTS: usize = 4;

/// Events of a part that may be counted before they are added: one decision adds them, which may write a thousand rows.
/// Four thousand in five minutes are more than the shelf of a large shop has.
pub const VIEWED_EVENTS_MAX: usize = 1_000;

/// Viewers whom one process tells apart within a window, about 60 bytes each.
pub const VIEWERS_MAX: usize = 262_144;

/// Sets of viewers of a part and window on Redis: each is so small that forgetting it takes a millisecond.
pub const VIEWER_BUCKETS: usize = 128;

/// Viewers of such a set, about 70 bytes each: half a million of a part.
pub const BUCKET_VIEWERS_MAX: usize = 4_096;

/// Viewers of whom a process remembers that it told Redis of them, about 60 bytes each.
pub const VIEWERS_SENT_MAX: usize = 65_536;

/// Views that are on their way to Redis: some seconds of a crowd.
pub const VIEWS_ON_THE_WAY: usize = 16_384;

/// Views that Redis is told of at once: a part of a millisecond.
pub const VIEWS_SENT_AT_ONCE: usize = 128;

/// Editions of events are counted in so many places: of a shelf of thousands a few share one.
pub const EDITIONS: usize = 4_096;

/// Where no fact tells of a change, because nobody numbers facts, an event is shown so long as it was.
pub const EVENTS_SHOWN: Duration = Duration::from_secs(10);

/// A list is shown so long as it was, where nothing tells of a change: a replica that it was read from was behind.
pub const LISTS_SHOWN: Duration = Duration::from_secs(1);

/// Events as everybody is shown them, a few kilobytes each as a rule.
pub const SHELF_EVENTS_BYTES: u64 = 32 * 1024 * 1024;

/// Lists as everybody is shown them: whoever asks for what nobody else asks for pushes nothing out that many ask for.
pub const SHELF_LISTS_BYTES: u64 = 8 * 1024 * 1024;

/// What an entry takes beside its body.
pub const SHELF_ENTRY_BYTES: usize = 256;

/// What the store is asked for a scrape is asked so often at most, whoever scrapes.
pub const SCRAPED_EVERY: Duration = Duration::from_secs(1);

/// A scrape waits so long for the store: less than a scraper waits for it, ten seconds as a rule.
pub const SCRAPED_WITHIN: Duration = Duration::from_secs(2);

/// Open payments and refunds are counted so far: a count that is this high says enough.
pub const COUNTED_MAX: usize = 1_000;

/// Nothing that is due is due later than that.
pub const FOR_EVER: Duration = Duration::from_hours(24 * 365 * 10);

/// Durations are told apart by these bounds, in seconds: a hold is durable within a few milliseconds, people notice a
/// tenth of a second and leave after two, and after ten an answer is given up. Every bound is a line of a scrape for each
/// route.
pub const SECONDS_COUNTED: [f64; 8] = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 30.0];

/// Batches are told apart by these numbers of changes, up to the largest.
pub const SIZES_COUNTED: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
