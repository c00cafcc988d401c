//! `ticketon verify`: every promise, checked beside whoever sells.

use std::collections::BTreeSet;

use ticketon_core::Timestamp;
use ticketon_core::ids::EventId;
use ticketon_core::verify::{Basis, changed_since};
use ticketon_server::settings::TossSettings;

use crate::beside::Beside;
use crate::console::Paint;
use crate::demo::{promises_table, violations};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;

/// Check every promise of the shop
///
/// Reads the store of this folder beside the server, and the sandbox's ledger; changes nothing. Exit code 7: a promise
/// is broken. With `--event` or `--since` some events are looked at whole and the others not at all; the log, and what is
/// counted from it, are always looked at whole. Money at the provider that belongs to no order is told only without them.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon verify\n  ticketon verify --event winter-recital\n  ticketon verify --since 2026-12-01T00:00:00Z\n  ticketon verify --format json | jq .promises"
)]
pub(crate) struct Args {
    /// Only the sale of this event, by slug or id
    #[arg(long)]
    event: Option<String>,
    /// Only the sales of events that have changed since then, or have something open
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Do not compare with the provider's ledger
    #[arg(long)]
    no_provider: bool,
}

impl Args {
    /// Checks, and prints what was found.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let settings = shell.settings()?;
        let console = shell.console;
        console.say(format_args!(
            "via the store in {}, beside whoever sells",
            settings.store()
        ));
        let beside = Beside::open(&settings.store(), &settings.data_dir)
            .await?
            .with_rooms(&settings.queue)
            .await?;
        let basis = Basis {
            events: self.events(&beside).await?,
            ..Basis::default()
        };
        if let Some(events) = basis.events.as_ref().filter(|_| self.since.is_some()) {
            console.say(format_args!(
                "events that have changed or have something open: {}; not checked with `--since`: the others, and money at \
                 the provider that belongs to no order",
                events.len()
            ));
        }
        let has_ledger = matches!(settings.toss, TossSettings::Sandbox { .. });
        let report = if has_ledger && !self.no_provider {
            beside.check(basis).await?
        } else {
            console.say(format_args!("not compared with the provider's books"));
            beside.check_alone(&basis).await?
        };
        console.data(&report, || {
            promises_table(&report, Paint::of_stdout()) + &violations(&report)
        })?;
        if report.is_kept() {
            Ok(Exit::Done)
        } else {
            Ok(Exit::PromiseBroken)
        }
    }

    /// The events that are looked at; none: all.
    async fn events(&self, beside: &Beside) -> Result<Option<BTreeSet<EventId>>, Failure> {
        let named = match &self.event {
            Some(name) => Some(beside.event(name).await?),
            None => None,
        };
        let Some(since) = self.since else {
            return Ok(named.map(|event| BTreeSet::from([event])));
        };
        let mut changed = changed_since(&beside.reads, since).await?;
        changed.retain(|event| named.is_none_or(|named| *event == named));
        Ok(Some(changed))
    }
}
