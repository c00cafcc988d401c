//! Making the projections anew, from the log or from Kafka, beside the live ones; and whether all come to the same.
//!
//! Nothing is written. Facts are gone through once, in one snapshot; of each projection only its rows are held in memory.
//! What a fact sets off elsewhere (money that goes back, places that come free) is not set off again: a projection is
//! made of facts, and does nothing.

mod from_kafka;
mod outcome;

use std::fmt;
use std::str::FromStr;

use ticketon_core::Timestamp;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::projection::{Projected, Projection};
use ticketon_core::store::{Snapshot, Unavailable};

use crate::adapter::kafka::BusError;
use crate::limits;
use crate::settings::KafkaAddress;

pub use outcome::{Rebuilt, Replayed};

/// What is to be replayed.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// From which fact on; without it from the first.
    pub from: Option<Bound>,
    /// Up to which fact; without it up to where the live projections are.
    pub until: Option<Bound>,
    /// Which projections.
    pub projections: Vec<Projection>,
    /// The Kafka to replay from as well.
    pub kafka: Option<KafkaAddress>,
}

/// A place in the log, or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// That fact.
    Position(Position),
    /// What happened at that moment.
    Time(Timestamp),
}

/// A text that is no bound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a position nor a time: write `1200`, or `2027-02-05T19:30:00+09:00`")]
pub struct BadBound(String);

/// Why nothing was replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Facts that are gone.
    #[error("facts are kept from position {first} on, of {at}: what was before cannot be replayed")]
    Forgotten {
        /// The first that is kept.
        first: Position,
        /// When it happened.
        at: Timestamp,
    },
    /// The relay is not there yet.
    #[error(
        "the relay has published up to position {published}, the projections stand at {wanted}: try again"
    )]
    KafkaBehind {
        /// How far it is.
        published: Position,
        /// How far it must be.
        wanted: Position,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] Unavailable),
    /// Kafka.
    #[error(transparent)]
    Bus(#[from] BusError),
}

/// Replays what a snapshot has; `seen` hears at which position it is, now and then.
pub async fn replay(
    snapshot: &mut dyn Snapshot,
    plan: &Plan,
    mut seen: impl FnMut(Position),
) -> Result<Replayed, ReplayError> {
    let first = snapshot.facts(Position::default(), 1).await?.into_iter().next();
    refuse_what_is_gone(plan, first.as_ref())?;
    let mut live = Vec::with_capacity(plan.projections.len());
    for projection in &plan.projections {
        live.push(Projected::live(snapshot, *projection).await?);
    }
    let part = Part::of(plan, live);
    let mut replayed = from_log(snapshot, first.as_ref(), &part, &mut seen).await?;
    if let Some(address) = &plan.kafka {
        let rebuilt = from_kafka::rebuild(snapshot, address, &part, &mut seen).await?;
        replayed.compare_with_kafka(rebuilt);
    }
    Ok(replayed)
}

fn refuse_what_is_gone(plan: &Plan, first: Option<&Recorded>) -> Result<(), ReplayError> {
    let Some(Recorded { position, fact, .. }) = first else {
        return Ok(());
    };
    let is_kept = match plan.from {
        _ if *position == Position(1) => true,
        None => false,
        Some(Bound::Position(from)) => from >= *position,
        Some(Bound::Time(from)) => from >= fact.at,
    };
    if is_kept {
        return Ok(());
    }
    Err(ReplayError::Forgotten {
        first: *position,
        at: fact.at,
    })
}

async fn from_log(
    snapshot: &mut dyn Snapshot,
    first: Option<&Recorded>,
    part: &Part,
    seen: &mut impl FnMut(Position),
) -> Result<Replayed, ReplayError> {
    let mut rebuilt = part.nothing();
    let mut replayed = Replayed::of(first);
    let mut last = first.map_or(0, |first| first.position.0.saturating_sub(1));
    loop {
        let page = snapshot.facts(Position(last), limits::FACTS_AT_ONCE).await?;
        let Some(end) = page.last() else { break };
        for recorded in &page {
            if recorded.position.0 != last + 1 {
                replayed.missing(last + 1, recorded.position.0 - 1);
            }
            last = recorded.position.0;
            replayed.facts += u64::from(part.count(&mut rebuilt, recorded));
        }
        seen(end.position);
        if page.len() < limits::FACTS_AT_ONCE || part.is_over(end) {
            break;
        }
    }
    // The projections have seen what the log has not any more.
    if part.is_whole && Position(last) < part.end() {
        replayed.missing(last + 1, part.end().0);
    }
    replayed.last = Position(last);
    replayed.compare(rebuilt, part);
    Ok(replayed)
}

/// Which facts count.
struct Part {
    from: Option<Bound>,
    until: Option<Bound>,
    live: Vec<Projected>,
    /// Nothing is left out, so that what comes of it can be compared with what is live.
    is_whole: bool,
}

impl Part {
    fn of(plan: &Plan, live: Vec<Projected>) -> Self {
        let is_first = |from: Bound| matches!(from, Bound::Position(Position(0 | 1)));
        Self {
            from: plan.from,
            until: plan.until,
            live,
            is_whole: plan.until.is_none() && plan.from.is_none_or(is_first),
        }
    }

    fn nothing(&self) -> Vec<Projected> {
        let nothing = |live: &Projected| Projected::nothing(live.projection);
        self.live.iter().map(nothing).collect()
    }

    /// Counts a fact where it counts; answers whether it did.
    fn count(&self, rebuilt: &mut [Projected], recorded: &Recorded) -> bool {
        if !self.has(recorded) {
            return false;
        }
        let mut is_counted = false;
        for (rebuilt, live) in rebuilt.iter_mut().zip(&self.live) {
            if !self.is_whole || recorded.position <= live.position {
                rebuilt.count(recorded);
                is_counted = true;
            }
        }
        is_counted
    }

    fn has(&self, recorded: &Recorded) -> bool {
        let is_from = match self.from {
            None => true,
            Some(Bound::Position(from)) => recorded.position >= from,
            Some(Bound::Time(from)) => recorded.fact.at >= from,
        };
        let is_until = match self.until {
            None => true,
            Some(Bound::Position(until)) => recorded.position <= until,
            Some(Bound::Time(until)) => recorded.fact.at <= until,
        };
        is_from && is_until
    }

    /// Whether nothing after this fact counts.
    fn is_over(&self, recorded: &Recorded) -> bool {
        match self.until {
            Some(Bound::Position(until)) => recorded.position >= until,
            // Several processes have several clocks.
            Some(Bound::Time(_)) => false,
            None => self.is_whole && recorded.position >= self.end(),
        }
    }

    /// How far the live projections are.
    fn end(&self) -> Position {
        let positions = self.live.iter().map(|live| live.position);
        positions.max().unwrap_or_default()
    }
}

impl FromStr for Bound {
    type Err = BadBound;

    fn from_str(text: &str) -> Result<Self, BadBound> {
        if let Ok(position) = text.parse() {
            return Ok(Self::Position(Position(position)));
        }
        let time = text.parse().map(Self::Time);
        time.map_err(|_| BadBound(text.to_owned()))
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Position(position) => position.fmt(f),
            Self::Time(time) => time.fmt(f),
        }
    }
}
