//! What runs without being asked: the dispatcher, the worker, the relay and the readers of the log. Each is a loop that
//! ends when the shop stops, after the step it is in.

mod dispatcher;
mod followers;
mod proofreader;
mod publishing;
mod relay;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::shop::Shop;

pub use publishing::Publishing;

/// The running loops.
pub struct Background {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Background {
    /// Starts every loop but those that need somewhere to publish.
    pub fn start(shop: &Arc<Shop>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(dispatcher::run(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(worker::expire(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(worker::look_up(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(worker::refund(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(worker::prune(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(worker::number(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(followers::seats(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(followers::passes(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(followers::projections(Arc::clone(shop), Stop(stopped)));
        Self { stop, tasks }
    }

    /// Starts the relay and the proofreader beside them.
    #[must_use]
    pub fn publishing(mut self, shop: &Arc<Shop>, publishing: Publishing) -> Self {
        let stop = || Stop(self.stop.subscribe());
        let Publishing { publisher, consumer } = publishing;
        self.tasks.spawn(relay::run(Arc::clone(shop), publisher, stop()));
        self.tasks
            .spawn(proofreader::run(Arc::clone(shop), consumer, stop()));
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
}

/// Says when to stop.
struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Waits; answers whether to go on.
    async fn pause(&mut self, pause: Duration) -> bool {
        tokio::time::timeout(pause, self.0.wait_for(|stop| *stop))
            .await
            .is_err()
    }
}
