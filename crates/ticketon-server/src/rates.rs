//! How often somebody may ask: a bucket of tokens for each user, and for each address of those who are nobody yet.
//!
//! In one process memory is bounded by keeping two generations of buckets: when the newer one is full, the older one is forgotten.
//! Whoever is forgotten starts with a full bucket, which they had by then unless far more people came at once than
//! are kept.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use ticketon_core::Timestamp;
use ticketon_core::ids::{Email, Person};

use crate::limits;

/// How often one may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In the long run.
    pub per_minute: u32,
    /// At once.
    pub burst: u32,
}

/// How often everybody may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// A user.
    pub user: Rate,
    /// An address, for all who have not logged in there.
    pub address: Rate,
    /// Passwords tried for one e-mail address from one network.
    pub login: Rate,
    /// Passwords tried for one e-mail address from everywhere.
    pub account: Rate,
}

/// Whose bucket.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A user's.
    User(Person),
    /// An address's, of all who have not logged in there.
    Address(Network),
    /// An e-mail address's at one network: nobody locks others out from where they do not log in.
    Login(Email, Option<Network>),
    /// An e-mail address's everywhere.
    Account(Email),
}

/// An address as it counts: of IPv6 the network, since one home has many addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network([u8; 8]);

/// Where the buckets are.
#[async_trait]
pub trait Buckets: Send + Sync {
    /// Takes one token of a bucket, or says when there is one again.
    async fn take(&self, rate: Rate, key: Key, now: Timestamp) -> Result<(), Duration>;
}

/// The buckets of this process.
#[derive(Debug, Default)]
pub struct BucketsInMemory(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    newer: BTreeMap<Key, Bucket>,
    older: BTreeMap<Key, Bucket>,
}

/// When the bucket would be full again; how full it is now follows.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    full_at: Timestamp,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            user: limits::USER_RATE,
            address: limits::ADDRESS_RATE,
            login: limits::LOGIN_RATE,
            account: limits::ACCOUNT_RATE,
        }
    }
}

impl Rates {
    /// The rate of a key.
    pub(crate) fn of(self, key: &Key) -> Rate {
        match key {
            Key::User(_) => self.user,
            Key::Address(_) => self.address,
            Key::Login(..) => self.login,
            Key::Account(_) => self.account,
        }
    }
}

impl Rate {
    /// The time that a token takes.
    pub fn every(self) -> Duration {
        Duration::from_mins(1) / self.per_minute.max(1)
    }

    /// The time that a whole bucket takes.
    pub fn full(self) -> Duration {
        self.every() * self.burst.max(1)
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        let mut network = [0; 8];
        match address.to_canonical() {
            IpAddr::V4(address) => network[..4].copy_from_slice(&address.octets()),
            IpAddr::V6(address) => network.copy_from_slice(&address.octets()[..8]),
        }
        Self(network)
    }
}

impl Network {
    /// The address's first bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[async_trait]
impl Buckets for BucketsInMemory {
    async fn take(&self, rate: Rate, key: Key, now: Timestamp) -> Result<(), Duration> {
        let (every, full) = (rate.every(), rate.full());
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = generations.bucket(key, now);
        // No bucket is emptier than empty, even where the clock went back.
        bucket.full_at = bucket.full_at.clamp(now, now + full);
        let full_at = bucket.full_at + every;
        let refills_in = full_at.since(now).saturating_sub(full);
        if !refills_in.is_zero() {
            return Err(refills_in);
        }
        bucket.full_at = full_at;
        Ok(())
    }
}

impl Generations {
    fn bucket(&mut self, key: Key, now: Timestamp) -> &mut Bucket {
        if self.newer.len() >= limits::RATE_BUCKETS_MAX && !self.newer.contains_key(&key) {
            self.older = std::mem::take(&mut self.newer);
        }
        let known = self.older.remove(&key);
        let bucket = known.unwrap_or(Bucket { full_at: now });
        self.newer.entry(key).or_insert(bucket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_796_122_800_000);
    const RATE: Rate = Rate {
        per_minute: 60,
        burst: 3,
    };

    fn ana() -> Key {
        Key::User(Person::new("ana").unwrap())
    }

    fn address(text: &str) -> Key {
        Key::Address(text.parse::<IpAddr>().unwrap().into())
    }

    #[tokio::test]
    async fn a_burst_is_let_through_and_then_one_a_second() {
        let buckets = BucketsInMemory::default();
        for _ in 0..3 {
            assert_eq!(buckets.take(RATE, ana(), NOON).await, Ok(()));
        }
        assert!(buckets.take(RATE, ana(), NOON).await.is_err());
        let later = NOON + Duration::from_secs(1);
        assert_eq!(buckets.take(RATE, ana(), later).await, Ok(()));
        let soon = later + Duration::from_millis(400);
        assert_eq!(
            buckets.take(RATE, ana(), soon).await,
            Err(Duration::from_millis(600))
        );
    }

    #[tokio::test]
    async fn a_clock_that_goes_back_locks_nobody_out() {
        let buckets = BucketsInMemory::default();
        let in_an_hour = NOON + Duration::from_hours(1);
        assert_eq!(buckets.take(RATE, ana(), in_an_hour).await, Ok(()));
        assert_eq!(
            buckets.take(RATE, ana(), NOON).await,
            Err(Duration::from_secs(1)),
            "a moment at most"
        );
        let soon = NOON + Duration::from_secs(1);
        assert_eq!(buckets.take(RATE, ana(), soon).await, Ok(()));
    }

    #[tokio::test]
    async fn one_does_not_use_up_anothers() {
        let buckets = BucketsInMemory::default();
        for _ in 0..3 {
            assert_eq!(buckets.take(RATE, ana(), NOON).await, Ok(()));
        }
        assert_eq!(buckets.take(RATE, address("192.0.2.1"), NOON).await, Ok(()));
    }

    #[test]
    fn a_home_is_one_address() {
        assert_eq!(address("2001:db8::1"), address("2001:db8::2"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    }
}
