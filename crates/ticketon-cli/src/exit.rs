//! What the exit code says. One table, without a default arm: a new reason for refusing does not compile until it
//! has one.

use std::process::ExitCode;

use ticketon_core::Code;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Something that should not happen.
    Unexpected = 1,
    /// The command line, a file or a setting is wrong.
    Usage = 2,
    /// A rule of the shop refuses.
    Refused = 3,
    /// There is no such thing.
    NotFound = 4,
    /// An engine or the server does not answer: try again.
    Unavailable = 5,
    /// Some of many things were not done.
    PartlyFailed = 6,
    /// A promise is broken, or was not checked.
    PromiseBroken = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<Code> for Exit {
    fn from(code: Code) -> Self {
        match code {
            Code::InvalidRequest
            | Code::MalformedJson
            | Code::MethodNotAllowed
            | Code::BodyTooLarge
            | Code::UnsupportedMediaType
            | Code::PlanInvalid => Self::Usage,
            Code::LoginRequired
            | Code::BadCredentials
            | Code::TokenReused
            | Code::Forbidden
            | Code::Suspended
            | Code::TooYoung
            | Code::BirthDateRequired
            | Code::PassRequired
            | Code::PassInvalid
            | Code::PassSpent
            | Code::SeatTaken
            | Code::NoSeatsLeft
            | Code::PersonLimit
            | Code::NotOnSale
            | Code::HoldEnded
            | Code::HoldTaken
            | Code::PurchaseEnded
            | Code::PaymentInProgress
            | Code::PaymentEnded
            | Code::NoTriesLeft
            | Code::QuoteChanged
            | Code::NoRefund
            | Code::TicketVoid
            | Code::ProviderMismatch
            | Code::SlugTaken
            | Code::EmailTaken
            | Code::NotADraft
            | Code::CannotChange
            | Code::NotReady
            | Code::PlanDiffers
            | Code::JobRunning
            | Code::ChangedMeanwhile
            | Code::SeatUnknown
            | Code::PriceUnknown
            | Code::OrderLimit
            | Code::AmountMismatch
            | Code::KeyReused => Self::Refused,
            Code::NotFound => Self::NotFound,
            Code::BodyTooSlow | Code::RateLimited | Code::Unavailable | Code::ProviderUnavailable => {
                Self::Unavailable
            }
            Code::Internal => Self::Unexpected,
        }
    }
}

impl Exit {
    /// For an answer whose code this program does not know: a newer server's.
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            400 | 405 | 413 | 415 => Self::Usage,
            404 => Self::NotFound,
            401..=499 => Self::Refused,
            503 => Self::Unavailable,
            _ => Self::Unexpected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_work_later_exits_5_or_is_something_under_way() {
        for code in Code::ALL.iter().filter(|code| code.is_retryable()) {
            let is_under_way = [Code::PaymentInProgress, Code::JobRunning].contains(code);
            let exit = Exit::from(*code);
            assert!(exit == Exit::Unavailable || is_under_way, "{}", code.as_str());
        }
    }

    #[test]
    fn no_refusal_counts_as_done() {
        assert!(Code::ALL.iter().all(|code| Exit::from(*code) != Exit::Done));
    }
}
