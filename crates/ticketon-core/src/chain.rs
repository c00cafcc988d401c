//! What proves that nobody changed the log: each stream's facts hashed one after the other. A projection, so it is made
//! anew like every other, and a fact that was changed, taken out or put in since it was counted makes another hash.
//!
//! Who can write to the store can write both. Against that, note a hash somewhere else.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::fact::{Position, Recorded, Stream};
use crate::projection::StateHash;

/// The facts of a stream, hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Which stream.
    pub stream: Stream,
    /// The last fact.
    pub position: Position,
    /// How many there are.
    pub facts: u64,
    /// Of the hash before and the last fact.
    pub hash: StateHash,
}

impl Chain {
    /// Before a stream's first fact.
    pub fn begun(stream: Stream) -> Self {
        Self {
            stream,
            position: Position::default(),
            facts: 0,
            hash: StateHash::of(Sha256::new()),
        }
    }

    /// Counts the stream's next fact.
    pub fn count(&mut self, recorded: &Recorded) {
        let json = serde_json::to_vec(recorded).expect("a fact is of texts and numbers, which JSON takes");
        self.position = recorded.position;
        self.facts += 1;
        self.hash = StateHash::of(Sha256::new().chain_update(self.hash.as_str()).chain_update(json));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Fact, What};
    use crate::time::Timestamp;

    fn chain(moments: &[i64]) -> StateHash {
        let user = "019a8b5e-7c00-7000-8000-000000000001".parse().expect("an id");
        let mut chain = Chain::begun(Stream::User(user));
        for (position, millis) in (1..).zip(moments) {
            chain.count(&Recorded {
                position: Position(position),
                fact: Fact {
                    stream: chain.stream,
                    at: Timestamp::from_millis(*millis),
                    what: What::SessionStarted { user },
                },
                act: None,
            });
        }
        chain.hash
    }

    #[test]
    fn a_log_of_before_acts_were_kept_hashes_as_it_did() {
        let before = "8b6062d640d3d13a";
        assert!(
            chain(&[1, 2, 3]).as_str().starts_with(before),
            "{}",
            chain(&[1, 2, 3]).as_str()
        );
    }

    #[test]
    fn a_fact_changed_taken_out_or_moved_makes_another_hash() {
        assert_eq!(chain(&[1, 2, 3]), chain(&[1, 2, 3]));
        for other in [&[1, 2, 4][..], &[1, 2], &[2, 1, 3], &[1, 2, 3, 3]] {
            assert_ne!(chain(&[1, 2, 3]), chain(other));
        }
    }
}
