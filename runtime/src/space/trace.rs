//! The decisions that make one value.

/// The trace of one value in its own space: for each decision the index of its action there, in the order of the
/// walk. Indices are good inside one build; names and labels are what is saved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Trace(pub(crate) Vec<u32>);

impl Trace {
    /// The number of decisions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The action indices.
    #[must_use]
    pub fn indices(&self) -> &[u32] {
        &self.0
    }
}
