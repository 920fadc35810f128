//! Which of its actions a decision offers, while the compiler walks the tree.

use super::name::Hash;
use super::node::Actions;

/// The labels that a restriction keeps, or those that it leaves out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Only {
    pub(crate) labels: &'static [&'static str],
    pub(crate) keep: bool,
}

impl Only {
    /// Nothing is left out.
    pub(crate) const ALL: Self = Self { labels: &[], keep: false };

    pub(crate) const fn is_all(&self) -> bool {
        !self.keep && self.labels.is_empty()
    }

    pub(crate) const fn offers(&self, label: Hash) -> bool {
        let mut i = 0;
        while i < self.labels.len() {
            if Hash::of(self.labels[i]).0 == label.0 {
                return self.keep;
            }
            i += 1;
        }
        !self.keep
    }
}

/// Continues a hash with the label of action `i`.
pub(crate) const fn label(actions: &Actions, i: usize, hash: Hash) -> Hash {
    match actions {
        Actions::Labels(labels) | Actions::Numbers { labels, .. } => hash.text(labels[i]),
        Actions::Range { first, step, .. } => hash.number(*first + *step * i as i128),
    }
}
