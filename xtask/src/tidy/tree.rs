//! The files that rules read: Rust, manifests and documents, each with its path from the workspace's root.

use std::path::Path;
use std::{fs, io};

use super::finding::Finding;
use super::mask::{Masked, mask};
use super::packages::Package;

/// Everything that rules look at.
#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) packages: Vec<Package>,
    pub(crate) files: Vec<File>,
}

/// One file.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
    masked: Masked,
    /// The line on which the file's own tests begin.
    tests_from: usize,
}

impl Tree {
    /// Reads the tree below a folder. What is hidden or built is left out.
    pub(crate) fn read(root: &Path, packages: Vec<Package>) -> io::Result<Self> {
        let mut tree = Self {
            packages,
            files: Vec::new(),
        };
        tree.gather(root, "")?;
        tree.files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(tree)
    }

    fn gather(&mut self, folder: &Path, below: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if below.is_empty() {
                name.clone()
            } else {
                format!("{below}/{name}")
            };
            if name.starts_with('.') || path == "target" {
                continue;
            }
            if entry.file_type()?.is_dir() {
                self.gather(&entry.path(), &path)?;
            } else if is_read(&name) {
                self.files
                    .push(File::new(path, fs::read_to_string(entry.path())?));
            } else {
                // Its name is enough: documents point at it.
                self.files.push(File::new(path, String::new()));
            }
        }
        Ok(())
    }

    /// The Rust files whose path begins with one of these.
    pub(crate) fn rust<'tree>(&'tree self, below: &'tree [&str]) -> impl Iterator<Item = &'tree File> {
        self.files
            .iter()
            .filter(|file| has_extension(&file.path, "rs") && file.is_below(below))
    }

    pub(crate) fn documents(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| has_extension(&file.path, "md"))
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether there is a file or a folder of this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.iter().any(|file| {
            let rest = file.path.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    pub(crate) fn longer_than(&self, lines: usize) -> impl Iterator<Item = (&str, usize)> {
        self.rust(&[""])
            .map(|file| (file.path.as_str(), file.text.lines().count()))
            .filter(move |(_, count)| *count > lines)
    }
}

impl File {
    fn new(path: String, text: String) -> Self {
        let masked = mask(&text);
        let tests_from = tests_from(&path, &masked.code);
        Self {
            path,
            text,
            masked,
            tests_from,
        }
    }

    pub(crate) fn is_below(&self, below: &[&str]) -> bool {
        below.iter().any(|prefix| self.path.starts_with(prefix))
    }

    /// Numbered lines without comments and texts.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.masked.code.lines())
    }

    /// As `code`, up to where the file's own tests begin.
    pub(crate) fn code_beside_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code().take_while(|(line, _)| *line < self.tests_from)
    }

    /// Numbered lines of what stands between quotes.
    pub(crate) fn quoted(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.masked.quoted.lines())
    }

    pub(crate) fn finding(&self, line: usize, rule: &'static str, instead: impl Into<String>) -> Finding {
        Finding {
            path: self.path.clone(),
            line,
            rule,
            instead: instead.into(),
        }
    }
}

fn is_read(name: &str) -> bool {
    ["rs", "toml", "md"]
        .iter()
        .any(|extension| has_extension(name, extension))
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| found == extension)
}

/// Tests, examples and benchmarks are tests as a whole; elsewhere they stand in a `mod tests { … }` at the end.
fn tests_from(path: &str, code: &str) -> usize {
    let is_all_tests = ["/tests/", "/tests.rs", "/examples/", "/benches/"];
    if is_all_tests.iter().any(|part| path.contains(part)) {
        return 0;
    }
    let lines: Vec<&str> = code.lines().collect();
    let begins = |pair: &[&str]| says_tests(pair[0].trim()) && pair[1].trim_end().ends_with('{');
    lines.windows(2).position(begins).map_or(usize::MAX, |at| at + 1)
}

fn says_tests(attribute: &str) -> bool {
    attribute == "#[cfg(test)]" || attribute.starts_with("#[cfg(all(test,")
}

#[cfg(test)]
impl Tree {
    /// A tree in memory.
    pub(crate) fn of<'text>(files: impl IntoIterator<Item = (&'text str, &'text str)>) -> Self {
        let files = files
            .into_iter()
            .map(|(path, text)| File::new(path.to_owned(), text.to_owned()));
        Self {
            packages: Vec::new(),
            files: files.collect(),
        }
    }

    /// The same tree with these crates.
    pub(crate) fn with(mut self, packages: impl IntoIterator<Item = Package>) -> Self {
        self.packages = packages.into_iter().collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{File, Tree};

    #[test]
    fn a_files_own_tests_are_told_apart() {
        let tree = Tree::of([
            ("src/a.rs", "one\n#[cfg(test)]\nmod tests {\n    two\n}"),
            (
                "src/aa.rs",
                "#[cfg(all(test, feature = \"contract\"))]\nmod tests {\n    two\n}",
            ),
            ("src/b.rs", "#[cfg(test)]\nmod tests;\nthree"),
            ("crates/a/tests/it/c.rs", "four"),
            ("src/d/tests.rs", "five"),
        ]);
        let beside: Vec<&str> = tree
            .rust(&[""])
            .flat_map(File::code_beside_tests)
            .map(|(_, line)| line)
            .collect();
        assert_eq!(beside, ["one", "#[cfg(test)]", "mod tests;", "three"]);
    }

    #[test]
    fn a_folder_is_there_when_something_is_in_it() {
        let tree = Tree::of([("docs/errors.md", "")]);
        assert!(tree.has("docs/") && tree.has("docs") && tree.has("docs/errors.md"));
        assert!(!tree.has("doc") && !tree.has("docs/error"));
    }
}
