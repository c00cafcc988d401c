//! The `address` file of an engine: where it answers, what runs, how it was had. It stays when the engine is stopped, so
//! that the engine comes back on the same ports.

use std::fs;
use std::path::Path;

use super::daemon;
use super::home::cannot;
use crate::failure::Failure;

/// What is known of an engine.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) url: String,
    pub(super) version: String,
    /// How its program was had.
    pub(super) had: String,
    pub(super) ports: Vec<u16>,
    pub(super) processes: Vec<u32>,
}

impl Record {
    /// Reads the record in an engine's folder. What cannot be understood is as good as none.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(folder.join("address")).ok()?)
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join("address");
        fs::write(&path, self.text()).map_err(|error| cannot("write", &path, &error))
    }

    /// Whether each of its processes runs, and is ours.
    pub(super) fn is_running(&self, folder: &Path) -> bool {
        !self.processes.is_empty() && self.running(folder).count() == self.processes.len()
    }

    /// Whether there is anything to end.
    pub(super) fn is_partly_running(&self, folder: &Path) -> bool {
        self.running(folder).next().is_some()
    }

    fn running(&self, folder: &Path) -> impl Iterator<Item = &u32> {
        let is_running = |process: &&u32| daemon::is_running(**process, folder);
        self.processes.iter().filter(is_running)
    }

    fn text(&self) -> String {
        format!(
            "url {}\nversion {}\nhad {}\nports {}\nprocesses {}\n",
            self.url,
            self.version,
            self.had,
            joined(&self.ports),
            joined(&self.processes)
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let value = |key: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))
        };
        Some(Self {
            url: value("url")?.to_owned(),
            version: value("version")?.to_owned(),
            had: value("had")?.to_owned(),
            ports: numbers(value("ports")?)?,
            processes: numbers(value("processes")?)?,
        })
    }
}

fn joined(numbers: &[impl ToString]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    words.join(" ")
}

fn numbers<N: std::str::FromStr>(text: &str) -> Option<Vec<N>> {
    text.split_whitespace().map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::Record;

    fn record() -> Record {
        Record {
            url: "kafka://127.0.0.1:29092".to_owned(),
            version: "4.4.0".to_owned(),
            had: "java on this machine".to_owned(),
            ports: vec![29_092, 29_093],
            processes: vec![17, 4_000_001],
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        assert_eq!(Record::parse(&record().text()), Some(record()));
    }

    #[test]
    fn an_engine_that_was_stopped_has_no_processes() {
        let stopped = Record {
            processes: Vec::new(),
            ..record()
        };
        assert_eq!(Record::parse(&stopped.text()), Some(stopped));
    }

    #[test]
    fn a_record_that_is_cut_short_or_of_something_else_is_none() {
        let text = record().text();
        assert_eq!(Record::parse(""), None);
        assert_eq!(Record::parse(text.lines().next().unwrap_or_default()), None);
        assert_eq!(Record::parse(&text.replace("17", "init")), None);
    }
}
