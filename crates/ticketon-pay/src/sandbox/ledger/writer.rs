//! Group sync: one thread writes and syncs what has arrived while its last sync ran.
//!
//! What waits is bounded by the requests under way: each waits for its line to be durable before it is
//! answered, and appends one. A write that fails ends the writer: nothing after it is ever durable.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::watch;

/// A place in the ledger, in records since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u64);

/// How far the disk has got, or why it gets no further.
type Durable = Result<Position, String>;

#[derive(Debug)]
pub(super) struct Writer {
    inbox: Arc<Inbox>,
    durable: watch::Receiver<Durable>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Inbox {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    end: Position,
    is_closed: bool,
}

impl Writer {
    pub(super) fn start(file: File) -> io::Result<Self> {
        let inbox = Arc::new(Inbox::default());
        let (tell, durable) = watch::channel(Ok(Position::default()));
        let of_thread = Arc::clone(&inbox);
        let write = move || write_all(file, &of_thread, &tell);
        let thread = thread::Builder::new().name("ledger".to_owned()).spawn(write)?;
        Ok(Self {
            inbox,
            durable,
            thread: Some(thread),
        })
    }

    pub(super) fn append(&self, line: &[u8]) -> Position {
        let mut waiting = self.inbox.lock();
        // Closed: the writer failed, and whoever waits for this position hears so.
        if !waiting.is_closed {
            waiting.lines.extend_from_slice(line);
        }
        waiting.end.0 += 1;
        self.inbox.changed.notify_one();
        waiting.end
    }

    pub(super) fn position(&self) -> Position {
        self.inbox.lock().end
    }

    pub(super) async fn durable(&self, position: Position) -> Result<(), String> {
        let mut durable = self.durable.clone();
        let reached = durable
            .wait_for(|durable| durable.as_ref().map_or(true, |end| *end >= position))
            .await;
        match reached.as_deref() {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(reason)) => Err(reason.clone()),
            Err(_) => Err("its writer ended".to_owned()),
        }
    }
}

/// What was appended is written before the file is given up.
impl Drop for Writer {
    fn drop(&mut self) {
        self.inbox.lock().is_closed = true;
        self.inbox.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic of the writer was told to those who waited, when its sender was dropped.
            let _ended = thread.join();
        }
    }
}

impl Inbox {
    /// A panic elsewhere leaves the buffer whole: each change of it is one step.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that has arrived, in order; none once closed and empty.
    fn take(&self) -> Option<(Vec<u8>, Position)> {
        let waiting = self.lock();
        let mut waiting = self
            .changed
            .wait_while(waiting, |waiting| waiting.lines.is_empty() && !waiting.is_closed)
            .unwrap_or_else(PoisonError::into_inner);
        let lines = std::mem::take(&mut waiting.lines);
        (!lines.is_empty()).then_some((lines, waiting.end))
    }
}

fn write_all(mut file: File, inbox: &Inbox, tell: &watch::Sender<Durable>) {
    while let Some((lines, end)) = inbox.take() {
        let written = file.write_all(&lines).and_then(|()| file.sync_data());
        if let Err(error) = written {
            inbox.lock().is_closed = true;
            tell.send_modify(|durable| *durable = Err(error.to_string()));
            return;
        }
        tell.send_modify(|durable| *durable = Ok(end));
    }
}
