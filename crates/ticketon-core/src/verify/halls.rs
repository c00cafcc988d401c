//! `replay_gives_same_state`, the halls: seats rebuilt from facts alone equal their rows, in state and version.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::log::Log;
use super::{Audit, Promise};
use crate::availability::{Availability, Hall, Shown};
use crate::event::Performance;
use crate::ids::PerformanceId;
use crate::limits;
use crate::plan::SeatNumber;
use crate::row::RowId;
use crate::seat::Seat;
use crate::store::{Pages, Unavailable, Version};

const PROMISE: Promise = Promise::ReplayGivesSameState;

/// Halls that are rebuilt in one pass over the log.
type Halls = BTreeMap<PerformanceId, Rebuilt>;

struct Rebuilt {
    hall: Arc<Hall>,
    rows_seen: usize,
}

impl Audit<'_> {
    /// Rebuilds all halls, a few at a time, and compares every seat.
    pub(super) async fn check_halls(&mut self) -> Result<(), Unavailable> {
        let groups = self.groups().await?;
        let mut after: Option<RowId> = None;
        for (index, group) in groups.iter().enumerate() {
            let until = groups.get(index + 1).and_then(|next| next.first()).copied();
            let halls = self.rebuild(group).await?;
            self.compare_halls(halls, after, until).await?;
            after = group.last().map(|last| RowId::Seat(*last, SeatNumber(u32::MAX)));
        }
        Ok(())
    }

    /// All performances in the order of their names, as many together as may be held in memory.
    async fn groups(&mut self) -> Result<Vec<Vec<PerformanceId>>, Unavailable> {
        let mut groups = vec![Vec::new()];
        let mut seats = 0;
        let mut pages = Pages::<Performance>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (performance, _) in page {
                if seats + performance.seats > limits::REBUILT_AT_ONCE && seats > 0 {
                    groups.push(Vec::new());
                    seats = 0;
                }
                seats += performance.seats;
                if let Some(group) = groups.last_mut() {
                    group.push(performance.id);
                }
            }
        }
        Ok(groups)
    }

    async fn rebuild(&mut self, group: &[PerformanceId]) -> Result<Halls, Unavailable> {
        let availability = Availability::default();
        let mut halls = Halls::new();
        for performance in group {
            let hall = availability.hall(*performance);
            halls.insert(*performance, Rebuilt { hall, rows_seen: 0 });
        }
        let mut log = Log::default();
        while let Some(page) = log.next(&mut *self.snapshot).await? {
            for recorded in page {
                availability.follow(recorded.position, &recorded.fact);
            }
        }
        Ok(halls)
    }

    /// Compares the seats after one name and before a performance.
    async fn compare_halls(
        &mut self,
        mut halls: Halls,
        after: Option<RowId>,
        until: Option<PerformanceId>,
    ) -> Result<(), Unavailable> {
        let mut pages = Pages::<Seat>::after(after);
        'seats: while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (seat, version) in page {
                if until.is_some_and(|until| seat.performance >= until) {
                    break 'seats;
                }
                self.compare_seat(&mut halls, &seat, version);
            }
        }
        for (performance, rebuilt) in halls {
            let seats = rebuilt.hall.seats();
            if rebuilt.rows_seen != seats {
                let message = format!("facts make {seats} seats, there are {} rows", rebuilt.rows_seen);
                self.findings
                    .broken(PROMISE, message, [RowId::Performance(performance)]);
            }
        }
        Ok(())
    }

    fn compare_seat(&mut self, halls: &mut Halls, seat: &Seat, version: Version) {
        self.findings.checked(PROMISE, 1);
        let rebuilt = halls.get_mut(&seat.performance);
        let from_facts = rebuilt.and_then(|rebuilt| {
            rebuilt.rows_seen += 1;
            rebuilt.hall.at(seat.number)
        });
        let row = (Shown::from(seat.state), version);
        if from_facts != Some(row) {
            let message = format!("facts make a seat {from_facts:?}, its row says {row:?}");
            let rows = [RowId::Seat(seat.performance, seat.number)];
            self.findings.broken(PROMISE, message, rows);
        }
    }
}
