//! What came of a replay.

use serde::Serialize;
use ticketon_core::Timestamp;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::projection::{Projected, Projection, StateHash};
use ticketon_core::row::RowId;

use super::Part;
use super::from_kafka::FromKafka;
use crate::limits;

/// What came of a replay.
#[derive(Debug, Clone, Serialize)]
pub struct Replayed {
    /// The first fact that is kept; nothing takes facts away.
    pub first: Position,
    /// When it happened.
    pub first_at: Option<Timestamp>,
    /// The last fact that was gone through.
    pub last: Position,
    /// How many counted.
    pub facts: u64,
    /// Positions at which the log has no fact, as first and last.
    pub missing: Vec<(Position, Position)>,
    /// How many facts Kafka has not, where it was replayed from there too.
    pub missing_in_kafka: Option<u64>,
    /// How many messages in Kafka's topics are no facts, where it was replayed from there too.
    pub foreign_in_kafka: Option<u64>,
    /// What was made, a projection each.
    pub projections: Vec<Rebuilt>,
}

/// A projection that was made anew.
#[derive(Debug, Clone, Serialize)]
pub struct Rebuilt {
    /// Which.
    pub projection: Projection,
    /// Up to which fact.
    pub position: Position,
    /// How many rows it has.
    pub rows: usize,
    /// What they come to.
    pub hash: StateHash,
    /// What the live rows come to; none after a replay of a part, which cannot be compared.
    pub live_hash: Option<StateHash>,
    /// What Kafka's facts come to, where it was replayed from there too.
    pub kafka_hash: Option<StateHash>,
    /// Rows that are live otherwise; not all where there are many.
    pub differing: Vec<RowId>,
    /// The rows themselves, to be put in place.
    #[serde(skip)]
    pub projected: Projected,
}

impl Replayed {
    /// Whether the log is whole and all come to the same.
    pub fn is_same(&self) -> bool {
        self.missing.is_empty()
            && self.missing_in_kafka.unwrap_or(0) == 0
            && self.projections.iter().all(Rebuilt::is_same)
    }

    pub(super) fn of(first: Option<&Recorded>) -> Self {
        Self {
            first: first.map(|first| first.position).unwrap_or_default(),
            first_at: first.map(|first| first.fact.at),
            last: Position::default(),
            facts: 0,
            missing: Vec::new(),
            missing_in_kafka: None,
            foreign_in_kafka: None,
            projections: Vec::new(),
        }
    }

    pub(super) fn missing(&mut self, first: u64, last: u64) {
        if self.missing.len() < limits::VIOLATIONS_LISTED {
            self.missing.push((Position(first), Position(last)));
        }
    }

    pub(super) fn compare(&mut self, rebuilt: Vec<Projected>, part: &Part) {
        for (mut rebuilt, live) in rebuilt.into_iter().zip(&part.live) {
            if part.is_whole {
                rebuilt.position = live.position;
            }
            let compared = part.is_whole.then_some(live);
            let mut differing = compared.map(|live| rebuilt.differences(live)).unwrap_or_default();
            differing.truncate(limits::VIOLATIONS_LISTED);
            self.projections.push(Rebuilt {
                projection: rebuilt.projection,
                position: rebuilt.position,
                rows: rebuilt.rows.len(),
                hash: rebuilt.hash(),
                live_hash: compared.map(Projected::hash),
                kafka_hash: None,
                differing,
                projected: rebuilt,
            });
        }
    }

    pub(super) fn compare_with_kafka(&mut self, kafka: FromKafka) {
        self.missing_in_kafka = Some(self.facts.saturating_sub(kafka.facts));
        self.foreign_in_kafka = Some(kafka.foreign);
        for (rebuilt, kafka) in self.projections.iter_mut().zip(kafka.rebuilt) {
            rebuilt.kafka_hash = Some(kafka.hash());
        }
    }
}

impl Rebuilt {
    /// Whether whatever it was compared with comes to the same.
    pub fn is_same(&self) -> bool {
        [&self.live_hash, &self.kafka_hash]
            .into_iter()
            .flatten()
            .all(|hash| *hash == self.hash)
    }
}
