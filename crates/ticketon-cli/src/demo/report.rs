//! The report: counts, money, times, promises, and what to do next. Every figure was measured; a promise that checked
//! nothing is as bad as a broken one.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::time::Duration;

use serde::Serialize;
use ticketon_core::Won;
use ticketon_core::verify::{Checked, Promise, Report};

use super::breaks::Break;
use super::grouped;
use super::tally::{Latency, Step, Tally};
use crate::console::Paint;
use crate::exit::Exit;

/// What a demo came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// How to see it again.
    pub(crate) command: String,
    /// The safeguard that was taken away.
    pub(crate) without: Option<Break>,
    /// The figures.
    pub(crate) figures: Figures,
    /// Requests refused because somebody was faster.
    pub(crate) seat_taken: u64,
    /// Times that a buyer had to ask again.
    pub(crate) asked_again: u64,
    /// Requests sent twice at once.
    pub(crate) double_clicks: u64,
    /// What the promises came to.
    pub(crate) report: Report,
    /// What buyers saw that must not be.
    pub(crate) complaints: Vec<String>,
}

/// The figures, as `--format json` prints them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Figures {
    pub(crate) seats: u64,
    pub(crate) buyers: u64,
    pub(crate) sold: u64,
    pub(crate) paid: u64,
    pub(crate) refunded: u64,
    pub(crate) declined: u64,
    pub(crate) abandoned: u64,
    pub(crate) paid_won: Won,
    pub(crate) refunded_won: Won,
    pub(crate) duration_ms: u64,
    pub(crate) sales_per_s: f64,
    pub(crate) latency_ms: BTreeMap<&'static str, Latency>,
    pub(crate) promises: BTreeMap<&'static str, Checked>,
}

/// How long each step took, by name.
pub(crate) fn latencies(tally: &Tally) -> BTreeMap<&'static str, Latency> {
    Step::ALL
        .iter()
        .map(|step| (step.name(), tally.latency(*step)))
        .collect()
}

/// What each promise came to, by name; one that nobody checked has checked nothing.
pub(crate) fn promises(report: &Report) -> BTreeMap<&'static str, Checked> {
    let checked = |promise: &Promise| report.promises.get(promise).copied().unwrap_or_default();
    Promise::ALL
        .iter()
        .map(|promise| (promise.as_str(), checked(promise)))
        .collect()
}

/// What a promise says, for people.
pub(crate) fn words(promise: Promise) -> &'static str {
    match promise {
        Promise::NoSeatSoldTwice => "no seat sold twice",
        Promise::MoneyAddsUp => "money adds up",
        Promise::NoPaymentWithoutOutcome => "no payment without outcome",
        Promise::AdmittedWithinCapacity => "admitted within capacity",
        Promise::ServedInOrder => "served in order",
        Promise::NoHoldOutlivesDeadline => "no hold outlives its deadline",
        Promise::LimitsKept => "limits kept",
        Promise::EveryFactPublishedInOrder => "every fact published in order",
        Promise::ReplayGivesSameState => "replay gives the same state",
    }
}

/// The table of promises, for people.
pub(crate) fn promises_table(report: &Report, paint: Paint) -> String {
    let mut table = format!("{:<31}{:>20}{:>17}\n", "Promises", "checked", "broken");
    for promise in Promise::ALL {
        let Checked { checked, broken } = report.promises.get(promise).copied().unwrap_or_default();
        let count = format!("{} {:<10}", grouped(checked), promise.unit());
        let broken = match (checked, broken) {
            (0, 0) => paint.red(format_args!("{:>6}", "nothing checked")),
            (_, 0) => paint.green(format_args!("{:>6}", 0)),
            (_, broken) => paint.red(format_args!("{:>6} BROKEN", grouped(broken))),
        };
        let _ = writeln!(table, "  {:<31}{count:>22}  {broken}", words(*promise));
    }
    table
}

/// The rows that break promises, for people; of each the first few.
pub(crate) fn violations(report: &Report) -> String {
    const LISTED: usize = 5;
    let mut text = String::new();
    for promise in Promise::ALL {
        let of_it = report
            .violations
            .iter()
            .filter(|violation| violation.promise == *promise);
        for violation in of_it.take(LISTED) {
            let rows: Vec<String> = violation
                .rows
                .iter()
                .map(|row| format!("{} {row}", row.table()))
                .collect();
            let _ = writeln!(text, "  {}: {}", words(*promise), violation.message);
            let _ = writeln!(text, "    {}", rows.join(", "));
        }
        let all = report
            .promises
            .get(promise)
            .map_or(0, |checked| usize::try_from(checked.broken).unwrap_or(usize::MAX));
        if all > LISTED {
            let _ = writeln!(text, "    and {} more", grouped((all - LISTED) as u64));
        }
    }
    text
}

impl Outcome {
    /// How the command ends.
    pub(crate) fn exit(&self) -> Exit {
        let is_red = !self.report.is_kept() || !self.unchecked().is_empty() || !self.complaints.is_empty();
        match self.without {
            // A break that nobody notices would be the worst result of all.
            Some(without) if !self.is_broken(without.promise()) => Exit::Unexpected,
            _ if is_red => Exit::PromiseBroken,
            _ => Exit::Done,
        }
    }

    /// Promises that had nothing to check.
    pub(crate) fn unchecked(&self) -> Vec<Promise> {
        let has_nothing = |promise: &&Promise| self.figures.promises[promise.as_str()].checked == 0;
        Promise::ALL.iter().filter(has_nothing).copied().collect()
    }

    /// Whether a promise is broken.
    pub(crate) fn is_broken(&self, promise: Promise) -> bool {
        self.figures.promises[promise.as_str()].broken > 0
    }

    /// For people.
    pub(crate) fn human(&self, paint: Paint) -> String {
        let mut text = String::new();
        // Writing into a text cannot fail.
        let _ = self.write(&mut text, paint);
        text
    }

    fn write(&self, text: &mut String, paint: Paint) -> fmt::Result {
        let figures = &self.figures;
        let duration = Duration::from_millis(figures.duration_ms);
        writeln!(text, "\nResult after {:.1} s", duration.as_secs_f64())?;
        writeln!(
            text,
            "  sold        {} of {} seats, {} purchases paid, {:.0} a second",
            grouped(figures.sold),
            grouped(figures.seats),
            grouped(figures.paid),
            figures.sales_per_s
        )?;
        let agreement = if self.is_broken(Promise::MoneyAddsUp) {
            paint.red("books and sandbox ledger do NOT agree")
        } else {
            "books and sandbox ledger agree to the won".to_owned()
        };
        writeln!(
            text,
            "  taken       {}   back {}   {agreement}",
            figures.paid_won, figures.refunded_won
        )?;
        writeln!(
            text,
            "  refused     {} cards declined, {} closed the tab, {} clicked twice, {} asked again",
            grouped(figures.declined),
            grouped(figures.abandoned),
            grouped(self.double_clicks),
            grouped(self.asked_again)
        )?;
        writeln!(
            text,
            "\n  {:<10}{:>10}{:>10}{:>10}{:>10}",
            "step", "p50", "p95", "p99", "max"
        )?;
        for step in Step::ALL {
            let latency = figures.latency_ms[step.name()];
            write!(
                text,
                "  {:<10}{:>10}{:>10}{:>10}{:>10}",
                step.name(),
                time(latency.p50),
                time(latency.p95),
                time(latency.p99),
                time(latency.max)
            )?;
            match step {
                Step::Hold => writeln!(text, "     {} refused: seat taken", grouped(self.seat_taken))?,
                Step::Confirm => writeln!(text, "     the sandbox's own 200 ms or so included")?,
                Step::Enter | Step::Admit | Step::Purchase => writeln!(text)?,
            }
        }
        writeln!(text, "\n{}", promises_table(&self.report, paint))?;
        self.write_verdict(text, paint)
    }

    fn write_verdict(&self, text: &mut String, paint: Paint) -> fmt::Result {
        if let Some(without) = self.without {
            let promise = words(without.promise());
            if self.is_broken(without.promise()) {
                writeln!(
                    text,
                    "Without its safeguard `{promise}` is broken, as it must be: {}.",
                    without.is_without()
                )?;
            } else {
                let missed = format!("The break went unnoticed: `{promise}` should be red.");
                writeln!(text, "{}", paint.red(missed))?;
            }
        }
        for promise in self.unchecked() {
            let nothing = format!("`{}` had nothing to check and proves nothing.", words(promise));
            writeln!(text, "{}", paint.red(nothing))?;
        }
        for complaint in self.complaints.iter().take(10) {
            writeln!(text, "{} {complaint}", paint.red("complaint:"))?;
        }
        if self.exit() == Exit::Done {
            return text.write_str(WHAT_NEXT);
        }
        write!(text, "{}", violations(&self.report))?;
        writeln!(text, "\nSee it again\n  {}", self.command)
    }
}

const WHAT_NEXT: &str = "\
All promises kept. Do you believe it? Try
  ticketon demo --break seat-unique-key     one safeguard removed: the report turns red, exit 7
  ticketon demo --kill 3                    the server is killed three times in the middle
  ticketon demo --keep                      stays up: buy a seat yourself
  ticketon init                             your own shop in this folder
";

/// Milliseconds as people read them.
fn time(millis: f64) -> String {
    if millis >= 1_000.0 {
        format!("{:.1} s", millis / 1_000.0)
    } else if millis >= 10.0 || millis == 0.0 {
        format!("{millis:.0} ms")
    } else {
        format!("{millis:.1} ms")
    }
}

#[cfg(test)]
mod tests {
    use ticketon_core::row::RowId;
    use ticketon_core::verify::Violation;

    use super::*;

    fn outcome(report: Report, without: Option<Break>) -> Outcome {
        let figures = Figures {
            seats: 2_304,
            buyers: 6_000,
            sold: 2_302,
            paid: 1_214,
            refunded: 21,
            declined: 71,
            abandoned: 48,
            paid_won: Won(236_214_000),
            refunded_won: Won(2_412_000),
            duration_ms: 38_400,
            sales_per_s: 40.0,
            latency_ms: Step::ALL
                .iter()
                .map(|step| (step.name(), Latency::default()))
                .collect(),
            promises: promises(&report),
        };
        Outcome {
            command: "ticketon demo --seed 7".to_owned(),
            without,
            figures,
            seat_taken: 3_871,
            asked_again: 0,
            double_clicks: 2_000,
            report,
            complaints: Vec::new(),
        }
    }

    fn checked(broken: u64) -> Report {
        let checked = |promise: &Promise| {
            (
                *promise,
                Checked {
                    checked: 9,
                    broken: 0,
                },
            )
        };
        let mut report = Report {
            promises: Promise::ALL.iter().map(checked).collect(),
            ..Report::default()
        };
        let twice = report.promises.entry(Promise::NoSeatSoldTwice).or_default();
        twice.broken = broken;
        report
    }

    #[test]
    fn what_is_kept_exits_0_and_says_what_to_try_next() {
        let outcome = outcome(checked(0), None);
        assert_eq!(outcome.exit(), Exit::Done);
        assert!(outcome.human(Paint::on(false)).contains("All promises kept"));
    }

    #[test]
    fn what_is_broken_exits_7_and_says_how_to_see_it_again() {
        let outcome = outcome(checked(2), None);
        assert_eq!(outcome.exit(), Exit::PromiseBroken);
        let text = outcome.human(Paint::on(false));
        assert!(
            text.contains("2 BROKEN") && text.contains("ticketon demo --seed 7"),
            "{text}"
        );
    }

    #[test]
    fn a_promise_that_checked_nothing_fails_the_demo() {
        let outcome = outcome(Report::default(), None);
        assert_eq!(outcome.exit(), Exit::PromiseBroken);
        assert_eq!(outcome.unchecked().len(), 9);
    }

    #[test]
    fn a_break_that_nobody_notices_is_not_passed_over() {
        let outcome = outcome(checked(0), Some(Break::SeatUniqueKey));
        assert_eq!(outcome.exit(), Exit::Unexpected);
    }

    #[test]
    fn a_violation_names_its_rows_as_people_type_them() {
        let report = Report {
            violations: vec![Violation {
                promise: Promise::MoneyAddsUp,
                message: "1 won is missing".to_owned(),
                rows: vec![RowId::Payment("TESTK3Q9-1".parse().unwrap())],
            }],
            ..Report::default()
        };
        let text = violations(&report);
        assert!(text.contains("    payment TESTK3Q9-1\n"), "{text}");
    }
}
