//! The outcome table: every error code that Toss documents for confirms, cancels and look-ups, and what it
//! says about the money. Decided by code alone, except that a 5xx is always unclear: the HTTP status beside
//! each is for the sandbox, which sends it.
//!
//! Source: Toss's error lists, and the practice of merchants (there is no official classing). Where that
//! practice names no class, the code is unclear and a look-up decides: slow, and never wrong.

use std::fmt;

/// What an error code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Not what happened: look up before you conclude anything.
    Unclear,
    /// Nothing was charged, and another card may pay.
    Declined,
    /// Nothing was charged, and no other card will do.
    DeclinedForGood,
    /// Nothing was charged: there is no such payment, or its time ran out.
    SessionGone,
    /// We asked wrongly or may not ask: page a person.
    OurFault,
    /// There is nothing to give back, perhaps because it has been given back: a look-up tells.
    AlreadyCancelled,
    /// Nothing was given back.
    CancelRefused,
}

macro_rules! codes {
    ($( $class:ident { $( $variant:ident = $status:literal $text:literal, )* } )*) => {
        /// An error code of the provider, as documented or as it came.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "the wire's own words")]
        pub enum Code {
            $( $( $variant, )* )*
            /// A code outside the lists, which Toss says will occur.
            Unknown(String),
        }

        impl Code {
            /// What it says about the money.
            pub fn class(&self) -> Class {
                match self {
                    $( $( Self::$variant )|* => Class::$class, )*
                    Self::Unknown(_) => Class::Unclear,
                }
            }

            /// As it came over the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( $( Self::$variant => $text, )* )*
                    Self::Unknown(raw) => raw,
                }
            }
        }

        #[cfg(feature = "sandbox")]
        impl Code {
            /// The HTTP status that the provider sends it with.
            pub(crate) fn status(&self) -> u16 {
                match self {
                    $( $( Self::$variant => $status, )* )*
                    Self::Unknown(_) => 400,
                }
            }
        }

        impl From<String> for Code {
            fn from(raw: String) -> Self {
                match raw.as_str() {
                    $( $( $text => Self::$variant, )* )*
                    _ => Self::Unknown(raw),
                }
            }
        }
    };
}

codes! {
    Unclear {
        AlreadyProcessedPayment = 400 "ALREADY_PROCESSED_PAYMENT",
        ProviderError = 400 "PROVIDER_ERROR",
        CardProcessingError = 400 "CARD_PROCESSING_ERROR",
        IdempotentRequestProcessing = 409 "IDEMPOTENT_REQUEST_PROCESSING",
        FailedPaymentInternalSystemProcessing = 500 "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
        FailedInternalSystemProcessing = 500 "FAILED_INTERNAL_SYSTEM_PROCESSING",
        UnknownPaymentError = 500 "UNKNOWN_PAYMENT_ERROR",
        FailedRefundProcess = 500 "FAILED_REFUND_PROCESS",
        FailedMethodHandlingCancel = 500 "FAILED_METHOD_HANDLING_CANCEL",
        FailedPartialRefund = 500 "FAILED_PARTIAL_REFUND",
        FailedDbProcessing = 500 "FAILED_DB_PROCESSING",
        FailedCardCompanyResponse = 400 "FAILED_CARD_COMPANY_RESPONSE",
        CommonError = 500 "COMMON_ERROR",
        NotFound = 404 "NOT_FOUND",
        ForbiddenConsecutiveRequest = 403 "FORBIDDEN_CONSECUTIVE_REQUEST",
        // Documented for confirms, classed by no practice that we know:
        NotSupportedInstallmentPlanCardOrMerchant = 400 "NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT",
        NotSupportedMonthlyInstallmentPlan = 400 "NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN",
        NotSupportedMonthlyInstallmentPlanBelowAmount = 400 "NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN_BELOW_AMOUNT",
        InvalidAuthorizeAuth = 400 "INVALID_AUTHORIZE_AUTH",
        InvalidUnregisteredSubmall = 400 "INVALID_UNREGISTERED_SUBMALL",
        InvalidAccountInfoReRegister = 400 "INVALID_ACCOUNT_INFO_RE_REGISTER",
        UnapprovedOrderId = 400 "UNAPPROVED_ORDER_ID",
        DuplicatedOrderId = 400 "DUPLICATED_ORDER_ID",
        InvalidPassword = 403 "INVALID_PASSWORD",
        NotAvailableBank = 403 "NOT_AVAILABLE_BANK",
    }
    Declined {
        RejectAccountPayment = 403 "REJECT_ACCOUNT_PAYMENT",
        RejectCardPayment = 403 "REJECT_CARD_PAYMENT",
        RejectCardCompany = 403 "REJECT_CARD_COMPANY",
        RejectTosspayInvalidAccount = 403 "REJECT_TOSSPAY_INVALID_ACCOUNT",
        InvalidRejectCard = 400 "INVALID_REJECT_CARD",
        InvalidStoppedCard = 400 "INVALID_STOPPED_CARD",
        InvalidCardExpiration = 400 "INVALID_CARD_EXPIRATION",
        InvalidCardInstallmentPlan = 400 "INVALID_CARD_INSTALLMENT_PLAN",
        InvalidCardLostOrStolen = 400 "INVALID_CARD_LOST_OR_STOLEN",
        InvalidCardNumber = 400 "INVALID_CARD_NUMBER",
        ExceedMaxCardInstallmentPlan = 400 "EXCEED_MAX_CARD_INSTALLMENT_PLAN",
        ExceedMaxDailyPaymentCount = 400 "EXCEED_MAX_DAILY_PAYMENT_COUNT",
        ExceedMaxPaymentAmount = 400 "EXCEED_MAX_PAYMENT_AMOUNT",
        ExceedMaxOneDayWithdrawAmount = 400 "EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT",
        ExceedMaxOneTimeWithdrawAmount = 400 "EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT",
        ExceedMaxAmount = 400 "EXCEED_MAX_AMOUNT",
        ExceedMaxMonthlyPaymentAmount = 400 "EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT",
        ExceedMaxAuthCount = 403 "EXCEED_MAX_AUTH_COUNT",
        ExceedMaxOneDayAmount = 403 "EXCEED_MAX_ONE_DAY_AMOUNT",
        NotAllowedPointUse = 400 "NOT_ALLOWED_POINT_USE",
        RestrictedTransferAccount = 400 "RESTRICTED_TRANSFER_ACCOUNT",
        NotAvailablePayment = 400 "NOT_AVAILABLE_PAYMENT",
    }
    DeclinedForGood {
        BelowMinimumAmount = 400 "BELOW_MINIMUM_AMOUNT",
        FdsError = 403 "FDS_ERROR",
    }
    SessionGone {
        NotFoundPayment = 404 "NOT_FOUND_PAYMENT",
        NotFoundPaymentSession = 404 "NOT_FOUND_PAYMENT_SESSION",
    }
    OurFault {
        UnauthorizedKey = 401 "UNAUTHORIZED_KEY",
        InvalidApiKey = 400 "INVALID_API_KEY",
        NotSupportedWidgetKey = 400 "NOT_SUPPORTED_WIDGET_KEY",
        IncorrectBasicAuthFormat = 403 "INCORRECT_BASIC_AUTH_FORMAT",
        ForbiddenRequest = 403 "FORBIDDEN_REQUEST",
        InvalidRequest = 400 "INVALID_REQUEST",
        InvalidIdempotencyKey = 400 "INVALID_IDEMPOTENCY_KEY",
        NotFoundTerminalId = 400 "NOT_FOUND_TERMINAL_ID",
        NotRegisteredBusiness = 400 "NOT_REGISTERED_BUSINESS",
    }
    AlreadyCancelled {
        AlreadyCanceledPayment = 400 "ALREADY_CANCELED_PAYMENT",
        AlreadyRefundPayment = 400 "ALREADY_REFUND_PAYMENT",
        NotCancelableAmount = 403 "NOT_CANCELABLE_AMOUNT",
    }
    CancelRefused {
        InvalidRefundAccountInfo = 400 "INVALID_REFUND_ACCOUNT_INFO",
        InvalidRefundAccountNumber = 400 "INVALID_REFUND_ACCOUNT_NUMBER",
        InvalidRefundAmount = 400 "INVALID_REFUND_AMOUNT",
        InvalidBank = 400 "INVALID_BANK",
        ExceedCancelAmountDiscountAmount = 400 "EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT",
        ExceedCancelLimit = 403 "EXCEED_CANCEL_LIMIT",
        ExceedMaxRefundDue = 403 "EXCEED_MAX_REFUND_DUE",
        NotMatchesRefundableAmount = 400 "NOT_MATCHES_REFUNDABLE_AMOUNT",
        RefundRejected = 400 "REFUND_REJECTED",
        ForbiddenBankRefundRequest = 400 "FORBIDDEN_BANK_REFUND_REQUEST",
        NotCancelablePayment = 403 "NOT_CANCELABLE_PAYMENT",
        NotCancelablePaymentForDormantUser = 403 "NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER",
        NotAllowedPartialRefundWaitingDeposit = 403 "NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT",
        NotAllowedPartialRefund = 403 "NOT_ALLOWED_PARTIAL_REFUND",
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_keeps_its_text_whether_known_or_not() {
        for text in ["REJECT_CARD_COMPANY", "A_CODE_OF_TOMORROW"] {
            assert_eq!(Code::from(text.to_owned()).as_str(), text);
        }
    }

    #[test]
    fn a_code_of_tomorrow_is_unclear() {
        assert_eq!(
            Code::from("A_CODE_OF_TOMORROW".to_owned()).class(),
            Class::Unclear
        );
    }
}
