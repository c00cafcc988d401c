//! The crowd: who comes when, what they want, and what goes wrong for them. Everything follows from the seed.
//!
//! Traits are dealt, not diced: 5 % of 60 buyers are three buyers, whatever the seed, so that the smallest demo has
//! one of each kind.

use std::time::Duration;

use super::dice::Dice;

/// One buyer, before anything has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buyer {
    /// Which of the crowd, from 0.
    pub(crate) number: u32,
    /// Seeds the buyer's own choices.
    pub(crate) seed: u64,
    /// When they come, after the opening.
    pub(crate) comes_after: Duration,
    /// Seats wanted.
    pub(crate) seats: u32,
    /// Which seats.
    pub(crate) wish: Wish,
    /// Keeps a stream open instead of asking again and again.
    pub(crate) listens: bool,
    /// Clicks twice on everything.
    pub(crate) double_clicks: bool,
    /// Shops in a second tab at the same time.
    pub(crate) has_two_tabs: bool,
    /// What becomes of the payment.
    pub(crate) fate: Fate,
    /// Gives one ticket back once all is sold, and how the bank behaves then.
    pub(crate) gives_back: Option<Bank>,
}

/// Which seats are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// The best there are.
    Best,
    /// These in the front rows, like everybody else.
    Front,
    /// A place for a wheelchair, with the companion's beside it.
    Wheelchair,
}

/// What becomes of the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Pays.
    Pays,
    /// The card is declined; a second one pays.
    Declined,
    /// Closes the tab with seats in hand, before ordering or before paying.
    ClosesTab,
    /// Is charged, and the provider's answer is lost.
    AnswerLost,
}

/// How the bank behaves when money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bank {
    /// It answers.
    Answers,
    /// It gives the money back, and its answer is lost.
    LosesAnswer,
}

/// How many of the crowd are of a kind, in hundredths.
const DECLINED: usize = 5;
const CLOSE_THE_TAB: usize = 4;
const LOSE_THE_ANSWER: usize = 2;
const DOUBLE_CLICK: usize = 33;
const TWO_TABS: usize = 2;
const GIVE_BACK: usize = 4;
const WANT_THE_FRONT: usize = 35;
const COME_IN_A_WHEELCHAIR: usize = 4;
const LISTEN: usize = 3;

/// Buyers of a seed, in the order in which they come.
pub(crate) fn crowd(seed: u64, buyers: u32, seats_max: u32) -> Vec<Buyer> {
    let mut dice = Dice::new(seed, 1);
    let evening = evening(buyers);
    let mut crowd: Vec<Buyer> = (0..buyers)
        .map(|number| Buyer {
            comes_after: arrival(&mut dice, evening),
            ..plain(number, &mut dice, seats_max)
        })
        .collect();
    let mut deck: Vec<usize> = (0..crowd.len()).collect();

    dice.shuffle(&mut deck);
    let (declined, rest) = deal(&deck, buyers, DECLINED);
    let (closing, rest) = deal(rest, buyers, CLOSE_THE_TAB);
    let (unheard, rest) = deal(rest, buyers, LOSE_THE_ANSWER);
    let (giving_back, rest) = deal(rest, buyers, GIVE_BACK);
    let (two_tabs, _) = deal(rest, buyers, TWO_TABS);
    for (which, fate) in [
        (declined, Fate::Declined),
        (closing, Fate::ClosesTab),
        (unheard, Fate::AnswerLost),
    ] {
        for buyer in which {
            crowd[*buyer].fate = fate;
        }
    }
    for (place, buyer) in giving_back.iter().enumerate() {
        let bank = if place % 2 == 0 {
            Bank::LosesAnswer
        } else {
            Bank::Answers
        };
        let buyer = &mut crowd[*buyer];
        buyer.gives_back = Some(bank);
        buyer.seats = buyer.seats.max(2).min(seats_max);
    }
    for buyer in two_tabs {
        let buyer = &mut crowd[*buyer];
        buyer.has_two_tabs = true;
        buyer.seats = seats_max;
    }

    dice.shuffle(&mut deck);
    for buyer in deal(&deck, buyers, DOUBLE_CLICK).0 {
        crowd[*buyer].double_clicks = true;
    }
    dice.shuffle(&mut deck);
    let (front, rest) = deal(&deck, buyers, WANT_THE_FRONT);
    for buyer in front {
        crowd[*buyer].wish = Wish::Front;
    }
    for buyer in deal(rest, buyers, COME_IN_A_WHEELCHAIR).0 {
        crowd[*buyer].wish = Wish::Wheelchair;
    }
    dice.shuffle(&mut deck);
    for buyer in deal(&deck, buyers, LISTEN).0 {
        crowd[*buyer].listens = true;
    }
    crowd
}

/// Who comes when all is sold, for the seats that others gave back: nothing goes wrong for them.
pub(crate) fn latecomers(seed: u64, after: u32, count: u32) -> Vec<Buyer> {
    let mut dice = Dice::new(seed, 2);
    let late = |number: u32| Buyer {
        seats: 1,
        comes_after: dice.time_below(Duration::from_millis(300)),
        seed: dice.any(),
        number: after + number,
        wish: Wish::Best,
        listens: false,
        double_clicks: false,
        has_two_tabs: false,
        fate: Fate::Pays,
        gives_back: None,
    };
    (0..count).map(late).collect()
}

fn plain(number: u32, dice: &mut Dice, seats_max: u32) -> Buyer {
    // One, two, three or four seats: most people come as two.
    let seats = [1, 2, 2, 2, 2, 3, 3, 4, 4, 1][dice.below(10) as usize];
    Buyer {
        number,
        seed: dice.any(),
        comes_after: Duration::ZERO,
        seats: seats.min(seats_max),
        wish: Wish::Best,
        listens: false,
        double_clicks: false,
        has_two_tabs: false,
        fate: Fate::Pays,
        gives_back: None,
    }
}

/// Over which time people come: a small crowd is here sooner.
fn evening(buyers: u32) -> Duration {
    Duration::from_millis(u64::from(buyers) * 3).clamp(Duration::from_secs(3), Duration::from_secs(16))
}

/// Seven of ten stand at the door when it opens; the others come in a tail that thins out.
fn arrival(dice: &mut Dice, evening: Duration) -> Duration {
    if dice.percent(70) {
        return dice.time_below(evening / 4);
    }
    let latest = dice.time_below(evening);
    dice.time_below(latest) + evening / 16
}

/// The first of a deck, so many hundredths of all, at least one; and the rest.
fn deal(deck: &[usize], of: u32, hundredths: usize) -> (&[usize], &[usize]) {
    let count = (of as usize * hundredths).div_ceil(100).min(deck.len());
    deck.split_at(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(crowd: &[Buyer], is: impl Fn(&&Buyer) -> bool) -> usize {
        crowd.iter().filter(is).count()
    }

    #[test]
    fn a_seed_makes_the_same_crowd() {
        assert_eq!(crowd(7, 100, 4), crowd(7, 100, 4));
        assert_ne!(crowd(7, 100, 4), crowd(8, 100, 4));
    }

    #[test]
    fn the_crowd_is_as_the_demo_says() {
        let crowd = crowd(7, 6_000, 4);
        assert_eq!(count(&crowd, |buyer| buyer.fate == Fate::Declined), 300);
        assert_eq!(count(&crowd, |buyer| buyer.fate == Fate::ClosesTab), 240);
        assert_eq!(count(&crowd, |buyer| buyer.fate == Fate::AnswerLost), 120);
        assert_eq!(count(&crowd, |buyer| buyer.double_clicks), 1_980);
        assert!(crowd.iter().all(|buyer| (1..=4).contains(&buyer.seats)));
        assert!(
            crowd
                .iter()
                .all(|buyer| buyer.comes_after < Duration::from_secs(20))
        );
    }

    #[test]
    fn the_smallest_crowd_has_one_of_each_kind_that_gives_back_and_of_each_that_shops_twice() {
        for seed in 0..50 {
            let crowd = crowd(seed, 60, 4);
            assert!(count(&crowd, |buyer| buyer.gives_back == Some(Bank::LosesAnswer)) > 0);
            assert!(count(&crowd, |buyer| buyer.gives_back == Some(Bank::Answers)) > 0);
            assert!(count(&crowd, |buyer| buyer.has_two_tabs) > 0);
            let has_two = |buyer: &&Buyer| buyer.gives_back.is_none() || buyer.seats >= 2;
            assert_eq!(count(&crowd, has_two), 60);
        }
    }

    #[test]
    fn nobody_alone_is_nobody_special() {
        assert_eq!(crowd(7, 1, 4).len(), 1);
        assert_eq!(crowd(7, 0, 4).len(), 0);
    }
}
