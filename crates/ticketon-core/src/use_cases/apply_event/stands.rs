//! An event as it stands, with all that belongs to it: as the file that it would be, and with what a file changes in it.

use super::super::create_event::{NewEvent, NewPerformance, NewSale};
use crate::context::Context;
use crate::error::Refusal;
use crate::event::{Event, Performance};
use crate::ids::{EventId, PerformanceId, SaleId, Slug};
use crate::organization::Organization;
use crate::row::RowId;
use crate::sale::Sale;
use crate::store::{Changes, Freshness, Versioned};

/// An event as it stands.
pub(super) struct Stands {
    pub(super) event: Versioned<Event>,
    organization: Slug,
    pub(super) performances: Vec<Versioned<Performance>>,
    pub(super) sales: Vec<Versioned<Sale>>,
}

/// The same as it shall be.
pub(super) struct Changed {
    pub(super) event: Event,
    performances: Vec<Performance>,
    sales: Vec<Sale>,
}

impl Stands {
    pub(super) async fn load(cx: &Context, event: EventId) -> Result<Self, Refusal> {
        let event = cx.need::<Event>((event,), Freshness::Fresh, "event").await?;
        let organization = (event.0.organization,);
        let (organization, _) = cx
            .need::<Organization>(organization, Freshness::Fresh, "organization")
            .await?;
        let performances = event.0.performances.iter().map(|id| RowId::Performance(*id));
        let performances = cx.load_all(performances, Freshness::Fresh).await?;
        let sales = event.0.sales.iter().map(|id| RowId::Sale(*id));
        let sales = cx.load_all(sales, Freshness::Fresh).await?;
        Ok(Self {
            organization: organization.slug,
            performances: performances.into_iter().flatten().collect(),
            sales: sales.into_iter().flatten().collect(),
            event,
        })
    }

    /// The file that it would be, as far as `beside` says as much: which plan a date was seeded from is left out where that
    /// file does.
    pub(super) fn file(&self, beside: &NewEvent) -> NewEvent {
        let event = self.event.0.clone();
        let performances = self.performances.iter().enumerate();
        let performances = performances.map(|(at, (performance, _))| {
            let is_said = beside
                .performances
                .get(at)
                .is_some_and(|other| other.seeded_from.is_some());
            NewPerformance {
                starts_at: performance.starts_at,
                venue: performance.venue.clone(),
                plan: None,
                seeded_from: performance.plan.filter(|_| is_said),
            }
        });
        let sales = self.sales.iter().map(|(sale, _)| NewSale {
            name: sale.name.clone(),
            opens_at: sale.opens_at,
            closes_at: sale.closes_at,
            lobby: sale.lobby,
            queue: sale.queue,
            limits: sale.limits,
        });
        NewEvent {
            slug: event.slug,
            title: event.title,
            organization: self.organization.clone(),
            category: event.category,
            age_limit: event.age_limit,
            time_zone: event.time_zone,
            currency: event.currency,
            test: event.test,
            performances: performances.collect(),
            prices: event.prices,
            sales: sales.collect(),
            policy: event.policy,
        }
    }

    /// As `new` says: dates and sales by their places, further ones added, sales that it has no more let go.
    pub(super) fn changed(&self, cx: &Context, new: &NewEvent) -> Changed {
        let (event, now) = (&self.event.0, cx.now());
        let performances =
            new.performances
                .iter()
                .enumerate()
                .map(|(at, wanted)| match self.performances.get(at) {
                    Some((old, _)) => Performance {
                        plan: old.plan,
                        seats: old.seats,
                        ..wanted.made(old.id, event.id)
                    },
                    None => wanted.made(PerformanceId::new(now, &*cx.entropy), event.id),
                });
        let sales = new.sales.iter().enumerate().map(|(at, wanted)| {
            let old = self.sales.get(at).map(|(old, _)| old.id);
            wanted.made(old.unwrap_or_else(|| SaleId::new(now, &*cx.entropy)), event.id)
        });
        let (performances, sales): (Vec<_>, Vec<_>) = (performances.collect(), sales.collect());
        let event = Event {
            title: new.title.clone(),
            category: new.category.clone(),
            age_limit: new.age_limit,
            time_zone: new.time_zone.clone(),
            currency: new.currency,
            test: new.test,
            policy: new.policy.clone(),
            prices: new.prices.clone(),
            performances: performances.iter().map(|performance| performance.id).collect(),
            sales: sales.iter().map(|sale| sale.id).collect(),
            ..event.clone()
        };
        Changed {
            event,
            performances,
            sales,
        }
    }
}

impl Changed {
    /// Writes what differs, and relies on the rest.
    pub(super) fn written_over(&self, stands: &Stands, changes: Changes) -> Changes {
        let mut changes = changes.write(self.event.clone(), stands.event.1);
        for (at, wanted) in self.performances.iter().enumerate() {
            changes = match stands.performances.get(at) {
                None => changes.create(wanted.clone()),
                Some((old, version)) if old == wanted => {
                    changes.rely(RowId::Performance(wanted.id), *version)
                }
                Some((_, version)) => changes.write(wanted.clone(), *version),
            };
        }
        for (at, wanted) in self.sales.iter().enumerate() {
            changes = match stands.sales.get(at) {
                None => changes.create(wanted.clone()),
                Some((old, version)) if old == wanted => changes.rely(RowId::Sale(wanted.id), *version),
                Some((_, version)) => changes.write(wanted.clone(), *version),
            };
        }
        changes
    }
}
