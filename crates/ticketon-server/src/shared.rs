//! What all requests share for a moment: waiting rooms, claims, rates, leases, views. In the memory of this process, or, for
//! several processes, on Redis.

use std::sync::Arc;

use ticketon_core::Context;
use ticketon_core::claims::{Claims, ClaimsInMemory};
use ticketon_core::entropy::Entropy;
use ticketon_queue::{Ceilings, Decider, Redis, RedisError, RedisQueue, decide_admission};

use crate::adapter::redis::{RedisBuckets, RedisClaims, RedisLeases, RedisViews};
use crate::leases::{Alone, Leases};
use crate::numbering::StoreCeilings;
use crate::rates::{Buckets, BucketsInMemory};
use crate::rooms::{Journals, Queues, in_memory};
use crate::settings::QueueUrl;
use crate::views::{ViewCounts, ViewsInMemory};

/// Where it is.
pub enum Shared {
    /// In this process alone; the rooms' journals are in the store.
    InMemory {
        /// How admission is decided.
        decider: Decider,
        /// Who is about to hold which seats.
        claims: ClaimsInMemory,
    },
    /// On Redis.
    OnRedis(Redis),
}

/// The ports to it.
pub struct Ports {
    /// Makes the queue of each waiting room.
    pub queues: Queues,
    /// Who is about to hold which seats.
    pub claims: Arc<dyn Claims>,
    /// How often somebody may ask.
    pub buckets: Arc<dyn Buckets>,
    /// Who does what only one needs to do.
    pub leases: Arc<dyn Leases>,
    /// How often events are looked at.
    pub views: Arc<dyn ViewCounts>,
    /// Where all of it is, to be asked whether it answers.
    pub queue_engine: QueueEngine,
}

/// Where waiting rooms are: in this process, or on Redis.
#[derive(Clone)]
pub struct QueueEngine(Option<Redis>);

impl Shared {
    /// In this process, with every safeguard.
    pub fn in_memory() -> Self {
        Self::InMemory {
            decider: decide_admission,
            claims: ClaimsInMemory::new(),
        }
    }

    /// Where the settings say.
    pub async fn open(url: &QueueUrl) -> Result<Self, RedisError> {
        match url {
            QueueUrl::Memory => Ok(Self::in_memory()),
            QueueUrl::Redis(url) => Redis::connect(url).await.map(Self::OnRedis),
        }
    }

    /// The ports. What must outlive Redis goes to the store of `cx`.
    pub fn ports(self, journals: Journals, cx: Context, entropy: &dyn Entropy) -> Ports {
        match self {
            Self::InMemory { decider, claims } => Ports::in_memory(in_memory(journals, decider), claims),
            Self::OnRedis(redis) => Ports {
                queues: on_redis(redis.clone(), Arc::new(StoreCeilings::new(cx))),
                claims: Arc::new(RedisClaims::on(redis.clone())),
                buckets: Arc::new(RedisBuckets::on(redis.clone())),
                views: Arc::new(RedisViews::on(redis.clone())),
                queue_engine: QueueEngine(Some(redis.clone())),
                leases: Arc::new(RedisLeases::on(redis, entropy)),
            },
        }
    }
}

impl Ports {
    /// In this process alone.
    pub fn in_memory(queues: Queues, claims: ClaimsInMemory) -> Self {
        Self {
            queues,
            claims: Arc::new(claims),
            buckets: Arc::new(BucketsInMemory::default()),
            leases: Arc::new(Alone),
            views: Arc::new(ViewsInMemory::default()),
            queue_engine: QueueEngine(None),
        }
    }
}

impl QueueEngine {
    /// Whether it answers.
    pub async fn answers(&self) -> bool {
        match &self.0 {
            Some(redis) => redis.answers().await.is_ok(),
            None => true,
        }
    }
}

fn on_redis(redis: Redis, ceilings: Arc<dyn Ceilings>) -> Queues {
    Box::new(move |room| {
        let queue = RedisQueue::new(room.clone(), redis.clone(), Arc::clone(&ceilings));
        Arc::new(queue)
    })
}
