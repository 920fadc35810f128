//! What came of lessons.

use crate::agent::Share;

/// What a strategy took in of what other searches had to teach.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taken {
    /// For each group of trials, of a space and task of a source, how many are data.
    pub(in crate::search) data: Vec<usize>,
    /// The source whose policy was taken over, where one was, and the positions that came along.
    pub(in crate::search) policy: Option<(usize, Share)>,
}

impl Taken {
    /// Whether that is anything.
    pub(in crate::search) fn is_something(&self) -> bool {
        self.policy.is_some() || self.data.iter().any(|count| *count > 0)
    }

    /// What either of two took in.
    pub(in crate::search) fn or(self, other: &Self) -> Self {
        let count = self.data.len().max(other.data.len());
        let of = |data: &[usize], group: usize| data.get(group).copied().unwrap_or(0);
        let data = (0..count).map(|group| of(&self.data, group).max(of(&other.data, group))).collect();
        Self { data, policy: self.policy.or(other.policy) }
    }
}
