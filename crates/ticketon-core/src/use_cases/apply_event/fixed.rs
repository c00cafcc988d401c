//! What an applied file may not change, and what to do instead.

use super::super::create_event::NewEvent;
use super::difference::Difference;
use super::stands::Stands;
use crate::error::{Code, Details, FieldError, Refusal};
use crate::event::EventState;
use crate::sale::QueueMode;

/// The refusal of every difference that cannot be made; none where all can.
pub(super) fn refused(stands: &Stands, new: &NewEvent, differences: &[Difference]) -> Option<Refusal> {
    let fixed: Vec<FieldError> = differences
        .iter()
        .filter_map(|difference| {
            let why = why_fixed(stands, new, difference)?;
            Some(FieldError {
                field: difference.field.clone(),
                message: why.to_owned(),
            })
        })
        .collect();
    let FieldError { field, message } = fixed.first()?;
    let message = format!("`{field}`: {message}");
    Some(Refusal::new(Code::CannotChange, message).with(Details::Fields(fixed)))
}

/// Why a difference cannot be made, if it cannot.
fn why_fixed(stands: &Stands, new: &NewEvent, difference: &Difference) -> Option<&'static str> {
    let (key, place, rest) = parts(&difference.field);
    match (key, rest) {
        ("organization", _) => {
            return Some("an event stays with who drafted it: delete the draft, or draft another event");
        }
        ("performance", "plan") if !difference.from.is_null() => {
            return Some("its seats were seeded from another plan: delete the draft and create it again");
        }
        ("performance", "") if difference.to.is_null() => {
            return Some("a date that was drafted stays: delete the draft and create it again");
        }
        _ => {}
    }
    match stands.event.0.state {
        EventState::Draft | EventState::Deleted => None,
        EventState::Published => why_fixed_on_the_shelf(stands, new, difference, (key, place, rest)),
    }
}

fn why_fixed_on_the_shelf(
    stands: &Stands,
    new: &NewEvent,
    difference: &Difference,
    (key, place, rest): (&str, usize, &str),
) -> Option<&'static str> {
    const PUBLISHED: &str = "is fixed since the event was published";
    match (key, rest) {
        ("title" | "category" | "price", _) | ("performance", "venue") | ("sale", "closes_at") => None,
        ("sale", "") if difference.from.is_null() => None,
        ("sale", "") => Some("a sale that was published stays: let it end by an earlier `closes_at`"),
        ("sale", "opens_at" | "lobby") => {
            let has_room = |mode: Option<QueueMode>| mode.is_none_or(|mode| mode != QueueMode::Off);
            let old = stands.sales.get(place).map(|(sale, _)| sale.queue.mode);
            let new = new.sales.get(place).map(|sale| sale.queue.mode);
            (has_room(old) || has_room(new))
                .then_some("its waiting room was told when it opens, and so were those who come to it")
        }
        ("sale", "limits.per_order" | "limits.per_person") => {
            let is_less = difference.to.as_u64() < difference.from.as_u64();
            is_less.then_some("may only be raised: somebody may have as many seats")
        }
        ("sale", rest) if rest.starts_with("queue.") => {
            Some("is set by `ticketon queue set` once the event is published")
        }
        _ => Some(PUBLISHED),
    }
}

/// `sale[1].limits.per_order` as `sale`, 1 and `limits.per_order`.
fn parts(field: &str) -> (&str, usize, &str) {
    let Some((key, rest)) = field.split_once('[') else {
        let (key, rest) = field.split_once('.').unwrap_or((field, ""));
        return (key, 0, rest);
    };
    let (place, rest) = rest.split_once(']').unwrap_or((rest, ""));
    (key, place.parse().unwrap_or(0), rest.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_field_has_a_key_a_place_and_the_rest() {
        assert_eq!(parts("sale[1].limits.per_order"), ("sale", 1, "limits.per_order"));
        assert_eq!(parts("price[0]"), ("price", 0, ""));
        assert_eq!(parts("policy.hold"), ("policy", 0, "hold"));
        assert_eq!(parts("title"), ("title", 0, ""));
    }
}
