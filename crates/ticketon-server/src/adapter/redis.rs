//! Redis, where several processes share what lasts a moment: claims, rates, leases, views that are not yet added up. (The waiting rooms' queues on Redis
//! are an engine of `ticketon-queue`.)
//!
//! All of it is a courtesy or saves work, so none of it can fail a request: while Redis does not answer, the store
//! decides without claims, each process keeps the rates by itself, everybody has the lease, and views are not counted.

mod claims;
mod courtesy;
mod leases;
mod rates;
mod views;

pub use claims::RedisClaims;
pub use leases::RedisLeases;
pub use rates::RedisBuckets;
pub use views::RedisViews;
