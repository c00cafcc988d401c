//! A queue so simple that it can be seen to be right: a list, searched from end to end for every question. The real
//! one must answer the same.

use crate::entry::EndReason;
use crate::policy::Policy;

/// One entry, in the order of coming.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Guest {
    pub(super) who: usize,
    pub(super) seq: u64,
    pub(super) is: Is,
}

/// Where it stands. Times are milliseconds since the case began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Is {
    Waiting,
    /// Inside until then unless the pass is fetched.
    Called(u64),
    /// Inside until then.
    Inside(u64),
    Over(EndReason),
}

/// A room as a list.
pub(super) struct Model {
    pub(super) now: u64,
    pub(super) policy: Policy,
    pub(super) is_paused: bool,
    guests: Vec<Guest>,
    /// What the rate has saved up, in 60,000ths of an admission.
    saved: u64,
}

impl Model {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            now: 0,
            policy,
            is_paused: false,
            guests: Vec::new(),
            saved: brim(policy),
        }
    }

    pub(super) fn wait(&mut self, ms: u64) {
        self.now += ms;
        self.saved = (self.saved + ms * u64::from(self.policy.per_minute)).min(brim(self.policy));
    }

    pub(super) fn run_by(&mut self, policy: Policy) {
        self.policy = policy;
        self.saved = self.saved.min(brim(policy));
    }

    /// The visitor's latest entry, as time has it.
    pub(super) fn find(&self, who: usize) -> Option<Guest> {
        let guest = *self.guests.iter().rfind(|guest| guest.who == who)?;
        Some(Guest {
            is: self.by_now(guest.is),
            ..guest
        })
    }

    pub(super) fn enter(&mut self, who: usize, sellable: u64) {
        self.run_out(who);
        match self.find(who).map(|guest| guest.is) {
            None | Some(Is::Over(_)) => {}
            Some(Is::Waiting | Is::Called(_) | Is::Inside(_)) => return self.claim(who),
        }
        let is_first = self.waiting() == 0;
        let seq = self.guests.len() as u64 + 1;
        // Who ran out counts as inside until a tick or a sweep has looked.
        let may_come_in = is_first && self.allowed(1, sellable) > 0;
        self.guests.push(Guest {
            who,
            seq,
            is: Is::Waiting,
        });
        if may_come_in {
            self.let_in(1);
            self.claim(who);
        }
    }

    pub(super) fn claim(&mut self, who: usize) {
        self.run_out(who);
        // The pass ends on a whole second of the world's clock; a case begins on one.
        let until = (self.now + self.policy.stay.as_secs() * 1_000).next_multiple_of(1_000);
        self.change(who, |is| {
            if matches!(is, Is::Called(_)) {
                Is::Inside(until)
            } else {
                is
            }
        });
    }

    pub(super) fn end(&mut self, who: usize, reason: EndReason) {
        self.run_out(who);
        self.change(who, |is| {
            if matches!(is, Is::Over(_)) {
                is
            } else {
                Is::Over(reason)
            }
        });
    }

    pub(super) fn end_pass(&mut self, who: usize, reason: EndReason) {
        self.run_out(who);
        self.change(who, |is| match is {
            Is::Called(_) | Is::Inside(_) => Is::Over(reason),
            Is::Waiting | Is::Over(_) => is,
        });
    }

    pub(super) fn sweep(&mut self) {
        for index in 0..self.guests.len() {
            self.guests[index].is = self.by_now(self.guests[index].is);
        }
    }

    /// Who is let in.
    pub(super) fn admit(&mut self, sellable: u64) -> Vec<usize> {
        self.sweep();
        self.let_in(self.allowed(self.waiting(), sellable))
    }

    pub(super) fn sold_out(&mut self) -> u64 {
        let told = self.waiting();
        for guest in &mut self.guests {
            if guest.is == Is::Waiting {
                guest.is = Is::Over(EndReason::SoldOut);
            }
        }
        told
    }

    pub(super) fn waiting(&self) -> u64 {
        self.count(|is| is == Is::Waiting)
    }

    pub(super) fn active(&self) -> u64 {
        self.count(|is| matches!(is, Is::Called(_) | Is::Inside(_)))
    }

    /// How many wait before the visitor.
    pub(super) fn ahead_of(&self, who: usize) -> u64 {
        let seq = self.find(who).map_or(0, |guest| guest.seq);
        self.guests
            .iter()
            .filter(|guest| guest.is == Is::Waiting && guest.seq < seq)
            .count() as u64
    }

    fn allowed(&self, waiting: u64, sellable: u64) -> u64 {
        if self.is_paused {
            return 0;
        }
        let free = u64::from(self.policy.capacity).saturating_sub(self.active());
        waiting.min(free).min(self.saved / 60_000).min(sellable)
    }

    fn let_in(&mut self, count: u64) -> Vec<usize> {
        let claim_by = self.now + self.policy.claim.as_secs() * 1_000;
        let mut let_in = Vec::new();
        for guest in &mut self.guests {
            if guest.is == Is::Waiting && (let_in.len() as u64) < count {
                guest.is = Is::Called(claim_by);
                let_in.push(guest.who);
            }
        }
        self.saved -= 60_000 * count;
        let_in
    }

    fn run_out(&mut self, who: usize) {
        let now = self.now;
        self.change(who, |is| over_by(is, now));
    }

    fn by_now(&self, is: Is) -> Is {
        over_by(is, self.now)
    }

    fn change(&mut self, who: usize, change: impl Fn(Is) -> Is) {
        if let Some(guest) = self.guests.iter_mut().rfind(|guest| guest.who == who) {
            guest.is = change(guest.is);
        }
    }

    fn count(&self, which: impl Fn(Is) -> bool) -> u64 {
        self.guests.iter().filter(|guest| which(guest.is)).count() as u64
    }
}

fn over_by(is: Is, now: u64) -> Is {
    match is {
        Is::Called(claim_by) if claim_by <= now => Is::Over(EndReason::ClaimMissed),
        Is::Inside(until) if until <= now => Is::Over(EndReason::PassEnded),
        other => other,
    }
}

fn brim(policy: Policy) -> u64 {
    (2_000 * u64::from(policy.per_minute)).max(60_000)
}
