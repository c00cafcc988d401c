//! The operations of the port, each a script or a few.

use async_trait::async_trait;

use super::RedisQueue;
use super::call::{moment, settings_args, settings_text, stock};
use super::numbers::{Known, Lack};
use super::reply::{
    Answer, CountersFields, Entries, ProgressFields, counters_of, entries_of, progress_of, settings_of,
};
use super::scripts::SCRIPTS;
use crate::decide::Arrival;
use crate::decision::{Counters, Decision, decide_admission};
use crate::entry::{EndReason, Entry, EntryId, Seq};
use crate::error::QueueError;
use crate::limits;
use crate::names::{RoomName, VisitorName};
use crate::policy::{Change, Settings};
use crate::progress::Progress;
use crate::queue::Queue;
use crate::record::Closing;
use crate::tick::Tick;
use crate::time::{Timestamp, whole_ms};
use crate::view::Place;

#[async_trait]
impl Queue for RedisQueue {
    fn room(&self) -> &RoomName {
        &self.room
    }

    async fn open(&self, settings: Settings, now: Timestamp) -> Result<bool, QueueError> {
        settings.validate()?;
        match self.look(now).await {
            Ok(_) => Ok(false),
            Err(QueueError::QueueLost) => self.make(&settings, now).await,
            Err(error) => Err(error),
        }
    }

    async fn enter(&self, arrival: Arrival<'_>, now: Timestamp) -> Result<Place, QueueError> {
        if let Entered::At(place) = self.try_enter(&arrival, now).await? {
            return Ok(*place);
        }
        let _numbering = self.numbering.acquire().await;
        for _ in 0..limits::NUMBERING_TRIES {
            match self.try_enter(&arrival, now).await? {
                Entered::At(place) => return Ok(*place),
                Entered::NoNumber(known) => self.number(known, arrival.receipt, now).await?,
            }
        }
        Err(QueueError::Unreachable(
            "others take all numbers that are recorded".to_owned(),
        ))
    }

    async fn find(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError> {
        self.place(visitor, false, now).await
    }

    async fn claim(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError> {
        self.place(visitor, true, now).await
    }

    async fn leave(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError> {
        self.end(visitor, EndReason::Left, now).await
    }

    async fn remove(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError> {
        self.end(visitor, EndReason::Removed, now).await
    }

    async fn end_pass(
        &self,
        visitor: &VisitorName,
        entry: EntryId,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<bool, QueueError> {
        let args = [
            visitor.to_string(),
            entry.to_string(),
            reason.as_str().to_owned(),
            moment(now),
        ];
        let answer = self.ask(&SCRIPTS.end_pass, &args).await?;
        Ok(answer.status() == "ended")
    }

    /// Entries that ran out go first, however many; then as many steps as the first one's decision needs.
    async fn admit(&self, sellable: u64, now: Timestamp) -> Result<Tick, QueueError> {
        let mut ended = self.sweep(now).await?;
        let (step, before) = self.admit_some(sellable, now).await?;
        let wanted = decide_admission(&before, &step.settings.policy, sellable);
        let (mut admitted, mut counters) = (step.admitted, step.counters);
        ended.extend(step.ended);
        while (admitted.len() as u64) < wanted.admit {
            let left = wanted.admit - admitted.len() as u64;
            let (step, _) = self.admit_some(left, now).await?;
            counters = step.counters;
            ended.extend(step.ended);
            if step.admitted.is_empty() {
                break;
            }
            admitted.extend(step.admitted);
        }
        let decision = Decision {
            admit: admitted.len() as u64,
            because: wanted.because,
        };
        Ok(Tick {
            admitted,
            ended,
            told_sold_out: 0,
            decision,
            counters,
            progress: self.progress(now).await?,
        })
    }

    async fn sweep(&self, now: Timestamp) -> Result<Vec<Entry>, QueueError> {
        let args = [moment(now), limits::REDIS_TOUCHED_MAX.to_string()];
        let mut ended = Vec::new();
        loop {
            let (some,): (Entries,) = self.ask(&SCRIPTS.sweep, &args).await?.fields()?;
            ended.extend(entries_of(&some)?);
            if some.len() < limits::REDIS_TOUCHED_MAX {
                return Ok(ended);
            }
        }
    }

    async fn counters(&self, now: Timestamp) -> Result<Counters, QueueError> {
        Ok(self.look(now).await?.0)
    }

    async fn progress(&self, now: Timestamp) -> Result<Progress, QueueError> {
        Ok(self.look(now).await?.1)
    }

    async fn close(&self, closing: Closing, now: Timestamp) -> Result<u64, QueueError> {
        let for_good = u8::from(closing == Closing::Closed).to_string();
        let args = [closing.reason().as_str().to_owned(), moment(now), for_good];
        let (told,): (u64,) = self.ask(&SCRIPTS.close, &args).await?.fields()?;
        Ok(told)
    }

    async fn change(&self, change: Change, now: Timestamp) -> Result<Settings, QueueError> {
        let mut seen = Settings::clone(&self.progress(now).await?.settings);
        for _ in 0..limits::CHANGE_TRIES {
            let changed = seen.clone().changed(change.clone());
            match self.run_as(&seen, &changed, now).await? {
                None => return Ok(changed),
                Some(other) => seen = other,
            }
        }
        Err(QueueError::Unreachable(
            "others change this room's settings at the same time".to_owned(),
        ))
    }

    async fn replace(&self, seen: &Settings, wanted: Settings, now: Timestamp) -> Result<(), QueueError> {
        match self.run_as(seen, &wanted, now).await? {
            None => Ok(()),
            Some(_) => Err(QueueError::Changed),
        }
    }
}

/// Who ended and who was admitted, the counters before and after, the settings.
type StepFields = (Entries, Entries, CountersFields, CountersFields, String);

/// Counters, progress, places given up.
type RoomFields = (CountersFields, ProgressFields, Vec<(u64, u64)>);

/// What came of somebody's coming.
enum Entered {
    At(Box<Place>),
    NoNumber(Known),
}

/// What one step of a tick did.
struct Step {
    admitted: Vec<Entry>,
    ended: Vec<Entry>,
    counters: Counters,
    settings: Settings,
}

impl RedisQueue {
    /// Runs the room as `wanted`, unless it is run otherwise than was seen: then says how.
    async fn run_as(
        &self,
        seen: &Settings,
        wanted: &Settings,
        now: Timestamp,
    ) -> Result<Option<Settings>, QueueError> {
        wanted.validate()?;
        let mut args = vec![settings_text(seen), moment(now)];
        args.extend(settings_args(wanted));
        let (settings, what): (String, String) = self.ask(&SCRIPTS.change, &args).await?.fields()?;
        if what == "changed" {
            return Ok(None);
        }
        settings_of(&settings).map(Some)
    }

    async fn try_enter(&self, arrival: &Arrival<'_>, now: Timestamp) -> Result<Entered, QueueError> {
        let (epoch, seq, id) = match arrival.receipt {
            Some(receipt) if receipt.room != self.room || receipt.visitor != *arrival.visitor => {
                return Err(QueueError::ForeignReceipt);
            }
            Some(receipt) => (receipt.epoch, receipt.seq, receipt.entry.to_string()),
            None => (0, Seq(0), String::new()),
        };
        let args = [
            arrival.visitor.to_string(),
            arrival.id.to_string(),
            moment(now),
            stock(arrival.sellable),
            epoch.to_string(),
            seq.to_string(),
            id,
            limits::WAITING_MAX.to_string(),
        ];
        let answer = self.ask(&SCRIPTS.enter, &args).await?;
        match answer.status() {
            "place" => Ok(Entered::At(Box::new(answer.place(
                &self.room,
                arrival.visitor,
                now,
            )?))),
            "numbers" => no_number(answer).map(Entered::NoNumber),
            "not_yet" => {
                let (from,): (u64,) = answer.fields()?;
                Err(QueueError::NotYet {
                    from: Timestamp::from_ms(from),
                })
            }
            "closed" => Err(QueueError::Closed),
            "full" => Err(QueueError::Full),
            _ => Err(answer.stray()),
        }
    }

    async fn place(
        &self,
        visitor: &VisitorName,
        claims: bool,
        now: Timestamp,
    ) -> Result<Option<Place>, QueueError> {
        let args = [visitor.to_string(), moment(now), u8::from(claims).to_string()];
        let answer = self.ask(&SCRIPTS.find, &args).await?;
        self.place_or_nobody(answer, visitor, now)
    }

    async fn end(
        &self,
        visitor: &VisitorName,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<Option<Place>, QueueError> {
        let args = [visitor.to_string(), reason.as_str().to_owned(), moment(now)];
        let answer = self.ask(&SCRIPTS.end, &args).await?;
        self.place_or_nobody(answer, visitor, now)
    }

    fn place_or_nobody(
        &self,
        answer: Answer,
        visitor: &VisitorName,
        now: Timestamp,
    ) -> Result<Option<Place>, QueueError> {
        match answer.status() {
            "nobody" => Ok(None),
            _ => answer.place(&self.room, visitor, now).map(Some),
        }
    }

    /// One bounded step of a tick, and what the room looked like before anybody was admitted.
    async fn admit_some(&self, sellable: u64, now: Timestamp) -> Result<(Step, Counters), QueueError> {
        let args = [
            moment(now),
            stock(sellable),
            limits::REDIS_TOUCHED_MAX.to_string(),
            whole_ms(limits::REDIS_KEPT).to_string(),
        ];
        let (ended, admitted, before, after, settings): StepFields =
            self.ask(&SCRIPTS.admit, &args).await?.fields()?;
        let settings = settings_of(&settings)?;
        let before = counters_of(before, &settings, now);
        let step = Step {
            admitted: entries_of(&admitted)?,
            ended: entries_of(&ended)?,
            counters: counters_of(after, &settings, now),
            settings,
        };
        Ok((step, before))
    }

    async fn look(&self, now: Timestamp) -> Result<(Counters, Progress), QueueError> {
        let (counters, progress, given_up): RoomFields =
            self.ask(&SCRIPTS.look, &[moment(now)]).await?.fields()?;
        let progress = progress_of(&self.room, progress, given_up, now)?;
        Ok((counters_of(counters, &progress.settings, now), progress))
    }
}

fn no_number(answer: Answer) -> Result<Known, QueueError> {
    let (epoch, ceiling, lack): (u32, u64, String) = answer.fields()?;
    let lack = if lack == "used_up" {
        Lack::UsedUp
    } else {
        Lack::Forgot
    };
    Ok(Known {
        epoch,
        ceiling: Seq(ceiling),
        lack,
    })
}
