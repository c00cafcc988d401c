//! What runs without being asked: the dispatcher, the worker, the relay and the readers of the log. Each is a loop that
//! ends when the shop stops, after the step it is in.

mod dispatcher;
mod followers;
mod relay;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::adapter::kafka::Publisher;
use crate::shop::Shop;

/// The running loops.
pub struct Background {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Background {
    /// Starts every loop but the relay, which needs somewhere to publish.
    pub fn start(shop: &Arc<Shop>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(dispatcher::run(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(worker::expire(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(worker::look_up(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(worker::refund(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(worker::prune(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(worker::number(Arc::clone(shop), Stop(stopped.clone())));
        tasks.spawn(followers::seats_and_passes(
            Arc::clone(shop),
            Stop(stopped.clone()),
        ));
        tasks.spawn(followers::figures(Arc::clone(shop), Stop(stopped)));
        Self { stop, tasks }
    }

    /// Starts the relay beside them.
    #[must_use]
    pub fn publishing(mut self, shop: &Arc<Shop>, publisher: Publisher) -> Self {
        let stop = Stop(self.stop.subscribe());
        self.tasks.spawn(relay::run(Arc::clone(shop), publisher, stop));
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
