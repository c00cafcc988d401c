//! Documents that lie are worse than none.

use super::super::finding::Finding;
use super::super::tree::Tree;

/// Where a path in a document may begin; anything else in back ticks is not taken for one.
const ROOTS: [&str; 5] = ["crates/", "docs/", "examples/", "xtask/", ".ci/"];

/// Every path that a document names in back ticks or links to is there.
pub(super) fn paths_lead_somewhere(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for document in tree.documents() {
        let folder = document.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (line, text) in (1..).zip(document.text.lines()) {
            let paths = named(text).map(str::to_owned);
            let links = linked(text).map(|link| from(folder, link));
            for path in paths
                .chain(links)
                .filter(|path| !tree.has(path) && !path.starts_with(".ci/"))
            {
                let instead = format!("there is no `{path}`: correct the document");
                findings.push(document.finding(line, "paths_lead_somewhere", instead));
            }
        }
    }
    findings
}

/// `crates/…` in back ticks, without a line's number.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| ROOTS.iter().any(|root| word.starts_with(root)))
        .filter(|word| !word.contains([' ', '*', '{', '<', '…']))
        .map(|word| word.split(':').next().unwrap_or(word))
}

/// The targets of `[…](…)` that lie in this tree.
fn linked(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.contains("://") && !link.starts_with('#'))
        .map(|link| link.split('#').next().unwrap_or(link))
}

fn from(folder: &str, link: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;
    use super::*;

    #[test]
    fn a_path_that_leads_nowhere_is_found() {
        let text = "See `crates/a/src/lib.rs:12`, `crates/a/src/gone.rs` and `cargo run`.\n[there](../README.md) [not](gone.md#x)";
        let tree = Tree::of([
            ("docs/map.md", text),
            ("crates/a/src/lib.rs", ""),
            ("README.md", "[web](https://example.org)"),
        ]);
        assert_eq!(
            findings(paths_lead_somewhere, &tree),
            [
                "docs/map.md:1: paths_lead_somewhere: there is no `crates/a/src/gone.rs`: correct the document",
                "docs/map.md:2: paths_lead_somewhere: there is no `docs/gone.md`: correct the document",
            ]
        );
    }
}
