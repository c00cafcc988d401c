//! `cargo xtask sim`: whole sales on faulty engines, as many seeds as there is time for. The simulation is a test of the
//! server; this only says how many seeds, or which.

use crate::cargo;
use crate::failure::Failure;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "sim",
    says: "whole sales on faulty engines, each from a seed",
    help: "\
cargo xtask sim [--seeds N] [--seed S]

Simulates whole sales with lost answers, refusals, crashes and clocks that jump, and looks at every promise. The same
seed gives the same trace.

  --seeds N    so many seeds, from 1; a usual test run takes 200
  --seed S     this one, with its whole trace

  cargo xtask sim --seeds 2000
  cargo xtask sim --seed 57
",
    run,
};

fn run(arguments: &[String]) -> Result<(), Failure> {
    let wanted = wanted(arguments)?;
    cargo::run_with(
        wanted.as_ref().map(|(name, number)| (*name, number.as_str())),
        &[
            "test",
            "--package",
            "ticketon-server",
            "--test",
            "it",
            "simulation_keeps",
            "--",
            "--nocapture",
        ],
    )
}

/// The variable that the simulation reads, and its value.
fn wanted(arguments: &[String]) -> Result<Option<(&'static str, String)>, Failure> {
    let (flag, number) = match arguments {
        [] => return Ok(None),
        [flag, number] => (flag, number),
        _ => return Err(Failure::Usage("say either `--seeds N` or `--seed S`".to_owned())),
    };
    let name = match flag.as_str() {
        "--seeds" => "TICKETON_SIM_SEEDS",
        "--seed" => "TICKETON_SIM_SEED",
        unknown => {
            return Err(Failure::Usage(format!(
                "`sim` takes `--seeds` or `--seed`, not `{unknown}`"
            )));
        }
    };
    if number.parse::<u64>().is_err() {
        return Err(Failure::Usage(format!("`{flag}` takes a number, not `{number}`")));
    }
    Ok(Some((name, number.clone())))
}

#[cfg(test)]
mod tests {
    use super::wanted;

    fn asked(arguments: &[&str]) -> Result<Option<(&'static str, String)>, String> {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        wanted(&arguments).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn the_simulation_is_told_how_many_seeds_or_which() {
        assert_eq!(asked(&[]), Ok(None));
        assert_eq!(
            asked(&["--seeds", "2000"]),
            Ok(Some(("TICKETON_SIM_SEEDS", "2000".to_owned())))
        );
        assert_eq!(
            asked(&["--seed", "57"]),
            Ok(Some(("TICKETON_SIM_SEED", "57".to_owned())))
        );
        assert!(asked(&["--seed", "many"]).is_err());
        assert!(asked(&["--sed", "1"]).is_err());
        assert!(asked(&["--seed", "1", "--seeds", "2"]).is_err());
    }
}
