//! The house in which the demo takes place: an event that is on sale now, its hall, and a token for everybody who
//! will come, made by the use cases before the server starts.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use ticketon_core::ids::{PerformanceId, Person};
use ticketon_core::plan::{SeatKind, SeatNumber};
use ticketon_core::sale::QueueMode;
use ticketon_core::{Caller, NewEvent, NewSale, Plan, Timestamp, Won, create_event, publish};
use ticketon_server::pay::Keys;
use ticketon_server::roles::Roles;
use ticketon_server::server::Server;
use ticketon_server::settings::{Settings, TossSettings};

use super::engines::Engines;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits;

/// An event on sale, and who will come.
#[derive(Debug)]
pub(crate) struct House {
    /// What is sold.
    pub(crate) hall: Hall,
    /// For each buyer, by number.
    pub(crate) tokens: Vec<String>,
}

/// What is sold.
#[derive(Debug, Clone)]
pub(crate) struct Hall {
    /// Its name for people.
    pub(crate) name: String,
    /// Zones.
    pub(crate) zones: usize,
    /// The event's name in addresses.
    pub(crate) event: String,
    /// The performance.
    pub(crate) performance: PerformanceId,
    /// Every seat in plan order: its key and its price's name.
    pub(crate) seats: Vec<(String, String)>,
    /// Places for wheelchairs, each with the companions' beside it, as places of `seats`.
    pub(crate) wheelchairs: Vec<Vec<usize>>,
    /// Prices, the dearest first.
    pub(crate) prices: Vec<(String, Won)>,
    /// Seats of one order.
    pub(crate) per_order: u32,
    /// How many may shop at once.
    pub(crate) capacity: u32,
}

/// The shop of a demo, paying at its sandbox, for a process of these roles.
pub(crate) fn settings(
    folder: &Path,
    sandbox: &str,
    engines: Option<&Engines>,
    roles: Roles,
) -> Result<Settings, Failure> {
    let settings = Settings {
        data_dir: folder.to_owned(),
        toss: TossSettings::At {
            base_url: sandbox.to_owned(),
            keys: Keys::sandbox(),
        },
        ..Settings::default()
    };
    match engines {
        Some(engines) => engines.apply(settings, roles),
        None => Ok(settings),
    }
}

/// Prepares a new folder for so many buyers, of whom so many are let in a minute, and closes it.
pub(crate) async fn prepare(
    settings: &Settings,
    event: NewEvent,
    plan: Plan,
    buyers: u32,
    per_minute: u32,
) -> Result<House, Failure> {
    let server = Server::open_or_create(settings).await?;
    let shop = server.shop();
    let now = shop.cx.now();
    let event = on_sale_now(event, plan.clone(), (buyers, per_minute), now)?;
    let staff = Caller::system("demo");
    let created = create_event(&shop.cx, &staff, event).await?;
    publish(&shop.cx, &staff, created.id).await?;
    let sale = created
        .sales
        .first()
        .ok_or_else(|| Failure::unexpected("no sale"))?;
    let hall = Hall {
        name: plan.name().to_owned(),
        zones: plan.zones().len(),
        event: created.event.slug.to_string(),
        performance: created.performance(),
        seats: seats(&plan, &created.event.prices)?,
        wheelchairs: wheelchairs(&plan),
        prices: dearest_first(&created.event.prices),
        per_order: sale.limits.per_order.min(limits::WANTED_MAX),
        capacity: sale.queue.capacity,
    };
    let mut tokens = Vec::with_capacity(buyers as usize);
    // The crowd, and as many latecomers as there can be.
    for number in 0..=buyers + buyers / 10 {
        let person = Person::new(format!("buyer-{number}")).map_err(Failure::unexpected)?;
        tokens.push(shop.tokens.access_for(person, now, Duration::from_hours(6))?);
    }
    server.stop().await;
    Ok(House { hall, tokens })
}

/// The event as it is sold here: for play money, from now on, in one sale of one performance, and with times so short
/// that who closes the tab gives the seats back while the others still wait. Its prices, limits and refund table stay.
fn on_sale_now(
    event: NewEvent,
    plan: Plan,
    (buyers, per_minute): (u32, u32),
    now: Timestamp,
) -> Result<NewEvent, Failure> {
    let no_sale = || Failure::new(Exit::Usage, "the event has no sale: add a `[[sale]]`");
    let mut sale: NewSale = event.sales.last().cloned().ok_or_else(no_sale)?;
    sale.opens_at = now;
    sale.closes_at = now + Duration::from_hours(6);
    sale.lobby = Duration::ZERO;
    sale.queue.mode = QueueMode::Auto;
    // Few enough inside that a line forms.
    sale.queue.capacity = (buyers / 8).clamp(6, 400);
    sale.queue.per_minute = per_minute;
    let no_date = || Failure::new(Exit::Usage, "the event has no date: add a `[[performance]]`");
    let mut performance = event.performances.first().cloned().ok_or_else(no_date)?;
    // So near that a refund costs a fee, so far that there is one.
    performance.starts_at = now + Duration::from_hours(8 * 24);
    performance.plan = Some(plan);
    let mut policy = event.policy.clone();
    policy.hold = Duration::from_secs(5);
    policy.pay_within = Duration::from_secs(6);
    policy.claim = Duration::from_secs(10);
    policy.pass = Duration::from_secs(30);
    policy.free_within = Duration::ZERO;
    Ok(NewEvent {
        test: true,
        age_limit: None,
        performances: vec![performance],
        sales: vec![sale],
        policy,
        ..event
    })
}

/// Every seat with the first price of its grade.
fn seats(plan: &Plan, prices: &[ticketon_core::event::Price]) -> Result<Vec<(String, String)>, Failure> {
    let mut price_of = BTreeMap::new();
    for price in prices {
        let name = format!("{}/{}", price.grade, price.kind);
        price_of.entry(price.grade.clone()).or_insert(name);
    }
    let mut seats = Vec::with_capacity(plan.seats() as usize);
    for number in (0..plan.seats()).map(SeatNumber) {
        let key = plan.key_of(number).map(ToString::to_string);
        let price = plan
            .grade_of(number)
            .and_then(|grade| price_of.get(grade))
            .cloned();
        let unpriced = || Failure::new(Exit::Usage, "a seat of the plan has no price in the event");
        seats.push(key.zip(price).ok_or_else(unpriced)?);
    }
    Ok(seats)
}

/// Places that are not for everybody, those beside each other together.
fn wheelchairs(plan: &Plan) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for number in (0..plan.seats()).map(SeatNumber) {
        let kind = plan.seat(number).map(|seat| seat.kind);
        if kind.is_none_or(|kind| kind == SeatKind::Standard) {
            continue;
        }
        let place = number.0 as usize;
        match groups.last_mut() {
            Some(group) if group.last() == Some(&(place.saturating_sub(1))) && group.len() < 2 => {
                group.push(place);
            }
            _ => groups.push(vec![place]),
        }
    }
    groups
}

fn dearest_first(prices: &[ticketon_core::event::Price]) -> Vec<(String, Won)> {
    let mut named: Vec<(String, Won)> = Vec::new();
    for price in prices {
        let is_known = |(name, _): &(String, Won)| name.starts_with(&format!("{}/", price.grade));
        if !named.iter().any(is_known) {
            named.push((format!("{}/{}", price.grade, price.kind), price.amount));
        }
    }
    named.sort_by_key(|(_, amount)| std::cmp::Reverse(*amount));
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_sells_anybodys_event_now_and_for_play_money() {
        let hall = Plan::from_csv("zone,row,seat,grade\nStalls,A,1,R\n").unwrap();
        let event = NewEvent::single("Recital", "2020-01-01T10:00:00Z").price("R", "adult", Won(55_000));
        let now = "2026-12-01T11:00:00Z".parse().unwrap();
        let sold = on_sale_now(event, hall, (60, 1_200), now).unwrap();
        assert!(sold.test);
        assert!(sold.performances[0].starts_at > now);
        assert_eq!(sold.policy.problem(true), None);
        assert_eq!(sold.prices[0].amount, Won(55_000));
    }
}
