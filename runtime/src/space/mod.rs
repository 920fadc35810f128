//! From types to decisions: the constant tree of a space, its names and sizes, and the way between values and
//! traces.

mod build;
pub(crate) mod codec;
pub(crate) mod compare;
pub(crate) mod count;
pub(crate) mod cursor;
pub(crate) mod graph;
pub(crate) mod longest;
pub(crate) mod message;
pub(crate) mod name;
pub(crate) mod node;
mod offered;
pub(crate) mod relation;
pub(crate) mod search_space;
pub(crate) mod uniform;
pub(crate) mod vocabulary;

pub use codec::{DecodeError, Decoder, EncodeError, Encoder, Trace};
pub use count::Counts;
pub use cursor::WalkError;
pub use graph::{Decision, Graph};
pub use longest::longest;
pub use name::START;
pub use node::{Actions, Branch, Domain, Kind, Naming, Node};
pub use relation::{Comparison, Number, Relation};
pub use search_space::{SearchSpace, decode, encode};
pub use vocabulary::{ActionRow, Names, State, StateRow, Vocabulary};
