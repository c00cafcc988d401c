//! When a job is due: a cron expression in a time zone.
//!
//! The expression has five fields: minute, hour, day of the month, month, day of the week. Where a clock is set forward,
//! an hour that does not happen is made up for right after the gap; where it is set back, an hour that happens twice
//! counts once. So a job for 02:30 runs every day, and once.

use std::cmp::Ordering;

use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};
use croner::{CivilDate, CivilDateTime, CivilTime, Cron, CronDateTime, Resolution, Weekday};
use jiff::ZonedDateTime;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use ticketon_core::Timestamp;

/// When a job is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    expression: String,
    cron: Cron,
    zone: TimeZone,
    zone_name: String,
}

/// An expression that says no times, or a place without a clock.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSchedule {
    /// It cannot be read.
    #[error("`{0}` is no cron expression: write five fields, such as `0 2 * * SUN` for Sundays at two ({1})")]
    Malformed(String, String),
    /// It can be read, and no day is like that.
    #[error("`{0}` is never due: no day is like that")]
    Never(String),
    /// There is no such time zone.
    #[error("there is no time zone `{0}`: write one such as `Asia/Seoul`")]
    NoZone(String),
}

impl Schedule {
    /// The times that `expression` says, by the clocks of `time_zone`.
    pub fn new(expression: &str, time_zone: &str) -> Result<Self, BadSchedule> {
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build();
        let cron = parser.parse(expression).map_err(|error| {
            let reason = error.to_string().trim_end_matches('.').to_owned();
            BadSchedule::Malformed(expression.to_owned(), reason)
        })?;
        let zone = TimeZone::get(time_zone).map_err(|_| BadSchedule::NoZone(time_zone.to_owned()))?;
        let schedule = Self {
            expression: expression.to_owned(),
            cron,
            zone,
            zone_name: time_zone.to_owned(),
        };
        match schedule.next_after(Timestamp::from_millis(0)) {
            Some(_) => Ok(schedule),
            None => Err(BadSchedule::Never(expression.to_owned())),
        }
    }

    /// As it was written.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Whose clocks it goes by.
    pub fn time_zone(&self) -> &str {
        &self.zone_name
    }

    /// The first due moment after this one.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let next = self.cron.find_next_occurrence(&self.local(moment)?, false);
        Some(next.ok()?.moment())
    }

    /// The last due moment up to this one, itself included.
    pub fn last_until(&self, moment: Timestamp) -> Option<Timestamp> {
        // A moment may lie inside the second that is due.
        let last = self.cron.find_previous_occurrence(&self.local(moment)?, true);
        Some(last.ok()?.moment())
    }

    /// To the second, as cron counts.
    fn local(&self, moment: Timestamp) -> Option<Local> {
        let second = jiff::Timestamp::from_second(moment.as_millis().div_euclid(1_000)).ok()?;
        Some(Local(second.to_zoned_datetime(self.zone.clone())))
    }
}

/// A moment by the clocks of a place.
#[derive(Debug, Clone)]
struct Local(ZonedDateTime);

impl Local {
    fn moment(&self) -> Timestamp {
        Timestamp::from_millis(self.0.timestamp().as_millisecond())
    }
}

impl CronDateTime for Local {
    fn to_civil(&self) -> CivilDateTime {
        let it = self.0.datetime();
        let (year, [month, day]) = (i32::from(it.year()), [it.month(), it.day()].map(unsigned));
        let [hour, minute, second] = [it.hour(), it.minute(), it.second()].map(unsigned);
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(year, month, day),
            CivilTime::from_parts_unchecked(hour, minute, second),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        Weekday::from_days_from_sunday(unsigned(self.0.weekday().to_sunday_zero_offset()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let wall = wall_clock(civil).ok_or(CronError::InvalidDate)?;
        let found = self.0.time_zone().to_ambiguous_zoned_datetime(wall);
        let certain =
            |zoned: Result<ZonedDateTime, jiff::Error>| zoned.map(Self).map_err(|_| CronError::InvalidTime);
        Ok(match found.offset() {
            AmbiguousOffset::Unambiguous { .. } => Resolution::Single(certain(found.unambiguous())?),
            AmbiguousOffset::Gap { .. } => Resolution::Gap,
            AmbiguousOffset::Fold { .. } => {
                Resolution::Ambiguous(certain(found.clone().earlier())?, certain(found.later())?)
            }
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        let moved = self.0.checked_add(jiff::SignedDuration::from_secs(seconds));
        moved.ok().map(Self)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.timestamp().cmp(&other.0.timestamp())
    }
}

fn wall_clock(civil: CivilDateTime) -> Option<DateTime> {
    let year = i16::try_from(civil.year()).ok()?;
    let [month, day, hour, minute, second] = [
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second(),
    ]
    .map(|part| i8::try_from(part).ok());
    DateTime::new(year, month?, day?, hour?, minute?, second?, 0).ok()
}

fn unsigned(part: i8) -> u32 {
    u32::try_from(part).expect("parts of a date are counted from 0 or 1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn sundays_at_two_are_sundays_at_two_in_seoul() {
        let sundays = Schedule::new("0 2 * * SUN", "Asia/Seoul").unwrap();
        let (two, next) = (at("2026-11-28T17:00:00Z"), at("2026-12-05T17:00:00Z"));
        assert_eq!(sundays.next_after(at("2026-11-28T16:59:59.999Z")), Some(two));
        assert_eq!(sundays.next_after(two), Some(next));
        assert_eq!(sundays.last_until(two), Some(two));
        assert_eq!(sundays.last_until(at("2026-11-28T17:00:00.250Z")), Some(two));
        assert_eq!(sundays.last_until(at("2026-12-05T16:59:59.999Z")), Some(two));
    }

    #[test]
    fn an_hour_that_is_left_out_or_comes_twice_is_due_once() {
        let daily = Schedule::new("30 2 * * *", "Europe/Berlin").unwrap();
        // On 29 March 2026 the clocks go from two to three; on 25 October from three back to two.
        let days = |from: &str| {
            let mut moment = at(from);
            [(); 3].map(|()| {
                moment = daily.next_after(moment).unwrap();
                moment.to_string()
            })
        };
        assert_eq!(
            days("2026-03-27T12:00:00Z"),
            [
                "2026-03-28T01:30:00Z",
                "2026-03-29T01:00:00Z",
                "2026-03-30T00:30:00Z"
            ]
        );
        assert_eq!(
            days("2026-10-23T12:00:00Z"),
            [
                "2026-10-24T00:30:00Z",
                "2026-10-25T00:30:00Z",
                "2026-10-26T01:30:00Z"
            ]
        );
    }

    #[test]
    fn what_was_due_last_is_what_would_have_been_next() {
        for expression in [
            "*/5 * * * *",
            "30 2 * * *",
            "0 0 29 2 *",
            "15 4 L * *",
            "0 9 * * MON#1",
        ] {
            let schedule = Schedule::new(expression, "Europe/Berlin").unwrap();
            let mut moment = at("2026-03-27T12:00:00Z");
            for _ in 0..20 {
                let next = schedule.next_after(moment).unwrap();
                let last = schedule
                    .last_until(next + std::time::Duration::from_secs(30))
                    .unwrap();
                assert_eq!(last, next, "{expression}");
                moment = next;
            }
        }
    }

    #[test]
    fn what_is_no_time_at_all_is_refused_with_a_sentence() {
        let refused = |expression: &str| Schedule::new(expression, "Asia/Seoul").unwrap_err();
        for never in ["0 0 30 2 *", "0 0 31 4,6,9,11 *"] {
            assert_eq!(refused(never), BadSchedule::Never(never.to_owned()));
        }
        for malformed in [
            "",
            "soon",
            "0 2 * *",
            "60 2 * * *",
            "0 0 2 * * SUN",
            "0 2 * * SUN 2026",
            "0 2 * * FUN",
        ] {
            assert!(
                matches!(refused(malformed), BadSchedule::Malformed(..)),
                "{malformed}"
            );
        }
        let nowhere = Schedule::new("0 2 * * *", "Asia/Atlantis").unwrap_err();
        assert_eq!(nowhere, BadSchedule::NoZone("Asia/Atlantis".to_owned()));
    }
}
