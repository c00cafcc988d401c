//! Which tables a run counts, and why it leaves the others alone. Pure.

use std::fmt;

use ticketon_core::time::Timestamp;

use crate::adapter::sql::{CountedTable, Overview, Signal, TableStatistics};
use crate::limits;

/// What is asked of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only these tables; every one where none is named.
    pub tables: Vec<CountedTable>,
    /// Only those that are stale, and were not counted just now.
    pub stale_only: bool,
}

/// What a run does about a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Which.
    pub table: CountedTable,
    /// What.
    pub step: Step,
}

/// What a run does about a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is counted, stale or not.
    Count(Option<Signal>),
    /// It is left alone.
    Leave(Left),
}

/// Why a table is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing tells that it is stale.
    Fresh,
    /// It is stale again so soon after a count that its plans are the same.
    Rests {
        /// Till when.
        until: Timestamp,
    },
    /// The batch user may not see what would tell; the run that counts every table does without.
    Unknown,
    /// There is no such table in the store, or none that the batch user may see.
    Unseen,
}

impl Wanted {
    /// What is to be done about each table, the seats first.
    pub fn plan(&self, overview: &Overview, now: Timestamp) -> Vec<Planned> {
        let mut wanted = CountedTable::all();
        wanted.retain(|table| self.tables.is_empty() || self.tables.contains(table));
        let planned = |table| Planned {
            table,
            step: self.step(overview.of(table), overview.tells_stale, now),
        };
        wanted.into_iter().map(planned).collect()
    }

    fn step(&self, known: Option<&TableStatistics>, tells_stale: bool, now: Timestamp) -> Step {
        let Some(known) = known else {
            return Step::Leave(Left::Unseen);
        };
        if !self.stale_only {
            return Step::Count(known.stale);
        }
        if !tells_stale {
            return Step::Leave(Left::Unknown);
        }
        let Some(signal) = known.stale else {
            return Step::Leave(Left::Fresh);
        };
        match known.counted_at.map(|at| at + limits::ANALYZE_RESTS) {
            Some(until) if until > now => Step::Leave(Left::Rests { until }),
            _ => Step::Count(Some(signal)),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(Some(signal)) => write!(f, "stale: {signal}"),
            Self::Count(None) => f.write_str("not stale"),
            Self::Leave(left) => left.fmt(f),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fresh => f.write_str("not stale"),
            Self::Rests { until } => write!(f, "stale, and left alone until {until}: it was just counted"),
            Self::Unknown => f.write_str("the batch user may not see whether it is stale"),
            Self::Unseen => f.write_str("the batch user sees no such table"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const SIGNAL: Signal = Signal::Changed {
        rows: 9_000,
        of: 10_000,
    };

    fn known(table: &str, stale: Option<Signal>, minutes_ago: u64) -> TableStatistics {
        TableStatistics {
            table: CountedTable::named(table).unwrap(),
            rows: 10_000,
            counted_rows: Some(10_000),
            drift_percent: Some(0),
            changed_rows: Some(0),
            data_bytes: 0,
            index_bytes: 0,
            counted_at: Some(NOW - Duration::from_mins(minutes_ago)),
            stale,
        }
    }

    fn planned(wanted: &Wanted, tells_stale: bool) -> Vec<(&'static str, Step)> {
        let overview = Overview {
            tables: vec![
                known("hold", None, 90),
                known("seat", Some(SIGNAL), 90),
                known("fact", Some(SIGNAL), 50),
            ],
            missing: Vec::new(),
            tells_stale,
        };
        let planned = wanted.plan(&overview, NOW);
        let seen = planned
            .into_iter()
            .filter(|planned| planned.step != Step::Leave(Left::Unseen));
        seen.map(|planned| (planned.table.name(), planned.step)).collect()
    }

    #[test]
    fn the_usual_run_counts_everything_the_seats_first() {
        assert_eq!(
            planned(&Wanted::default(), true),
            [
                ("seat", Step::Count(Some(SIGNAL))),
                ("hold", Step::Count(None)),
                ("fact", Step::Count(Some(SIGNAL))),
            ]
        );
    }

    #[test]
    fn where_only_stale_ones_are_asked_for_a_table_rests_after_a_count() {
        let wanted = Wanted {
            stale_only: true,
            ..Wanted::default()
        };
        let until = NOW + Duration::from_mins(10);
        assert_eq!(
            planned(&wanted, true),
            [
                ("seat", Step::Count(Some(SIGNAL))),
                ("hold", Step::Leave(Left::Fresh)),
                ("fact", Step::Leave(Left::Rests { until })),
            ]
        );
        assert!(
            planned(&wanted, false)
                .iter()
                .all(|(_, step)| *step == Step::Leave(Left::Unknown))
        );
    }

    #[test]
    fn one_table_may_be_asked_for() {
        let wanted = Wanted {
            tables: vec![CountedTable::named("hold").unwrap()],
            stale_only: false,
        };
        assert_eq!(planned(&wanted, true), [("hold", Step::Count(None))]);
    }
}
