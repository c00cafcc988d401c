//! Money: charging and giving back, with outcomes instead of results.
//!
//! A call that takes money can end in a way that no `Result` can tell: nobody knows whether it was taken.
//! So what became of a charge is an [`Outcome`], whose *unknown* must be settled, not dropped. What is
//! sent ([`Attempt`], [`Refund`]) carries an idempotency key that follows from one's own books, so that it
//! can be rebuilt after a crash and repeated without harm.
//!
//! | feature | brings |
//! |---|---|
//! | none | attempts, refunds, calls and replies as plain values, and what replies mean |
//! | `toss` | the client of Toss Payments |
//! | `sandbox` | a Toss that moves no money: a state machine, its ledger, its HTTP skin |
//!
//! It knows no purchase, no ticket and no database: save an attempt before confirming it.

mod attempt;
mod call;
mod code;
mod id;
mod judge;
mod keys;
mod language;
pub mod limits;
mod outcome;
mod payment;
mod refund;
#[cfg(feature = "sandbox")]
pub mod sandbox;
#[cfg(feature = "toss")]
mod toss;
mod won;

pub use attempt::Attempt;
pub use call::{Call, Method, Reply};
pub use code::{Class, Code};
pub use id::{IdempotencyKey, Invalid, OrderId, PaymentKey};
pub use judge::Judged;
pub use keys::{BadKeys, Keys};
pub use language::Language;
pub use outcome::{Declined, LookedUp, OurFault, Outcome, RefundOutcome, Refunded, Unknown};
pub use payment::{Cancel, Card, Failure, Payment, Receipt, Status, VirtualAccount};
pub use refund::Refund;
#[cfg(feature = "toss")]
pub use toss::{Backoff, BadSettings, NoClient, Settings, Toss};
pub use won::Won;
