//! Why something was refused: one table of codes, and a refusal that says what to do.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::ids::JobRunId;
use crate::plan::SeatKey;
use crate::store::Unavailable;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $retry:ident;)*) => {
        /// Every reason for refusing something, the same in code, JSON and documents.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As JSON and documents write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The HTTP status that carries it.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// Whether the same request may succeed later, unchanged.
            pub fn is_retryable(self) -> bool {
                match self { $(Self::$name => codes!(@$retry),)* }
            }
        }
    };
    (@once) => { false };
    (@again) => { true };
}

codes! {
    /// Something in the request is not as it must be; `fields` says what.
    InvalidRequest = "invalid_request", 400, once;
    /// The body is not JSON, or not UTF-8.
    MalformedJson = "malformed_json", 400, once;
    /// Nobody is logged in, or the token is no good.
    LoginRequired = "login_required", 401, once;
    /// Wrong e-mail or password.
    BadCredentials = "bad_credentials", 401, once;
    /// An old refresh token was shown again; that login has ended.
    TokenReused = "token_reused", 401, once;
    /// Not yours to do.
    Forbidden = "forbidden", 403, once;
    /// The user may not log in.
    Suspended = "suspended", 403, once;
    /// The event has an age limit and the caller is younger.
    TooYoung = "too_young", 403, once;
    /// The event has an age limit and the caller's birth date is unknown.
    BirthDateRequired = "birth_date_required", 403, once;
    /// This sale has a queue: enter it and come back with its pass.
    PassRequired = "pass_required", 403, once;
    /// The pass has ended, or is not a pass.
    PassInvalid = "pass_invalid", 403, once;
    /// The pass was used up by a purchase or by its end; enter the queue again.
    PassSpent = "pass_spent", 403, once;
    /// There is no such thing, or it is not for you to see.
    NotFound = "not_found", 404, once;
    /// There is no such operation.
    MethodNotAllowed = "method_not_allowed", 405, once;
    /// The body did not come in time.
    BodyTooSlow = "body_too_slow", 408, again;
    /// Somebody else has the seat; `taken` names it.
    SeatTaken = "seat_taken", 409, once;
    /// No seats of that kind are left.
    NoSeatsLeft = "no_seats_left", 409, once;
    /// The person has as many seats of this sale as one may have.
    PersonLimit = "person_limit", 409, once;
    /// Nothing is being sold now.
    NotOnSale = "not_on_sale", 409, once;
    /// The hold ran out or was let go.
    HoldEnded = "hold_ended", 409, once;
    /// A purchase keeps the hold's seats.
    HoldTaken = "hold_taken", 409, once;
    /// The purchase is paid, cancelled, expired or refunded.
    PurchaseEnded = "purchase_ended", 409, once;
    /// The provider is being asked about an earlier attempt.
    PaymentInProgress = "payment_in_progress", 409, again;
    /// This attempt has ended; begin another.
    PaymentEnded = "payment_ended", 409, once;
    /// The purchase has had as many attempts as it may have.
    NoTriesLeft = "no_tries_left", 409, once;
    /// The refund would not cost what was quoted.
    QuoteChanged = "quote_changed", 409, once;
    /// The event's terms give nothing back now.
    NoRefund = "no_refund", 409, once;
    /// The ticket is void.
    TicketVoid = "ticket_void", 409, once;
    /// A real event through the sandbox, or a test event through a live key.
    ProviderMismatch = "provider_mismatch", 409, once;
    /// Another event or organization has that name.
    SlugTaken = "slug_taken", 409, once;
    /// Somebody has registered with that address.
    EmailTaken = "email_taken", 409, once;
    /// The event is not a draft any more.
    NotADraft = "not_a_draft", 409, once;
    /// This cannot be changed any more; `fields` names what, and what to do instead.
    CannotChange = "cannot_change", 409, once;
    /// The event cannot be published yet.
    NotReady = "not_ready", 409, once;
    /// Seats were seeded from another plan.
    PlanDiffers = "plan_differs", 409, once;
    /// A run of the job is under way; `run` names it.
    JobRunning = "job_running", 409, again;
    /// Somebody else was first: what `If-Match` says is not how it stands any more.
    ChangedMeanwhile = "changed_meanwhile", 412, once;
    /// The body is larger than this operation takes.
    BodyTooLarge = "body_too_large", 413, once;
    /// Bodies are JSON.
    UnsupportedMediaType = "unsupported_media_type", 415, once;
    /// The plan has no such seat.
    SeatUnknown = "seat_unknown", 422, once;
    /// The event has no such price, or the seat is of another grade.
    PriceUnknown = "price_unknown", 422, once;
    /// More seats than one order may have.
    OrderLimit = "order_limit", 422, once;
    /// The amount is not what is owed.
    AmountMismatch = "amount_mismatch", 422, once;
    /// The plan has faults; `fields` lists them.
    PlanInvalid = "plan_invalid", 422, once;
    /// The idempotency key was used for another request.
    KeyReused = "idempotency_key_reused", 422, once;
    /// Too many requests.
    RateLimited = "rate_limited", 429, again;
    /// A fault of ours.
    Internal = "internal", 500, once;
    /// An engine does not answer, or everybody wants the same; try again.
    Unavailable = "unavailable", 503, again;
    /// The payment provider does not answer; the seats are kept.
    ProviderUnavailable = "provider_unavailable", 503, again;
}

/// A refusal: nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    code: Code,
    message: String,
    details: Option<Box<Details>>,
    /// What only the log is told.
    cause: Option<String>,
    /// How long until the same request may succeed, where that is known.
    retry_after: Option<Duration>,
}

/// What helps to do better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Details {
    /// Which seats were not to be had, and free ones like them.
    Seats {
        /// Not to be had.
        taken: Vec<SeatKey>,
        /// Free at the moment.
        alternatives: Vec<SeatKey>,
    },
    /// What is wrong where.
    Fields(Vec<FieldError>),
    /// The run that is under way.
    Run(JobRunId),
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where, as `items[0].price`.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

impl Refusal {
    /// A refusal with the words for the caller: lower case, no full stop, and what to do.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: None,
            cause: None,
            retry_after: None,
        }
    }

    /// With what helps.
    #[must_use]
    pub fn with(self, details: Details) -> Self {
        Self {
            details: Some(Box::new(details)),
            ..self
        }
    }

    /// With what only the log is told.
    #[must_use]
    pub fn because(self, cause: impl Into<String>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..self
        }
    }

    /// With how long it is until the same request may succeed.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..self
        }
    }

    /// A fault of ours: the caller hears no more than that, the log hears why.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(Code::Internal, "this is our fault, and the log says why").because(cause.to_string())
    }

    /// There is no such thing.
    pub fn not_found(what: &str, name: &dyn fmt::Display) -> Self {
        Self::new(Code::NotFound, format!("there is no {what} `{name}`"))
    }

    /// One field is wrong.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let error = FieldError {
            field: field.to_owned(),
            message: message.clone(),
        };
        Self::new(Code::InvalidRequest, format!("`{field}`: {message}")).with(Details::Fields(vec![error]))
    }

    /// Why.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The words for the caller.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What helps.
    pub fn details(&self) -> Option<&Details> {
        self.details.as_deref()
    }

    /// How long until the same request may succeed, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)?;
        match &self.cause {
            Some(cause) => write!(f, " ({cause})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Unavailable> for Refusal {
    fn from(error: Unavailable) -> Self {
        Self::new(
            Code::Unavailable,
            "the store does not answer: try again in a moment",
        )
        .because(error.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_one_text_and_a_status_that_is_an_error() {
        let mut texts: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|code| (400..=599).contains(&code.status())));
    }
}
