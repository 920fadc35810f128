//! Search that learns over your own Rust config types, and keeps what it learned when the types change.

#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate self as transfer_nas;

pub mod agent;
#[cfg(feature = "nasbench")]
pub mod nasbench;
pub mod policy;
#[cfg(feature = "plots")]
pub mod report;
pub mod search;
pub mod space;
pub mod train;

pub use agent::{Agent, Settings, Trial};
pub use policy::{Attention, Contains, Universe};
pub use space::SearchSpace;
pub use transfer_nas_macros::search_space;

/// What most programs need.
pub mod prelude {
    pub use crate::agent::{Agent, Trial};
    pub use crate::policy::Attention;
    pub use crate::space::SearchSpace;
    pub use transfer_nas_macros::search_space;
}

/// What the macro's output names. Not part of the public API: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::policy::Universe;
    pub use crate::space::count::{Counts, capacity, count};
    pub use crate::space::search_space::*;
    pub use crate::space::{
        Actions, Branch, DecodeError, Decoder, Domain, EncodeError, Encoder, Kind, Node, START, SearchSpace,
    };
    pub use dfdx::shapes::Const;
}
