//! A process and its calls to the world outside. Every port of the shop goes through here: this is where faults
//! happen and where processes die.
//!
//! A dead process's calls never return. Whatever it does only in memory nobody sees, so it is as gone as a process
//! that was killed: nothing of it is unwound and nothing of it is dropped in order.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ticketon_core::store::Unavailable;
use tokio::sync::Semaphore;
use tokio::time::sleep;

use super::world::World;

/// One process, from its start to its death.
pub(super) struct Life {
    number: u32,
    is_over: AtomicBool,
    /// Closed at the end; wakes whoever waits in the order in which they came.
    end: Semaphore,
}

/// A process's way to the world outside.
#[derive(Clone)]
pub(super) struct Port {
    pub(super) world: Arc<World>,
    pub(super) life: Arc<Life>,
}

impl Life {
    pub(super) fn new(number: u32) -> Self {
        Self {
            number,
            is_over: AtomicBool::new(false),
            end: Semaphore::new(0),
        }
    }

    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.end.close();
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Ready once it is over.
    pub(super) async fn over(&self) {
        // It is never given a permit, so it answers only when it is closed.
        assert!(self.end.acquire().await.is_err());
    }
}

impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.number)
    }
}

impl Port {
    /// A call sets out. It may take its time, be refused, or be the last thing that the process did.
    pub(super) async fn call(&self, what: &str) -> Result<(), Unavailable> {
        self.survive(what).await;
        let weather = self.world.weather();
        if self.world.dice.chance(weather.slow) {
            let time = self.world.dice.one_of(&[1, 1, 5, 20, 60, 400]);
            sleep(self.world.dice.millis(time, 2 * time + 1)).await;
            self.survive(what).await;
        }
        if self.world.dice.chance(weather.refused) || self.world.is_outage(what) {
            self.world.say(format_args!("{}: {what} is refused", self.life));
            return Err(Unavailable(format!("{what} does not answer")));
        }
        Ok(())
    }

    /// What was called for is done, and the answer is on its way.
    pub(super) async fn answer(&self, what: &str) -> Result<(), Unavailable> {
        self.survive(what).await;
        if self.world.dice.chance(self.world.weather().lost) {
            self.world.say(format_args!(
                "{}: {what} was done, and its answer is lost",
                self.life
            ));
            return Err(Unavailable(format!("the answer of {what} is lost")));
        }
        Ok(())
    }

    /// Goes on, or never.
    pub(super) async fn survive(&self, what: &str) {
        let is_deadly = self.world.dice.chance(self.world.weather().deadly);
        if is_deadly && !self.life.is_over() {
            self.world.say(format_args!("{} dies at {what}", self.life));
            self.life.end();
        }
        if self.life.is_over() {
            std::future::pending::<()>().await;
        }
    }
}
