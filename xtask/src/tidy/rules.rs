//! Every rule, in the order of the house: who may use whom, which room may speak of what, which words are not said at
//! all, what a file is, and that the documents tell the truth. To add one: a function, its line here, its test.

mod crates;
mod documents;
mod rooms;
mod shape;
mod words;

use super::finding::Finding;
use super::tree::{File, Tree};

/// Looks at the tree and says what it found.
pub(super) type Rule = fn(&Tree) -> Vec<Finding>;

pub(super) const ALL: [Rule; 22] = [
    crates::each_uses_only_its_own,
    crates::engines_are_behind_features,
    crates::lints_are_the_workspaces,
    crates::workspace_dependencies_are_used,
    rooms::sql_in_one_room,
    rooms::redis_in_two_rooms,
    rooms::kafka_in_one_room,
    rooms::metrics_in_one_room,
    rooms::http_in_one_room,
    rooms::provider_calls_in_one_room,
    rooms::core_has_no_runtime,
    rooms::order_is_never_left_to_hashing,
    rooms::time_ids_and_chance_come_from_outside,
    rooms::one_door_for_admission,
    words::no_allow,
    words::nothing_unfinished,
    words::names_say_what_a_thing_is,
    words::the_terminal_is_the_clis,
    shape::module_roots_stand_beside_their_folder,
    shape::one_test_program_per_crate,
    shape::limits_have_a_home,
    documents::paths_lead_somewhere,
];

/// Findings for each line of code that says one of these words.
fn said<'tree>(
    files: impl Iterator<Item = &'tree File>,
    words: &[&str],
    rule: &'static str,
    instead: &str,
) -> Vec<Finding> {
    let lines = files.flat_map(|file| file.code().map(move |(line, code)| (file, line, code)));
    found(lines, words, rule, instead)
}

/// As `said`, but tests may say it.
fn said_beside_tests<'tree>(
    files: impl Iterator<Item = &'tree File>,
    words: &[&str],
    rule: &'static str,
    instead: &str,
) -> Vec<Finding> {
    let lines = files.flat_map(|file| {
        file.code_beside_tests()
            .map(move |(line, code)| (file, line, code))
    });
    found(lines, words, rule, instead)
}

fn found<'tree>(
    lines: impl Iterator<Item = (&'tree File, usize, &'tree str)>,
    words: &[&str],
    rule: &'static str,
    instead: &str,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, line, code) in lines {
        if let Some(word) = words.iter().find(|word| says(code, word)) {
            findings.push(file.finding(line, rule, format!("`{word}`: {instead}")));
        }
    }
    findings
}

/// Whether a line says a word, and not only a longer word that contains it. A word that ends in `::` is a crate at the
/// beginning of a path: `crate::http::` is not `http::`.
fn says(line: &str, word: &str) -> bool {
    let (first, last) = (word.chars().next(), word.chars().next_back());
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let goes_on_before = both_of_a_word(before, first) || (word.ends_with("::") && before == Some(':'));
        let goes_on_after = both_of_a_word(last, after);
        !goes_on_before && !goes_on_after
    })
}

fn both_of_a_word(one: Option<char>, other: Option<char>) -> bool {
    one.is_some_and(is_of_a_word) && other.is_some_and(is_of_a_word)
}

fn is_of_a_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

#[cfg(test)]
mod tests {
    use super::{Finding, Rule, says};
    use crate::tidy::tree::Tree;

    /// What a rule says of a tree, a line each.
    pub(super) fn findings(rule: Rule, tree: &Tree) -> Vec<String> {
        rule(tree).iter().map(Finding::to_string).collect()
    }

    /// Where a rule found something, without its advice.
    pub(super) fn places(rule: Rule, tree: &Tree) -> Vec<String> {
        rule(tree)
            .iter()
            .map(|finding| format!("{}:{}", finding.path, finding.line))
            .collect()
    }

    #[test]
    fn a_longer_word_is_another_word() {
        assert!(says("use http::Uri;", "http::"));
        assert!(!says("use my_http::Uri;", "http::"));
        assert!(!says("use crate::http::Rate;", "http::"));
        assert!(!says("let https = 1;", "http"));
        assert!(says("#[allow(dead_code)]", "#[allow"));
        assert!(says("SystemTime::now()", "SystemTime::now"));
    }
}
