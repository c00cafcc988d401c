//! Names of things: identifiers that cannot be mixed up, parsed once at the edge.
//!
//! Identifiers made by the shop are `UUIDv7` (they sort by the time they were made); texts that people type
//! are checked when they are parsed and trusted ever after.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entropy::Entropy;
use crate::limits;
use crate::time::Timestamp;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier, sorted by `now`.
            pub fn new(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(uuid_v7(now, entropy))
            }

            /// The identifier's sixteen bytes, as a store keeps them.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The identifier that a store kept as sixteen bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.parse().map(Self).map_err(|_| NotAnId)
            }
        }
    )*};
}

ids! {
    /// One decision's changes; the committer may send them twice, they are applied once.
    ChangesId;
    /// Who sells.
    OrganizationId;
    /// Who may log in.
    UserId;
    /// Something to attend.
    EventId;
    /// One date of an event.
    PerformanceId;
    /// One round of selling.
    SaleId;
    /// Seats kept for one person until a deadline.
    HoldId;
    /// An order for the seats of one hold.
    PurchaseId;
    /// The right to one seat.
    TicketId;
    /// Money back.
    RefundId;
    /// One login of a user, and the family of its refresh tokens.
    SessionId;
    /// A signing key.
    KeyId;
    /// One run of a job.
    JobRunId;
}

/// A text that is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: ids are UUIDs such as `019a8b5e-7c00-7000-8000-000000000001`")]
pub struct NotAnId;

fn uuid_v7(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $what:literal, is $rule:literal when $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text once.
            pub fn new(text: impl Into<String>) -> Result<Self, BadText> {
                let text = text.into();
                let is_valid: fn(&str) -> bool = $check;
                if is_valid(&text) {
                    Ok(Self(text))
                } else {
                    Err(BadText { what: $what, rule: $rule, text })
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadText;

            fn from_str(text: &str) -> Result<Self, BadText> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadText;

            fn try_from(text: String) -> Result<Self, BadText> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    )*};
}

texts! {
    /// Whom limits count: an opaque text, fixed when a hold is made.
    Person, "a person's name", is "1 to 64 bytes without control characters" when is_person;
    /// An event's or organization's name in addresses, unique in the shop.
    Slug, "a slug", is "2 to 64 of a-z, 0-9 and `-`, beginning and ending with a letter or digit" when is_slug;
    /// A user's e-mail address, in lower case.
    Email, "an e-mail address", is "an e-mail address in lower case, at most 254 bytes" when is_email;
    /// A purchase's short name, readable aloud: `T7K3Q9`; for play money it begins with `TEST`.
    PurchaseCode, "a purchase's code", is "6 to 12 of A-Z and 0-9" when is_purchase_code;
    /// One attempt at paying: the purchase's code and the attempt's number, `T7K3Q9-1`.
    OrderId, "an order id", is "6 to 64 of A-Z, a-z, 0-9, `-` and `_`" when is_order_id;
    /// A client's name for one request, so that its repeat hears the first answer.
    IdempotencyKey, "an idempotency key", is "1 to 128 visible ASCII characters" when is_idempotency_key;
    /// What a buyer agreed to, as the shop's pages name it: `terms-2026-12`.
    Consent, "a consent", is "1 to 64 of A-Z, a-z, 0-9, `-`, `_` and `.`" when is_consent;
    /// One buyer's place in a queue, as the queue names it.
    EntryId, "an entry", is "1 to 64 visible ASCII characters" when is_entry_id;
    /// A job that runs by the clock.
    JobName, "a job", is "1 to 32 of a-z, 0-9 and `-`" when is_job_name;
}

/// A text that breaks its rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: it must be {rule}")]
pub struct BadText {
    /// What it is not: `a slug`.
    pub what: &'static str,
    /// What it must be.
    pub rule: &'static str,
    /// What it was.
    pub text: String,
}

fn is_person(text: &str) -> bool {
    (1..=limits::PERSON_BYTES_MAX).contains(&text.len()) && !text.chars().any(char::is_control)
}

fn is_consent(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=64).contains(&text.len()) && text.chars().all(inside)
}

fn is_slug(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (2..=64).contains(&text.len())
        && text.chars().all(inside)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    text.len() <= 254
        && !local.is_empty()
        && domain.contains('.')
        && !domain.contains('@')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c.is_uppercase())
}

fn is_purchase_code(text: &str) -> bool {
    (6..=12).contains(&text.len()) && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

fn is_order_id(text: &str) -> bool {
    (6..=64).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn is_idempotency_key(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn is_entry_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn is_job_name(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=limits::JOB_NAME_CHARS_MAX).contains(&text.len()) && text.chars().all(inside)
}

impl PurchaseCode {
    /// A new code: letters and digits that are not mistaken for each other when read aloud.
    pub fn random(is_test: bool, entropy: &dyn Entropy) -> Self {
        const ALPHABET: &[u8; 30] = b"ABCDEFGHJKLMNPQRSTUVWXYZ234567";
        let mut random = [0; 8];
        entropy.fill(&mut random);
        let mut rest = u64::from_le_bytes(random);
        let mut code = String::from(if is_test { "TEST" } else { "T" });
        for _ in 0..limits::PURCHASE_CODE_LETTERS {
            code.push(char::from(
                ALPHABET[usize::try_from(rest % 30).expect("below 30")],
            ));
            rest /= 30;
        }
        Self(code)
    }

    /// The order id of this purchase's attempt number `attempt`, counted from 1.
    pub fn order_id(&self, attempt: u32) -> OrderId {
        OrderId(format!("{}-{attempt}", self.0))
    }
}
