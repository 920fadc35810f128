//! From types to decisions: the constant tree of a space, its names and sizes, and the way between values and
//! traces.

mod build;
pub(crate) mod capacity;
pub(crate) mod cardinality;
pub(crate) mod codec;
pub(crate) mod compare;
pub(crate) mod count;
pub(crate) mod cursor;
mod describe;
pub(crate) mod distinct;
mod dot;
pub(crate) mod ends;
pub(crate) mod enumerate;
mod facts;
pub(crate) mod fault;
mod fingerprint;
pub mod flow;
#[cfg(test)]
mod flow_tests;
mod fragment;
pub(crate) mod generated;
pub(crate) mod graph;
pub(crate) mod guide;
mod handle;
mod inside;
pub(crate) mod link;
mod listed;
pub(crate) mod longest;
mod mermaid;
pub(crate) mod message;
pub(crate) mod name;
mod nesting;
pub(crate) mod node;
#[doc(hidden)]
pub mod numbers;
mod offered;
mod only;
pub mod outline;
#[cfg(test)]
mod outline_tests;
pub(crate) mod part;
mod places;
pub(crate) mod relation;
mod sample_error;
pub(crate) mod search_space;
mod standard;
pub(crate) mod taken;
#[cfg(test)]
mod test_types;
pub(crate) mod trace;
mod transitions;
mod tree;
pub(crate) mod uniform;
mod views;
pub(crate) mod vocabulary;

pub use codec::{DecodeError, Decoder, EncodeError, Encoder};
pub use count::Counts;
pub use cursor::WalkError;
pub use fingerprint::Fingerprint;
pub use flow::JointGraph;
pub use graph::Graph;
pub use handle::Space;
pub use longest::longest;
pub use name::START;
pub use node::{Actions, Branch, Domain, Kind, Naming, Node};
pub use outline::Outline;
pub use part::Decision;
#[cfg(feature = "serve")]
pub(crate) use places::Refused;
pub(crate) use places::{EarlierNames, earlier_names};
pub use relation::{Comparison, Number, Relation};
pub use sample_error::SampleError;
pub use search_space::{Enumerate, SearchSpace, UniformSampler, decode, encode};
pub use trace::Trace;
pub use vocabulary::{ActionRow, Names, State, StateRow, Vocabulary};
