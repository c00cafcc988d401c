//! `no_seat_sold_twice`: a seat has at most one live ticket, and its row says the same as tickets and holds.

use std::collections::BTreeMap;

use super::{Audit, Promise};
use crate::hold::{Hold, HoldState};
use crate::ids::{HoldId, PerformanceId, PurchaseId, TicketId};
use crate::plan::SeatNumber;
use crate::purchase::Purchase;
use crate::row::RowId;
use crate::seat::{Seat, SeatState};
use crate::store::{Pages, Unavailable};
use crate::ticket::{Ticket, TicketState};

const PROMISE: Promise = Promise::NoSeatSoldTwice;

type Place = (PerformanceId, SeatNumber);

impl Audit<'_> {
    /// Checks tickets against each other, and every seat's row against tickets and holds.
    pub(super) async fn check_seats(&mut self) -> Result<(), Unavailable> {
        let open = self.open_purchases().await?;
        let mut held = self.held_places(open).await?;
        let mut sold = self.sold_places().await?;
        let mut pages = Pages::<Seat>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (seat, _) in page {
                let place = (seat.performance, seat.number);
                self.check_seat(&seat, held.remove(&place), sold.remove(&place));
            }
        }
        for (place, ticket) in sold {
            self.without_a_seat(place, RowId::Ticket(ticket));
        }
        for (place, hold) in held {
            self.without_a_seat(place, RowId::Hold(hold));
        }
        Ok(())
    }

    /// Purchases that keep their hold's seats.
    async fn open_purchases(&mut self) -> Result<BTreeMap<PurchaseId, HoldId>, Unavailable> {
        let mut open = BTreeMap::new();
        let mut pages = Pages::<Purchase>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (purchase, _) in page {
                if purchase.state.is_open() {
                    open.insert(purchase.id, purchase.hold);
                }
            }
        }
        Ok(open)
    }

    /// The seats that holds keep, by themselves or for an open purchase.
    async fn held_places(
        &mut self,
        mut open: BTreeMap<PurchaseId, HoldId>,
    ) -> Result<BTreeMap<Place, HoldId>, Unavailable> {
        let mut held: BTreeMap<Place, HoldId> = BTreeMap::new();
        let mut pages = Pages::<Hold>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (hold, _) in page {
                let keeps = match hold.state {
                    HoldState::Active => true,
                    HoldState::Taken(purchase) if open.get(&purchase) == Some(&hold.id) => {
                        open.remove(&purchase);
                        true
                    }
                    HoldState::Taken(_) | HoldState::Released | HoldState::Expired => false,
                };
                for number in hold.numbers().filter(|_| keeps) {
                    if let Some(other) = held.insert((hold.performance, number), hold.id) {
                        let rows = [RowId::Hold(other), RowId::Hold(hold.id)];
                        self.findings.broken(PROMISE, "two holds keep one seat", rows);
                    }
                }
            }
        }
        for (purchase, hold) in open {
            let rows = [RowId::Purchase(purchase), RowId::Hold(hold)];
            let message = "the hold of an open purchase does not keep its seats";
            self.findings.broken(PROMISE, message, rows);
        }
        Ok(held)
    }

    /// The seats that live tickets are for.
    async fn sold_places(&mut self) -> Result<BTreeMap<Place, TicketId>, Unavailable> {
        let mut sold: BTreeMap<Place, TicketId> = BTreeMap::new();
        let mut pages = Pages::<Ticket>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            self.findings.checked(PROMISE, page.len());
            for (ticket, _) in page {
                if ticket.state == TicketState::Void {
                    continue;
                }
                if let Some(other) = sold.insert((ticket.performance, ticket.number), ticket.id) {
                    let rows = [
                        RowId::Ticket(other),
                        RowId::Ticket(ticket.id),
                        RowId::Seat(ticket.performance, ticket.number),
                    ];
                    let message = format!("seat `{}` has two live tickets", ticket.seat);
                    self.findings.broken(PROMISE, message, rows);
                }
            }
        }
        Ok(sold)
    }

    fn check_seat(&mut self, seat: &Seat, held: Option<HoldId>, sold: Option<TicketId>) {
        let agrees = match seat.state {
            SeatState::Free | SeatState::OffSale => held.is_none() && sold.is_none(),
            SeatState::Held(hold) => held == Some(hold) && sold.is_none(),
            SeatState::Sold(ticket) => sold == Some(ticket) && held.is_none(),
        };
        if agrees {
            return;
        }
        let named = match seat.state {
            SeatState::Free | SeatState::OffSale => None,
            SeatState::Held(hold) => Some(RowId::Hold(hold)),
            SeatState::Sold(ticket) => Some(RowId::Ticket(ticket)),
        };
        let others = [held.map(RowId::Hold), sold.map(RowId::Ticket)];
        let mut rows = vec![RowId::Seat(seat.performance, seat.number)];
        rows.extend(named.clone());
        rows.extend(
            others
                .into_iter()
                .flatten()
                .filter(|row| Some(row) != named.as_ref()),
        );
        let message = "a seat's row says something else than the tickets and holds for it";
        self.findings.broken(PROMISE, message, rows);
    }

    fn without_a_seat(&mut self, (performance, number): Place, row: RowId) {
        let rows = [row, RowId::Seat(performance, number)];
        self.findings.broken(PROMISE, "there is no such seat", rows);
    }
}
