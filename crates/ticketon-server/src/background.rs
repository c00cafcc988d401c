//! What runs without being asked: the dispatcher, the worker, the jobs, the relay and the readers of the log. Each is a loop that
//! ends when the shop stops, after the step it is in.

mod dispatcher;
mod followers;
mod jobs;
mod loops;
mod proofreader;
mod publishing;
mod relay;
mod worker;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::roles::{Role, Roles};
use crate::shop::Shop;

use loops::Pulse;

pub use dispatcher::{Decided, Dispatcher};
pub use loops::{LoopStanding, Loops};
pub use publishing::Publishing;
pub use relay::{NotRelayed, relay};

/// The running loops.
pub struct Background {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Background {
    /// Starts every loop but those that need somewhere to publish.
    pub fn start(shop: &Arc<Shop>) -> Self {
        Self::of(shop, &Roles::all())
    }

    /// Starts the loops of some roles, but those that need somewhere to publish.
    pub fn of(shop: &Arc<Shop>, roles: &Roles) -> Self {
        let mut background = Self::none();
        if roles.are_all() {
            background.run(shop, "dispatch", dispatcher::run);
        } else if roles.has(Role::Dispatcher) {
            background.run(shop, "dispatch", dispatcher::run_for_others);
        } else if roles.has(Role::Broker) {
            background.run(shop, "look", dispatcher::look);
        }
        if roles.has(Role::Worker) {
            background.run(shop, "expire", worker::expire);
            background.run(shop, "look_up", worker::look_up);
            background.run(shop, "refund", worker::refund);
            background.run(shop, "prune", worker::prune);
            background.run(shop, "number", worker::number);
        }
        if roles.any(Role::knows_seats) {
            background.run(shop, "seats", followers::seats);
        }
        if roles.has(Role::Worker) {
            background.run(shop, "passes", followers::passes);
            background.run(shop, "projections", followers::projections);
        }
        if roles.has(Role::Batch) {
            background.run(shop, "jobs", jobs::by_the_clock);
        }
        background
    }

    /// Only knows which seats are free: for a dispatcher that is run in the foreground.
    pub fn following_seats(shop: &Arc<Shop>) -> Self {
        let mut background = Self::none();
        background.run(shop, "seats", followers::seats);
        background
    }

    /// Starts the relay and the proofreader beside them.
    #[must_use]
    pub fn publishing(mut self, shop: &Arc<Shop>, publishing: Publishing) -> Self {
        let Publishing { publisher, consumer } = publishing;
        self.run(shop, "relay", |shop, stop| relay::run(shop, publisher, stop));
        self.run(shop, "proofread", |shop, stop| {
            proofreader::run(shop, consumer, stop)
        });
        self
    }

    /// Lets every loop finish its step, and ends them.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!("a background loop has died: {error}");
            }
        }
    }

    fn none() -> Self {
        Self {
            stop: watch::Sender::new(false),
            tasks: JoinSet::new(),
        }
    }

    fn run<F>(&mut self, shop: &Arc<Shop>, name: &'static str, task: impl FnOnce(Arc<Shop>, Stop) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let living = shop.loops.begin(name);
        let stop = Stop {
            told: self.stop.subscribe(),
            pulse: living.pulse(),
        };
        let running = task(Arc::clone(shop), stop);
        self.tasks.spawn(async move {
            let _living = living;
            running.await;
        });
    }
}

/// Says when to stop, and hears when a step is over.
struct Stop {
    told: watch::Receiver<bool>,
    pulse: Arc<Pulse>,
}

impl Stop {
    /// Waits; answers whether to go on.
    async fn pause(&mut self, pause: Duration) -> bool {
        self.pulse.rests();
        let stopped = tokio::time::timeout(pause, self.told.wait_for(|stop| *stop)).await;
        self.pulse.steps();
        stopped.is_err()
    }
}
