//! `cargo xtask tidy`: the architecture as a list of absences. What must not be is easier to check than what should be,
//! and a newcomer may read `rules` as a map: each rule is a small function that says what stays out of where, and what
//! to do instead. It reads text and `cargo metadata`; what needs types (which `now` is called) is clippy's, and tidy
//! watches the places where clippy is told to look away.

mod finding;
mod mask;
mod packages;
mod rules;
mod tree;

use std::path::Path;

use crate::cargo;
use crate::failure::Failure;
use crate::verb::Verb;
use finding::Finding;
use tree::Tree;

pub(crate) const VERB: Verb = Verb {
    name: "tidy",
    says: "the architecture's absences: who may use what, and what is said where",
    help: "\
cargo xtask tidy

Checks what the compiler and clippy cannot: which crate uses which, where SQL, HTTP and time may be spoken of, names,
and that the documents name files that exist. One line per finding: `path:line: rule: what to do instead`.
",
    run,
};

/// Files longer than this are named, not refused: nine in ten should be shorter.
const LINES_SOFT_MAX: usize = 400;

fn run(arguments: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = arguments.first() {
        return Err(Failure::Usage(format!("`tidy` takes nothing, not `{unknown}`")));
    }
    let metadata = cargo::metadata()?;
    let root = metadata["workspace_root"].as_str().unwrap_or(".");
    let tree = Tree::read(Path::new(root), packages::of(&metadata))
        .map_err(|error| Failure::Found(format!("cannot read the tree below `{root}`: {error}")))?;

    let findings: Vec<Finding> = rules::ALL.iter().flat_map(|rule| rule(&tree)).collect();
    for finding in &findings {
        println!("{finding}");
    }
    for (path, lines) in tree.longer_than(LINES_SOFT_MAX) {
        println!("{path}: note: {lines} lines; would two files read better?");
    }
    let looked_at = format!("{} rules over {} files", rules::ALL.len(), tree.files.len());
    if findings.is_empty() {
        println!("tidy: {looked_at}, nothing found");
        return Ok(());
    }
    Err(Failure::Found(format!(
        "tidy: {looked_at}, {} found",
        findings.len()
    )))
}
