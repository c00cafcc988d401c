//! Scheduled jobs: which run is under way, and what became of the others.
//!
//! The store is the lease. A job's row names its latest run, and whoever starts another one writes that row: of several
//! processes that find the same moment due, one is not refused. A run's own row says until when its process is believed
//! alive; the process says so again and again, and when it has died the next one finds that out from the row alone.
//!
//! What a job does, and when it is due, is not known here.

mod progress;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{JobName, JobRunId};
use crate::limits;
use crate::time::Timestamp;

pub use progress::{Line, Outcome, Progress};

/// Where a job stands: what decides who runs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The job.
    pub name: JobName,
    /// The due moment that was taken last, by a run or as missed; for a new job when it was first seen. Nothing up to
    /// it is due any more.
    pub taken: Timestamp,
    /// The run that was made last; its own row says whether it is over.
    pub latest: Option<JobRunId>,
    /// How many runs of that moment were lost with their process and begun again.
    #[serde(default)]
    pub begun_again: u32,
}

/// One run of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRun {
    /// The identifier.
    pub id: JobRunId,
    /// Of which job.
    pub job: JobName,
    /// Why there is one.
    pub cause: Cause,
    /// When it was made.
    pub made_at: Timestamp,
    /// It only says what it would do.
    pub is_dry: bool,
    /// What was asked of it, in the job's own words; null where nothing in particular was.
    pub asked: Value,
    /// How far it has come.
    pub progress: Progress,
    /// Where it stands.
    pub state: RunState,
}

/// Why there is a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It was due then.
    Due(Timestamp),
    /// Somebody asked for it.
    AskedBy(String),
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It waits for a process to take it.
    Requested {
        /// How long it waits.
        until: Timestamp,
    },
    /// A process is at it.
    Running {
        /// Which, and since when.
        begun: Begun,
        /// How long the process is believed alive.
        alive_until: Timestamp,
    },
    /// It is over.
    Ended {
        /// The process that was at it, and since when; nobody where it was only asked for.
        begun: Option<Begun>,
        /// When.
        at: Timestamp,
        /// How.
        end: RunEnd,
        /// Why, where it is not *done*.
        reason: Option<String>,
        /// It was cut because its process stopped: no failure of its own.
        #[serde(default)]
        was_stopped: bool,
    },
}

/// That a process began a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// Which process.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What a run's own process says when the run is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Everything was done.
    Done,
    /// Something was not, and why.
    Failed(String),
    /// It was cut because the process stops, and what was left.
    Stopped(String),
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunEnd {
    /// Everything was done.
    Done,
    /// Something was not, and the run says why.
    Failed,
    /// Its process was not heard of any more.
    Died,
}

impl Job {
    /// A job that nobody has seen before: what was due until now is nobody's.
    pub fn new(name: JobName, now: Timestamp) -> Self {
        Self {
            name,
            taken: now,
            latest: None,
            begun_again: 0,
        }
    }

    /// With a run of a due moment, if that is to be had: nobody took it yet, or its run was lost with a process, and not
    /// too often.
    pub fn with_run(self, due: Timestamp, run: JobRunId, latest: Option<&JobRun>) -> Option<Self> {
        let begun_again = if self.taken < due {
            0
        } else {
            let is_lost = latest.is_some_and(|run| run.cause == Cause::Due(due) && run.is_lost());
            if self.taken > due || !is_lost || self.begun_again >= limits::RUN_BEGUN_AGAIN_MAX {
                return None;
            }
            self.begun_again + 1
        };
        Some(Self {
            taken: due,
            latest: Some(run),
            begun_again,
            ..self
        })
    }
}

impl JobRun {
    /// A run that is due, begun by a process.
    pub fn due(id: JobRunId, job: JobName, due: Timestamp, process: &str, now: Timestamp) -> Self {
        let state = RunState::begun(process, now);
        Self::new(id, job, Cause::Due(due), now, state)
    }

    /// A run that somebody asks for.
    pub fn asked_for(id: JobRunId, job: JobName, by: &str, now: Timestamp) -> Self {
        let until = now + limits::RUN_WAITS;
        Self::new(
            id,
            job,
            Cause::AskedBy(by.to_owned()),
            now,
            RunState::Requested { until },
        )
    }

    fn new(id: JobRunId, job: JobName, cause: Cause, made_at: Timestamp, state: RunState) -> Self {
        Self {
            id,
            job,
            cause,
            made_at,
            is_dry: false,
            asked: Value::Null,
            progress: Progress::default(),
            state,
        }
    }

    /// Begun by a process, if it waits for one.
    pub fn taken(self, process: &str, now: Timestamp) -> Option<Self> {
        match self.state {
            RunState::Requested { .. } => Some(Self {
                state: RunState::begun(process, now),
                ..self
            }),
            RunState::Running { .. } | RunState::Ended { .. } => None,
        }
    }

    /// Still alive, and so far on, if it runs.
    pub fn kept(self, progress: Progress, now: Timestamp) -> Option<Self> {
        match self.state {
            RunState::Running { begun, .. } => Some(Self {
                progress,
                state: RunState::Running {
                    begun,
                    alive_until: now + limits::RUN_BELIEVED_ALIVE,
                },
                ..self
            }),
            RunState::Requested { .. } | RunState::Ended { .. } => None,
        }
    }

    /// Over by its process's word, if it runs.
    pub fn ended(self, progress: Progress, ending: Ending, now: Timestamp) -> Option<Self> {
        let RunState::Running { begun, .. } = self.state else {
            return None;
        };
        let (end, reason, was_stopped) = match ending {
            Ending::Done => (RunEnd::Done, None, false),
            Ending::Failed(reason) => (RunEnd::Failed, Some(reason), false),
            Ending::Stopped(reason) => (RunEnd::Failed, Some(reason), true),
        };
        Some(Self {
            progress,
            state: RunState::Ended {
                begun: Some(begun),
                at: now,
                end,
                reason,
                was_stopped,
            },
            ..self
        })
    }

    /// Over because nobody was heard of in time, if that is so.
    pub fn given_up(self, now: Timestamp) -> Option<Self> {
        if self.is_over() || self.is_alive(now) {
            return None;
        }
        let (begun, end, reason) = match self.state {
            RunState::Requested { .. } => (None, RunEnd::Failed, NOBODY_TOOK_IT.to_owned()),
            RunState::Running { begun, .. } => {
                let reason = format!("process {} was not heard of any more", begun.by);
                (Some(begun), RunEnd::Died, reason)
            }
            RunState::Ended { .. } => return None,
        };
        Some(Self {
            state: RunState::Ended {
                begun,
                at: now,
                end,
                reason: Some(reason),
                was_stopped: false,
            },
            ..self
        })
    }

    /// Whether its process was lost to it, and not the run's own doing ended it: there may be another one.
    pub fn is_lost(&self) -> bool {
        match self.state {
            RunState::Ended { end, was_stopped, .. } => end == RunEnd::Died || was_stopped,
            RunState::Requested { .. } | RunState::Running { .. } => false,
        }
    }

    /// How it ended, if it has.
    pub fn end(&self) -> Option<RunEnd> {
        match self.state {
            RunState::Ended { end, .. } => Some(end),
            RunState::Requested { .. } | RunState::Running { .. } => None,
        }
    }

    /// Whether it was due by the clock and is *done*: hundreds a day are, and the log, which is kept for ever, is not told.
    pub fn went_as_always(&self) -> bool {
        matches!(self.cause, Cause::Due(_)) && self.end() == Some(RunEnd::Done)
    }

    /// Whether nothing more becomes of it.
    pub fn is_over(&self) -> bool {
        self.end().is_some()
    }

    /// Whether another one must wait for it.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.due_at().is_some_and(|until| now < until)
    }

    /// When it is given up unless somebody is heard of.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.state {
            RunState::Requested { until } => Some(until),
            RunState::Running { alive_until, .. } => Some(alive_until),
            RunState::Ended { .. } => None,
        }
    }
}

const NOBODY_TOOK_IT: &str = "no process with the role `batch` took it: start one";

impl RunState {
    fn begun(process: &str, now: Timestamp) -> Self {
        Self::Running {
            begun: Begun {
                by: process.to_owned(),
                at: now,
            },
            alive_until: now + limits::RUN_BELIEVED_ALIVE,
        }
    }

    /// In a word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "requested",
            Self::Running { .. } => "running",
            Self::Ended { end, .. } => end.name(),
        }
    }
}

impl RunEnd {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Died => "died",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn asked_for() -> JobRun {
        let id = JobRunId::from_bytes([1; 16]);
        JobRun::asked_for(id, JobName::new("analyze").unwrap(), "ana", NOW)
    }

    #[test]
    fn a_run_is_taken_once_kept_alive_and_ended_by_its_process() {
        let run = asked_for().taken("one", NOW).unwrap();
        assert_eq!(run.clone().taken("other", NOW), None);
        let later = NOW + limits::RUN_BELIEVED_ALIVE;
        let kept = run.kept(Progress::default(), later).unwrap();
        assert!(kept.is_alive(later));
        let ended = kept.ended(Progress::default(), Ending::Done, later).unwrap();
        assert_eq!((ended.end(), ended.due_at()), (Some(RunEnd::Done), None));
        assert_eq!(ended.kept(Progress::default(), later), None);
    }

    #[test]
    fn who_is_not_heard_of_is_given_up_and_nobody_before() {
        let running = asked_for().taken("one", NOW).unwrap();
        let soon = NOW + limits::RUN_BELIEVED_ALIVE;
        assert_eq!(running.clone().given_up(soon - Duration::from_millis(1)), None);
        assert_eq!(running.given_up(soon).unwrap().end(), Some(RunEnd::Died));
        let waiting = asked_for();
        let late = waiting.due_at().unwrap();
        assert_eq!(waiting.given_up(late).unwrap().end(), Some(RunEnd::Failed));
    }
    #[test]
    fn a_due_run_that_was_lost_is_begun_again_a_few_times_and_one_that_failed_is_not() {
        let id = JobRunId::from_bytes([2; 16]);
        let name = JobName::new("analyze").unwrap();
        let run = JobRun::due(id, name.clone(), NOW, "one", NOW);
        let ended = |ending| run.clone().ended(Progress::default(), ending, NOW).unwrap();
        let stopped = ended(Ending::Stopped("stopped".to_owned()));
        let failed = ended(Ending::Failed("1 of 2 failed".to_owned()));
        let died = run.clone().given_up(NOW + limits::RUN_BELIEVED_ALIVE).unwrap();
        let new = Job::new(name, NOW - Duration::from_secs(1));
        let mut job = new.with_run(NOW, id, None).unwrap();
        for other in [
            None,
            Some(&run),
            Some(&failed),
            Some(&ended(Ending::Done)),
            Some(&asked_for()),
        ] {
            assert_eq!(job.clone().with_run(NOW, id, other), None, "{other:?}");
        }
        let earlier = NOW - Duration::from_mins(1);
        assert_eq!(job.clone().with_run(earlier, id, Some(&died)), None);
        for lost in [&stopped, &died]
            .into_iter()
            .cycle()
            .take(limits::RUN_BEGUN_AGAIN_MAX as usize)
        {
            job = job.with_run(NOW, id, Some(lost)).unwrap();
        }
        assert_eq!(
            job.clone().with_run(NOW, id, Some(&died)),
            None,
            "it kills whoever begins it"
        );
        let next = job
            .with_run(NOW + Duration::from_mins(5), id, Some(&died))
            .unwrap();
        assert_eq!(next.begun_again, 0);
    }
}
