//! Passes that these keys have signed lately, so that fetching one again and showing it cost no signature.
//!
//! Only what was signed here gets in: what strangers show is checked each time, and cannot push anything out. It is
//! bounded by forgetting in generations: when the young one is full it becomes the old one, and the old one goes.

use std::collections::BTreeMap;

use super::Pass;
use crate::entry::EntryId;
use crate::limits::SIGNED_PASSES;

#[derive(Default)]
pub(super) struct SignedPasses {
    young: Generation,
    old: Generation,
}

#[derive(Default)]
struct Generation {
    by_entry: BTreeMap<EntryId, (Pass, String)>,
    by_text: BTreeMap<String, EntryId>,
}

impl SignedPasses {
    /// The text of a pass, if it was signed lately.
    pub(super) fn text_of(&self, pass: &Pass) -> Option<String> {
        let (signed, text) = self
            .generations()
            .find_map(|signed| signed.by_entry.get(&pass.entry))?;
        (signed == pass).then(|| text.clone())
    }

    /// The pass that a text is, if it was signed lately.
    pub(super) fn pass_of(&self, text: &str) -> Option<Pass> {
        self.generations().find_map(|signed| {
            let entry = signed.by_text.get(text)?;
            signed.by_entry.get(entry).map(|(pass, _)| pass.clone())
        })
    }

    /// Remembers a pass and its text.
    pub(super) fn keep(&mut self, pass: &Pass, text: &str) {
        if self.young.by_entry.len() >= SIGNED_PASSES {
            self.old = std::mem::take(&mut self.young);
        }
        let before = self
            .young
            .by_entry
            .insert(pass.entry, (pass.clone(), text.to_owned()));
        if let Some((_, before)) = before {
            self.young.by_text.remove(&before);
        }
        self.young.by_text.insert(text.to_owned(), pass.entry);
    }

    fn generations(&self) -> impl Iterator<Item = &Generation> {
        [&self.young, &self.old].into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{RoomName, VisitorName};
    use crate::time::Timestamp;

    fn pass(entry: u128, until_ms: u64) -> Pass {
        Pass {
            room: RoomName::parse("opera").unwrap(),
            entry: EntryId::from_u128(entry),
            visitor: VisitorName::parse("ana").unwrap(),
            until: Timestamp::from_ms(until_ms),
        }
    }

    #[test]
    fn a_pass_is_known_by_its_text_and_its_text_by_the_whole_pass() {
        let mut signed = SignedPasses::default();
        signed.keep(&pass(1, 1_000), "one");
        assert_eq!(signed.pass_of("one"), Some(pass(1, 1_000)));
        assert_eq!(signed.text_of(&pass(1, 1_000)), Some("one".to_owned()));
        assert_eq!(
            signed.text_of(&pass(1, 2_000)),
            None,
            "the same entry, another end"
        );
        signed.keep(&pass(1, 2_000), "two");
        assert_eq!(
            (signed.pass_of("one"), signed.pass_of("two")),
            (None, Some(pass(1, 2_000)))
        );
    }

    #[test]
    fn it_forgets_the_oldest_and_stays_bounded() {
        let mut signed = SignedPasses::default();
        let count = 3 * SIGNED_PASSES as u128;
        for entry in 0..count {
            signed.keep(&pass(entry, 1_000), &entry.to_string());
        }
        assert_eq!(signed.pass_of("0"), None);
        assert!(signed.pass_of(&(count - 1).to_string()).is_some());
        let kept: usize = signed
            .generations()
            .map(|generation| generation.by_text.len())
            .sum();
        assert!(kept <= 2 * SIGNED_PASSES);
    }
}
