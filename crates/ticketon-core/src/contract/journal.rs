//! What a store does with the lines of journals: appends, never judges.

use super::sample::{changes, fact, seat};
use super::subject::Subject;
use crate::seat::SeatState;
use crate::store::{Changes, Engine, JournalLine, Reads, settle};

pub(super) async fn lines_stand_in_order<E: Engine, R: Reads>(mut store: Subject<E, R>) {
    let lines = [line("a", b"one"), line("b", b"uno"), line("a", &[0, 255, 34])];
    append(&mut store, &[], &lines).await;
    append(&mut store, &[], &[line("a", b"three"), line("a", b"four")]).await;
    let of_a = store.reads.journal("a").await.expect("reads answer");
    assert_eq!(
        of_a,
        [
            b"one".to_vec(),
            vec![0, 255, 34],
            b"three".to_vec(),
            b"four".to_vec()
        ]
    );
    assert_eq!(store.reads.journal("b").await, Ok(vec![b"uno".to_vec()]));
    assert_eq!(store.reads.journal("c").await, Ok(Vec::new()));
}

pub(super) async fn lines_are_kept_with_whatever_the_batch_refuses<E: Engine, R: Reads>(
    mut store: Subject<E, R>,
) {
    store
        .must_commit(changes(1).create(seat(1, SeatState::Free)).record(fact()))
        .await;
    let refused = [changes(2).create(seat(1, SeatState::Free)).record(fact())];
    append(&mut store, &refused, &[line("a", b"one")]).await;
    assert_eq!(store.reads.journal("a").await, Ok(vec![b"one".to_vec()]));
}

async fn append<E: Engine, R: Reads>(store: &mut Subject<E, R>, batch: &[Changes], lines: &[JournalLine]) {
    let found = store.engine.begin(batch).await.expect("begin answers");
    let verdicts = settle(batch, found);
    let accepted: Vec<&Changes> = verdicts.iter().flatten().flatten().copied().collect();
    store
        .engine
        .finish(&accepted, lines)
        .await
        .expect("finish answers");
}

fn line(stream: &str, bytes: &[u8]) -> JournalLine {
    JournalLine {
        stream: stream.to_owned(),
        bytes: bytes.to_vec(),
    }
}
