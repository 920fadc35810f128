//! What several test files check.

use transfer_nas::Universe;
use transfer_nas::space::{Graph, longest};

/// The sizes known to the compiler are those of the graph that is built at run time.
pub(crate) fn sizes_agree<U: Universe>() {
    let graph = Graph::new(U::START);
    let sizes = [graph.vocabulary().states().len(), graph.vocabulary().actions(), longest(U::START)];
    assert_eq!(sizes, transfer_nas::policy::sizes::<U>());
}
