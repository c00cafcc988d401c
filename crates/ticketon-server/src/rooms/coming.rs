//! Coming to a room, and coming back to one that has forgotten.

use ticketon_core::ids::Person;
use ticketon_core::sale::Allowance;
use ticketon_core::store::Freshness;
use ticketon_core::{Context, Refusal};
use ticketon_queue::{Arrival, Entry, EntryId, Place, Receipt};

use super::{Room, to_queue, visitor};

impl Room {
    /// Somebody whom the queue has forgotten comes back, by what this process remembers of the place.
    pub async fn put_back(
        &self,
        cx: &Context,
        person: &Person,
        entry: &Entry,
        epoch: u32,
    ) -> Result<Place, Refusal> {
        let receipt = Receipt::of(entry, self.queue.room().clone(), epoch);
        self.come(cx, person, Some(&receipt)).await
    }

    /// The place that somebody has, the one that a receipt of a lost queue proves, or a new one at the back.
    pub(super) async fn come(
        &self,
        cx: &Context,
        person: &Person,
        receipt: Option<&Receipt>,
    ) -> Result<Place, Refusal> {
        let place = self.arrive(cx, person, receipt).await?;
        let is_put_back = receipt.is_some_and(|receipt| receipt.entry() == place.entry.id)
            && place.entry.entered_at == to_queue(cx.now());
        if is_put_back && self.is_spent(cx, person, place.entry.id).await? {
            // What the place was for is over, and the queue has forgotten that too.
            self.leave(person, cx.now()).await?;
            return self.arrive(cx, person, None).await;
        }
        Ok(place)
    }

    async fn arrive(
        &self,
        cx: &Context,
        person: &Person,
        receipt: Option<&Receipt>,
    ) -> Result<Place, Refusal> {
        let (now, visitor) = (cx.now(), visitor(person)?);
        let mut random = [0; 16];
        cx.entropy.fill(&mut random);
        let arrival = Arrival {
            receipt,
            sellable: self.sellable(cx).await?,
            ..Arrival::new(&visitor, EntryId::from_u128(u128::from_be_bytes(random)))
        };
        self.ask(now, |queue| queue.enter(arrival, to_queue(now))).await
    }

    async fn is_spent(&self, cx: &Context, person: &Person, entry: EntryId) -> Result<bool, Refusal> {
        let key = (self.sale.id, person.clone());
        let allowance = cx.load::<Allowance>(key, Freshness::Fresh).await?;
        let entry = entry.to_string();
        Ok(allowance
            .is_some_and(|(allowance, _)| allowance.spent.iter().any(|spent| spent.entry.as_str() == entry)))
    }
}
