//! Redis dies, forgets its last second or everything; nobody is served out of turn, and no number is given twice.

use std::sync::Arc;
use std::time::Duration;

use ticketon_queue::{
    Arrival, Audit, Because, Ceilings, CeilingsInMemory, Closing, Entry, EntryId, EntryState, Keys, Place,
    Policy, Queue, QueueError, Receipt, Redis, RedisQueue, RoomName, Seq, Settings, Timestamp, UNLIMITED,
};

use super::private::PrivateRedis;
use crate::faults::{OPENING, visitor};

/// The keys of a room.
const KEYS: [&str; 8] = [
    "room", "entries", "waiting", "inside", "gone", "blocks", "endings", "pace",
];

/// Numbers that are recorded at once.
const BLOCK: u64 = 10_000;

/// A room for nobody at first, on a server of its own.
struct House {
    server: PrivateRedis,
    queue: RedisQueue,
    now: Timestamp,
}

impl House {
    async fn on(server: PrivateRedis) -> Self {
        let redis = Redis::connect(&server.url()).await.unwrap();
        let ceilings: Arc<dyn Ceilings> = Arc::new(CeilingsInMemory::default());
        let queue = RedisQueue::new(RoomName::parse("opera").unwrap(), redis, ceilings);
        let house = Self {
            server,
            queue,
            now: OPENING.plus(Duration::from_secs(10)),
        };
        assert_eq!(house.opens().await, Ok(true));
        house
    }

    async fn opens(&self) -> Result<bool, QueueError> {
        let policy = Policy::fifo().capacity(1).per_minute(60_000);
        self.queue
            .open(Settings::opening(OPENING, policy), self.now)
            .await
    }

    async fn enters(&self, number: u128) -> Result<Entry, QueueError> {
        self.comes(number, None).await.map(|place| place.entry)
    }

    async fn comes(&self, number: u128, receipt: Option<&Receipt>) -> Result<Place, QueueError> {
        let visitor = visitor(number);
        let arrival = Arrival {
            receipt,
            ..Arrival::new(&visitor, EntryId::from_u128(number))
        };
        self.queue.enter(arrival, self.now).await
    }

    /// Comes, and keeps the receipt as text, as a browser does.
    async fn receipt_of(&self, number: u128) -> String {
        self.comes(number, None)
            .await
            .unwrap()
            .view(&keys(), self.now)
            .receipt
    }

    /// Comes again with it.
    async fn shows(&self, number: u128, receipt: &str) -> Place {
        let receipt = keys().verify_receipt(receipt).unwrap();
        self.comes(number, Some(&receipt)).await.unwrap()
    }

    async fn waits_behind(&self, number: u128) -> u64 {
        let place = self
            .queue
            .find(&visitor(number), self.now)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(place.entry.state, EntryState::Waiting);
        place.progress.ahead_of(place.entry.seq)
    }

    /// Looks at every key; says how many there are.
    async fn every_key_is_bounded(&self, when: &str) -> usize {
        let mut keys = 0;
        for name in KEYS {
            let key = format!("ticketon:{{q:opera}}:{name}");
            let left = self.server.number(&["PTTL", &key]).await;
            assert_ne!(left, -1, "`{name}` stays for ever: {when}");
            keys += usize::from(left > 0);
        }
        keys
    }

    async fn admits(&self) -> (Vec<Seq>, Because) {
        let tick = self.queue.admit(UNLIMITED, self.now).await.unwrap();
        (
            tick.admitted.iter().map(|entry| entry.seq).collect(),
            tick.decision.because,
        )
    }
}

fn keys() -> Keys {
    Keys::from_seed("test", [7; 32])
}

#[tokio::test]
async fn on_redis_that_was_flushed_a_queue_is_lost_until_it_is_opened_and_who_waited_comes_back_first() {
    let mut house = House::on(PrivateRedis::start()).await;
    let mut receipts = Vec::new();
    for number in 1..=4 {
        receipts.push(house.receipt_of(number).await);
    }
    house.server.command(&["FLUSHALL"]).await;
    let (ana, now) = (visitor(1), house.now);
    assert_eq!(house.queue.find(&ana, now).await, Err(QueueError::QueueLost));
    assert_eq!(
        house.queue.admit(UNLIMITED, now).await.err(),
        Some(QueueError::QueueLost)
    );
    assert_eq!(
        house.enters(9).await,
        Err(QueueError::QueueLost),
        "it is not an empty one"
    );

    house.now = house.now.plus(Duration::from_secs(5));
    assert_eq!(house.opens().await, Ok(true));
    let newcomer = house.enters(9).await.unwrap();
    assert_eq!(
        (newcomer.seq, newcomer.state),
        (Seq(BLOCK + 1), EntryState::Waiting),
        "a newcomer has a number that was never given, and waits though nobody else does"
    );
    let until = house.now.plus(Duration::from_secs(90));
    assert_eq!(house.admits().await, (vec![], Because::NewcomersFrom(until)));

    let third = house.shows(3, &receipts[2]).await;
    assert_eq!(third.entry.seq, Seq(3), "who comes back has the old number");
    assert!(
        matches!(third.entry.state, EntryState::Claimed { .. }),
        "and goes in before the newcomer"
    );
    for (number, receipt) in [(4, &receipts[3]), (2, &receipts[1])] {
        house.shows(number, receipt).await;
    }
    assert_eq!(
        [
            house.waits_behind(2).await,
            house.waits_behind(4).await,
            house.waits_behind(9).await
        ],
        [0, 1, 2]
    );
    let progress = house.queue.progress(house.now).await.unwrap();
    assert_eq!(
        progress.ahead_of(Seq(BLOCK + 1)),
        2,
        "what is published says the same"
    );
    assert!(
        progress.has_served(Seq(4)),
        "who was put back asks for their place"
    );

    house.queue.leave(&visitor(3), house.now).await.unwrap();
    assert_eq!(house.admits().await.0, [Seq(2)]);
    house.queue.leave(&visitor(2), house.now).await.unwrap();
    house.queue.leave(&visitor(4), house.now).await.unwrap();
    assert_eq!(
        house.admits().await.0,
        [] as [Seq; 0],
        "the newcomer waits on, until all had the time to come"
    );
    house.now = until;
    assert_eq!(house.admits().await.0, [newcomer.seq]);
    let again = house.shows(3, &receipts[2]).await.entry;
    assert_eq!(again.seq, Seq(BLOCK + 2), "a receipt puts back once");
}

#[tokio::test]
async fn on_redis_that_was_killed_everybody_stands_where_they_stood() {
    let mut house = House::on(PrivateRedis::start()).await;
    house.enters(1).await.unwrap();
    let second = house.enters(2).await.unwrap();
    let receipt = house.receipt_of(3).await;
    house.server.kill();
    assert!(
        matches!(house.enters(4).await, Err(QueueError::Unreachable(_))),
        "which says to try again"
    );
    house.server.start_again();
    let place = house.queue.find(&visitor(2), house.now).await.unwrap().unwrap();
    assert_eq!((&place.entry, place.progress.ahead_of(Seq(2))), (&second, 0));
    let newcomer = house.enters(4).await.unwrap();
    assert_eq!(
        newcomer.seq,
        Seq(BLOCK + 1),
        "it could have forgotten the last numbers, so it skips some"
    );
    assert_eq!(
        house.shows(3, &receipt).await.entry.seq,
        Seq(3),
        "a receipt stays good"
    );
    assert_eq!([house.waits_behind(3).await, house.waits_behind(4).await], [1, 2]);
    house.queue.leave(&visitor(1), house.now).await.unwrap();
    assert_eq!(
        house.admits().await,
        (vec![Seq(2)], Because::FreeSlots { free: 1, capacity: 1 })
    );
}

#[tokio::test]
async fn on_redis_that_forgot_its_last_second_no_number_is_given_twice_and_receipts_tell_who_was_there() {
    let mut house = House::on(PrivateRedis::start_with(&["--appendonly", "no", "--save", ""])).await;
    house.enters(1).await.unwrap();
    house.enters(2).await.unwrap();
    house.server.command(&["SAVE"]).await;
    let receipts = [house.receipt_of(3).await, house.receipt_of(4).await];
    house.server.kill();
    house.server.start_again();
    let now = house.now;
    while house.queue.counters(now).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        house.queue.find(&visitor(3), now).await,
        Ok(None),
        "it has forgotten them"
    );
    assert_eq!(
        house.shows(4, &receipts[1]).await.entry.seq,
        Seq(4),
        "a receipt proves it, and puts back"
    );
    assert_eq!(house.enters(5).await.unwrap().seq, Seq(BLOCK + 1));
    assert_eq!(house.shows(3, &receipts[0]).await.entry.seq, Seq(3));
    assert_eq!(
        [
            house.waits_behind(2).await,
            house.waits_behind(3).await,
            house.waits_behind(4).await,
            house.waits_behind(5).await
        ],
        [0, 1, 2, 3]
    );
}

#[tokio::test]
async fn on_redis_that_loads_its_data_a_queue_is_unavailable_and_not_lost() {
    let mut house = House::on(PrivateRedis::start_with(&["--appendonly", "no", "--save", ""])).await;
    for number in 0..200 {
        house.enters(number).await.unwrap();
    }
    house.server.command(&["SAVE"]).await;
    house.server.kill();
    let slowly = [
        "--key-load-delay",
        "900000",
        "--loading-process-events-interval-bytes",
        "1024",
    ];
    house.server.start_again_with(&slowly);
    let mut refused = Vec::new();
    let place = loop {
        match house.queue.find(&visitor(7), house.now).await {
            Ok(place) => break place.unwrap(),
            Err(error) => refused.push(error),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(place.entry.seq, Seq(8));
    let are_retryable = refused
        .iter()
        .all(|error| matches!(error, QueueError::Unreachable(_)));
    assert!(are_retryable && !refused.is_empty(), "{refused:?}");
}

#[tokio::test]
async fn on_redis_that_hangs_an_answer_comes_in_bounded_time() {
    let house = House::on(PrivateRedis::start()).await;
    house.server.command(&["CLIENT", "PAUSE", "8000"]).await;
    let began = tokio::time::Instant::now();
    let answer = house.enters(1).await;
    assert!(matches!(answer, Err(QueueError::Unreachable(_))), "{answer:?}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn on_redis_every_key_of_a_room_goes_with_it_however_late_it_was_made() {
    let house = House::on(PrivateRedis::start()).await;
    house.every_key_is_bounded("opened").await;
    for number in 1..=4 {
        house.enters(number).await.unwrap();
    }
    house.every_key_is_bounded("entered, and never ticked").await;
    house.admits().await;
    house.queue.leave(&visitor(4), house.now).await.unwrap();
    house.every_key_is_bounded("a number was given up").await;
    house.queue.leave(&visitor(1), house.now).await.unwrap();
    house.admits().await;
    house.admits().await;
    house.enters(5).await.unwrap();
    house.every_key_is_bounded("emptied and filled again").await;
    house.queue.close(Closing::SoldOut, house.now).await.unwrap();
    let keys = house.every_key_is_bounded("ended all at once").await;
    assert!(keys >= 5, "{keys}");

    let room = "ticketon:{q:opera}:room";
    house.server.command(&["PEXPIRE", room, "1"]).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(house.enters(6).await, Err(QueueError::QueueLost));
}

#[tokio::test]
async fn on_redis_an_audit_finds_who_was_passed_over() {
    let house = House::on(PrivateRedis::start()).await;
    for number in 1..=3 {
        house.enters(number).await.unwrap();
    }
    let waiting = "ticketon:{q:opera}:waiting";
    house.server.command(&["ZREM", waiting, "visitor-2"]).await;
    house.queue.leave(&visitor(1), house.now).await.unwrap();
    assert_eq!(house.admits().await.0, [Seq(3)]);
    let admissions_are_fine = house.queue.audit(house.now).await.unwrap();
    assert_eq!(
        admissions_are_fine,
        Audit {
            admissions: 2,
            ..Audit::default()
        }
    );
    house.server.command(&["ZADD", waiting, "2", "visitor-2"]).await;
    let out_of_order = house.queue.audit(house.now).await.unwrap().out_of_order;
    assert_eq!(out_of_order.len(), 1);
    assert_eq!(
        (out_of_order[0].seq, out_of_order[0].first_in_line),
        (Seq(3), Some(Seq(2)))
    );
}
