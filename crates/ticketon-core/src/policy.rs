//! An event's terms: how long things last, and what a refund costs.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits;
use crate::money::Won;
use crate::time::{Timestamp, length};

/// The terms of an event. A purchase keeps the terms of the moment in which it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How long a hold keeps its seats.
    #[serde(with = "length")]
    pub hold: Duration,
    /// How long an admitted buyer has to fetch the pass.
    #[serde(with = "length")]
    pub claim: Duration,
    /// How long a pass lasts.
    #[serde(with = "length")]
    pub pass: Duration,
    /// How long a purchase may stay unpaid; at least `hold`.
    #[serde(with = "length")]
    pub pay_within: Duration,
    /// How many attempts at paying a purchase has.
    pub payment_tries: u32,
    /// The fee of a refund: the first row that still applies.
    pub refund: Vec<RefundTerm>,
    /// A refund this soon after buying is free, until three days before.
    #[serde(with = "length")]
    pub free_within: Duration,
}

/// One row of a refund table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawTerm", into = "RawTerm")]
pub struct RefundTerm {
    /// Until when it applies.
    pub until: Until,
    /// The fee in per cent of the price.
    pub fee: u8,
}

/// Until when a refund term applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// While at least this many calendar days are left in the event's time zone.
    Days(u16),
    /// Until the performance starts.
    Start,
}

/// What a refund costs, or that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fee {
    /// This many per cent of the price.
    Percent(u8),
    /// No row applies: the performance has begun, or the table ends earlier.
    NoRefund,
}

impl Default for Policy {
    fn default() -> Self {
        let minutes = Duration::from_mins;
        let term = |days, fee| RefundTerm {
            until: Until::Days(days),
            fee,
        };
        Self {
            hold: minutes(7),
            claim: minutes(2),
            pass: minutes(15),
            pay_within: minutes(10),
            payment_tries: 5,
            refund: vec![
                term(10, 0),
                term(7, 10),
                term(3, 20),
                term(1, 30),
                RefundTerm {
                    until: Until::Start,
                    fee: 90,
                },
            ],
            free_within: Duration::from_hours(24),
        }
    }
}

impl Policy {
    /// How long after `pay_until` an attempt made before it may still be confirmed: two minutes, or a fifth
    /// of a shorter `pay_within`.
    pub fn confirm_grace(&self) -> Duration {
        limits::CONFIRM_GRACE_MAX.min(self.pay_within / 5)
    }

    /// What is wrong with these terms, if anything: under which key, and what may stand there.
    pub fn problem(&self, is_test: bool) -> Option<(&'static str, &'static str)> {
        let admission_times = limits::ADMISSION_TIME_MIN..=limits::ADMISSION_TIME_MAX;
        if self.hold.is_zero() {
            Some(("hold", "must be longer than nothing"))
        } else if !admission_times.contains(&self.claim) {
            Some(("claim", "must be `1s` to `24h`"))
        } else if !admission_times.contains(&self.pass) {
            Some(("pass", "must be `1s` to `24h`"))
        } else if self.hold < Duration::from_mins(1) && !is_test {
            let message = "is under a minute, which is for test events: set `test = true` or `hold = \"7m\"`";
            Some(("hold", message))
        } else if self.pay_within < self.hold {
            Some(("pay_within", "must be at least `hold`"))
        } else if self.payment_tries == 0 || self.payment_tries > limits::PAYMENT_TRIES_MAX {
            Some(("payment_tries", "must be 1 to 20"))
        } else if self.refund.len() > limits::REFUND_TERMS_MAX {
            Some(("refund", "has too many rows: 20 are enough"))
        } else {
            None
        }
    }

    /// The fee of a refund asked for at `now`.
    pub fn refund_fee(
        &self,
        bought: Timestamp,
        now: Timestamp,
        starts_at: Timestamp,
        time_zone: &str,
    ) -> Fee {
        let Some(days_left) = days_between(now, starts_at, time_zone) else {
            return Fee::NoRefund;
        };
        if now >= starts_at {
            return Fee::NoRefund;
        }
        if days_left >= limits::FREE_REFUND_DAYS_MIN && now.since(bought) <= self.free_within {
            return Fee::Percent(0);
        }
        let applies = |term: &&RefundTerm| match term.until {
            Until::Days(days) => i64::from(days) <= days_left,
            Until::Start => true,
        };
        self.refund
            .iter()
            .find(applies)
            .map_or(Fee::NoRefund, |term| Fee::Percent(term.fee))
    }
}

impl Fee {
    /// The fee on one ticket's price, rounded down to a whole won; `None` where there is no refund.
    pub fn on(self, price: Won) -> Option<Won> {
        match self {
            Fee::Percent(percent) => Some(price.percent(percent)),
            Fee::NoRefund => None,
        }
    }
}

fn days_between(from: Timestamp, to: Timestamp, time_zone: &str) -> Option<i64> {
    let (from, to) = (from.date_in(time_zone)?, to.date_in(time_zone)?);
    Some(i64::from(from.until(to).ok()?.get_days()))
}

/// A row as the event file writes it: `{ until_days = 10, fee = "0%" }` or `{ until = "start", fee = "90%" }`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerm {
    #[serde(skip_serializing_if = "Option::is_none")]
    until_days: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    fee: String,
}

impl TryFrom<RawTerm> for RefundTerm {
    type Error = String;

    fn try_from(raw: RawTerm) -> Result<Self, String> {
        let fee = raw
            .fee
            .strip_suffix('%')
            .and_then(|number| number.parse().ok())
            .filter(|fee| *fee <= 100);
        let fee = fee.ok_or_else(|| format!("`{}` is not a fee: write it as `10%`", raw.fee))?;
        let until = match (raw.until_days, raw.until.as_deref()) {
            (Some(days), None) => Until::Days(days),
            (None, Some("start")) => Until::Start,
            _ => return Err("a refund row has either `until_days = N` or `until = \"start\"`".to_owned()),
        };
        Ok(Self { until, fee })
    }
}

impl From<RefundTerm> for RawTerm {
    fn from(term: RefundTerm) -> Self {
        let fee = format!("{}%", term.fee);
        match term.until {
            Until::Days(days) => Self {
                until_days: Some(days),
                until: None,
                fee,
            },
            Until::Start => Self {
                until_days: None,
                until: Some("start".to_owned()),
                fee,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fee_asked(now: &str, bought: &str) -> Fee {
        let at = |text: &str| text.parse().unwrap();
        Policy::default().refund_fee(at(bought), at(now), at("2027-02-05T19:30:00+09:00"), "Asia/Seoul")
    }

    #[test]
    fn the_fee_follows_calendar_days_in_the_events_zone() {
        let bought = "2026-12-01T20:00:00+09:00";
        assert_eq!(fee_asked("2027-01-26T23:59:00+09:00", bought), Fee::Percent(0));
        assert_eq!(fee_asked("2027-01-27T00:01:00+09:00", bought), Fee::Percent(10));
        assert_eq!(fee_asked("2027-02-04T23:59:00+09:00", bought), Fee::Percent(30));
        assert_eq!(fee_asked("2027-02-05T00:01:00+09:00", bought), Fee::Percent(90));
        assert_eq!(fee_asked("2027-02-05T19:30:00+09:00", bought), Fee::NoRefund);
    }

    #[test]
    fn a_refund_soon_after_buying_is_free_until_three_days_before() {
        assert_eq!(
            fee_asked("2027-02-02T10:00:00+09:00", "2027-02-01T11:00:00+09:00"),
            Fee::Percent(0)
        );
        assert_eq!(
            fee_asked("2027-02-03T10:00:00+09:00", "2027-02-03T09:00:00+09:00"),
            Fee::Percent(30)
        );
    }

    #[test]
    fn the_grace_of_the_usual_terms_is_two_minutes() {
        assert_eq!(Policy::default().confirm_grace(), Duration::from_mins(2));
    }
}
