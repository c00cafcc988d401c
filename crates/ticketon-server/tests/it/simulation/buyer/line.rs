//! Waiting in line: entering, asking how far it is, fetching the pass, giving up.

use std::fmt;
use std::sync::Arc;

use ticketon_core::event::Event;
use ticketon_core::sale::Sale;
use ticketon_core::{Caller, Code, Refusal};
use ticketon_queue::{Place, View, ViewState};
use ticketon_server::rooms::Room;
use ticketon_server::shop::Shop;

use super::super::house::Miss;
use super::super::world::World;
use super::{Buyer, note_faults};

/// How one gets at the seats.
pub(super) enum Entrance {
    /// There is no queue.
    Open,
    /// With a pass.
    Pass(String),
}

/// What the queue answers.
enum InLine {
    NoQueue,
    At(Box<View>),
}

/// One step of waiting.
#[derive(Clone, Copy)]
enum Step {
    Enter,
    Ask,
    Leave,
}

impl Buyer {
    /// Waits for a pass; `None` for who gives up, or is told that it is over. A place told now did not exist before
    /// `since`.
    pub(super) async fn wait_in_line(&self, since: &mut u64) -> Option<Entrance> {
        let mut receipt: Option<String> = None;
        let mut step = Step::Enter;
        for _ in 0..200 {
            let asked_at = self.world.told.step();
            match self.line(step, *since, receipt.clone()).await {
                Ok(InLine::NoQueue) => return Some(Entrance::Open),
                Ok(InLine::At(view)) => {
                    receipt = Some(view.receipt.clone());
                    step = Step::Ask;
                    match (view.state, view.pass) {
                        (ViewState::Admitted, Some(pass)) => return Some(Entrance::Pass(pass)),
                        (ViewState::Ended, _) if self.dice.percent(50) => return None,
                        (ViewState::Ended, _) => {
                            *since = asked_at;
                            step = Step::Enter;
                        }
                        _ if self.dice.percent(2) => step = Step::Leave,
                        _ => {}
                    }
                }
                Err(miss) if miss.code() == Some(Code::NotFound) => step = Step::Enter,
                Err(_) => {}
            }
            if self.world.is_broken().is_some() {
                return None;
            }
            self.think(300, 2_500).await;
        }
        None
    }

    async fn line(&self, step: Step, since: u64, receipt: Option<String>) -> Result<InLine, Miss> {
        let world = Arc::clone(&self.world);
        let person = self.person.clone();
        let answer = self
            .house
            .ask(&self.dice, move |shop| async move {
                let answer = async {
                    let Some(room) = room(&world, &shop).await? else {
                        return Ok(InLine::NoQueue);
                    };
                    let now = shop.cx.now();
                    let place = match step {
                        Step::Enter => {
                            let receipt = receipt.as_deref();
                            Some(shop.rooms.enter(&shop.cx, &room, &person, receipt).await?)
                        }
                        Step::Ask => room.claim(&person, now).await?,
                        Step::Leave => room.leave(&person, now).await?,
                    };
                    let not_there = || Refusal::new(Code::NotFound, "you are not in this queue");
                    let place = place.ok_or_else(not_there)?;
                    Ok(told(&world, &shop, since, &place))
                }
                .await;
                note_faults(&world, &answer);
                answer
            })
            .await;
        match &answer {
            Ok(place) => self.say(format_args!("{step} → {place}")),
            Err(Miss::Lost) => self.say(format_args!("{step} → no answer")),
            Err(Miss::Refused(refusal)) => self.say(format_args!("{step} → {refusal}")),
        }
        answer
    }

    /// Who asks, with what the entrance proves.
    pub(super) fn caller(&self, shop: &Shop, entrance: &Entrance) -> Result<Caller, Refusal> {
        let caller = Caller::person(self.person.clone());
        match entrance {
            Entrance::Open => Ok(caller),
            Entrance::Pass(pass) => {
                let sale = self.world.hall.event.event.sales[0];
                let admitted = shop.rooms.admitted(sale, pass, shop.cx.now())?;
                Ok(caller.admitted(admitted))
            }
        }
    }
}

async fn room(world: &World, shop: &Shop) -> Result<Option<Arc<Room>>, Refusal> {
    let event: &Event = &world.hall.event.event;
    let sale: &Sale = &world.hall.event.sales[0];
    shop.rooms.room(event, sale, shop.cx.now()).await
}

/// What is told is true from here on, whether or not it is heard.
fn told(world: &World, shop: &Shop, since: u64, place: &Place) -> InLine {
    if let Err(how) = world.told.place(since, &place.entry) {
        world.broken(how);
    }
    InLine::At(Box::new(shop.rooms.view(place, shop.cx.now())))
}

impl fmt::Display for InLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoQueue => write!(f, "no queue"),
            Self::At(view) => {
                let (seq, state, reason, ahead) = (view.seq, view.state, view.reason, view.ahead);
                write!(f, "number {seq} {state:?} {reason:?} with {ahead:?} ahead")
            }
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Enter => "enter",
            Self::Ask => "ask",
            Self::Leave => "leave",
        })
    }
}
