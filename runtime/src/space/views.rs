//! What people and other programs see of a space.

use core::fmt;

use super::flow::JointGraph;
use super::handle::Space;
use super::outline::Outline;

impl Space {
    /// What is decided, with names.
    #[must_use]
    pub fn outline(&self) -> Outline {
        Outline::new(self.node)
    }

    /// The outline as indented JSON, which serde reads back as an [`Outline`].
    #[must_use]
    pub fn to_json(&self) -> String {
        self.outline().to_json()
    }

    /// Which decision can follow which, for Graphviz; see [`JointGraph`] for several spaces.
    #[must_use]
    pub fn to_dot(&self) -> String {
        JointGraph::of(*self).to_dot()
    }

    /// Which decision can follow which, for Mermaid; see [`JointGraph`] for several spaces.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        JointGraph::of(*self).to_mermaid()
    }
}

/// The outline drawn as a tree.
///
/// ```
/// use transfer_nas::prelude::*;
///
/// #[search_space]
/// struct Dense {
///     #[space(choices = [64, 128])]
///     units: u32,
///     dropout: Option<bool>,
/// }
///
/// assert_eq!(Dense::space().to_string(), "\
/// Dense.units: 64 | 128
/// Dense.dropout: none | some
/// └─ some
///    └─ Dense.dropout.some: false | true");
/// ```
impl fmt::Display for Space {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outline().fmt(formatter)
    }
}
