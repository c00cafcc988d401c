//! The scheduler: looks again and again which job is due or was asked for, and runs it if no other process does.

use std::sync::Arc;

use ticketon_core::entropy::Entropy;
use ticketon_core::ids::JobRunId;
use ticketon_core::job::{Job as Stands, JobRun};
use ticketon_core::{Refusal, enlist_job, give_up_runs, miss_due, start_due_run, take_requested_run};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Job, NoJob, run};
use crate::limits;
use crate::shop::Shop;

/// The jobs of one process.
pub struct Scheduler {
    shop: Arc<Shop>,
    /// What the process is called in the history.
    process: String,
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Scheduler {
    /// The jobs of a process that runs nothing yet.
    pub fn new(shop: Arc<Shop>) -> Self {
        Self {
            process: name(&*shop.cx.entropy),
            shop,
            stop: watch::Sender::new(false),
            running: JoinSet::new(),
        }
    }

    /// One look at the clock and the store: begins what is due and what was asked for, gives up whoever is not heard of.
    pub async fn look(&mut self) -> Result<(), Refusal> {
        let shop = Arc::clone(&self.shop);
        for run in give_up_runs(&shop.background, limits::RUNS_GIVEN_UP_AT_ONCE).await? {
            tracing::warn!(job.run = %run.id, "a run of `{}` was given up: {}", run.job, run.state.name());
        }
        for job in Job::ALL {
            let stands = enlist_job(&shop.background, &job.key()).await?;
            let requested = match stands.latest {
                Some(latest) => take_requested_run(&shop.background, latest, &self.process).await?,
                None => None,
            };
            let run = match requested {
                Some(run) => Some(run),
                None => self.due(job, &stands).await?,
            };
            if let Some(run) = run {
                self.begin(job, run);
            }
        }
        Ok(())
    }

    /// Begins this one run, if it still waits for a process; says whether it did. For a command, which has no business with
    /// what others ask for.
    pub async fn run_this(&mut self, run: JobRunId) -> Result<bool, Refusal> {
        let taken = take_requested_run(&self.shop.background, run, &self.process).await?;
        let Some(run) = taken else { return Ok(false) };
        let job = run
            .job
            .as_str()
            .parse()
            .map_err(|unknown: NoJob| Refusal::internal(unknown))?;
        self.begin(job, run);
        Ok(true)
    }

    /// Waits until all that this process runs has ended.
    pub async fn idle(&mut self) {
        while let Some(ended) = self.running.join_next().await {
            if let Err(error) = ended {
                tracing::error!("a run has died: {error}");
            }
        }
    }

    /// Lets what runs finish within its time, and cuts what does not.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        self.idle().await;
    }

    /// The run of the moment that was due last, if it is this process that begins it. Moments before that one are
    /// never made up for.
    async fn due(&self, job: Job, stands: &Stands) -> Result<Option<JobRun>, Refusal> {
        let (cx, now) = (&self.shop.background, self.shop.cx.now());
        let due = self.shop.schedules.of(job).last_until(now);
        // One that was taken may have been lost with its process.
        let Some(due) = due.filter(|due| stands.taken <= *due) else {
            return Ok(None);
        };
        let is_to_be_had = stands.taken < due;
        if now.since(due) > job.late_max() {
            if is_to_be_had && miss_due(cx, &stands.name, due).await? {
                tracing::warn!(
                    "`{job}` was due at {due} and nobody was there: it is left out until the next time"
                );
            }
            return Ok(None);
        }
        if is_to_be_had && !job.has_work(&self.shop).await {
            miss_due(cx, &stands.name, due).await?;
            return Ok(None);
        }
        start_due_run(cx, &stands.name, due, &self.process).await
    }

    fn begin(&mut self, job: Job, run: JobRun) {
        while self.running.try_join_next().is_some() {}
        tracing::info!(job.run = %run.id, "`{job}` begins");
        let (shop, stop) = (Arc::clone(&self.shop), self.stop.subscribe());
        self.running.spawn(run::execute(shop, job, run, stop));
    }
}

/// What the process is called in the history: nothing that another one is called.
fn name(entropy: &dyn Entropy) -> String {
    let mut random = [0; 4];
    entropy.fill(&mut random);
    let name = format!("batch-{:08x}", u32::from_be_bytes(random));
    tracing::debug!("this process runs jobs as `{name}`");
    name
}
