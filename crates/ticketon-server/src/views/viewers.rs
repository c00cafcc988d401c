//! Who looked, told again within a window and by nobody after it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use ticketon_core::Timestamp;
use ticketon_core::ids::{EventId, Person};

use crate::limits;
use crate::rates::Network;

/// Makes views of visits. Every process of a shop has the same secret, and so makes the same of the same visit.
#[derive(Clone)]
pub struct Viewers(Hmac<Sha256>);

/// A visit to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'a> {
    /// Somebody who has logged in.
    User(&'a Person),
    /// Anybody else: the network, and what the browser says that it is. Anybody can say anything, so that browsers fall
    /// into a few kinds ([`BROWSER_KINDS`](crate::limits::BROWSER_KINDS)), and a network is at most so many viewers.
    Stranger(Network, &'a [u8]),
}

/// That somebody looked at an event within a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct View {
    /// Which window, counted from the epoch.
    pub window: u64,
    /// Which event.
    pub event: EventId,
    /// Who, as long as the window lasts: in another one, and at another event, the same visitor is somebody else.
    pub viewer: [u8; 12],
}

impl Viewers {
    /// With the shop's own secret.
    pub fn new(seed: [u8; 32]) -> Self {
        let keyed = Hmac::new_from_slice(&seed).expect("HMAC takes keys of any length");
        Self(keyed.chain_update(b"ticketon viewer"))
    }

    /// What a visit at this moment is counted as.
    pub fn view(&self, event: EventId, who: Who<'_>, now: Timestamp) -> View {
        let window_ms = limits::VIEW_WINDOW.as_millis();
        let window = u128::try_from(now.as_millis()).unwrap_or(0) / window_ms;
        let window = u64::try_from(window).unwrap_or(u64::MAX);
        let visit = self.0.clone().chain_update(window.to_be_bytes());
        let visit = visit.chain_update(event.as_bytes());
        let visit = match who {
            Who::User(person) => visit.chain_update([0]).chain_update(person.as_str()),
            Who::Stranger(network, browser) => {
                let visit = visit.chain_update([1]).chain_update(network.as_bytes());
                visit.chain_update([kind(browser)])
            }
        };
        let hash = visit.finalize().into_bytes();
        let mut viewer = [0; 12];
        viewer.copy_from_slice(&hash[..12]);
        View {
            window,
            event,
            viewer,
        }
    }
}

fn kind(browser: &[u8]) -> u8 {
    Sha256::digest(browser)[0] % limits::BROWSER_KINDS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::net::Ipv4Addr;

    use ticketon_core::contract::sample;

    use super::*;

    fn ana() -> Person {
        Person::new("ana").unwrap()
    }

    #[test]
    fn whoever_comes_again_is_told_again_until_the_window_is_over() {
        let viewers = Viewers::new([7; 32]);
        let (person, event) = (ana(), sample::event_id());
        let view = |now| viewers.view(event, Who::User(&person), now);
        let begins = sample::NOW;
        let ends = begins + limits::VIEW_WINDOW;
        assert_eq!(view(begins), view(ends - std::time::Duration::from_millis(1)));
        let later = view(ends);
        assert_ne!(
            view(begins).viewer,
            later.viewer,
            "and cannot be followed through windows"
        );
        assert_eq!(later.window, view(begins).window + 1);
        let other = Viewers::new([8; 32]).view(event, Who::User(&person), begins);
        assert_ne!(view(begins).viewer, other.viewer, "nor by who has not the secret");
    }

    fn view(who: Who<'_>) -> View {
        Viewers::new([7; 32]).view(sample::event_id(), who, sample::NOW)
    }

    fn home() -> Network {
        std::net::IpAddr::from(Ipv4Addr::LOCALHOST).into()
    }

    #[test]
    fn two_kinds_of_browsers_in_one_home_are_two_and_nobody_is_taken_for_a_user() {
        let seen = [
            view(Who::Stranger(home(), b"one")),
            view(Who::Stranger(home(), b"other")),
            view(Who::User(&ana())),
        ];
        for (n, view) in seen.iter().enumerate() {
            assert!(!seen[n + 1..].contains(view));
        }
    }

    #[test]
    fn whoever_makes_up_browsers_is_no_more_than_a_home() {
        let made_up = (0..10_000).map(|n| view(Who::Stranger(home(), format!("browser {n}").as_bytes())));
        let viewers: BTreeSet<View> = made_up.collect();
        assert_eq!(viewers.len(), usize::from(limits::BROWSER_KINDS));
    }
}
