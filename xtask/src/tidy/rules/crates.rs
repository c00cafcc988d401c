//! Which crate may use which: the first table of ARCHITECTURE.md.

use super::super::finding::Finding;
use super::super::packages::{Dependency, Package};
use super::super::tree::Tree;

/// What one crate never knows, outside its tests.
struct Absence {
    of: &'static str,
    never: &'static [&'static str],
    because: &'static str,
}

const ABSENCES: [Absence; 6] = [
    Absence {
        of: "ticketon-core",
        never: &[
            "ticketon-*",
            "tokio",
            "sqlx",
            "rusqlite",
            "axum",
            "hyper",
            "http",
            "reqwest",
            "redis",
            "rdkafka",
            "rand",
            "clap",
            "indicatif",
        ],
        because: "rules do no I/O; write a port and let the server bring the engine",
    },
    Absence {
        of: "ticketon-queue",
        never: &[
            "ticketon-*",
            "sqlx",
            "rusqlite",
            "axum",
            "hyper",
            "reqwest",
            "clap",
            "indicatif",
        ],
        because: "a room and a visitor are opaque names; what sells behind it is the server's",
    },
    Absence {
        of: "ticketon-pay",
        never: &["ticketon-*", "sqlx", "rusqlite", "redis", "clap", "indicatif"],
        because: "its money is `Won` and it knows no purchase; map in the server",
    },
    Absence {
        of: "ticketon-server",
        never: &["ticketon-cli", "xtask", "clap", "indicatif"],
        because: "the server is a library; what talks to a terminal is the CLI's",
    },
    Absence {
        of: "ticketon-cli",
        never: &[
            "xtask", "sqlx", "rusqlite", "axum", "hyper", "reqwest", "redis", "rdkafka",
        ],
        because: "a command is a client of the server's API; put the engine or the client there",
    },
    Absence {
        of: "xtask",
        never: &["ticketon-*"],
        because: "it runs cargo and what cargo builds, and compiles in seconds",
    },
];

/// Engines of the crates that are embedded alone: whoever does not name the feature does not build them.
const ENGINES: [(&str, &[&str]); 2] = [
    ("ticketon-queue", &["tokio", "tower", "redis"]),
    ("ticketon-pay", &["tokio", "axum", "reqwest"]),
];

pub(super) fn each_uses_only_its_own(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for absence in &ABSENCES {
        for package in tree.packages.iter().filter(|package| package.name == absence.of) {
            for dependency in package
                .dependencies
                .iter()
                .filter(|dependency| !dependency.is_for_tests)
            {
                if absence.never.iter().any(|never| is(&dependency.name, never)) {
                    let instead = format!(
                        "{} never knows `{}`: {}",
                        absence.of, dependency.name, absence.because
                    );
                    findings.push(at(
                        tree,
                        package,
                        &dependency.name,
                        "each_uses_only_its_own",
                        instead,
                    ));
                }
            }
        }
    }
    findings
}

pub(super) fn engines_are_behind_features(tree: &Tree) -> Vec<Finding> {
    let rule = "engines_are_behind_features";
    let mut findings = Vec::new();
    for (name, engines) in ENGINES {
        for package in tree.packages.iter().filter(|package| package.name == name) {
            if !package.default_features.is_empty() {
                let instead = "no feature is on by itself: let whoever embeds the crate ask for it";
                findings.push(at(tree, package, "default", rule, instead.to_owned()));
            }
            for dependency in package
                .dependencies
                .iter()
                .filter(|found| engines.contains(&found.name.as_str()))
            {
                if is_always_built(dependency) {
                    let instead = format!(
                        "`{}` is built for everybody: make it optional, behind a feature",
                        dependency.name
                    );
                    findings.push(at(tree, package, &dependency.name, rule, instead));
                }
            }
        }
    }
    findings
}

pub(super) fn lints_are_the_workspaces(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &tree.packages {
        let manifest = tree.file(&package.manifest);
        if !manifest.is_some_and(|manifest| manifest.text.contains("[lints]\nworkspace = true")) {
            let instead = "add `[lints]` with `workspace = true`".to_owned();
            findings.push(at(tree, package, "[lints]", "lints_are_the_workspaces", instead));
        }
    }
    findings
}

pub(super) fn workspace_dependencies_are_used(tree: &Tree) -> Vec<Finding> {
    let Some(root) = tree.file("Cargo.toml") else {
        return Vec::new();
    };
    let names = (1..).zip(root.text.lines());
    names
        .skip_while(|(_, line)| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|(_, line)| !line.starts_with('['))
        .filter_map(|(number, line)| Some((number, line.split_once(" = ")?.0)))
        .filter(|(_, name)| !is_used(tree, name))
        .map(|(number, name)| {
            let instead = format!("no crate uses `{name}`: remove the line");
            root.finding(number, "workspace_dependencies_are_used", instead)
        })
        .collect()
}

fn is(name: &str, never: &str) -> bool {
    match never.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == never,
    }
}

fn is_always_built(dependency: &Dependency) -> bool {
    !dependency.is_optional && !dependency.is_for_tests
}

fn is_used(tree: &Tree, name: &str) -> bool {
    tree.packages.iter().any(|package| {
        package
            .dependencies
            .iter()
            .any(|dependency| dependency.name == name)
    })
}

/// A finding at the manifest's line that begins with this word, or at its first.
fn at(tree: &Tree, package: &Package, word: &str, rule: &'static str, instead: String) -> Finding {
    let text = tree.file(&package.manifest).map_or("", |file| file.text.as_str());
    let line = text
        .lines()
        .position(|line| line.starts_with(word))
        .map_or(1, |at| at + 1);
    Finding {
        path: package.manifest.clone(),
        line,
        rule,
        instead,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{findings, places};
    use super::*;

    const CORE: &str = "crates/ticketon-core/Cargo.toml";

    fn package(name: &str, manifest: &str, dependencies: Vec<Dependency>) -> Package {
        Package {
            name: name.to_owned(),
            manifest: manifest.to_owned(),
            dependencies,
            default_features: Vec::new(),
        }
    }

    fn on(name: &str) -> Dependency {
        Dependency {
            name: name.to_owned(),
            is_optional: false,
            is_for_tests: false,
        }
    }

    #[test]
    fn core_that_depends_on_tokio_is_told_to_write_a_port() {
        let tree = Tree::of([(CORE, "[dependencies]\nserde = \"1\"\ntokio = \"1\"\n")]).with([package(
            "ticketon-core",
            CORE,
            vec![on("serde"), on("tokio")],
        )]);
        assert_eq!(
            findings(each_uses_only_its_own, &tree),
            [
                "crates/ticketon-core/Cargo.toml:3: each_uses_only_its_own: ticketon-core never knows `tokio`: rules do no I/O; \
              write a port and let the server bring the engine"
            ]
        );
    }

    #[test]
    fn tests_may_use_what_the_crate_may_not() {
        let for_tests = Dependency {
            is_for_tests: true,
            ..on("tokio")
        };
        let tree = Tree::of([]).with([package("ticketon-core", CORE, vec![for_tests])]);
        assert!(findings(each_uses_only_its_own, &tree).is_empty());
    }

    #[test]
    fn no_crate_of_ours_is_known_to_those_that_are_embedded() {
        let tree = Tree::of([]).with([
            package("ticketon-queue", "q", vec![on("ticketon-core")]),
            package("ticketon-server", "s", vec![on("ticketon-core")]),
        ]);
        assert_eq!(places(each_uses_only_its_own, &tree), ["q:1"]);
    }

    #[test]
    fn an_engine_that_everybody_builds_is_found_and_so_is_a_default_feature() {
        let optional = Dependency {
            is_optional: true,
            ..on("reqwest")
        };
        let mut pay = package("ticketon-pay", "p", vec![on("axum"), optional]);
        pay.default_features = vec!["toss".to_owned()];
        let tree = Tree::of([("p", "")]).with([pay]);
        assert_eq!(places(engines_are_behind_features, &tree), ["p:1", "p:1"]);
    }

    #[test]
    fn a_crate_with_lints_of_its_own_is_found() {
        let tree = Tree::of([("a", "[lints]\nworkspace = true\n"), ("b", "[lints.rust]\n")])
            .with([package("a", "a", vec![]), package("b", "b", vec![])]);
        assert_eq!(places(lints_are_the_workspaces, &tree), ["b:1"]);
    }

    #[test]
    fn a_dependency_that_nobody_uses_is_found() {
        let root = "[workspace.dependencies]\nserde = \"1\"\nleft-over = { version = \"2\" }\n\n[profile.dev]\ndebug = 0\n";
        let tree = Tree::of([("Cargo.toml", root)]).with([package("a", "a", vec![on("serde")])]);
        assert_eq!(places(workspace_dependencies_are_used, &tree), ["Cargo.toml:3"]);
    }
}
