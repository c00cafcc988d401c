//! Cards whose number says what will happen: how a test or a demo steers the sandbox.
//!
//! | number | what happens |
//! |---|---|
//! | `4330120000000000`, `9410001234567890` | approved |
//! | `4330120000000101` | declined: 403 `REJECT_CARD_COMPANY` |
//! | `4330120000000102` | declined, over the limit or too little money: 403 `REJECT_CARD_PAYMENT` |
//! | `4330120000000103` | declined, stopped: 400 `INVALID_STOPPED_CARD` |
//! | `4330120000000201` | charged, and the answer is lost: the connection is cut |
//! | `4330120000000202` | charged, and the answer comes after any time-out |
//! | `4330120000000203` | approved, three seconds later than usual |
//! | `4330120000000301` | the first confirm is answered 500, nothing charged; the next one charges |
//! | `4330120000000401` | approved; the answer of its first cancel is lost after the money went back |
//!
//! A confirm that is repeated with its key hears the kept answer: an answer is lost once.

use serde::{Deserialize, Serialize};

use crate::code::Code;

/// A card of the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Card {
    /// Pays.
    Approved,
    /// Pays; the number that the real test world knows.
    TestWorld,
    /// Refused by its company.
    Rejected,
    /// Refused for want of money.
    Insufficient,
    /// Refused as stopped.
    Stopped,
    /// Pays, and the answer is lost.
    AnswerLost,
    /// Pays, and the answer comes too late.
    AnswerLate,
    /// Pays slowly.
    Slow,
    /// Pays after a first failure of the provider.
    Stumbles,
    /// Pays, and the answer of the first cancel is lost.
    RefundAnswerLost,
}

/// What a card does to a confirm.
pub(super) enum Effect {
    Pays,
    PaysUnheard,
    PaysTooLate,
    Declines(Code),
    Stumbles,
}

impl Card {
    /// All of them, for tables and tests.
    pub const ALL: [Self; 10] = [
        Self::Approved,
        Self::TestWorld,
        Self::Rejected,
        Self::Insufficient,
        Self::Stopped,
        Self::AnswerLost,
        Self::AnswerLate,
        Self::Slow,
        Self::Stumbles,
        Self::RefundAnswerLost,
    ];

    /// What the buyer types.
    pub fn number(self) -> &'static str {
        match self {
            Self::Approved => "4330120000000000",
            Self::TestWorld => "9410001234567890",
            Self::Rejected => "4330120000000101",
            Self::Insufficient => "4330120000000102",
            Self::Stopped => "4330120000000103",
            Self::AnswerLost => "4330120000000201",
            Self::AnswerLate => "4330120000000202",
            Self::Slow => "4330120000000203",
            Self::Stumbles => "4330120000000301",
            Self::RefundAnswerLost => "4330120000000401",
        }
    }

    pub(super) fn effect(self) -> Effect {
        match self {
            Self::Approved | Self::TestWorld | Self::Slow | Self::RefundAnswerLost => Effect::Pays,
            Self::AnswerLost => Effect::PaysUnheard,
            Self::AnswerLate => Effect::PaysTooLate,
            Self::Rejected => Effect::Declines(Code::RejectCardCompany),
            Self::Insufficient => Effect::Declines(Code::RejectCardPayment),
            Self::Stopped => Effect::Declines(Code::InvalidStoppedCard),
            Self::Stumbles => Effect::Stumbles,
        }
    }
}

impl From<Card> for &'static str {
    fn from(card: Card) -> Self {
        card.number()
    }
}

impl TryFrom<String> for Card {
    type Error = String;

    fn try_from(number: String) -> Result<Self, String> {
        let card = Self::ALL.into_iter().find(|card| card.number() == number);
        card.ok_or_else(|| format!("no card of the sandbox has the number `{number}`"))
    }
}
