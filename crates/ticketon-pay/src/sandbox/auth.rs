//! Who asks: the Basic header, and which of the provider's words a wrong one gets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::code::Code;

/// Only this very header will do; what is wrong with another one decides the code.
pub(super) fn check(expected: &str, given: Option<&str>) -> Result<(), Code> {
    if given == Some(expected) {
        Ok(())
    } else {
        Err(fault(given))
    }
}

fn fault(given: Option<&str>) -> Code {
    let Some(encoded) = given.and_then(|header| header.strip_prefix("Basic ")) else {
        return Code::UnauthorizedKey;
    };
    let Some(pair) = STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
    else {
        return Code::IncorrectBasicAuthFormat;
    };
    if !pair.contains(':') {
        Code::IncorrectBasicAuthFormat
    } else if pair.starts_with("test_ck_") || pair.starts_with("test_gck_") {
        Code::InvalidApiKey
    } else {
        Code::UnauthorizedKey
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_header_gets_its_own_word() {
        let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        let expected = basic("test_sk_a:");
        let code = |header: Option<&str>| check(&expected, header).unwrap_err();
        assert!(check(&expected, Some(&expected)).is_ok());
        assert_eq!(code(None), Code::UnauthorizedKey);
        assert_eq!(code(Some(&basic("test_sk_b:"))), Code::UnauthorizedKey);
        assert_eq!(code(Some(&basic("\u{feff}test_sk_a:"))), Code::UnauthorizedKey);
        assert_eq!(code(Some(&basic("test_ck_a:"))), Code::InvalidApiKey);
        assert_eq!(code(Some(&basic("test_sk_a"))), Code::IncorrectBasicAuthFormat);
        assert_eq!(code(Some("Basic test_sk_a:")), Code::IncorrectBasicAuthFormat);
    }
}
