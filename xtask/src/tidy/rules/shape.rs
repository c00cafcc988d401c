//! What files there are, and where.

use super::super::finding::Finding;
use super::super::tree::Tree;

pub(super) fn module_roots_stand_beside_their_folder(tree: &Tree) -> Vec<Finding> {
    tree.rust(&[""])
        .filter(|file| file.path.ends_with("/mod.rs"))
        .map(|file| {
            let instead =
                "a module's root is `name.rs` beside `name/`, so that its tab in an editor says its name";
            file.finding(1, "module_roots_stand_beside_their_folder", instead)
        })
        .collect()
}

/// Linking is most of what a test build costs.
pub(super) fn one_test_program_per_crate(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &tree.packages {
        let folder = format!("{}/tests/", package.manifest.trim_end_matches("/Cargo.toml"));
        let programs = tree.rust(&[""]).filter(|file| {
            let below = file.path.strip_prefix(&folder);
            below.is_some_and(|below| {
                !below.contains('/') || below.matches('/').count() == 1 && below.ends_with("/main.rs")
            })
        });
        for extra in programs.skip(1) {
            let instead = "a crate has one integration-test program: make this a module of it";
            findings.push(extra.finding(1, "one_test_program_per_crate", instead));
        }
    }
    findings
}

/// Core, queue, pay and server each keep their bounds, with the reason of each, in one file.
pub(super) fn limits_have_a_home(tree: &Tree) -> Vec<Finding> {
    let is_library = |name: &str| name.starts_with("ticketon-") && name != "ticketon-cli";
    tree.packages
        .iter()
        .filter(|package| is_library(&package.name))
        .filter(|package| !tree.has(&package.manifest.replace("Cargo.toml", "src/limits.rs")))
        .map(|package| Finding {
            path: package.manifest.clone(),
            line: 1,
            rule: "limits_have_a_home",
            instead: "gather the crate's bounds in src/limits.rs, each with its reason".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::packages::Package;
    use super::super::tests::places;
    use super::*;

    fn package(name: &str) -> Package {
        Package {
            name: name.to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            ..Package::default()
        }
    }

    #[test]
    fn a_mod_rs_is_found() {
        let tree = Tree::of([("src/seat/mod.rs", ""), ("src/seat.rs", "")]);
        assert_eq!(
            places(module_roots_stand_beside_their_folder, &tree),
            ["src/seat/mod.rs:1"]
        );
    }

    #[test]
    fn a_second_test_program_is_found() {
        let tree = Tree::of([
            ("crates/ticketon-core/tests/it/main.rs", ""),
            ("crates/ticketon-core/tests/it/shop/buyer.rs", ""),
            ("crates/ticketon-core/tests/errors.rs", ""),
        ])
        .with([package("ticketon-core")]);
        assert_eq!(
            places(one_test_program_per_crate, &tree),
            ["crates/ticketon-core/tests/errors.rs:1"]
        );
    }

    #[test]
    fn a_library_without_limits_is_found() {
        let tree = Tree::of([("crates/ticketon-core/src/limits.rs", "")])
            .with(["ticketon-core", "ticketon-pay", "ticketon-cli"].map(package));
        assert_eq!(
            places(limits_have_a_home, &tree),
            ["crates/ticketon-pay/Cargo.toml:1"]
        );
    }
}
