//! Jobs that run by the clock: a closed list, each with its hour and with what becomes of it when that is missed.
//!
//! One process at a time runs a job, whatever number of processes has the role *batch*: the job's row in the store says
//! which (`ticketon_core::job`). A run that somebody asks for takes the same way, whichever process was asked.

mod analyze;
mod report;
mod run;
mod schedule;
mod scheduler;
mod views;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;
use ticketon_core::Refusal;
use ticketon_core::ids::JobName;

use crate::limits;
use crate::shop::Shop;

pub use analyze::Analyze;
pub use report::Report;
pub use schedule::{BadSchedule, Schedule};
pub use scheduler::Scheduler;

/// A job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    /// Has the database look at its tables, so that it finds rows the short way.
    Analyze,
    /// Adds to the events' views what was counted.
    Views,
}

/// When each job is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedules(BTreeMap<Job, Schedule>);

/// A text that names no job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no job `{0}`: the jobs are {all}", all = Job::names())]
pub struct NoJob(String);

/// Where the hours of a day are those of the jobs.
pub const TIME_ZONE: &str = "Asia/Seoul";

impl Job {
    /// Every job.
    pub const ALL: [Self; 2] = [Self::Analyze, Self::Views];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Analyze => "analyze",
            Self::Views => "views",
        }
    }

    /// As the store knows it.
    pub fn key(self) -> JobName {
        JobName::new(self.name()).expect("a short word in lower case")
    }

    /// When it is due unless the settings say otherwise, as cron has it.
    pub fn expression(self) -> &'static str {
        match self {
            Self::Analyze => "0 2 * * SUN",
            Self::Views => "*/5 * * * *",
        }
    }

    /// How late it may begin where no process was there in time. What is missed by more is left out, and of several
    /// moments that were missed the last one alone is made up for.
    pub fn late_max(self) -> Duration {
        match self {
            // At eight in the morning people begin to buy.
            Self::Analyze => Duration::from_hours(6),
            // The next moment will do: what was counted stays.
            Self::Views => Duration::from_mins(5),
        }
    }

    /// How long a run may take; one that takes longer is cut, and failed.
    pub fn longest(self) -> Duration {
        match self {
            Self::Analyze => limits::ANALYSIS_LONGEST,
            Self::Views => limits::VIEWS_LONGEST,
        }
    }

    /// Whether there is anything to do at a moment that is due.
    pub(crate) async fn has_work(self, shop: &Shop) -> bool {
        match self {
            Self::Analyze => true,
            Self::Views => views::has_work(shop).await,
        }
    }

    /// Refuses what nobody can ask of it.
    pub(crate) fn check(self, asked: &Value) -> Result<(), Refusal> {
        match self {
            Self::Analyze => Analyze::asked(asked)?.check(),
            Self::Views => views::check(asked),
        }
    }

    /// Does it; whatever failed in a step stands in the report, and what is said here is why there is no more in it.
    pub(crate) async fn run(self, shop: &Shop, report: &Report) -> Result<(), Refusal> {
        match self {
            Self::Analyze => Analyze::asked(report.asked())?.run(shop, report).await,
            Self::Views => views::run(shop, report).await,
        }
    }

    fn names() -> String {
        let names: Vec<String> = Self::ALL.iter().map(|job| format!("`{job}`")).collect();
        names.join(", ")
    }
}

impl Schedules {
    /// When a job is due.
    pub fn of(&self, job: Job) -> &Schedule {
        self.0
            .get(&job)
            .expect("every job has its schedule from the start")
    }

    /// Has a job be due at other times.
    pub fn set(&mut self, job: Job, schedule: Schedule) {
        self.0.insert(job, schedule);
    }
}

impl Default for Schedules {
    fn default() -> Self {
        let usual = |job: Job| {
            let schedule = Schedule::new(job.expression(), TIME_ZONE);
            (job, schedule.expect("a test reads the usual hours"))
        };
        Self(Job::ALL.into_iter().map(usual).collect())
    }
}

impl FromStr for Job {
    type Err = NoJob;

    fn from_str(text: &str) -> Result<Self, NoJob> {
        let named = Self::ALL.into_iter().find(|job| job.name() == text);
        named.ok_or_else(|| NoJob(text.to_owned()))
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_has_its_usual_hours_and_is_named_as_it_is_typed() {
        let usual = Schedules::default();
        for job in Job::ALL {
            assert_eq!(job.name().parse(), Ok(job));
            assert_eq!(job.key().as_str(), job.name());
            assert_eq!(usual.of(job).expression(), job.expression());
        }
        let unknown = "analyse".parse::<Job>().unwrap_err();
        assert!(unknown.to_string().contains("`analyze`"), "{unknown}");
    }
}
