//! What runs without being asked: the dispatcher, the worker and the readers of the log. Each is a loop that
//! ends when the shop stops, after the step it is in.

mod dispatcher;
mod followers;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::shop::Shop;

/// The running loops.
pub struct Background {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Background {
    /// Starts every loop.
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
