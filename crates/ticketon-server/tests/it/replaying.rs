//! Projections made anew, compared, and put in place.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::figures::{Figures, Minute, Sold};
use ticketon_core::ids::ChangesId;
use ticketon_core::projection::Projection;
use ticketon_core::row::{Row, RowId, Table};
use ticketon_core::store::{Changes, Snapshot, Unavailable, Versioned};
use ticketon_core::{NotPromoted, Won, follow, promote};
use ticketon_server::replay::{Plan, ReplayError, Replayed, replay};

use crate::support::{House, Show};

/// A house that has sold two seats and taken one back, its projections up to date.
async fn sold() -> (House, Show) {
    let house = House::on_sqlite().await;
    let show = house.recital().await;
    let ana = house.buyer("ana");
    let purchase = ana.buy(&show, ["A-1", "B-1"]).await;
    let code = purchase["code"].as_str().unwrap();
    let wish = json!({"tickets": [purchase["tickets"][0]["id"]], "expected_amount": 55_000, "reason": "ill"});
    ana.post(&format!("purchases/{code}/refunds"), wish)
        .await
        .with(201);
    catch_up(&house).await;
    (house, show)
}

async fn catch_up(house: &House) {
    for projection in Projection::ALL {
        while follow(&house.shop.cx, projection, 100).await.unwrap() > 0 {}
    }
}

fn everything() -> Plan {
    Plan {
        projections: Projection::ALL.to_vec(),
        ..Plan::default()
    }
}

async fn replayed(house: &House, plan: &Plan) -> Replayed {
    let mut snapshot = house.shop.cx.reads.snapshot().await.unwrap();
    replay(&mut *snapshot, plan, |_| ()).await.unwrap()
}

/// Somebody has written to a projection what no fact made.
async fn tamper(house: &House) -> RowId {
    let cx = &house.shop.cx;
    let mut snapshot = cx.reads.snapshot().await.unwrap();
    let (row, version) = snapshot.rows(Table::Figures, None, 1).await.unwrap().remove(0);
    let Row::Figures(figures) = row else {
        panic!("{row:?}")
    };
    let wrong = Figures { paid: 7, ..figures };
    let id = ChangesId::new(cx.now(), &*cx.entropy);
    let name = RowId::Figures(wrong.event);
    cx.store
        .commit(Changes::new(id).write(wrong, version))
        .await
        .unwrap();
    name
}

#[tokio::test]
async fn two_replays_and_what_is_live_come_to_the_same() {
    let (house, _) = sold().await;
    let (first, second) = (
        replayed(&house, &everything()).await,
        replayed(&house, &everything()).await,
    );
    assert!(first.is_same(), "{first:?}");
    assert_eq!(first.last, house.shop.cx.reads.head().await.unwrap());
    for (first, second) in first.projections.iter().zip(&second.projections) {
        assert!(first.rows > 0, "{first:?}");
        assert_eq!(first.hash, second.hash);
        assert_eq!(Some(&first.hash), first.live_hash.as_ref());
    }
    house.is_in_order().await;
}

#[tokio::test]
async fn sales_are_counted_by_minute_and_grade() {
    let (house, _) = sold().await;
    let mut snapshot = house.shop.cx.reads.snapshot().await.unwrap();
    let minutes = snapshot.rows(Table::Minute, None, 10).await.unwrap();
    let [(Row::Minute(Minute { grades, .. }), _)] = &minutes[..] else {
        panic!("{minutes:?}")
    };
    let counted: Vec<(String, Sold)> = grades
        .iter()
        .map(|(grade, sold)| (grade.to_string(), sold.clone()))
        .collect();
    let sold = |tickets, taken, returned, refunded| Sold {
        tickets,
        taken: Won(taken),
        returned,
        refunded: Won(refunded),
    };
    assert_eq!(
        counted,
        [
            ("R".to_owned(), sold(1, 55_000, 1, 55_000)),
            ("S".to_owned(), sold(1, 33_000, 0, 0))
        ]
    );
}

#[tokio::test]
async fn rows_that_no_fact_made_are_found_and_put_right() {
    let (house, _) = sold().await;
    let wrong = tamper(&house).await;
    let found = replayed(&house, &everything()).await;
    assert!(!found.is_same());
    let figures = &found.projections[0];
    assert_eq!(figures.differing, [wrong]);
    assert_eq!(promote(&house.shop.cx, &figures.projected).await.unwrap(), 1);
    assert!(replayed(&house, &everything()).await.is_same());
    house.is_in_order().await;
}

#[tokio::test]
async fn a_projection_that_went_on_is_not_replaced() {
    let (house, show) = sold().await;
    tamper(&house).await;
    let found = replayed(&house, &everything()).await;
    house.buyer("bob").buy(&show, ["A-5"]).await;
    catch_up(&house).await;
    let refused = promote(&house.shop.cx, &found.projections[0].projected).await;
    assert!(matches!(refused, Err(NotPromoted::GoneOn(Projection::Figures))));
}

#[tokio::test]
async fn a_part_is_counted_and_not_compared() {
    let (house, _) = sold().await;
    let whole = replayed(&house, &everything()).await;
    let plan = Plan {
        from: Some("3".parse().unwrap()),
        until: Some("4".parse().unwrap()),
        ..everything()
    };
    let part = replayed(&house, &plan).await;
    assert_eq!(part.facts, 2);
    assert!(part.projections.iter().all(|it| it.live_hash.is_none()));
    let plan = Plan {
        from: whole.first_at.map(ticketon_server::replay::Bound::Time),
        ..everything()
    };
    assert_eq!(replayed(&house, &plan).await.facts, whole.facts);
}

/// A log from which facts are gone.
struct Torn {
    snapshot: Box<dyn Snapshot>,
    gone: std::ops::RangeInclusive<u64>,
}

#[async_trait]
impl Snapshot for Torn {
    async fn rows(
        &mut self,
        table: Table,
        after: Option<&RowId>,
        limit: usize,
    ) -> Result<Vec<Versioned<Row>>, Unavailable> {
        self.snapshot.rows(table, after, limit).await
    }

    async fn facts(&mut self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        let mut facts = self.snapshot.facts(after, 10_000).await?;
        facts.retain(|recorded| !self.gone.contains(&recorded.position.0));
        facts.truncate(limit);
        Ok(facts)
    }
}

async fn torn(
    house: &House,
    gone: std::ops::RangeInclusive<u64>,
    plan: &Plan,
) -> Result<Replayed, ReplayError> {
    let snapshot = house.shop.cx.reads.snapshot().await.unwrap();
    replay(&mut Torn { snapshot, gone }, plan, |_| ()).await
}

#[tokio::test]
async fn a_gap_in_the_log_is_found() {
    let (house, _) = sold().await;
    let found = torn(&house, 4..=5, &everything()).await.unwrap();
    assert_eq!(found.missing, [(Position(4), Position(5))]);
    assert!(!found.is_same());
    let head = house.shop.cx.reads.head().await.unwrap().0;
    let found = torn(&house, head..=head, &everything()).await.unwrap();
    assert_eq!(
        found.missing,
        [(Position(head), Position(head))],
        "the end is cut off"
    );
}

/// A log in which somebody has changed one fact.
struct Changed(Box<dyn Snapshot>);

#[async_trait]
impl Snapshot for Changed {
    async fn rows(
        &mut self,
        table: Table,
        after: Option<&RowId>,
        limit: usize,
    ) -> Result<Vec<Versioned<Row>>, Unavailable> {
        self.0.rows(table, after, limit).await
    }

    async fn facts(&mut self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        let mut facts = self.0.facts(after, limit).await?;
        for recorded in facts.iter_mut().filter(|it| it.position == Position(2)) {
            recorded.fact.at = recorded.fact.at + Duration::from_millis(1);
        }
        Ok(facts)
    }
}

#[tokio::test]
async fn a_fact_that_was_changed_is_found_by_its_streams_chain() {
    let (house, _) = sold().await;
    let snapshot = house.shop.cx.reads.snapshot().await.unwrap();
    let mut changed = Changed(snapshot);
    let stream = changed.0.facts(Position(1), 1).await.unwrap()[0].fact.stream;
    let found = replay(&mut changed, &everything(), |_| ()).await.unwrap();
    assert!(!found.is_same());
    let chains = found.projections.last().unwrap();
    assert_eq!(chains.differing, [RowId::Chain(stream)]);
}

#[tokio::test]
async fn nothing_begins_before_the_first_fact_that_is_kept() {
    let (house, _) = sold().await;
    let refused = torn(&house, 1..=3, &everything()).await.unwrap_err();
    assert!(
        matches!(
            refused,
            ReplayError::Forgotten {
                first: Position(4),
                ..
            }
        ),
        "{refused}"
    );
    let from = |from: &str| Plan {
        from: Some(from.parse().unwrap()),
        ..everything()
    };
    assert!(torn(&house, 1..=3, &from("2")).await.is_err());
    assert!(torn(&house, 1..=3, &from("2020-01-01T00:00:00Z")).await.is_err());
    assert!(torn(&house, 1..=3, &from("4")).await.is_ok());
}

#[tokio::test]
async fn an_empty_log_makes_nothing() {
    let memory = ticketon_core::Memory::new();
    let mut snapshot = ticketon_core::store::Reads::snapshot(&memory).await.unwrap();
    let nothing = replay(&mut *snapshot, &everything(), |_| ()).await.unwrap();
    assert!(nothing.is_same());
    assert_eq!((nothing.facts, nothing.last), (0, Position(0)));
}
