//! The shop's processes while the sale runs.

use std::time::Duration;

use futures_util::future::{select_all, try_join_all};

use super::child::{Recipe, ServerChild};
use crate::failure::Failure;

/// Every process of the shop.
#[derive(Debug)]
pub(crate) struct Company {
    children: Vec<ServerChild>,
    kills: usize,
}

impl Company {
    /// Starts all at once, and waits until each answers.
    pub(crate) async fn start(recipes: &[Recipe]) -> Result<Self, Failure> {
        let children = recipes.iter().map(|recipe| ServerChild::start(recipe.clone()));
        Ok(Self {
            children: try_join_all(children).await?,
            kills: 0,
        })
    }

    /// Kills the one whose turn it is, and starts it again after a while; says who it was and how long it was away.
    pub(crate) async fn kill_next(&mut self, dead_for: Duration) -> Result<(String, Duration), Failure> {
        let turn = self.kills % self.children.len();
        self.kills += 1;
        let child = &mut self.children[turn];
        let away = child.kill_and_restart(dead_for).await?;
        Ok((child.name().to_owned(), away))
    }

    /// Waits until one ends by itself, which none should.
    pub(crate) async fn ended(&mut self) -> Failure {
        let ended = self.children.iter_mut().map(|child| Box::pin(child.ended()));
        select_all(ended).await.0
    }

    /// Lets all finish what runs, and ends them.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        try_join_all(self.children.into_iter().map(ServerChild::stop)).await?;
        Ok(())
    }
}
