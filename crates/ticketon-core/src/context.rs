//! What a use case needs around it: the ports, and the few moves that every use case makes.

use std::sync::Arc;

use crate::availability::{Availability, Hall};
use crate::caller::Caller;
use crate::claims::{Claims, ClaimsInMemory};
use crate::entropy::Entropy;
use crate::error::{Code, Refusal};
use crate::ids::{ChangesId, PerformanceId, Person, SaleId};
use crate::limits;
use crate::plan::{Plan, PlanId};
use crate::row::{RowId, Stored};
use crate::sale::Allowance;
use crate::store::{
    Alone, Answered, Changes, CommitError, Conflict, Engine, Freshness, Reads, Store, Unavailable, Version,
    Versioned,
};
use crate::time::{Clock, Timestamp};

/// The ports of the use cases.
#[derive(Clone)]
pub struct Context {
    /// The one door for writing.
    pub store: Arc<dyn Store>,
    /// What decisions read.
    pub reads: Arc<dyn Reads>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids get their randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Which seats are free.
    pub availability: Arc<Availability>,
    /// Who is about to hold which seats.
    pub claims: Arc<dyn Claims>,
}

/// How often a decision has met a conflict.
#[derive(Debug, Default)]
pub(crate) struct Tries(u32);

impl Context {
    /// A context over one engine in this process, one decision at a time.
    pub fn new<E>(engine: E, clock: impl Clock + 'static, entropy: impl Entropy + 'static) -> Self
    where
        E: Engine + Reads + Clone + 'static,
    {
        let reads = Arc::new(engine.clone());
        Self::over(
            Arc::new(Alone::new(engine)),
            reads,
            Arc::new(clock),
            Arc::new(entropy),
        )
    }

    /// A context over ports made elsewhere.
    pub fn over(
        store: Arc<dyn Store>,
        reads: Arc<dyn Reads>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            store,
            reads,
            clock,
            entropy,
            availability: Arc::new(Availability::default()),
            claims: Arc::new(ClaimsInMemory::new()),
        }
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A row as it stands.
    pub async fn load<T: Stored>(
        &self,
        key: T::Key,
        freshness: Freshness,
    ) -> Result<Option<Versioned<T>>, Unavailable> {
        self.reads.load(key, freshness).await
    }

    /// Rows of one type, in the order of their names.
    pub async fn load_all<T: Stored>(
        &self,
        ids: impl IntoIterator<Item = RowId>,
        freshness: Freshness,
    ) -> Result<Vec<Option<Versioned<T>>>, Unavailable> {
        self.reads.load_all(ids, freshness).await
    }

    /// A row that whoever asks cannot do without.
    pub async fn need<T: Stored>(
        &self,
        key: T::Key,
        freshness: Freshness,
        what: &str,
    ) -> Result<Versioned<T>, Refusal> {
        let id = T::row_id(key);
        let mut rows = self.load_all([id.clone()], freshness).await?;
        rows.pop().flatten().ok_or_else(|| Refusal::not_found(what, &id))
    }

    /// A person's allowance in a sale; nothing yet where there is no row.
    pub(crate) async fn allowance(
        &self,
        sale: SaleId,
        person: &Person,
        freshness: Freshness,
    ) -> Result<Versioned<Allowance>, Unavailable> {
        let allowance = self.load::<Allowance>((sale, person.clone()), freshness).await?;
        Ok(allowance.unwrap_or_else(|| (Allowance::none(sale, person.clone()), Version::ABSENT)))
    }

    /// The seats of a performance in memory, loaded if nobody asked for them before.
    pub async fn hall(&self, performance: PerformanceId) -> Result<Arc<Hall>, Unavailable> {
        let hall = self.availability.hall(performance);
        if hall.is_loaded() {
            return Ok(hall);
        }
        // One loads for the crowd that comes at the opening.
        let loading = hall.loading().await;
        if !hall.is_loaded() {
            let (seats, position) = self.reads.seats(performance).await?;
            hall.load(&seats, position);
        }
        drop(loading);
        Ok(hall)
    }

    /// The seat plan of a hall's performance, read and built once for the crowd: it stays what it was seeded from.
    pub(crate) async fn plan(&self, hall: &Hall, plan: PlanId) -> Result<Plan, Refusal> {
        if let Some(plan) = hall.plan() {
            return Ok(plan);
        }
        let loading = hall.loading().await;
        if let Some(plan) = hall.plan() {
            return Ok(plan);
        }
        let (plan, _) = self.need::<Plan>((plan,), Freshness::Cached, "seat plan").await?;
        hall.keep_plan(plan.clone());
        drop(loading);
        Ok(plan)
    }

    /// Commits what a decision changes, and shows its seats before the answer goes out.
    pub(crate) async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        let seats = changes.written_seats();
        self.store.commit(changes).await?;
        self.availability.show(&seats);
        Ok(())
    }

    /// Empty changes with a new id.
    pub(crate) fn changes(&self) -> Changes {
        Changes::new(ChangesId::new(self.now(), &*self.entropy))
    }

    /// The answer that the caller's request got before, if it carries a key and got one.
    pub async fn first_answer(&self, caller: &Caller) -> Result<Option<RowId>, Refusal> {
        let Some(key) = caller.answer_key() else {
            return Ok(None);
        };
        match self.reads.answered(&key).await? {
            Some(answered) => same_request(caller, &answered).map(Some),
            None => Ok(None),
        }
    }
}

impl Tries {
    /// How fresh the next read must be.
    pub(crate) fn freshness(&self) -> Freshness {
        if self.0 == 0 {
            Freshness::Cached
        } else {
            Freshness::Fresh
        }
    }

    /// After a commit that did not happen: `None` to decide again, the answered row if this request was
    /// answered before, or the refusal.
    pub(crate) fn after(&mut self, error: CommitError, caller: &Caller) -> Result<Option<RowId>, Refusal> {
        match error {
            CommitError::Conflict(Conflict::Answered(answered)) => same_request(caller, &answered).map(Some),
            CommitError::Conflict(Conflict::Stale(_) | Conflict::Taken(_)) => self.again().map(|()| None),
            CommitError::Unavailable(error) => Err(error.into()),
        }
    }

    /// The same where no request is answered: decide again, or the refusal.
    pub(crate) fn after_conflict(&mut self, error: CommitError) -> Result<(), Refusal> {
        match error {
            CommitError::Conflict(Conflict::Stale(_) | Conflict::Taken(_)) => self.again(),
            CommitError::Conflict(conflict @ Conflict::Answered(_)) => Err(Refusal::internal(conflict)),
            CommitError::Unavailable(error) => Err(error.into()),
        }
    }

    /// A refusal decided from rows in memory, which may be behind where another process writes, is decided once more from
    /// the store: `Ok` to do so, or the refusal.
    pub(crate) fn after_refusal(&mut self, refusal: Refusal) -> Result<(), Refusal> {
        match self.freshness() {
            Freshness::Cached | Freshness::InMemory => self.again(),
            Freshness::Fresh => Err(refusal),
        }
    }

    /// Counts one more conflict; refuses after too many.
    pub(crate) fn again(&mut self) -> Result<(), Refusal> {
        self.0 += 1;
        if self.0 < limits::DECISION_TRIES_MAX {
            return Ok(());
        }
        Err(Refusal::new(
            Code::Unavailable,
            "everybody wants the same at this moment: try again",
        ))
    }
}

/// What a request was answered, if it asked the same.
pub(crate) fn same_request(caller: &Caller, answered: &Answered) -> Result<RowId, Refusal> {
    let fingerprint = caller.request.as_ref().map(|request| &request.fingerprint);
    if fingerprint == Some(&answered.fingerprint) {
        return Ok(answered.outcome.clone());
    }
    Err(Refusal::new(
        Code::KeyReused,
        "this idempotency key was used for another request: send each request with a key of its own",
    ))
}
