//! `cargo xtask bench SUITE`: the suites are the bench targets of the server, so a new one needs no line here.

use serde_json::Value;

use crate::cargo;
use crate::failure::Failure;
use crate::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "bench",
    says: "one benchmark, beside its yardstick measured in the same run",
    help: "\
cargo xtask bench SUITE [ARGUMENTS]

Runs one suite in a release build, prints its table and writes target/bench/SUITE.json. Without a SUITE it names
those there are. Measure on an idle machine: the yardstick of the same run is what a figure is compared with.

  cargo xtask bench store
",
    run,
};

const PACKAGE: &str = "ticketon-server";

fn run(arguments: &[String]) -> Result<(), Failure> {
    let suites = suites_of(&cargo::metadata()?);
    let named = arguments.split_first();
    let Some((suite, rest)) = named.filter(|(suite, _)| suites.contains(suite)) else {
        return Err(Failure::Usage(format!("say which suite: {}", suites.join(", "))));
    };
    let own = rest
        .iter()
        .filter(|argument| *argument != "--")
        .map(String::as_str);
    let command: Vec<&str> = ["bench", "--package", PACKAGE, "--bench", suite, "--"]
        .into_iter()
        .chain(own)
        .collect();
    cargo::run(&command)
}

fn suites_of(metadata: &Value) -> Vec<String> {
    let mut suites = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        for target in package["targets"].as_array().into_iter().flatten() {
            if package["name"] == PACKAGE && target["kind"][0] == "bench" {
                suites.extend(target["name"].as_str().map(str::to_owned));
            }
        }
    }
    suites
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::suites_of;

    #[test]
    fn suites_are_the_servers_bench_targets() {
        let metadata = json!({"packages": [
            {"name": "ticketon-server", "targets": [{"kind": ["lib"], "name": "server"}, {"kind": ["bench"], "name": "store"}]},
            {"name": "ticketon-pay", "targets": [{"kind": ["bench"], "name": "confirms"}]},
        ]});
        assert_eq!(suites_of(&metadata), ["store"]);
    }
}
