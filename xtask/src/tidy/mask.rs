//! Tells Rust's code from its comments and literals, well enough for rules about words: a comment may speak of SQL and a
//! message may say `todo!`. Lines keep their numbers. It is no parser: macros and nesting mean nothing to it.

/// One file, twice: once with everything but the code blanked, once with everything but the text in quotes blanked.
pub(crate) struct Masked {
    pub(crate) code: String,
    pub(crate) quoted: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Within {
    Code,
    LineComment,
    BlockComment(usize),
    Text,
    RawText(usize),
}

/// Splits a file.
pub(crate) fn mask(text: &str) -> Masked {
    let chars: Vec<char> = text.chars().collect();
    let mut masked = Masked {
        code: String::new(),
        quoted: String::new(),
    };
    let mut within = Within::Code;
    let mut at = 0;
    while at < chars.len() {
        let (next, width) = step(within, &chars, at);
        let is_code = within == Within::Code && next == Within::Code;
        let is_quoted = within == next && matches!(within, Within::Text | Within::RawText(_));
        for &char in &chars[at..(at + width).min(chars.len())] {
            masked.code.push(kept(char, is_code));
            masked.quoted.push(kept(char, is_quoted));
        }
        within = next;
        at += width;
    }
    masked
}

fn kept(char: char, keep: bool) -> char {
    if keep || char == '\n' { char } else { ' ' }
}

/// What comes after the characters at `at`, and how many of them were read.
fn step(within: Within, chars: &[char], at: usize) -> (Within, usize) {
    let rest = &chars[at..];
    match within {
        Within::Code => step_in_code(rest, at.checked_sub(1).map(|before| chars[before])),
        Within::LineComment if rest[0] == '\n' => (Within::Code, 1),
        Within::BlockComment(depth) if rest.starts_with(&['/', '*']) => (Within::BlockComment(depth + 1), 2),
        Within::BlockComment(1) if rest.starts_with(&['*', '/']) => (Within::Code, 2),
        Within::BlockComment(depth) if rest.starts_with(&['*', '/']) => (Within::BlockComment(depth - 1), 2),
        Within::Text if rest[0] == '\\' => (Within::Text, 2),
        Within::Text if rest[0] == '"' => (Within::Code, 1),
        Within::RawText(hashes) if rest[0] == '"' && count_hashes(&rest[1..]) >= hashes => {
            (Within::Code, 1 + hashes)
        }
        Within::LineComment | Within::BlockComment(_) | Within::Text | Within::RawText(_) => (within, 1),
    }
}

fn step_in_code(rest: &[char], before: Option<char>) -> (Within, usize) {
    let starts_word = !before.is_some_and(|before| before.is_alphanumeric() || before == '_');
    match rest {
        ['/', '/', ..] => (Within::LineComment, 2),
        ['/', '*', ..] => (Within::BlockComment(1), 2),
        ['"', ..] => (Within::Text, 1),
        ['r', after @ ..] if starts_word || before == Some('b') => {
            let hashes = count_hashes(after);
            match after.get(hashes) {
                Some('"') => (Within::RawText(hashes), hashes + 2),
                _ => (Within::Code, 1),
            }
        }
        // A character in quotes; what else begins with this quote is a lifetime.
        ['\'', '\\', _, after @ ..] => {
            let length = after.iter().position(|char| *char == '\'').unwrap_or(0);
            (Within::Code, 4 + length)
        }
        ['\'', _, '\'', ..] => (Within::Code, 3),
        _ => (Within::Code, 1),
    }
}

fn count_hashes(chars: &[char]) -> usize {
    chars.iter().take_while(|char| **char == '#').count()
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn comments_and_text_are_not_code() {
        let masked = mask("let a = \"todo!\"; // todo!\n/* todo! /* more */ todo! */ let b = 1;");
        assert!(!masked.code.contains("todo!"));
        assert!(masked.code.contains("let a =") && masked.code.contains("let b = 1;"));
        assert!(masked.quoted.contains("todo!"));
    }

    #[test]
    fn raw_text_ends_where_its_hashes_do() {
        let masked = mask("f(r#\"SELECT \"x\"\"#, b\"y\") + z");
        assert_eq!(masked.quoted.trim(), "SELECT \"x\"      y");
        assert!(masked.code.ends_with(") + z"));
    }

    #[test]
    fn a_quote_in_a_character_opens_nothing() {
        let masked = mask("match c { '\"' => 1, '\\'' => 2, '\\u{1F600}' => 3, _ => f::<'a>() } \"said\"");
        assert!(masked.code.contains("=> 3, _ => f::<'a>() }"));
        assert_eq!(masked.quoted.trim(), "said");
    }

    #[test]
    fn lines_keep_their_numbers() {
        let masked = mask("\"one\ntwo\"\n// three\nfour");
        assert_eq!(masked.code.lines().nth(3), Some("four"));
        assert_eq!(masked.quoted.lines().nth(1).map(str::trim), Some("two"));
    }
}
