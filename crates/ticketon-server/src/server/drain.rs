//! Ending within bounds: what runs gets a while to finish, and is cut if it does not.

use std::future::Future;
use std::io;

use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::limits;

/// A listener at work.
pub(super) struct Serving(JoinHandle<io::Result<()>>);

impl Serving {
    /// The listener that this task serves.
    pub(super) fn new(task: JoinHandle<io::Result<()>>) -> Self {
        Self(task)
    }

    /// Serves until `stop`; then calls `drain`, which must make the listener end, and waits for its connections.
    /// A listener that dies first is drained after as well, and is the error.
    pub(super) async fn until(
        mut self,
        stop: impl Future<Output = ()>,
        drain: impl FnOnce(),
    ) -> io::Result<()> {
        let ended = tokio::select! {
            biased;
            () = stop => None,
            ended = &mut self.0 => Some(ended),
        };
        tracing::info!("stopping: finishing what runs");
        drain();
        match ended {
            Some(Ok(Ok(()))) => Err(io::Error::other("it ended by itself")),
            Some(Ok(Err(error))) => Err(error),
            Some(Err(panic)) => Err(io::Error::other(panic)),
            None => {
                if in_time(&mut self.0, "connections").await.is_none() {
                    self.0.abort();
                }
                Ok(())
            }
        }
    }
}

/// What comes of something, if it ends within the time for draining.
pub(super) async fn in_time<T>(ending: impl Future<Output = T>, what: &str) -> Option<T> {
    let ended = timeout(limits::DRAIN, ending).await.ok();
    if ended.is_none() {
        tracing::warn!("some {what} did not end in time and were cut");
    }
    ended
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::time::{Duration, Instant, sleep};

    use super::*;

    #[tokio::test]
    async fn a_listener_that_dies_is_an_error_and_what_runs_is_drained_all_the_same() {
        let deaths = [
            tokio::spawn(async { panic!("out of sockets") }),
            tokio::spawn(ready(Err(io::Error::other("out of sockets")))),
            tokio::spawn(ready(Ok(()))),
        ];
        for death in deaths {
            let mut is_drained = false;
            let served = Serving::new(death).until(pending(), || is_drained = true).await;
            assert!(served.is_err() && is_drained);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn connections_that_do_not_end_are_cut_when_the_time_for_draining_is_over() {
        let began = Instant::now();
        let connection = tokio::spawn(pending());
        let handle = connection.abort_handle();
        Serving::new(connection).until(ready(()), || ()).await.unwrap();
        assert_eq!(began.elapsed(), limits::DRAIN);
        sleep(Duration::from_millis(1)).await;
        assert!(handle.is_finished());
    }
}
