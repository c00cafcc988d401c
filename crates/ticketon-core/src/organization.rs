//! Who sells: organizations, and what their members may do.

use serde::{Deserialize, Serialize};

use crate::ids::{OrganizationId, Slug};

/// Who sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its identifier.
    pub id: OrganizationId,
    /// Its name in addresses and event files.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
}

/// What a member may do. Each role may do what those below it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Checks tickets at the door.
    Gate,
    /// Sells and refunds over the counter.
    BoxOffice,
    /// Makes events, sets prices, sees sales.
    Manager,
    /// Names members, too.
    Owner,
}
