//! What a space's identities are, as one number.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::name::Hash;
use super::node::Kind;
use super::vocabulary::Vocabulary;

/// A number that stands for the names and kinds of all states and the labels of all their actions, and for nothing
/// else: the order of fields, variants and choices does not matter, since nothing is known by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) fn of(vocabulary: &Vocabulary) -> Self {
        let identity = |name: &str, kind: Kind, label: &str| format!("{name}\0{}\0{label}\n", kind.words());
        let mut identities: Vec<String> = Vec::new();
        for state in vocabulary.states() {
            identities.extend(state.labels.iter().map(|label| identity(state.name(), state.kind, &label.name)));
        }
        identities.sort_unstable();
        Self(identities.iter().fold(Hash::EMPTY, |hash, identity| hash.text(identity)).0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}
