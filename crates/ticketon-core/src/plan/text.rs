//! The texts and numbers of a plan, checked once: [`SeatKey`], [`Grade`], [`SeatNumber`].

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::BadText;
use crate::limits;

/// The plan's own name of a seat, unique in the plan: what buyers and staff say. `S-A-12`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SeatKey(String);

/// A seat's price level. Many seats share one text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Grade(Arc<str>);

/// A seat's number in its plan: plan order, from 0. General-admission places have numbers too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeatNumber(pub u32);

impl SeatKey {
    /// Checks the text once.
    pub fn new(text: impl Into<String>) -> Result<Self, BadText> {
        checked(
            "a seat's key",
            "1 to 64 bytes",
            limits::SEAT_KEY_BYTES_MAX,
            text.into(),
        )
        .map(Self)
    }

    /// The key of a seat that has none of its own: `S-A-12`.
    pub(super) fn usual(prefix: &str, row: &str, label: &str) -> String {
        format!("{prefix}{row}-{label}")
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Grade {
    /// Checks the text once.
    pub fn new(text: impl Into<String>) -> Result<Self, BadText> {
        let text = checked("a grade", "1 to 32 bytes", limits::GRADE_BYTES_MAX, text.into())?;
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name that people read and type: of the plan, a zone, a row; a seat's label.
pub(super) fn checked_name(what: &'static str, text: &str) -> Result<String, BadText> {
    checked(
        what,
        "1 to 48 bytes",
        limits::PLAN_NAME_BYTES_MAX,
        text.to_owned(),
    )
}

fn checked(
    what: &'static str,
    length: &'static str,
    bytes_max: usize,
    text: String,
) -> Result<String, BadText> {
    let rule = if !(1..=bytes_max).contains(&text.len()) {
        length
    } else if text.chars().any(char::is_control) {
        "free of control characters"
    } else if text.trim() != text {
        "free of spaces at its ends"
    } else {
        return Ok(text);
    };
    Err(BadText { what, rule, text })
}

impl fmt::Display for SeatKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SeatKey {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        Self::new(text)
    }
}

impl TryFrom<String> for SeatKey {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        Self::new(text)
    }
}

impl From<SeatKey> for String {
    fn from(key: SeatKey) -> Self {
        key.0
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Grade {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        Self::new(text)
    }
}

impl TryFrom<String> for Grade {
    type Error = BadText;

    fn try_from(text: String) -> Result<Self, BadText> {
        Self::new(text)
    }
}

impl From<Grade> for String {
    fn from(grade: Grade) -> Self {
        grade.as_str().to_owned()
    }
}

impl fmt::Display for SeatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_clean() {
        assert_eq!(SeatKey::new("S-A-12").unwrap().as_str(), "S-A-12");
        assert!(SeatKey::new("").is_err());
        assert!(SeatKey::new(" A-1").is_err());
        assert!(SeatKey::new("A\n1").is_err());
        assert!(SeatKey::new("x".repeat(65)).is_err());
    }

    #[test]
    fn a_bad_grade_says_what_it_must_be() {
        let refused = Grade::new("R ").unwrap_err().to_string();
        assert_eq!(
            refused,
            "`R ` is not a grade: it must be free of spaces at its ends"
        );
    }
}
