//! The PostgreSQL schema that has a store's tables: its name, and what others are named by it.

/// What it is called where nothing is said.
pub(super) const DEFAULT: &str = "transfer_nas";

/// PostgreSQL cuts longer names.
pub(super) const LONGEST: usize = 63;

/// The PostgreSQL schema that has a store's tables.
#[derive(Debug, Clone)]
pub(super) struct Namespace {
    pub(super) name: String,
    /// The name as it stands in a statement.
    pub(super) quoted: String,
    /// The advisory lock of those who change what belongs together.
    pub(super) exclusive: i64,
    /// Where those listen who wait for something to change.
    pub(super) channel: String,
}

impl Namespace {
    pub(super) fn new(name: &str) -> Self {
        let exclusive = key(&["exclusive", name]);
        Self {
            name: name.to_owned(),
            quoted: quoted(name),
            exclusive,
            channel: format!("transfer_nas_{:016x}", key(&["changed", name])),
        }
    }

    /// The advisory lock of those who report values of a study: what commits later has a greater number.
    pub(super) fn reports(&self, study: i64) -> i64 {
        key(&["reports", &study.to_string(), &self.name])
    }
}

/// A name as it stands in a statement.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A number that stands for some words in every version of this crate: their FNV-1a hash.
fn key(words: &[&str]) -> i64 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
    bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
        .cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Versions of this crate that have a database open at the same time exclude each other.
    #[test]
    fn keys_stay() {
        let namespace = Namespace::new(DEFAULT);
        assert_eq!(namespace.exclusive, 7_191_537_730_538_099_589);
        assert_eq!(namespace.channel, "transfer_nas_9256101943a2ab05");
        assert_ne!(namespace.reports(1), namespace.reports(2));
        assert_ne!(namespace.reports(1), Namespace::new("other").reports(1));
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(Namespace::new(r#"a "b"; DROP"#).quoted, r#""a ""b""; DROP""#);
    }
}
