//! The provider's errors as it writes them, with words in both languages where the sandbox itself says them.

use serde::Serialize;

use crate::code::Code;
use crate::language::Language;

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
}

pub(super) fn body(code: &Code, language: Language) -> String {
    let body = ErrorBody {
        code: code.as_str(),
        message: message(code, language),
    };
    serde_json::to_string(&body).expect("texts always serialize")
}

pub(super) fn message(code: &Code, language: Language) -> &'static str {
    let (korean, english) = messages(code);
    match language {
        Language::Korean => korean,
        Language::English => english,
    }
}

fn messages(code: &Code) -> (&'static str, &'static str) {
    match code {
        Code::AlreadyProcessedPayment => (
            "이미 처리된 결제 입니다.",
            "This is a payment that has already been processed.",
        ),
        Code::InvalidRequest => ("잘못된 요청입니다.", "The bad request."),
        Code::InvalidApiKey => ("잘못된 시크릿키 연동 정보 입니다.", "Incorrect secret key."),
        Code::UnauthorizedKey => (
            "인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다.",
            "Unauthorized secretKey or clientKey.",
        ),
        Code::IncorrectBasicAuthFormat => (
            "잘못된 요청입니다. ':' 를 포함해 인코딩해주세요.",
            "Incorrect basic auth format. Encode the key with ':'.",
        ),
        Code::ForbiddenRequest => ("허용되지 않은 요청입니다.", "Not allowed request."),
        Code::InvalidIdempotencyKey => (
            "멱등키는 300자 이하여야 합니다.",
            "The idempotency key must be at most 300 characters.",
        ),
        Code::IdempotentRequestProcessing => (
            "이전 멱등 요청이 처리중입니다.",
            "The previous idempotent request is being processed.",
        ),
        Code::NotFound => ("존재하지 않는 정보 입니다.", "Not found."),
        Code::NotFoundPayment => ("존재하지 않는 결제 정보 입니다.", "Not found payment."),
        Code::NotFoundPaymentSession => (
            "결제 시간이 만료되어 결제 진행 데이터가 존재하지 않습니다.",
            "Payment session does not exist because the session time has expired.",
        ),
        Code::DuplicatedOrderId => (
            "이미 승인 및 취소가 진행된 중복된 주문번호 입니다. 다른 주문번호로 진행해주세요.",
            "Duplicated order id. Use another one.",
        ),
        Code::BelowMinimumAmount => (
            "신용카드는 결제금액이 100원 이상, 계좌는 200원이상부터 결제가 가능합니다.",
            "Payment can be made from 100 won or more by credit card, and 200 won or more for account.",
        ),
        Code::InvalidCardNumber => (
            "카드번호를 다시 확인해주세요.",
            "Please check the card number again.",
        ),
        Code::InvalidStoppedCard => ("정지된 카드 입니다.", "This is a suspended card."),
        Code::RejectCardCompany => ("결제 승인이 거절되었습니다.", "Payment confirm is rejected."),
        Code::RejectCardPayment => (
            "한도초과 혹은 잔액부족으로 결제에 실패했습니다.",
            "Payment failed: over the limit or insufficient balance.",
        ),
        Code::FailedInternalSystemProcessing => (
            "내부 시스템 처리 작업이 실패했습니다. 잠시 후 다시 시도해주세요.",
            "Internal system processing operation has failed. Please try again later.",
        ),
        Code::AlreadyCanceledPayment => (
            "이미 취소된 결제 입니다.",
            "This payment has already been canceled.",
        ),
        Code::NotCancelablePayment => ("취소 할 수 없는 결제 입니다.", "This payment cannot be canceled."),
        Code::NotCancelableAmount => ("취소 할 수 없는 금액 입니다.", "This amount cannot be canceled."),
        Code::NotMatchesRefundableAmount => (
            "잔액 결과가 일치하지 않습니다.",
            "The refundable amount does not match.",
        ),
        _ => (
            "테스트 코드로 요청한 에러입니다.",
            "This is the error that the test code asked for.",
        ),
    }
}
