//! `ticketon dispatcher run`: lets people in, and says for each decision why so many and not more.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use ticketon_core::event::Event;
use ticketon_core::ids::{EventId, Slug};
use ticketon_core::row::{RowId, UniqueKey};
use ticketon_core::store::Freshness;
use ticketon_core::{Context, Refusal, Timestamp};
use ticketon_server::background::{Decided, Dispatcher};
use ticketon_server::roles::{Role, Roles};
use ticketon_server::server::Server;

use crate::commands::serve::told_to_stop;
use crate::configuration::Key;
use crate::console::Console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shell::Shell;
use crate::tracing_output;

/// Let people in, with a line for each decision and its reason
///
/// The dispatcher of `ticketon serve --role dispatcher`, in the foreground. Any number may run at the same time: the
/// queue admits nobody twice. A decision that is the same as the one before it is not repeated.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ticketon dispatcher run\n  ticketon dispatcher run --event winter-recital\n  ticketon dispatcher run --once --format jsonl"
)]
pub(crate) struct Args {
    /// Only into this event: its slug, or its id
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// Take one step in every room, whoever else does, and end
    #[arg(long)]
    once: bool,
}

impl Args {
    /// Runs until it is told to stop, or once.
    pub(crate) async fn run(self, shell: &Shell) -> Result<Exit, Failure> {
        let settings = shell.settings_of(Roles::of([Role::Dispatcher]))?;
        tracing_output::start(shell.get(Key::LogFormat))?;
        let server = Server::open_or_create(&settings).await?;
        let only = match &self.event {
            Some(name) => Some(event(&server.shop().cx, name).await?),
            None => None,
        };
        let mut dispatcher = Dispatcher::for_others(server.shop().clone(), only);
        let mut lines = Lines::on(shell.console);
        if self.once {
            dispatcher.open_rooms().await;
            lines.write(dispatcher.tick_rooms_anyway().await)?;
            server.stop().await;
            return Ok(Exit::Done);
        }
        server
            .dispatch(dispatcher, told_to_stop()?, |decided| lines.write(decided))
            .await?;
        Ok(Exit::Done)
    }
}

/// An event by its name in addresses, or by its id.
async fn event(cx: &Context, name: &str) -> Result<EventId, Failure> {
    let id = match (name.parse(), Slug::new(name)) {
        (Ok(id), _) => Some(RowId::Event(id)),
        (Err(_), Ok(slug)) => cx.reads.holder(&UniqueKey::EventSlug(slug)).await?,
        (Err(_), Err(_)) => None,
    };
    let not_found = || Failure::from(Refusal::not_found("event", &name)).hint("ticketon event list");
    let Some(RowId::Event(id)) = id else {
        return Err(not_found());
    };
    let found = cx.load::<Event>((id,), Freshness::Fresh).await?;
    found.map(|(event, _)| event.id).ok_or_else(not_found)
}

/// What was decided, a line each.
struct Lines {
    console: Console,
    /// What was said last, by event and sale.
    said: BTreeMap<(String, String), Line>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    at: Timestamp,
    event: String,
    sale: String,
    /// Let in by this step.
    admitted: u64,
    /// Why so many and not more.
    because: String,
    /// Who was told that all is sold.
    told_sold_out: u64,
    /// Whose claim time or pass ran out.
    ended: u64,
    /// How many wait after it; none where another process decided.
    waiting: Option<u64>,
    /// How many are inside after it.
    active: Option<u64>,
}

impl Lines {
    fn on(console: Console) -> Self {
        Self {
            console,
            said: BTreeMap::new(),
        }
    }

    fn write(&mut self, decided: Vec<Decided>) -> Result<(), Failure> {
        for line in decided.into_iter().map(Line::from) {
            let of = (line.event.clone(), line.sale.clone());
            let is_new = self.said.get(&of).is_none_or(|before| line.is_news_after(before));
            if is_new {
                self.console.data(&line, || line.human())?;
                self.said.insert(of, line);
            }
        }
        Ok(())
    }
}

impl Line {
    /// Something happened, or the reason why nothing does is another one.
    fn is_news_after(&self, before: &Self) -> bool {
        self.admitted + self.told_sold_out + self.ended > 0 || self.because != before.because
    }

    fn human(&self) -> String {
        let Self {
            at,
            event,
            sale,
            admitted,
            because,
            told_sold_out,
            ended,
            ..
        } = self;
        let mut text = format!("{at}  {event}/{sale}  admitted {admitted}: {because}");
        // Writing into a text cannot fail.
        if *told_sold_out > 0 {
            let _ = write!(text, "; {told_sold_out} were told");
        }
        if *ended > 0 {
            let _ = write!(text, "; {ended} ran out of time");
        }
        if let (Some(waiting), Some(active)) = (self.waiting, self.active) {
            let _ = write!(text, "; {waiting} wait, {active} inside");
        }
        text + "\n"
    }
}

impl From<Decided> for Line {
    fn from(decided: Decided) -> Self {
        let Decided {
            at,
            event,
            sale,
            tick,
        } = decided;
        match tick {
            Some(tick) => Self {
                at,
                event,
                sale,
                admitted: tick.decision.admit,
                because: tick.decision.because.to_string(),
                told_sold_out: tick.told_sold_out,
                ended: tick.ended.len() as u64,
                waiting: Some(tick.counters.waiting),
                active: Some(tick.counters.active),
            },
            None => Self {
                at,
                event,
                sale,
                admitted: 0,
                because: "another dispatcher decides here".to_owned(),
                told_sold_out: 0,
                ended: 0,
                waiting: None,
                active: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(admitted: u64, because: &str) -> Line {
        Line {
            at: Timestamp::from_millis(1_796_122_800_000),
            event: "recital".to_owned(),
            sale: "general".to_owned(),
            admitted,
            because: because.to_owned(),
            told_sold_out: 0,
            ended: 0,
            waiting: Some(3),
            active: Some(2),
        }
    }

    #[test]
    fn a_decision_is_told_in_one_line() {
        let told = line(2, "2 slots were free").human();
        assert_eq!(
            told,
            "2026-12-01T11:00:00Z  recital/general  admitted 2: 2 slots were free; 3 wait, 2 inside\n"
        );
    }

    #[test]
    fn what_is_as_before_is_not_repeated() {
        assert!(!line(0, "nobody waits").is_news_after(&line(2, "nobody waits")));
        assert!(line(0, "nobody waits").is_news_after(&line(0, "sold out")));
        assert!(line(1, "nobody waits").is_news_after(&line(1, "nobody waits")));
    }
}
