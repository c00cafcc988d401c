//! The workspace's crates as `cargo metadata` tells them, reduced to what rules ask.

use serde_json::Value;

/// One crate of the workspace.
#[derive(Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// From the workspace's root.
    pub(crate) manifest: String,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) default_features: Vec<String>,
}

/// One line of a crate's dependencies.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Behind a feature of the crate.
    pub(crate) is_optional: bool,
    /// For tests, examples and benchmarks only.
    pub(crate) is_for_tests: bool,
}

/// Reads what `cargo metadata --no-deps` printed.
pub(crate) fn of(metadata: &Value) -> Vec<Package> {
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages.map(|package| one(package, root)).collect()
}

fn one(package: &Value, root: &str) -> Package {
    let manifest = text(&package["manifest_path"]);
    Package {
        name: text(&package["name"]),
        manifest: manifest
            .trim_start_matches(root)
            .trim_start_matches('/')
            .to_owned(),
        dependencies: list(&package["dependencies"], dependency),
        default_features: list(&package["features"]["default"], text),
    }
}

fn dependency(value: &Value) -> Dependency {
    Dependency {
        name: text(&value["name"]),
        is_optional: value["optional"] == true,
        is_for_tests: value["kind"] == "dev",
    }
}

fn list<T>(value: &Value, each: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().into_iter().flatten().map(each).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::of;

    #[test]
    fn a_crate_is_what_metadata_says_of_it() {
        let found = of(&json!({"workspace_root": "/w", "packages": [{
            "name": "ticketon-pay",
            "manifest_path": "/w/crates/ticketon-pay/Cargo.toml",
            "features": {"default": ["toss"]},
            "dependencies": [
                {"name": "axum", "kind": null, "optional": true},
                {"name": "proptest", "kind": "dev", "optional": false},
            ],
        }]}));
        assert_eq!(found[0].manifest, "crates/ticketon-pay/Cargo.toml");
        assert_eq!(found[0].default_features, ["toss"]);
        assert!(found[0].dependencies[0].is_optional && !found[0].dependencies[0].is_for_tests);
        assert!(found[0].dependencies[1].is_for_tests);
    }
}
