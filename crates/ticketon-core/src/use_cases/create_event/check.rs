//! What an event must be like to be drafted.

use super::new_event::{NewEvent, NewSale};
use crate::error::Refusal;
use crate::event::Price;
use crate::ids::EventId;
use crate::limits;
use crate::money::Won;
use crate::sale::QueueMode;
use crate::time::Timestamp;

/// Refuses what could never be sold by, field by field.
pub(in crate::use_cases) fn check(new: &NewEvent) -> Result<(), Refusal> {
    // An id in an address names its event, before any slug does.
    if new.slug.as_str().parse::<EventId>().is_ok() {
        return Err(Refusal::field("slug", "looks like an id: choose a name"));
    }
    let title_length = new.title.chars().count();
    if title_length == 0 || title_length > limits::TITLE_CHARS_MAX {
        return Err(Refusal::field("title", "must have 1 to 200 characters"));
    }
    if Timestamp::from_millis(0).date_in(&new.time_zone).is_none() {
        return Err(Refusal::field(
            "time_zone",
            "is unknown: write it as `Asia/Seoul`",
        ));
    }
    if new.performances.is_empty() || new.performances.len() > limits::PERFORMANCES_MAX {
        return Err(Refusal::field("performance", "name 1 to 400 performances"));
    }
    if new.sales.len() > limits::SALES_MAX {
        return Err(Refusal::field("sale", "an event has at most 20 sales"));
    }
    if let Some((key, problem)) = new.policy.problem(new.test) {
        return Err(Refusal::field(&format!("policy.{key}"), problem));
    }
    check_prices(&new.prices)?;
    check_sales(&new.sales)
}

fn check_prices(prices: &[Price]) -> Result<(), Refusal> {
    if prices.len() > limits::PRICES_MAX {
        return Err(Refusal::field("price", "an event has at most 200 prices"));
    }
    for (at, price) in prices.iter().enumerate() {
        if price.amount < Won::ZERO || price.amount > limits::PRICE_MAX {
            return Err(Refusal::field(
                &format!("price[{at}].amount"),
                format!("{} is not a price: 0 to {}", price.amount, limits::PRICE_MAX),
            ));
        }
        let is_same = |other: &Price| other.grade == price.grade && other.kind == price.kind;
        if prices[..at].iter().any(is_same) {
            return Err(Refusal::field(
                &format!("price[{at}]"),
                format!("`{}/{}` stands twice", price.grade, price.kind),
            ));
        }
    }
    Ok(())
}

fn check_sales(sales: &[NewSale]) -> Result<(), Refusal> {
    for (at, sale) in sales.iter().enumerate() {
        if let Some((key, problem)) = problem(sale) {
            return Err(Refusal::field(&format!("sale[{at}].{key}"), problem));
        }
        let overlaps = |other: &&NewSale| sale.opens_at < other.closes_at && other.opens_at < sale.closes_at;
        if let Some(other) = sales[..at].iter().find(overlaps) {
            let message = format!("the windows of `{}` and `{}` overlap", other.name, sale.name);
            return Err(Refusal::field(&format!("sale[{at}]"), message));
        }
    }
    Ok(())
}

/// What is wrong with a sale by itself, and under which of its keys.
fn problem(sale: &NewSale) -> Option<(&'static str, String)> {
    if sale.opens_at >= sale.closes_at {
        return Some(("closes_at", format!("`{}` closes before it opens", sale.name)));
    }
    let limits = sale.limits;
    if limits.per_order == 0 || limits.per_order > limits::ORDER_SEATS_MAX {
        return Some(("limits.per_order", "must be 1 to 100".to_owned()));
    }
    if limits.per_person < limits.per_order {
        return Some(("limits.per_person", "must be at least `per_order`".to_owned()));
    }
    if sale.queue.mode == QueueMode::Off {
        return None;
    }
    let counts = [
        ("queue.capacity", sale.queue.capacity),
        ("queue.per_minute", sale.queue.per_minute),
    ];
    let is_wrong = |(_, count): &(&str, u32)| !(1..=limits::QUEUE_COUNT_MAX).contains(count);
    let (key, _) = counts.into_iter().find(is_wrong)?;
    Some((key, "must be 1 to 1,000,000".to_owned()))
}
