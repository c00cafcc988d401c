//! What a buyer wishes for without picking seats: [`Wish`].

use crate::limits;
use crate::plan::Grade;

/// So many of the best available seats of a grade, perhaps in a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    grade: Grade,
    quantity: u32,
    zone: Option<String>,
}

/// A number of seats that nobody can wish for at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` seats cannot be wished for at once: ask for 1 to {max}", max = limits::WISH_SEATS_MAX)]
pub struct BadQuantity(u32);

impl Wish {
    /// `quantity` seats of a grade, wherever they are best.
    pub fn new(grade: Grade, quantity: u32) -> Result<Self, BadQuantity> {
        if (1..=limits::WISH_SEATS_MAX).contains(&quantity) {
            Ok(Self {
                grade,
                quantity,
                zone: None,
            })
        } else {
            Err(BadQuantity(quantity))
        }
    }

    /// The same in the zone with this name only.
    #[must_use]
    pub fn in_zone(self, name: impl Into<String>) -> Self {
        Self {
            zone: Some(name.into()),
            ..self
        }
    }

    /// The price level.
    pub fn grade(&self) -> &Grade {
        &self.grade
    }

    /// How many seats.
    pub fn quantity(&self) -> u32 {
        self.quantity
    }

    /// The zone, if only one will do.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }
}
