//! What a crowd costs on Redis: how many come, ask and are admitted a second, beside a script of three plain commands over
//! the same connection; and whether it costs more when more wait. Run it in release, on an idle machine:
//! `cargo run --release -p ticketon-queue --features redis --example crowd_on_redis [redis://HOST:PORT]`. It leaves its
//! room behind, which Redis forgets after a month.

use std::error::Error;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use redis::Script;
use ticketon_queue::{
    Arrival, CeilingsInMemory, Change, EntryId, Policy, Queue, Redis, RedisQueue, RoomName, Settings,
    Timestamp, UNLIMITED, VisitorName, tick,
};
use tokio::time::Instant;

const TASKS: usize = 64;
const OPENING: Timestamp = Timestamp::from_ms(1_796_122_800_000);
const STEPS: [usize; 3] = [10_000, 100_000, 200_000];

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let url = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "redis://127.0.0.1:6379".to_owned());
    let redis = Redis::connect(&url).await?;
    let room = RoomName::parse(&format!("crowd-{}", std::process::id()))?;
    let queue = Arc::new(RedisQueue::new(
        room,
        redis.clone(),
        Arc::new(CeilingsInMemory::default()),
    ));
    let policy = Policy::fifo().capacity(1_000_000).per_minute(1_000_000);
    queue.open(Settings::opening(OPENING, policy), OPENING).await?;
    queue.change(Change::Pause, OPENING).await?;

    println!("{TASKS} at a time, a second:   three commands     enter      find");
    let mut from = 0;
    for up_to in STEPS {
        let plain = plain(&redis, up_to - from).await?;
        let entered = entered(&queue, from..up_to).await?;
        let found = found(&queue, from..up_to).await?;
        println!("{up_to:>7} wait               {plain:>14} {entered:>9} {found:>9}");
        from = up_to;
    }

    queue.change(Change::Resume, OPENING).await?;
    let began = Instant::now();
    let first = tick(&*queue, UNLIMITED, OPENING).await?;
    println!(
        "a tick admits {} in {:?}, {} a second",
        first.admitted.len(),
        began.elapsed(),
        per_second(first.admitted.len(), began)
    );
    let began = Instant::now();
    let second = tick(&*queue, UNLIMITED, OPENING.plus(Duration::from_millis(60))).await?;
    println!("a tick admits {} in {:?}", second.admitted.len(), began.elapsed());
    Ok(())
}

/// The yardstick: what a script costs that reads a hash, writes it and writes a sorted set.
async fn plain(redis: &Redis, many: usize) -> Outcome<usize> {
    let script = Arc::new(Script::new(
        "redis.call('HGET', KEYS[1], ARGV[1]) redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) \
         return redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])",
    ));
    let keys = ["hash", "zset"].map(|name| redis.key("crowd-plain", name));
    let began = Instant::now();
    let run = |numbers: Vec<usize>| {
        let (redis, script, keys) = (redis.clone(), Arc::clone(&script), keys.clone());
        async move {
            for number in numbers {
                let args = [name(number), number.to_string()];
                redis.run(&script, &keys, &args).await?;
            }
            Ok(())
        }
    };
    by_many(0..many, run).await?;
    Ok(per_second(many, began))
}

async fn entered(queue: &Arc<RedisQueue>, who: Range<usize>) -> Outcome<usize> {
    let (many, began) = (who.len(), Instant::now());
    let run = |numbers: Vec<usize>| {
        let queue = Arc::clone(queue);
        async move {
            for number in numbers {
                let visitor = VisitorName::parse(&name(number))?;
                let id = EntryId::from_u128(number as u128);
                queue.enter(Arrival::new(&visitor, id), OPENING).await?;
            }
            Ok(())
        }
    };
    by_many(who, run).await?;
    Ok(per_second(many, began))
}

async fn found(queue: &Arc<RedisQueue>, who: Range<usize>) -> Outcome<usize> {
    let (many, began) = (who.len(), Instant::now());
    let run = |numbers: Vec<usize>| {
        let queue = Arc::clone(queue);
        async move {
            for number in numbers {
                let visitor = VisitorName::parse(&name(number))?;
                assert!(
                    queue.find(&visitor, OPENING).await?.is_some(),
                    "whoever came is there"
                );
            }
            Ok(())
        }
    };
    by_many(who, run).await?;
    Ok(per_second(many, began))
}

/// Shares the numbers out among the tasks.
async fn by_many<F>(numbers: Range<usize>, run: impl Fn(Vec<usize>) -> F) -> Outcome<()>
where
    F: Future<Output = Outcome<()>> + Send + 'static,
{
    let mut tasks = Vec::new();
    for task in 0..TASKS {
        let share = numbers.clone().skip(task).step_by(TASKS).collect();
        tasks.push(tokio::spawn(run(share)));
    }
    for task in tasks {
        task.await??;
    }
    Ok(())
}

fn name(number: usize) -> String {
    format!("0198c0de-7f1e-7000-b4c2-{number:012}")
}

fn per_second(many: usize, began: Instant) -> usize {
    let took_us = began.elapsed().as_micros().max(1);
    usize::try_from(many as u128 * 1_000_000 / took_us).unwrap_or(usize::MAX)
}
