//! What an event must be like to be drafted.

use super::new_event::{NewEvent, NewSale};
use crate::error::Refusal;
use crate::event::Price;
use crate::limits;
use crate::money::Won;
use crate::sale::QueueMode;
use crate::time::Timestamp;

/// Refuses what could never be sold by, field by field.
pub(super) fn check(new: &NewEvent) -> Result<(), Refusal> {
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
    if let Some(problem) = new.policy.problem(new.test) {
        return Err(Refusal::field("policy", problem));
    }
    check_prices(&new.prices)?;
    check_sales(&new.sales)
}

fn check_prices(prices: &[Price]) -> Result<(), Refusal> {
    if prices.len() > limits::PRICES_MAX {
        return Err(Refusal::field("price", "an event has at most 200 prices"));
    }
    for (index, price) in prices.iter().enumerate() {
        if price.amount < Won::ZERO || price.amount > limits::PRICE_MAX {
            return Err(Refusal::field(
                "price",
                format!("{} is not a price: 0 to {}", price.amount, limits::PRICE_MAX),
            ));
        }
        let is_same = |other: &Price| other.grade == price.grade && other.kind == price.kind;
        if prices[..index].iter().any(is_same) {
            return Err(Refusal::field(
                "price",
                format!("`{}/{}` stands twice", price.grade, price.kind),
            ));
        }
    }
    Ok(())
}

fn check_sales(sales: &[NewSale]) -> Result<(), Refusal> {
    for (index, sale) in sales.iter().enumerate() {
        if sale.opens_at >= sale.closes_at {
            return Err(Refusal::field(
                "sale",
                format!("`{}` closes before it opens", sale.name),
            ));
        }
        if sale.limits.per_order == 0 || sale.limits.per_order > limits::ORDER_SEATS_MAX {
            return Err(Refusal::field("sale", "`per_order` must be 1 to 100"));
        }
        if sale.limits.per_person < sale.limits.per_order {
            return Err(Refusal::field(
                "sale",
                "`per_person` must be at least `per_order`",
            ));
        }
        let counts = 1..=limits::QUEUE_COUNT_MAX;
        let is_run = counts.contains(&sale.queue.capacity) && counts.contains(&sale.queue.per_minute);
        if sale.queue.mode != QueueMode::Off && !is_run {
            return Err(Refusal::field(
                "sale",
                "`capacity` and `per_minute` must be 1 to 1000000",
            ));
        }
        let overlaps = |other: &&NewSale| sale.opens_at < other.closes_at && other.opens_at < sale.closes_at;
        if let Some(other) = sales[..index].iter().find(overlaps) {
            let message = format!("the windows of `{}` and `{}` overlap", other.name, sale.name);
            return Err(Refusal::field("sale", message));
        }
    }
    Ok(())
}
