//! How the hall stands: by the shop's own availability map while it sells, by the store at the end.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use ticketon_core::ids::PerformanceId;
use ticketon_core::seat::SeatState;
use ticketon_core::store::Reads;
use tokio::time::{Duration, Instant};

use super::buyer::Scene;
use super::doors::Doors;
use super::screen::Moment;
use crate::failure::Failure;

/// What was seen of the hall last, and how fast people were let in.
#[derive(Debug, Default)]
pub(crate) struct Sold {
    seen: Map,
    admitted: VecDeque<(Instant, u64)>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Map {
    held: u64,
    sold: u64,
}

/// The availability map as the API writes it: two bits a seat, the first seat in the lowest bits.
#[derive(Debug, Deserialize)]
pub(crate) struct SeatMap {
    seats: String,
}

const FREE: u8 = 0;
const HELD: u8 = 1;
const SOLD: u8 = 2;

/// Over which time the speed of admission is taken.
const SPEED_OVER: Duration = Duration::from_secs(5);

impl Sold {
    /// Looks at the map. A server that is dead just now shows nothing new.
    pub(crate) async fn look(&mut self, shop: &Doors, scene: &Scene) {
        let path = format!("/api/v1/performances/{}/seats", scene.hall.performance);
        let answer = shop
            .to(&path)
            .get(path.as_str())
            .within(Duration::from_millis(150))
            .send()
            .await;
        if let Some(map) = answer.ok().and_then(|answer| answer.json::<SeatMap>().ok()) {
            self.seen = map.counted(scene.hall.seats.len());
        }
        let now = Instant::now();
        self.admitted.push_back((now, scene.tally.admitted.get()));
        while self
            .admitted
            .front()
            .is_some_and(|(at, _)| now.duration_since(*at) > SPEED_OVER)
        {
            self.admitted.pop_front();
        }
    }

    /// The sale as it stands.
    pub(crate) fn moment(&self, scene: &Scene, buyers: u32) -> Moment {
        let tally = &scene.tally;
        Moment {
            buyers: buyers.into(),
            came: tally.came.get(),
            waiting: tally.waiting(),
            shopping: tally.shopping(),
            capacity: scene.hall.capacity.into(),
            admitted_per_minute: self.admitted_per_minute(),
            sold: self.seen.sold,
            held: self.seen.held,
            seats: scene.hall.seats.len() as u64,
            paid: tally.paid.get(),
            declined: tally.declined.get(),
            second_card: tally.second_card.get(),
            unknown: tally.answers_lost.get().saturating_sub(tally.answers_found.get()),
        }
    }

    fn admitted_per_minute(&self) -> u64 {
        let (Some((since, before)), Some((now, after))) = (self.admitted.front(), self.admitted.back())
        else {
            return 0;
        };
        let millis = now.duration_since(*since).as_millis().max(1);
        let count = u128::from(after - before);
        u64::try_from(count * 60_000 / millis).unwrap_or(u64::MAX)
    }
}

impl SeatMap {
    /// The places of the seats that are free.
    pub(crate) fn free(&self, seats: usize) -> impl Iterator<Item = usize> {
        let states = self.states(seats).into_iter().enumerate();
        states.filter(|(_, state)| *state == FREE).map(|(place, _)| place)
    }

    fn counted(&self, seats: usize) -> Map {
        let mut map = Map::default();
        for state in self.states(seats) {
            match state {
                HELD => map.held += 1,
                SOLD => map.sold += 1,
                _ => {}
            }
        }
        map
    }

    /// What is no map shows nothing.
    fn states(&self, seats: usize) -> Vec<u8> {
        let packed = STANDARD.decode(&self.seats).unwrap_or_default();
        let seats = seats.min(packed.len() * 4);
        (0..seats)
            .map(|seat| packed[seat / 4] >> (seat % 4 * 2) & 0b11)
            .collect()
    }
}

/// Seats that are sold, by their rows.
pub(crate) async fn in_store(reads: &impl Reads, performance: PerformanceId) -> Result<u64, Failure> {
    let (seats, _) = reads.seats(performance).await?;
    let sold = seats
        .iter()
        .filter(|(seat, _)| matches!(seat.state, SeatState::Sold(_)));
    Ok(sold.count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted_from_the_map() {
        let map = SeatMap {
            seats: STANDARD.encode([0b11_10_01_00, 0b10]),
        };
        assert_eq!(map.counted(5), Map { held: 1, sold: 2 });
        assert_eq!(map.free(5).collect::<Vec<_>>(), [0]);
    }
}
