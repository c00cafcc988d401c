//! Money: whole won, the currency's minor unit. There are no fractions to lose.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

use serde::{Deserialize, Serialize};

/// An amount of Korean won. Negative amounts stand on lines that give something back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Won(pub i64);

impl Won {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `percent` hundredths of this amount, rounded down to a whole won.
    #[must_use]
    pub fn percent(self, percent: u8) -> Self {
        let exact = i128::from(self.0) * i128::from(percent);
        Self(i64::try_from(exact.div_euclid(100)).expect("at most 255/100 of an amount that fitted"))
    }
}

impl fmt::Display for Won {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(f, "{}₩{grouped}", if self.0 < 0 { "-" } else { "" })
    }
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

impl Neg for Won {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Won {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|amount| amount.0).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_like_money() {
        assert_eq!(Won(236_214_000).to_string(), "₩236,214,000");
        assert_eq!(Won(-500).to_string(), "-₩500");
    }

    #[test]
    fn a_share_is_rounded_down_to_a_whole_won() {
        assert_eq!(Won(55_555).percent(10), Won(5_555));
    }

    proptest::proptest! {
        #[test]
        fn a_share_is_never_more_than_its_part_and_misses_less_than_a_won(
            amount in 0..=crate::limits::PRICE_MAX.0,
            percent in 0..=100_u8,
        ) {
            let share = Won(amount).percent(percent);
            let missing = amount * i64::from(percent) - share.0 * 100;
            assert!((0..100).contains(&missing));
            assert!(share <= Won(amount));
        }
    }
}
