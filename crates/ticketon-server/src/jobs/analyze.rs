//! The job `analyze`: has the database count its tables, the seats first, so that it finds rows the short way.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use ticketon_core::job::Outcome;
use ticketon_core::{Code, Refusal};

use super::Report;
use crate::adapter::sql::{Counted, CountedTable, Overview};
use crate::analysis::{Pace, Planned, Step, Wanted, busy_sale, count_planned};
use crate::limits;
use crate::shop::Shop;

/// What is asked of an analysis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Analyze {
    /// Only these tables, if any are named.
    tables: Vec<String>,
    /// Only those that are stale.
    stale_only: bool,
    /// Whatever is sold meanwhile, and then gently.
    during_sale: bool,
}

impl Analyze {
    /// What a request says; everything as usual where it says nothing.
    pub(super) fn asked(asked: &Value) -> Result<Self, Refusal> {
        if asked.is_null() {
            return Ok(Self::default());
        }
        Self::deserialize(asked).map_err(|error| Refusal::field("body", error.to_string()))
    }

    /// Refuses tables that there are not.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        self.wanted().map(|_| ())
    }

    /// Has the database count each table, unless a sale is not to be disturbed. A dry run disturbs none and tells of both.
    pub(super) async fn run(&self, shop: &Shop, report: &Report) -> Result<(), Refusal> {
        let Some(statistics) = &shop.statistics else {
            return Err(Refusal::new(Code::NotFound, "this store has no tables to count"));
        };
        let (wanted, now) = (self.wanted()?, shop.cx.now());
        // Whether the batch user can count at all is told whatever else is going on.
        let overview = statistics.tables(now).await?;
        let busy = if self.during_sale {
            None
        } else {
            busy_sale(&shop.cx, now).await?
        };
        if let Some(busy) = &busy {
            report.add("sales", Outcome::Skipped, &busy.to_string(), Duration::ZERO);
        }
        if busy.is_some() && !report.is_dry() {
            report.expect(1);
            return Ok(());
        }
        let planned = wanted.plan(&overview, now);
        report.expect(usize::from(busy.is_some()) + planned.len() + overview.missing.len());
        tell_missing(&overview, report);
        if report.is_dry() {
            for planned in &planned {
                tell(report, planned, None, Duration::ZERO);
            }
            return Ok(());
        }
        let pace = if self.during_sale {
            Pace::Gentle
        } else {
            Pace::Straight
        };
        let counting = count_planned(statistics, &planned, pace, |planned, counted, took| {
            tell(report, planned, counted, took);
        });
        Ok(counting.await?)
    }

    fn wanted(&self) -> Result<Wanted, Refusal> {
        if self.tables.len() > limits::ANALYZED_TABLES_MAX {
            return Err(Refusal::field("tables", "there are not so many"));
        }
        let mut tables = Vec::with_capacity(self.tables.len());
        for (place, name) in self.tables.iter().enumerate() {
            let table = CountedTable::named(name);
            tables.push(
                table.map_err(|unknown| Refusal::field(&format!("tables[{place}]"), unknown.to_string()))?,
            );
        }
        Ok(Wanted {
            tables,
            stale_only: self.stale_only,
        })
    }
}

/// What the batch user may not see is no failure: it counts all the same.
fn tell_missing(overview: &Overview, report: &Report) {
    for grant in &overview.missing {
        let message = format!("the batch user lacks {grant}: `ticketon db setup-batch-user`");
        report.add("grants", Outcome::Skipped, &message, Duration::ZERO);
    }
}

fn tell(report: &Report, planned: &Planned, counted: Option<Counted>, took: Duration) {
    let (outcome, message) = match (counted, planned.step) {
        (Some(Counted::Ok), step) => (Outcome::Ok, format!("counted; it was {step}")),
        (Some(Counted::Failed { message }), _) => (Outcome::Failed, message),
        (None, Step::Count(_)) => (
            Outcome::Skipped,
            format!("would be counted; it is {}", planned.step),
        ),
        (None, Step::Leave(left)) => (Outcome::Skipped, left.to_string()),
    };
    report.add(planned.table.name(), outcome, &message, took);
}
