//! From types to decisions: the constant tree of a space, its names and sizes, and the way between values and
//! traces.

pub(crate) mod codec;
pub(crate) mod count;
pub(crate) mod graph;
pub(crate) mod name;
pub(crate) mod node;
pub(crate) mod search_space;
pub(crate) mod vocabulary;

pub use codec::{DecodeError, Decoder, EncodeError, Encoder, Trace};
pub use count::{Counts, longest};
pub use graph::{Decision, Graph};
pub use name::START;
pub use node::{Actions, Branch, Domain, Kind, Node};
pub use search_space::{SearchSpace, decode, encode};
pub use vocabulary::{ActionRow, State, StateRow, Vocabulary};
