//! What can be done in the shop: plain functions over a [`Context`](crate::Context).
//!
//! Each loads, checks the right before it decides, and commits. Where another decision was first, it decides again
//! from a fresh read, a bounded number of times. What only the program itself calls takes no caller: settling what
//! the provider said, sweeping, following the facts, sessions, running jobs. An embedder must not hand those to strangers.

mod accounts;
mod add_views;
mod apply_event;
mod begin_payment;
mod cancel_purchase;
mod create_event;
mod delete_event;
mod end_unpaid;
mod expire;
mod find_purchase;
mod freed_seats;
mod hold_seats;
mod jobs;
mod next_payment;
mod numbering;
mod organizations;
mod projections;
mod promote;
mod publish;
mod refund;
mod release_hold;
mod retry_refund;
mod seed_seats;
mod sessions;
mod settle_payment;
mod settle_refund;
mod spend_admission;
mod start_purchase;

pub use accounts::{NewUser, UserChange, change_user, create_user, find_user};
pub use add_views::add_views;
pub use apply_event::{Applied, ApplyOutcome, Difference, apply_event};
pub use begin_payment::{Begun, begin_payment, postpone_look_up};
pub use cancel_purchase::cancel_purchase;
pub use create_event::{Created, NewEvent, NewPerformance, NewSale, create_event};
pub use delete_event::delete_event;
pub use expire::{Swept, sweep};
pub use find_purchase::find_purchase;
pub use hold_seats::{Pick, Seats, hold_seats};
pub use jobs::{
    RunRequest, end_run, enlist_job, give_up_runs, keep_run, miss_due, request_run, start_due_run,
    take_requested_run,
};
pub use next_payment::next_payment;
pub use numbering::{recorded_numbering, replace_numbering};
pub use organizations::{create_organization, name_member};
pub use projections::{follow, load_cursor, move_cursor_from};
pub use promote::{NotPromoted, promote};
pub use publish::publish;
pub use refund::{Quote, QuoteLine, RefundRequest, quote_refund, request_refund};
pub use release_hold::release_hold;
pub use retry_refund::retry_refund;
pub use seed_seats::{Seeded, seed_seats};
pub use sessions::{end_session, refresh_session, start_session};
pub use settle_payment::{Settled, settle_payment};
pub use settle_refund::{RefundAnswer, settle_refund};
pub use spend_admission::spend_admission;
pub use start_purchase::{NewPurchase, start_purchase};
