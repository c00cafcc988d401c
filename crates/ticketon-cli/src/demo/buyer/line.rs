//! Waiting in line: by asking when the shop says so, or by keeping a stream open. Both are told the same.

use std::time::Duration;

use serde::Deserialize;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, sleep, timeout};

use super::super::request::Request;
use super::super::tally::Step;
use super::{Person, Trouble, unforeseen};

/// Where the shop says that one stands.
#[derive(Debug, Deserialize)]
struct View {
    state: State,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    poll_after_ms: Option<u64>,
    #[serde(default)]
    pass: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Lobby,
    Waiting,
    Admitted,
    Ended,
}

/// A pass, or none where the sale has no queue.
#[derive(Debug, Clone)]
pub(super) struct Pass(pub(super) Option<String>);

/// What a stream that cannot be kept open is replaced by.
const STREAM_SILENT_FOR: Duration = Duration::from_secs(20);

impl Person {
    /// Waits for the turn; `None` if all was sold before.
    pub(super) async fn wait_in_line(&mut self) -> Result<Option<Pass>, Trouble> {
        let tally = std::sync::Arc::clone(&self.scene.tally);
        let came = Instant::now();
        tally.came.one();
        let mut view = self.enter().await?;
        let mut by_stream = false;
        loop {
            match view.state {
                State::Admitted => {
                    tally.took(Step::Admit, came.elapsed());
                    tally.admitted.one();
                    return Ok(Some(Pass(view.pass)));
                }
                State::Ended if view.reason.as_deref() == Some("sold_out") => {
                    tally.told(by_stream);
                    return Ok(None);
                }
                // Missed the turn: the machine was slower than the claim time.
                State::Ended => view = self.enter().await?,
                State::Lobby | State::Waiting => {
                    by_stream = self.wait_for_news(view.poll_after_ms).await;
                    view = self.look().await?;
                }
            }
        }
    }

    async fn enter(&self) -> Result<View, Trouble> {
        let started = Instant::now();
        let answer = self.ask(&Request::post(self.queue())).await?;
        self.scene.tally.took(Step::Enter, started.elapsed());
        view(&answer)
    }

    /// Whoever was let in gets the pass by looking.
    async fn look(&self) -> Result<View, Trouble> {
        view(&self.ask(&Request::get(self.queue())).await?)
    }

    /// Waits until there is something new, or it is time to ask; says whether a stream told it.
    async fn wait_for_news(&self, poll_after_ms: Option<u64>) -> bool {
        if self.buyer.listens
            && let Ok(slot) = self.scene.streams.try_acquire()
        {
            return self.listen(slot).await;
        }
        sleep(Duration::from_millis(poll_after_ms.unwrap_or(1_000))).await;
        false
    }

    /// Listens until one is let in or sent away. A stream that breaks is no answer: who listened asks.
    async fn listen(&self, _slot: SemaphorePermit<'_>) -> bool {
        let path = format!("/api/v1/stream?queue={}", self.scene.hall.event);
        let Ok(Ok(mut events)) = self.shop.to(&path).get(path.as_str()).listen().await else {
            sleep(Duration::from_secs(1)).await;
            return false;
        };
        while let Ok(Ok(Some(event))) = timeout(STREAM_SILENT_FOR, events.next()).await {
            if matches!(event.name.as_str(), "admitted" | "ended") {
                return true;
            }
        }
        false
    }

    fn queue(&self) -> String {
        format!("/api/v1/events/{}/queue", self.scene.hall.event)
    }
}

fn view(answer: &ticketon_server::client::Answer) -> Result<View, Trouble> {
    if answer.is_success() {
        Ok(answer.json()?)
    } else {
        Err(unforeseen("the queue", answer))
    }
}
