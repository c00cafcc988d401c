//! Which ports an engine takes: those it had, else those it prefers, else the nearest that are free. Two checkouts on one
//! machine thus both work.

use std::net::TcpListener;

use super::engine::Engine;
use crate::failure::Failure;

/// Ports of one engine that nobody listens on now.
pub(super) fn free(engine: Engine, before: &[u16], preferred: &[u16]) -> Result<Vec<u16>, Failure> {
    let is_free = |port: u16| {
        let further = engine.further_port(port);
        is_free(port) && further.is_none_or(is_free)
    };
    choose(before, preferred, is_free).ok_or_else(|| {
        Failure::Found(format!(
            "{}: no port is free near {preferred:?}: end what listens there",
            engine.name()
        ))
    })
}

/// Further sets lie this far apart: engines' preferred ports differ in the last digit.
const STEP: u16 = 10;
const SETS: u16 = 100;

fn choose(before: &[u16], preferred: &[u16], is_free: impl Fn(u16) -> bool) -> Option<Vec<u16>> {
    let further =
        (0..SETS).map(|set| -> Vec<u16> { preferred.iter().map(|port| port + set * STEP).collect() });
    let same_number = Some(before.to_vec()).filter(|before| before.len() == preferred.len());
    let mut sets = same_number.into_iter().chain(further);
    sets.find(|ports| ports.iter().all(|port| is_free(*port)))
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn the_preferred_ports_are_taken_if_they_are_free() {
        assert_eq!(
            choose(&[], &[21_001, 21_002], |_| true),
            Some(vec![21_001, 21_002])
        );
    }

    #[test]
    fn if_one_of_them_is_taken_all_are_others() {
        let free = |port| port != 21_002;
        assert_eq!(choose(&[], &[21_001, 21_002], free), Some(vec![21_011, 21_012]));
    }

    #[test]
    fn an_engine_comes_back_where_it_was() {
        assert_eq!(choose(&[23_316], &[23_306], |_| true), Some(vec![23_316]));
        assert_eq!(
            choose(&[23_316], &[23_306], |port| port != 23_316),
            Some(vec![23_306])
        );
    }

    #[test]
    fn another_number_of_brokers_has_other_ports() {
        assert_eq!(choose(&[1, 2], &[29_092], |_| true), Some(vec![29_092]));
    }

    #[test]
    fn where_nothing_is_free_there_are_none() {
        assert_eq!(choose(&[], &[23_306], |_| false), None);
    }
}
