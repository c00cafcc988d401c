//! The ledger: what was reported is there after a kill, a torn line is none, anything else is an error.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use ticketon_pay::sandbox::{Card, Ledger, LedgerError, Request, Sandbox, Timestamp};
use ticketon_pay::{Keys, PaymentKey, Refund, Won};

use crate::support::{Machine, NOON, attempt, paid, refunded, window};

/// Everything that leaves a trace: two charges, a decline, a refund, a stumble.
fn busy_machine() -> Machine {
    let mut machine = Machine::new();
    let first = machine.buyer_chose(Card::Approved, "ORDER-1", 110_000);
    paid(machine.confirm(&attempt("ORDER-1", 110_000), &first));
    let declined = machine.buyer_chose(Card::Rejected, "ORDER-2", 55_000);
    let _ = machine.confirm(&attempt("ORDER-2", 55_000), &declined);
    refunded(machine.cancel(&Refund::part(first, Won(30_000), "R1", "ill").unwrap()));
    let stumbling = machine.buyer_chose(Card::Stumbles, "ORDER-3", 55_000);
    let _ = machine.confirm(&attempt("ORDER-3", 55_000), &stumbling);
    paid(machine.confirm(&attempt("ORDER-3", 55_000), &stumbling));
    machine
}

fn write(path: &Path, machine: &Machine) {
    let (ledger, _) = once_free(path).unwrap();
    for record in &machine.records {
        ledger.append(record);
    }
}

fn open(path: &Path) -> Sandbox {
    once_free(path).unwrap().1
}

/// Opens it once it is free: a process that another test is just starting holds every file of this one until it has
/// become another program.
fn once_free(path: &Path) -> Result<(Ledger, Sandbox), LedgerError> {
    for _ in 0..1_000 {
        match Ledger::open(path, &Keys::sandbox()) {
            Err(LedgerError::InUse(_)) => std::thread::sleep(Duration::from_millis(1)),
            opened => return opened,
        }
    }
    panic!("the ledger stays in use");
}

#[test]
fn a_restarted_sandbox_is_the_same_and_the_books_tell_the_money() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("toss.ledger");
    let machine = busy_machine();
    write(&path, &machine);
    assert_eq!(open(&path), machine.sandbox);
    let books = Ledger::read(&path).unwrap();
    assert_eq!(books.accounts.len(), 2);
    assert_eq!(books.taken_total(), Won(165_000));
    assert_eq!(books.given_back_total(), Won(30_000));
    assert_eq!(
        books.accounts["ORDER-1"].given_back,
        [(Won(30_000), "ill (R1)".to_owned())]
    );
}

#[test]
fn cut_anywhere_it_opens_as_it_was_after_some_record_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("toss.ledger");
    let machine = busy_machine();
    write(&path, &machine);
    let whole = fs::read(&path).unwrap();
    let mut states = vec![Sandbox::new(&Keys::sandbox())];
    for record in &machine.records {
        let mut next = states.last().unwrap().clone();
        next.apply(record).unwrap();
        states.push(next);
    }
    let is_edge = |length: usize| whole[length] == b'\n' || length > 0 && whole[length - 1] == b'\n';
    for length in (0..whole.len()).filter(|length| length.is_multiple_of(29) || is_edge(*length)) {
        fs::write(&path, &whole[..length]).unwrap();
        let lines = whole[..length].split(|byte| *byte == b'\n').count() - 1;
        Ledger::read(&path).unwrap();
        let (ledger, sandbox) = once_free(&path).unwrap();
        assert_eq!(sandbox, states[lines], "cut after {length} bytes");
        for record in &machine.records[lines..] {
            ledger.append(record);
        }
        drop(ledger);
        assert_eq!(fs::read(&path).unwrap(), whole, "cut after {length} bytes");
    }
}

#[test]
fn a_whole_line_that_is_no_record_is_an_error_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("toss.ledger");
    write(&path, &busy_machine());
    let good = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let mut bad = lines.clone();
    bad.insert(2, "{\"at\":");
    fs::write(&path, bad.join("\n") + "\n").unwrap();
    let opened = once_free(&path);
    assert!(
        matches!(opened, Err(LedgerError::Line { line: 3, .. })),
        "{opened:?}"
    );
    assert!(matches!(
        Ledger::read(&path),
        Err(LedgerError::Line { line: 3, .. })
    ));
    let mut twice = lines.clone();
    twice.insert(3, lines[2]);
    fs::write(&path, twice.join("\n") + "\n").unwrap();
    let opened = once_free(&path);
    assert!(
        matches!(opened, Err(LedgerError::Misfit { line: 4, .. })),
        "{opened:?}"
    );
}

#[test]
fn one_sandbox_writes_a_ledger_at_a_time_and_anybody_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("toss.ledger");
    let first = Ledger::open(&path, &Keys::sandbox()).unwrap();
    let second = Ledger::open(&path, &Keys::sandbox());
    assert!(matches!(second, Err(LedgerError::InUse(_))), "{second:?}");
    assert!(Ledger::read(&path).unwrap().accounts.is_empty());
    drop(first);
    open(&path);
}

/// Names the ledger of the process that is going to be killed.
const KILLED: &str = "TICKETON_TEST_KILLED_LEDGER";

#[test]
fn what_was_reported_is_there_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("toss.ledger");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["ledger::charges_until_killed", "--exact", "--nocapture"])
        .env(KILLED, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap()).lines();
    let reported = output
        .map(Result::unwrap)
        .filter(|line| line.starts_with("KILL-"))
        .take(50);
    let reported: Vec<String> = reported.collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(reported.len(), 50);
    let books = Ledger::read(&path).unwrap();
    for order_id in &reported {
        assert_eq!(books.accounts[order_id.as_str()].taken, [Won(55_000)]);
    }
    let mut again = open(&path);
    let mut replay = |order_id: &str| {
        let call = attempt(order_id, 55_000).confirm(&PaymentKey::new("whatever").unwrap());
        again.begin(Request::of(call, &Keys::sandbox()), noon(), 1)
    };
    for order_id in &reported {
        let ticketon_pay::sandbox::Begun::Answered(answer) = replay(order_id) else {
            panic!("forgotten")
        };
        paid(attempt(order_id, 55_000).judge_reply(&answer.reply()));
    }
}

/// The process of the test above; by itself it does nothing.
#[tokio::test]
async fn charges_until_killed() {
    let Some(path) = std::env::var_os(KILLED) else {
        return;
    };
    let (ledger, mut sandbox) = Ledger::open(Path::new(&path), &Keys::sandbox()).unwrap();
    for number in 0u64.. {
        let order_id = format!("KILL-{number}");
        let opened = sandbox
            .open(window(&order_id, 55_000, Some(Card::Approved)), noon(), number)
            .unwrap();
        opened.records.iter().for_each(|record| {
            ledger.append(record);
        });
        let call = attempt(&order_id, 55_000).confirm(&opened.payment_key);
        let request = Request::of(call, &Keys::sandbox());
        let ticketon_pay::sandbox::Begun::Running(running) = sandbox.begin(request, noon(), number) else {
            panic!("answered at once")
        };
        let position = ledger.append(&sandbox.finish(running, noon()).record.unwrap());
        ledger.durable(position).await.unwrap();
        println!("\n{order_id}");
    }
}

#[tokio::test]
async fn many_appends_share_a_sync_and_all_are_durable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("toss.ledger");
    let machine = busy_machine();
    let (ledger, _) = once_free(&path).unwrap();
    let positions: Vec<_> = machine
        .records
        .iter()
        .map(|record| ledger.append(record))
        .collect();
    futures_util::future::join_all(positions.iter().map(|position| ledger.durable(*position))).await;
    assert_eq!(
        fs::read_to_string(&path).unwrap().lines().count(),
        machine.records.len()
    );
    let mut by_hand = OpenOptions::new().append(true).open(&path).unwrap();
    by_hand.write_all(b"{\"at\":\"2026").unwrap();
    assert_eq!(Ledger::read(&path).unwrap().taken_total(), Won(165_000));
}

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}
