//! The log of facts, and who reads it.

use ticketon_core::row::Reader;

use super::Page;
use super::known::Known;

pub(super) fn write(page: &mut Page, known: &Known) {
    if let Some(unnumbered) = known.unnumbered {
        page.gauge(
            "facts_unnumbered",
            "Facts that no reader can see yet, because nobody has given them a position",
            unnumbered,
        );
    }
    let Some(log) = &known.log else { return };
    page.gauge("facts_head", "The last position in the log", log.head.0);
    let behind = log.readers.iter().map(|(reader, position)| {
        let behind = log.head.0.saturating_sub(position.0);
        ([("reader", name(*reader))], behind)
    });
    page.gauges("facts_behind", "Facts that a reader has still to read", behind);
}

fn name(reader: Reader) -> &'static str {
    match reader {
        Reader::Chains => "chains",
        Reader::Figures => "figures",
        Reader::Minutes => "minutes",
        Reader::Queue => "queue",
        Reader::Relay => "relay",
        Reader::Trail => "trail",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_called_what_it_is_called_elsewhere() {
        for reader in [
            Reader::Chains,
            Reader::Figures,
            Reader::Minutes,
            Reader::Queue,
            Reader::Relay,
            Reader::Trail,
        ] {
            assert_eq!(name(reader), reader.to_string());
        }
    }
}
