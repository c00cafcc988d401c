//! `ticketon event …`

pub(crate) mod apply;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod publish;
pub(crate) mod show;

use std::fmt::Write as _;

use clap::Subcommand;
use serde::Deserialize;
use ticketon_core::{Timestamp, Won};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// What can be done with events.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Create(create::Args),
    Apply(apply::Args),
    Publish(publish::Args),
    Delete(delete::Args),
    Show(show::Args),
    List(list::Args),
}

impl Verb {
    /// Does it.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        match self {
            Self::Create(create) => create.run(shell).await,
            Self::Apply(apply) => apply.run(shell).await,
            Self::Publish(publish) => publish.run(shell).await,
            Self::Delete(delete) => delete.run(shell).await,
            Self::Show(show) => show.run(shell).await,
            Self::List(list) => list.run(shell).await,
        }
    }
}

/// An event as the API shows it, as far as people are told of it here.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    /// Its name in addresses.
    pub(crate) slug: String,
    title: String,
    organization: String,
    state: String,
    time_zone: String,
    test: bool,
    #[serde(rename = "performance")]
    /// Its dates.
    pub(crate) performances: Vec<Performance>,
    #[serde(rename = "price")]
    prices: Vec<Price>,
    #[serde(rename = "sale")]
    sales: Vec<Sale>,
    views: u64,
}

/// One date of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Performance {
    /// Its identifier.
    pub(crate) id: String,
    starts_at: Timestamp,
    venue: String,
    seats: u32,
}

#[derive(Debug, Deserialize)]
struct Price {
    grade: String,
    kind: String,
    amount: Won,
}

#[derive(Debug, Deserialize)]
struct Sale {
    name: String,
    phase: String,
    opens_at: Timestamp,
    closes_at: Timestamp,
}

impl Event {
    /// Whether it is on no shelf yet.
    pub(crate) fn is_draft(&self) -> bool {
        self.state == "draft"
    }

    /// For people, with times as the clocks of its zone show them.
    pub(crate) fn human(&self) -> String {
        let local = |at: &Timestamp| at.on_clocks_of(&self.time_zone);
        let mut text = format!(
            "{}  {}{}\n",
            self.slug,
            self.title,
            if self.test { "  (play money)" } else { "" }
        );
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "  {name:<12} {value}");
        };
        line("state", self.state.clone());
        line("time zone", self.time_zone.clone());
        line("sold by", self.organization.clone());
        for performance in &self.performances {
            let Performance {
                id,
                starts_at,
                venue,
                seats,
            } = performance;
            line(
                "performance",
                format!("{}  {venue}  {seats} seats  {id}", local(starts_at)),
            );
        }
        for Price { grade, kind, amount } in &self.prices {
            line("price", format!("{grade}/{kind} {amount}"));
        }
        for Sale {
            name,
            phase,
            opens_at,
            closes_at,
        } in &self.sales
        {
            let (opens, closes) = (local(opens_at), local(closes_at));
            line("sale", format!("{name}  {phase}  {opens} to {closes}"));
        }
        line("views", self.views.to_string());
        text
    }
}
