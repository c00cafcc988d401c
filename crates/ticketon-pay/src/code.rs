//! The outcome table: every error code that Toss documents for confirms, cancels and look-ups, and what it
//! says about the money. Decided by code alone, never by HTTP status, except that a 5xx is always unclear.
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
    ($( $class:ident { $( $variant:ident = $text:literal, )* } )*) => {
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
        AlreadyProcessedPayment = "ALREADY_PROCESSED_PAYMENT",
        ProviderError = "PROVIDER_ERROR",
        CardProcessingError = "CARD_PROCESSING_ERROR",
        IdempotentRequestProcessing = "IDEMPOTENT_REQUEST_PROCESSING",
        FailedPaymentInternalSystemProcessing = "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
        FailedInternalSystemProcessing = "FAILED_INTERNAL_SYSTEM_PROCESSING",
        UnknownPaymentError = "UNKNOWN_PAYMENT_ERROR",
        FailedRefundProcess = "FAILED_REFUND_PROCESS",
        FailedMethodHandlingCancel = "FAILED_METHOD_HANDLING_CANCEL",
        FailedPartialRefund = "FAILED_PARTIAL_REFUND",
        FailedDbProcessing = "FAILED_DB_PROCESSING",
        FailedCardCompanyResponse = "FAILED_CARD_COMPANY_RESPONSE",
        CommonError = "COMMON_ERROR",
        NotFound = "NOT_FOUND",
        ForbiddenConsecutiveRequest = "FORBIDDEN_CONSECUTIVE_REQUEST",
        // Documented for confirms, classed by no practice that we know:
        NotSupportedInstallmentPlanCardOrMerchant = "NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT",
        NotSupportedMonthlyInstallmentPlan = "NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN",
        NotSupportedMonthlyInstallmentPlanBelowAmount = "NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN_BELOW_AMOUNT",
        InvalidAuthorizeAuth = "INVALID_AUTHORIZE_AUTH",
        InvalidUnregisteredSubmall = "INVALID_UNREGISTERED_SUBMALL",
        InvalidAccountInfoReRegister = "INVALID_ACCOUNT_INFO_RE_REGISTER",
        UnapprovedOrderId = "UNAPPROVED_ORDER_ID",
        DuplicatedOrderId = "DUPLICATED_ORDER_ID",
        InvalidPassword = "INVALID_PASSWORD",
        NotAvailableBank = "NOT_AVAILABLE_BANK",
    }
    Declined {
        RejectAccountPayment = "REJECT_ACCOUNT_PAYMENT",
        RejectCardPayment = "REJECT_CARD_PAYMENT",
        RejectCardCompany = "REJECT_CARD_COMPANY",
        RejectTosspayInvalidAccount = "REJECT_TOSSPAY_INVALID_ACCOUNT",
        InvalidRejectCard = "INVALID_REJECT_CARD",
        InvalidStoppedCard = "INVALID_STOPPED_CARD",
        InvalidCardExpiration = "INVALID_CARD_EXPIRATION",
        InvalidCardInstallmentPlan = "INVALID_CARD_INSTALLMENT_PLAN",
        InvalidCardLostOrStolen = "INVALID_CARD_LOST_OR_STOLEN",
        InvalidCardNumber = "INVALID_CARD_NUMBER",
        ExceedMaxCardInstallmentPlan = "EXCEED_MAX_CARD_INSTALLMENT_PLAN",
        ExceedMaxDailyPaymentCount = "EXCEED_MAX_DAILY_PAYMENT_COUNT",
        ExceedMaxPaymentAmount = "EXCEED_MAX_PAYMENT_AMOUNT",
        ExceedMaxOneDayWithdrawAmount = "EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT",
        ExceedMaxOneTimeWithdrawAmount = "EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT",
        ExceedMaxAmount = "EXCEED_MAX_AMOUNT",
        ExceedMaxMonthlyPaymentAmount = "EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT",
        ExceedMaxAuthCount = "EXCEED_MAX_AUTH_COUNT",
        ExceedMaxOneDayAmount = "EXCEED_MAX_ONE_DAY_AMOUNT",
        NotAllowedPointUse = "NOT_ALLOWED_POINT_USE",
        RestrictedTransferAccount = "RESTRICTED_TRANSFER_ACCOUNT",
        NotAvailablePayment = "NOT_AVAILABLE_PAYMENT",
    }
    DeclinedForGood {
        BelowMinimumAmount = "BELOW_MINIMUM_AMOUNT",
        FdsError = "FDS_ERROR",
    }
    SessionGone {
        NotFoundPayment = "NOT_FOUND_PAYMENT",
        NotFoundPaymentSession = "NOT_FOUND_PAYMENT_SESSION",
    }
    OurFault {
        UnauthorizedKey = "UNAUTHORIZED_KEY",
        InvalidApiKey = "INVALID_API_KEY",
        NotSupportedWidgetKey = "NOT_SUPPORTED_WIDGET_KEY",
        IncorrectBasicAuthFormat = "INCORRECT_BASIC_AUTH_FORMAT",
        ForbiddenRequest = "FORBIDDEN_REQUEST",
        InvalidRequest = "INVALID_REQUEST",
        InvalidIdempotencyKey = "INVALID_IDEMPOTENCY_KEY",
        NotFoundTerminalId = "NOT_FOUND_TERMINAL_ID",
        NotRegisteredBusiness = "NOT_REGISTERED_BUSINESS",
    }
    AlreadyCancelled {
        AlreadyCanceledPayment = "ALREADY_CANCELED_PAYMENT",
        AlreadyRefundPayment = "ALREADY_REFUND_PAYMENT",
        NotCancelableAmount = "NOT_CANCELABLE_AMOUNT",
    }
    CancelRefused {
        InvalidRefundAccountInfo = "INVALID_REFUND_ACCOUNT_INFO",
        InvalidRefundAccountNumber = "INVALID_REFUND_ACCOUNT_NUMBER",
        InvalidRefundAmount = "INVALID_REFUND_AMOUNT",
        InvalidBank = "INVALID_BANK",
        ExceedCancelAmountDiscountAmount = "EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT",
        ExceedCancelLimit = "EXCEED_CANCEL_LIMIT",
        ExceedMaxRefundDue = "EXCEED_MAX_REFUND_DUE",
        NotMatchesRefundableAmount = "NOT_MATCHES_REFUNDABLE_AMOUNT",
        RefundRejected = "REFUND_REJECTED",
        ForbiddenBankRefundRequest = "FORBIDDEN_BANK_REFUND_REQUEST",
        NotCancelablePayment = "NOT_CANCELABLE_PAYMENT",
        NotCancelablePaymentForDormantUser = "NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER",
        NotAllowedPartialRefundWaitingDeposit = "NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT",
        NotAllowedPartialRefund = "NOT_ALLOWED_PARTIAL_REFUND",
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
