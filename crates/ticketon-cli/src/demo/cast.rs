//! Whoever plays a buyer: a person for each, with a token of their own.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::buyer::{Ending, Person, Scene};
use super::crowd::Buyer;
use super::doors::Doors;

/// Whoever may act as a buyer.
pub(super) struct Cast {
    pub(super) scene: Arc<Scene>,
    pub(super) shop: Doors,
    pub(super) tokens: Vec<String>,
}

impl Cast {
    /// The person that a buyer is.
    pub(super) fn person(&self, buyer: Buyer) -> Person {
        let token = self.tokens.get(buyer.number as usize);
        let shop = self.shop.bearing(token.map_or("", String::as_str));
        Person::new(Arc::clone(&self.scene), shop, buyer)
    }

    /// Lets buyers live.
    pub(super) fn play(&self, buyers: Vec<Buyer>) -> JoinSet<Ending> {
        let mut live = JoinSet::new();
        for buyer in buyers {
            live.spawn(self.person(buyer).live());
        }
        live
    }
}
