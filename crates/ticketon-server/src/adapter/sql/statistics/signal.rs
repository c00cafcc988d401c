//! When a table's statistics are stale, and what tells so. Pure.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use ticketon_core::time::Timestamp;

use crate::limits;

/// What tells that a table should be counted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Signal {
    /// It never was.
    NeverCounted,
    /// Many rows were changed since.
    Changed {
        /// How many.
        rows: u64,
        /// Of how many that were counted.
        of: u64,
    },
    /// There are far more rows now, or far fewer.
    RowsDiffer {
        /// Rows now.
        rows: u64,
        /// Rows counted.
        counted: u64,
    },
    /// Its file is far larger than what was counted in it: after a restart the server knows no better than what it wrote
    /// down, and only the file tells.
    FileOutgrew {
        /// The file's size.
        bytes: u64,
        /// The size of what was counted.
        counted: u64,
    },
    /// It changes, and was not counted for a day.
    Old {
        /// When it was counted.
        since: Timestamp,
    },
    /// Statistics that do not depend on the engine say something else. `MariaDB` believes them first, and never counts them
    /// anew by itself.
    IndependentDiffer {
        /// Rows now.
        rows: u64,
        /// Rows as they say.
        counted: u64,
    },
    /// A histogram is old, and the table changes.
    HistogramOld {
        /// When the oldest was made.
        since: Timestamp,
    },
}

/// What can be known of a table, each if whoever asks may know it.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) rows: Option<u64>,
    pub(super) changed: Option<u64>,
    pub(super) file_bytes: Option<u64>,
    /// As they were written down; `None` if they were not, or may not be seen.
    pub(super) counted: Option<LastCount>,
    /// Whether what was written down may be seen.
    pub(super) sees_counted: bool,
    pub(super) independent_rows: Option<u64>,
    pub(super) histogram_at: Option<Timestamp>,
}

/// What was written down when a table was counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastCount {
    pub(super) rows: u64,
    pub(super) bytes: u64,
    pub(super) at: Timestamp,
}

impl Known {
    /// The first thing that tells that the table should be counted again; nothing where nothing can be known.
    pub(super) fn stale(&self, now: Timestamp) -> Option<Signal> {
        let Some(counted) = self.counted else {
            return self.sees_counted.then_some(Signal::NeverCounted);
        };
        self.changed(counted)
            .or_else(|| self.rows_differ(counted))
            .or_else(|| self.file_outgrew(counted))
            .or_else(|| self.independent_differ())
            .or_else(|| self.old(counted, now))
            .or_else(|| self.histogram_old(now))
    }

    fn changed(&self, counted: LastCount) -> Option<Signal> {
        let (rows, of) = (self.changed?, counted.rows);
        let most = (of * limits::STALE_CHANGED_PERCENT / 100).max(limits::STALE_ROWS_MIN);
        (rows > most).then_some(Signal::Changed { rows, of })
    }

    fn rows_differ(&self, counted: LastCount) -> Option<Signal> {
        let (rows, counted) = (self.rows?, counted.rows);
        differ(rows, counted).then_some(Signal::RowsDiffer { rows, counted })
    }

    fn file_outgrew(&self, counted: LastCount) -> Option<Signal> {
        let (bytes, counted) = (self.file_bytes?, counted.bytes);
        let most = (counted * limits::STALE_FILE_TIMES).max(limits::STALE_FILE_BYTES_MIN);
        (bytes > most).then_some(Signal::FileOutgrew { bytes, counted })
    }

    fn independent_differ(&self) -> Option<Signal> {
        let (rows, counted) = (self.rows?, self.independent_rows?);
        differ(rows, counted).then_some(Signal::IndependentDiffer { rows, counted })
    }

    fn old(&self, counted: LastCount, now: Timestamp) -> Option<Signal> {
        self.is_old(counted.at, limits::STALE_AGE, now)
            .then_some(Signal::Old { since: counted.at })
    }

    fn histogram_old(&self, now: Timestamp) -> Option<Signal> {
        let since = self.histogram_at?;
        self.is_old(since, limits::STALE_HISTOGRAM_AGE, now)
            .then_some(Signal::HistogramOld { since })
    }

    /// Whether the table changed and something about it is older than that.
    fn is_old(&self, since: Timestamp, age: Duration, now: Timestamp) -> bool {
        self.changed.is_some_and(|rows| rows > 0) && now.since(since) > age
    }
}

/// How far two numbers of rows are apart, in percent of the second.
pub(super) fn drift_percent(rows: u64, counted: u64) -> u64 {
    rows.abs_diff(counted).saturating_mul(100) / counted.max(1)
}

fn differ(rows: u64, counted: u64) -> bool {
    rows.abs_diff(counted) > limits::STALE_ROWS_MIN
        && drift_percent(rows, counted) > limits::STALE_ROWS_DIFFER_PERCENT
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverCounted => f.write_str("never counted"),
            Self::Changed { rows, of } => write!(f, "{rows} rows changed of {of} counted"),
            Self::RowsDiffer { rows, counted } => write!(f, "{rows} rows now, {counted} counted"),
            Self::FileOutgrew { bytes, counted } => {
                write!(f, "a file of {bytes} bytes, {counted} of them counted")
            }
            Self::Old { since } => write!(f, "changed, and not counted since {since}"),
            Self::IndependentDiffer { rows, counted } => {
                write!(
                    f,
                    "{rows} rows now, {counted} by its engine-independent statistics"
                )
            }
            Self::HistogramOld { since } => write!(f, "changed, and its histogram is of {since}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn counted(rows: u64) -> Known {
        Known {
            rows: Some(rows),
            changed: Some(0),
            file_bytes: Some(rows * 200),
            counted: Some(LastCount {
                rows,
                bytes: rows * 100,
                at: NOW - Duration::from_hours(1),
            }),
            sees_counted: true,
            ..Known::default()
        }
    }

    fn ago(hours: u64) -> Timestamp {
        NOW - Duration::from_hours(hours)
    }

    #[test]
    fn a_table_that_did_not_change_is_fresh_however_old_its_count() {
        let mut table = counted(1_000_000);
        table.counted.as_mut().unwrap().at = ago(24 * 365);
        table.histogram_at = Some(ago(24 * 365));
        assert_eq!(table.stale(NOW), None);
    }

    #[test]
    fn a_tenth_of_the_rows_may_change_and_two_hundred_in_any_case() {
        let changed = |rows, changed| Known {
            changed: Some(changed),
            ..counted(rows)
        };
        assert_eq!(changed(10_000, 1_000).stale(NOW), None);
        assert_eq!(
            changed(10_000, 1_001).stale(NOW),
            Some(Signal::Changed {
                rows: 1_001,
                of: 10_000
            })
        );
        assert_eq!(changed(10, 200).stale(NOW), None);
        assert!(changed(10, 201).stale(NOW).is_some());
    }

    #[test]
    fn a_load_that_was_counted_half_way_is_seen_by_its_rows() {
        let mut table = counted(472);
        table.rows = Some(20_001);
        assert_eq!(
            table.stale(NOW),
            Some(Signal::RowsDiffer {
                rows: 20_001,
                counted: 472
            })
        );
    }

    #[test]
    fn after_a_restart_the_file_alone_tells() {
        let mut table = counted(0);
        table.file_bytes = Some(90_000_000);
        assert!(matches!(table.stale(NOW), Some(Signal::FileOutgrew { .. })));
        table.file_bytes = Some(112 * 1_024);
        assert_eq!(table.stale(NOW), None, "a new table has a few pages");
    }

    #[test]
    fn a_table_that_changes_at_all_is_counted_daily_and_its_histogram_weekly() {
        let mut table = counted(1_000_000);
        table.changed = Some(1);
        table.histogram_at = Some(ago(24 * 8));
        assert_eq!(
            table.stale(NOW),
            Some(Signal::HistogramOld { since: ago(24 * 8) })
        );
        table.counted.as_mut().unwrap().at = ago(25);
        assert_eq!(table.stale(NOW), Some(Signal::Old { since: ago(25) }));
    }

    #[test]
    fn engine_independent_statistics_are_compared_with_the_rows() {
        let mut table = counted(50_000);
        table.independent_rows = Some(0);
        assert_eq!(
            table.stale(NOW),
            Some(Signal::IndependentDiffer {
                rows: 50_000,
                counted: 0
            })
        );
        table.independent_rows = Some(49_000);
        assert_eq!(table.stale(NOW), None);
    }

    #[test]
    fn what_may_not_be_seen_tells_nothing() {
        assert_eq!(Known::default().stale(NOW), None);
        let seen = Known {
            sees_counted: true,
            ..Known::default()
        };
        assert_eq!(seen.stale(NOW), Some(Signal::NeverCounted));
        let without_counters = Known {
            changed: None,
            file_bytes: None,
            ..counted(1_000)
        };
        assert_eq!(without_counters.stale(NOW), None);
    }
}
