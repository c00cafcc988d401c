//! A database's name as `InnoDB` writes it: what is no letter, digit or `_` as `@` and four digits.
//! <https://dev.mysql.com/doc/refman/9.0/en/identifier-mapping.html>

use std::fmt::Write as _;

/// The name in files and in `InnoDB`'s own tables. Letters beyond ASCII are written in other ways, too: such a name may not be
/// found again, and then less is known of its tables.
pub(super) fn encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '_' {
            encoded.push(c);
        } else {
            let _ = write!(encoded, "@{:04x}", u32::from(c));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_name_is_written_as_in_the_file_system() {
        assert_eq!(encoded("ticketon_1"), "ticketon_1");
        assert_eq!(encoded("x-stats"), "x@002dstats");
    }
}
