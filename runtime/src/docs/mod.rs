//! The texts about this crate. The [`guide`] goes from the first annotation to a search of your own; a [`study`] keeps a search running,
//! and [`transfer`] begins one with what others learned.

// The files stand below `docs` of the repository and link to each other by file names. `links.md` comes first in each module, since the
// first definition of a link is the one that counts: it says where those names lead to in this documentation. Where examples need a
// feature, the text is there with it.

#[doc = include_str!("links.md")]
#[doc = ""]
#[doc = include_str!("../../docs/guide.md")]
pub mod guide {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[cfg_attr(feature = "sqlite", doc = include_str!("../../docs/study.md"))]
pub mod study {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[doc = include_str!("../../docs/objectives.md")]
#[doc = ""]
#[doc = include_str!("../../docs/images/nasbench101_fronts.svg")]
#[doc = ""]
#[doc = include_str!("../../docs/images/nasbench101_hypervolume.svg")]
pub mod objectives {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[doc = include_str!("../../docs/search.md")]
pub mod search {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[cfg_attr(feature = "sqlite", doc = include_str!("../../docs/transfer.md"))]
pub mod transfer {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[doc = include_str!("../../docs/grammar.md")]
pub mod grammar {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[doc = include_str!("../../docs/spaces.md")]
#[doc = ""]
#[doc = include_str!("../../docs/images/joint_space.svg")]
pub mod spaces {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[doc = include_str!("../../docs/cli.md")]
pub mod cli {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[cfg_attr(all(feature = "sqlite", unix), doc = include_str!("../../docs/worker.md"))]
pub mod worker {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[cfg_attr(all(feature = "serve", feature = "sqlite"), doc = include_str!("../../docs/serve.md"))]
pub mod serve {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[cfg_attr(feature = "sqlite", doc = include_str!("../../docs/cluster.md"))]
pub mod cluster {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[doc = include_str!("../../docs/plots.md")]
pub mod plots {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[doc = include_str!("../../docs/tracing.md")]
pub mod tracing {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[doc = include_str!("../../docs/diagnostics.md")]
pub mod diagnostics {}

#[doc = include_str!("links.md")]
#[doc = ""]
#[doc = include_str!("../../docs/checkpoint.md")]
pub mod checkpoint {}
