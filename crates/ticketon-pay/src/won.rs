//! Money: whole won. Read leniently (the wire writes `100` or `100.0`), written as an integer.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};

/// An amount of Korean won. There is no smaller unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Won(pub i64);

impl Won {
    /// No money.
    pub const ZERO: Self = Self(0);
}

impl Add for Won {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Won {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Won {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// `₩110,000`
impl fmt::Display for Won {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        f.write_str(if self.0 < 0 { "-₩" } else { "₩" })?;
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

impl Serialize for Won {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Won {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeNumber)
    }
}

struct WholeNumber;

/// Largest whole number that a JSON number with a decimal point carries exactly: 2^53.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

impl Visitor<'_> for WholeNumber {
    type Value = Won;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of won")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Won, E> {
        Ok(Won(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Won, E> {
        i64::try_from(number)
            .map(Won)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Won, E> {
        if number.fract() != 0.0 || number.abs() > EXACT_MAX {
            return Err(E::invalid_value(Unexpected::Float(number), &self));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole, and within what an f64 carries exactly"
        )]
        Ok(Won(number as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_amounts_are_read_with_and_without_a_point() {
        for text in ["100", "100.0", "1e2"] {
            assert_eq!(serde_json::from_str::<Won>(text).unwrap(), Won(100), "{text}");
        }
        assert_eq!(
            serde_json::from_str::<Won>("50000000000").unwrap(),
            Won(50_000_000_000)
        );
    }

    #[test]
    fn broken_amounts_are_refused() {
        for text in ["100.5", "1e300", "18446744073709551615", "\"100\"", "null"] {
            assert!(serde_json::from_str::<Won>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_are_written_as_integers_and_shown_in_groups() {
        assert_eq!(serde_json::to_string(&Won(110_000)).unwrap(), "110000");
        assert_eq!(Won(1_234_567).to_string(), "₩1,234,567");
        assert_eq!(Won(-100).to_string(), "-₩100");
        assert_eq!(Won::ZERO.to_string(), "₩0");
    }
}
