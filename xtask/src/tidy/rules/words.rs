//! Words that are not said at all, or by one crate only.

use super::super::finding::Finding;
use super::super::tree::Tree;
use super::{said, said_beside_tests, says};

pub(super) fn no_allow(tree: &Tree) -> Vec<Finding> {
    said(
        tree.rust(&[""]),
        &["#[allow", "#![allow"],
        "no_allow",
        "write `#[expect(…, reason = \"…\")]`: it says why, and goes away when it is no longer needed",
    )
}

pub(super) fn nothing_unfinished(tree: &Tree) -> Vec<Finding> {
    said(
        tree.rust(&[""]),
        &["todo!", "unimplemented!", "#[ignore"],
        "nothing_unfinished",
        "finish it or leave it out; a test that cannot run is no test",
    )
}

/// A name that fits everything says nothing.
pub(super) fn names_say_what_a_thing_is(tree: &Tree) -> Vec<Finding> {
    let rule = "names_say_what_a_thing_is";
    let instead = "name it after the ticketing thing that it is or does";
    let empty = [
        "manager", "managers", "helper", "helpers", "util", "utils", "service", "services", "common", "misc",
    ];
    let endings = ["Manager", "Helper", "Util", "Utils", "Impl", "Dto", "Service"];

    let mut findings = Vec::new();
    for file in tree.rust(&[""]) {
        let stem = file
            .path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs");
        if empty.contains(&stem) {
            findings.push(file.finding(1, rule, instead));
        }
        for (line, code) in file.code() {
            let declared = declared(code);
            if declared.is_some_and(|name| {
                endings.iter().any(|ending| name.ends_with(ending)) || empty.contains(&name)
            }) {
                findings.push(file.finding(line, rule, instead));
            }
        }
    }
    findings
}

pub(super) fn the_terminal_is_the_clis(tree: &Tree) -> Vec<Finding> {
    let others = [
        "crates/ticketon-core/src/",
        "crates/ticketon-queue/src/",
        "crates/ticketon-pay/src/",
        "crates/ticketon-server/src/",
    ];
    said_beside_tests(
        tree.rust(&others),
        &["println!", "print!", "eprintln!", "eprint!", "clap", "indicatif"],
        "the_terminal_is_the_clis",
        "a library prints nothing: return it, or trace it",
    )
}

/// The name of the type or module that a line declares.
fn declared(code: &str) -> Option<&str> {
    let word = ["struct", "enum", "trait", "type", "mod"]
        .into_iter()
        .find(|word| says(code, word))?;
    let after = code.split_once(word)?.1.trim_start();
    after
        .split(|char: char| !char.is_alphanumeric() && char != '_')
        .next()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{findings, places};
    use super::*;

    #[test]
    fn allow_is_found_and_told_of_expect() {
        let tree = Tree::of([(
            "src/a.rs",
            "#[expect(x, reason = \"y\")]\n#[allow(x)]\n#![allow(y)]",
        )]);
        assert_eq!(
            findings(no_allow, &tree)[0],
            "src/a.rs:2: no_allow: `#[allow`: write `#[expect(…, reason = \"…\")]`: it says why, and goes away when it is \
             no longer needed"
        );
        assert_eq!(places(no_allow, &tree), ["src/a.rs:2", "src/a.rs:3"]);
    }

    #[test]
    fn what_is_left_for_later_is_found_unless_it_is_only_spoken_of() {
        let tree = Tree::of([(
            "src/a.rs",
            "todo!()\n// todo!\nsay(\"todo!\")\n#[ignore = \"slow\"]",
        )]);
        assert_eq!(places(nothing_unfinished, &tree), ["src/a.rs:1", "src/a.rs:4"]);
    }

    #[test]
    fn names_that_fit_everything_are_found() {
        let tree = Tree::of([
            ("src/util.rs", ""),
            (
                "src/seat.rs",
                "mod helpers;\npub struct SeatManager;\nuse tower::Service;\nimpl Service for Seat {}",
            ),
        ]);
        assert_eq!(
            places(names_say_what_a_thing_is, &tree),
            ["src/util.rs:1", "src/seat.rs:1", "src/seat.rs:2"]
        );
    }

    #[test]
    fn a_library_that_prints_is_found() {
        let tree = Tree::of([
            ("crates/ticketon-core/src/hold.rs", "println!(\"held\")"),
            ("crates/ticketon-core/examples/sell.rs", "println!(\"sold\")"),
            ("crates/ticketon-cli/src/main.rs", "println!(\"said\")"),
        ]);
        assert_eq!(
            places(the_terminal_is_the_clis, &tree),
            ["crates/ticketon-core/src/hold.rs:1"]
        );
    }
}
