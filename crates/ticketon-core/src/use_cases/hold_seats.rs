//! Holding seats: all that were asked for, or none.

mod items;
mod scene;

use self::scene::Scene;
use crate::caller::Caller;
use crate::claims::ClaimOwner;
use crate::context::{Context, Tries};
use crate::error::Refusal;
use crate::event::PriceName;
use crate::hold::Hold;
use crate::ids::{HoldId, PerformanceId, Person};
use crate::plan::{Grade, SeatKey, SeatNumber};
use crate::row::RowId;
use crate::seat::{Seat, SeatState};
use crate::store::{CommitError, Freshness, Versioned};

/// Which seats are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seats {
    /// These.
    Picked(Vec<Pick>),
    /// The best that there are: together, near the stage, leaving no single seat behind.
    BestAvailable {
        /// At which price.
        price: PriceName,
        /// How many.
        quantity: u32,
        /// In which zone, if not any.
        zone: Option<String>,
    },
}

/// One seat that somebody picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// The plan's own name of the seat.
    pub seat: SeatKey,
    /// The grade that the buyer thinks it has; refused if it has another.
    pub grade: Option<Grade>,
    /// For what kind of person.
    pub kind: String,
}

/// Holds the seats for the caller until the deadline of the event's policy.
pub async fn hold_seats(
    cx: &Context,
    caller: &Caller,
    performance: PerformanceId,
    seats: Seats,
) -> Result<Hold, Refusal> {
    let person = caller.buyer()?.clone();
    let owner = claim_owner(cx, caller, &person);
    let outcome = hold_with_claims(cx, caller, &person, performance, &seats, &owner).await;
    let refusal = match outcome {
        Ok(hold) => return Ok(hold),
        Err(refusal) => refusal,
    };
    // A repeat whose first answer was lost must not hear that its own seats are taken.
    match cx.first_answer(caller).await? {
        Some(RowId::Hold(hold)) => answered_hold(cx, hold).await,
        _ => Err(refusal),
    }
}

async fn hold_with_claims(
    cx: &Context,
    caller: &Caller,
    person: &Person,
    performance: PerformanceId,
    seats: &Seats,
    owner: &ClaimOwner,
) -> Result<Hold, Refusal> {
    let mut tries = Tries::default();
    loop {
        let scene = Scene::load(cx, caller, person, performance, tries.freshness()).await?;
        let now = cx.now();
        let entry = scene.check(caller, person, seats.count(), now)?;
        let items = scene.items(cx, seats, owner, now).await?;
        let numbers: Vec<SeatNumber> = items.iter().map(|item| item.number).collect();
        if let Err(claimed) = cx.claims.take(performance, &numbers, owner, now).await {
            scene.refuse_picked(seats, &numbers, &claimed.by_others)?;
            tries.again()?;
            continue;
        }
        let hold = scene.hold(cx, person, entry, items, now);
        let outcome = commit_claimed(cx, caller, &scene, &hold, tries.freshness()).await;
        cx.claims.give_back(performance, &numbers, owner).await;
        match outcome? {
            Ok(()) => return Ok(hold),
            Err(Failed::SeatsGone(gone)) => {
                scene.refuse_picked(seats, &numbers, &gone)?;
                tries.again()?;
            }
            Err(Failed::Commit(error)) => {
                if let Some(RowId::Hold(hold)) = tries.after(error, caller)? {
                    return answered_hold(cx, hold).await;
                }
            }
        }
    }
}

/// Why claimed seats could not be held.
enum Failed {
    SeatsGone(Vec<SeatNumber>),
    Commit(CommitError),
}

async fn commit_claimed(
    cx: &Context,
    caller: &Caller,
    scene: &Scene,
    hold: &Hold,
    freshness: Freshness,
) -> Result<Result<(), Failed>, Refusal> {
    let seats = cx
        .load_all::<Seat>(
            hold.numbers().map(|number| RowId::Seat(hold.performance, number)),
            freshness,
        )
        .await?;
    let mut free: Vec<Versioned<Seat>> = Vec::with_capacity(seats.len());
    let mut gone: Vec<SeatNumber> = Vec::new();
    for (number, seat) in hold.numbers().zip(seats) {
        match seat {
            Some(seat) if seat.0.state == SeatState::Free => free.push(seat),
            seat => {
                // Another process took it: shown here, it is not chosen again.
                cx.availability.show(seat.as_slice());
                gone.push(number);
            }
        }
    }
    if !gone.is_empty() {
        return Ok(Err(Failed::SeatsGone(gone)));
    }
    let changes = scene.changes(cx.changes(), caller, hold, free);
    Ok(cx.commit(changes).await.map_err(Failed::Commit))
}

/// A claim belongs to the request's key, so that a repeat takes its own claim again; else to this one request.
fn claim_owner(cx: &Context, caller: &Caller, person: &Person) -> ClaimOwner {
    if let Some(request) = &caller.request {
        return ClaimOwner::Repeatable(person.clone(), request.key.clone());
    }
    let mut random = [0; 16];
    cx.entropy.fill(&mut random);
    ClaimOwner::Request(random)
}

async fn answered_hold(cx: &Context, hold: HoldId) -> Result<Hold, Refusal> {
    Ok(cx.need::<Hold>((hold,), Freshness::Cached, "hold").await?.0)
}

impl Seats {
    /// These seats for adults.
    ///
    /// # Panics
    /// If a text is not a seat's key; parse foreign text with [`SeatKey::new`].
    pub fn adult<const N: usize>(seats: [&str; N]) -> Self {
        let pick = |seat: &str| Pick {
            seat: SeatKey::new(seat).expect("a seat's key written by the program"),
            grade: None,
            kind: "adult".to_owned(),
        };
        Self::Picked(seats.into_iter().map(pick).collect())
    }

    fn count(&self) -> u32 {
        match self {
            Self::Picked(picks) => u32::try_from(picks.len()).unwrap_or(u32::MAX),
            Self::BestAvailable { quantity, .. } => *quantity,
        }
    }
}
