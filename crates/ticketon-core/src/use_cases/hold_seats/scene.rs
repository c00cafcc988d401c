//! What holding seats looks at, and every rule that can refuse it.

use std::sync::Arc;

use crate::availability::Hall;
use crate::caller::Caller;
use crate::context::Context;
use crate::error::{Code, Refusal};
use crate::event::{Event, EventState, Performance};
use crate::fact::{Fact, SeatMark, Stream, What};
use crate::hold::{Hold, HoldItem, HoldState};
use crate::ids::{EntryId, HoldId, PerformanceId, Person};
use crate::plan::Plan;
use crate::row::RowId;
use crate::sale::{Allowance, QueueMode, Sale, SalePhase};
use crate::seat::{Seat, SeatState};
use crate::store::{Changes, Freshness, Version, Versioned};
use crate::time::Timestamp;
use crate::user::User;

/// What the decision looks at.
pub(super) struct Scene {
    pub(super) event: Versioned<Event>,
    pub(super) performance: Versioned<Performance>,
    pub(super) sale: Versioned<Sale>,
    pub(super) allowance: Versioned<Allowance>,
    pub(super) plan: Plan,
    pub(super) hall: Arc<Hall>,
}

impl Scene {
    /// Loads it; what is not on the shelf is not found.
    pub(super) async fn load(
        cx: &Context,
        caller: &Caller,
        person: &Person,
        performance: PerformanceId,
        freshness: Freshness,
    ) -> Result<Self, Refusal> {
        let performance = cx
            .need::<Performance>((performance,), freshness, "performance")
            .await?;
        let event = cx
            .need::<Event>((performance.0.event,), freshness, "event")
            .await?;
        if event.0.state != EventState::Published {
            return Err(Refusal::not_found("performance", &performance.0.id));
        }
        let sale = sale_now(cx, caller, &event.0, freshness).await?;
        // Most people hold seats for the first time: nobody is asked whether there is a row.
        let remembered = match freshness {
            Freshness::Cached => Freshness::InMemory,
            freshness => freshness,
        };
        let allowance = cx
            .load::<Allowance>((sale.0.id, person.clone()), remembered)
            .await?;
        let allowance =
            allowance.unwrap_or_else(|| (Allowance::none(sale.0.id, person.clone()), Version::ABSENT));
        let Some(plan) = performance.0.plan else {
            return Err(Refusal::not_found("seat plan of performance", &performance.0.id));
        };
        let hall = cx.hall(performance.0.id).await?;
        let plan = cx.plan(&hall, plan).await?;
        Ok(Self {
            event,
            performance,
            sale,
            allowance,
            plan,
            hall,
        })
    }

    /// Every rule that can refuse is asked before a seat is claimed. Answers the admission that is used.
    pub(super) fn check(
        &self,
        caller: &Caller,
        person: &Person,
        count: u32,
        now: Timestamp,
    ) -> Result<Option<EntryId>, Refusal> {
        if self.sale.0.phase(now) != SalePhase::OnSale {
            return Err(not_on_sale(&self.event.0));
        }
        self.check_age(caller)?;
        let entry = self.check_admission(caller, person, now)?;
        let limits = self.sale.0.limits;
        if count == 0 {
            return Err(Refusal::field("items", "name at least one seat"));
        }
        if count > limits.per_order {
            let message = format!(
                "{} seats are the most in one order: ask for fewer",
                limits.per_order
            );
            return Err(Refusal::new(Code::OrderLimit, message));
        }
        if self.allowance.0.seats + count > limits.per_person {
            let message = format!(
                "{} seats are the most for one person, and you have {}: ask for fewer or let some go",
                limits.per_person, self.allowance.0.seats
            );
            return Err(Refusal::new(Code::PersonLimit, message));
        }
        Ok(entry)
    }

    fn check_age(&self, caller: &Caller) -> Result<(), Refusal> {
        let event = &self.event.0;
        let Some(age_limit) = event.age_limit else {
            return Ok(());
        };
        let Some(birth_date) = caller.birth_date() else {
            let message = format!("this event is for {age_limit} and older: enter your birth date first");
            return Err(Refusal::new(Code::BirthDateRequired, message));
        };
        let day = self.performance.0.starts_at.date_in(&event.time_zone);
        let is_old_enough = day.is_some_and(|day| User::age_on(birth_date, day) >= i16::from(age_limit));
        if is_old_enough {
            return Ok(());
        }
        Err(Refusal::new(
            Code::TooYoung,
            format!("this event is for {age_limit} and older"),
        ))
    }

    fn check_admission(
        &self,
        caller: &Caller,
        person: &Person,
        now: Timestamp,
    ) -> Result<Option<EntryId>, Refusal> {
        if self.sale.0.queue.mode == QueueMode::Off {
            return Ok(None);
        }
        let Some(admission) = &caller.admission else {
            return Err(Refusal::new(
                Code::PassRequired,
                "enter the queue first and come back with its pass",
            ));
        };
        if admission.sale != self.sale.0.id || admission.person != *person {
            return Err(Refusal::new(
                Code::PassInvalid,
                "this pass is for another sale or another person",
            ));
        }
        if admission.until <= now {
            return Err(Refusal::new(
                Code::PassInvalid,
                "this pass has ended: enter the queue again",
            ));
        }
        if self.allowance.0.has_spent(&admission.entry) {
            return Err(Refusal::new(
                Code::PassSpent,
                "this pass was used up: enter the queue again",
            ));
        }
        Ok(Some(admission.entry.clone()))
    }

    /// The hold that shall be made.
    pub(super) fn hold(
        &self,
        cx: &Context,
        person: &Person,
        entry: Option<EntryId>,
        items: Vec<HoldItem>,
        now: Timestamp,
    ) -> Hold {
        Hold {
            id: HoldId::new(now, &*cx.entropy),
            event: self.event.0.id,
            performance: self.performance.0.id,
            sale: self.sale.0.id,
            person: person.clone(),
            entry,
            items,
            made_at: now,
            until: now + self.event.0.policy.hold,
            state: HoldState::Active,
        }
    }

    /// The seats become the hold's, the allowance counts them, and what was read is relied on.
    pub(super) fn changes(
        &self,
        changes: Changes,
        caller: &Caller,
        hold: &Hold,
        seats: Vec<Versioned<Seat>>,
    ) -> Changes {
        let now = hold.made_at;
        let (allowance, version) = self.allowance.clone();
        let seats_had = allowance.seats + u32::try_from(hold.items.len()).unwrap_or(u32::MAX);
        let mut marks: Vec<SeatMark> = Vec::with_capacity(seats.len());
        let mut changes = changes
            .rely(RowId::Event(hold.event), self.event.1)
            .rely(RowId::Performance(hold.performance), self.performance.1)
            .rely(RowId::Sale(hold.sale), self.sale.1)
            .write(
                Allowance {
                    seats: seats_had,
                    ..allowance
                },
                version,
            )
            .create(hold.clone())
            .answer(caller.answer(RowId::Hold(hold.id), now));
        for (seat, version) in seats {
            marks.push((seat.number, version.next()));
            changes = changes.write(seat.becoming(SeatState::Held(hold.id)), version);
        }
        changes.record(Fact {
            stream: Stream::Event(hold.event),
            at: now,
            what: What::SeatsHeld {
                hold: hold.id,
                performance: hold.performance,
                sale: hold.sale,
                person: hold.person.clone(),
                seats: marks,
            },
        })
    }
}

/// The sale that the caller was admitted to, else the one that is selling now.
async fn sale_now(
    cx: &Context,
    caller: &Caller,
    event: &Event,
    freshness: Freshness,
) -> Result<Versioned<Sale>, Refusal> {
    let ids = event.sales.iter().map(|sale| RowId::Sale(*sale));
    let sales: Vec<Versioned<Sale>> = cx.load_all(ids, freshness).await?.into_iter().flatten().collect();
    let now = cx.now();
    let admitted_to = caller.admission.as_ref().map(|admission| admission.sale);
    let wanted = |sale: &&Versioned<Sale>| match admitted_to {
        Some(admitted_to) => sale.0.id == admitted_to,
        None => sale.0.phase(now) == SalePhase::OnSale,
    };
    let is_foreign = admitted_to.is_some() && !sales.iter().any(|sale| wanted(&sale));
    if is_foreign {
        return Err(Refusal::new(
            Code::PassInvalid,
            "this pass is for a sale of another event",
        ));
    }
    sales
        .iter()
        .find(wanted)
        .cloned()
        .ok_or_else(|| not_on_sale(event))
}

fn not_on_sale(event: &Event) -> Refusal {
    Refusal::new(
        Code::NotOnSale,
        format!(
            "`{}` is not on sale now: see its sales for when it is",
            event.slug
        ),
    )
}
