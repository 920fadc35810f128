//! Search that learns over your own Rust config types, and keeps what it learned when the types change.
//!
//! [`#[search_space]`](macro@search_space) makes a struct or an enum a *space*: the set of values that it can take, as a tree of
//! decisions. A [`Study`](study::Study) proposes values of it, whole and typed, has your function evaluate them, on all cores and in
//! several processes, and keeps every trial:
//!
//! ```
//! use transfer_nas::prelude::*;
//! use transfer_nas::study::Study;
//!
//! #[search_space]
//! #[derive(Debug, PartialEq)]
//! enum Optimizer {
//!     Sgd { #[space(choices = [0.0, 0.9])] momentum: f64 },    // decided only where `Sgd` is taken
//!     Adam,
//! }
//!
//! #[search_space]
//! #[derive(Debug, PartialEq)]
//! struct Training {
//!     optimizer: Optimizer,
//!     #[space(range = 1..=8)]
//!     layers: u32,
//!     #[space(range = 1e-4..=1e-1, bins = 13, log)]
//!     rate: f64,
//! }
//!
//! fn accuracy(config: &Training) -> Result<f64, String> {      // yours; an error or a panic is a failed trial
//!     let bonus = if config.optimizer == Optimizer::Adam { 0.1 } else { 0.0 };
//!     Ok(0.8 + bonus - 0.01 * f64::from(config.layers.abs_diff(3)) - 0.02 * (config.rate.log10() + 2.0).abs())
//! }
//!
//! let study = Study::in_memory().seed(7).workers(2).trials(60).run(accuracy)?;
//! let best = study.best()?.expect("a trial has a reward");
//! assert_eq!((best.config.layers, best.config.optimizer), (3, Optimizer::Adam));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Study::open`](study::Study::open) keeps it in a file (feature `sqlite`): it goes on after a crash, several processes may share it,
//! and [`report`](study::Study::report) writes all of it as one page.
//!
//! # Read on
//!
//! | text | of |
//! |---|---|
//! | [guide](docs::guide) | from the first annotation to a search of your own |
//! | [grammar](docs::grammar) | every key of [`search_space`](macro@search_space), [`joint_space`](macro@joint_space), [`tasks`](macro@tasks) and [`objectives`](macro@objectives) |
//! | [study](docs::study), [objectives](docs::objectives) | failures, retries, pruning, processes, reports; several objectives and limits |
//! | [search](docs::search) | which strategy to take with which budget, with figures |
//! | [transfer](docs::transfer) | a type changes, what was learned stays |
//! | [worker](docs::worker), [serve](docs::serve), [cluster](docs::cluster) | objectives that are programs, a service over HTTP, many machines |
//! | [cli](docs::cli) | the command `transfer-nas` |
//! | [spaces](docs::spaces), [plots](docs::plots), [tracing](docs::tracing) | how a space is shown; curves and heat maps; logs |
//! | [diagnostics](docs::diagnostics), [checkpoint](docs::checkpoint) | each compiler error; the format of saved agents |
//!
//! # Where to begin in the code
//!
//! - [`study::Study`]: many trials, recorded, resumed, shown.
//! - [`search::BayesianSearch`]: what a study searches with where nothing else is named; the other strategies are beside it, behind one
//!   trait, [`search::Searcher`].
//! - [`Agent`]: the Transformer agent of *Transfer NAS: Knowledge Transfer between Search Spaces with Transformer Agents* (Borsos, Khorlin,
//!   Gesmundo, 2019). It learns a policy, over one space or several, and takes it along when types change ([`Agent::transfer`]).
//! - [`space::Space`]: a space as a tree, as JSON, as a graph.
//!
//! # Features
//!
//! None is on by default.
//!
//! | feature | adds |
//! |---|---|
//! | `sqlite` | studies in an SQLite file (needs a C compiler) |
//! | `postgres` | studies in a PostgreSQL database |
//! | `progress` | a bar on the terminal for studies |
//! | `cli` | the command `transfer-nas`, with `sqlite` |
//! | `serve` | a service over HTTP for the workers of studies, and its client |
//! | `plots` | [`report`](mod@report): learning curves, heat maps and fronts as SVG and PNG |
//! | `nasbench` | [`nasbench`](mod@nasbench): NAS-Bench-101's cells, module hash and accuracy table, a surrogate of it, and `nasbench-table`, which makes the table from the official file |

#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate self as transfer_nas;

pub mod agent;
pub mod checkpoint;
mod colour;
#[cfg(any(doc, doctest))]
pub mod docs;
#[doc(hidden)]
pub mod file;
#[doc(hidden)]
pub mod keys;
#[cfg(feature = "nasbench")]
pub mod nasbench;
mod page;
pub mod policy;
#[doc(hidden)]
pub mod printable;
#[cfg(feature = "plots")]
pub mod report;
pub mod search;
mod sentence;
#[cfg(test)]
#[path = "../tests/support/skip.rs"]
mod skip;
pub mod space;
pub mod study;
mod threads;
pub mod train;

pub use agent::{Agent, Settings, Trial};
pub use num_bigint::BigUint;
pub use policy::{AnyConfig, Attention, Contains, Serves, Tasks, Universe};
pub use space::{SearchSpace, Space};
/// Makes a struct or an enum a search space: implements [`SearchSpace`] and, for a type without parameters,
/// [`Universe`]. [Its keys](#the-keys-of-a-search-space) are below.
///
/// ```
/// use transfer_nas::prelude::*;
///
/// #[search_space]
/// struct Dense {
///     #[space(choices = [16, 32])]
///     units: u32,
///     bias: bool,
/// }
/// ```
///
/// The attribute puts a derive on the type and leaves `#[space(..)]` to it, so `#[cfg]` and `cfg_attr` on fields and variants
/// mean what they mean elsewhere. The derive may be written itself, and then the keys of the type stand in `#[space(..)]`:
///
/// ```
/// use transfer_nas::prelude::*;
///
/// #[derive(SearchSpace)]
/// #[space(name = "Layer")]
/// struct Dense {
///     #[space(choices = [16, 32])]
///     units: u32,
/// }
/// assert_eq!(Dense::space().states()[0].name(), "Layer.units");
/// ```
///
#[cfg_attr(any(doc, doctest), doc = include_str!("../docs/grammar/search_space.md"))]
///
/// # What it expands to
///
/// The type above becomes, besides the struct itself without the attributes, what could be written by hand like this:
///
/// ```
/// use transfer_nas::space::*;
/// use transfer_nas::SearchSpace;
///
/// struct Dense {
///     units: u32,
///     bias: bool,
/// }
///
/// impl SearchSpace for Dense {
///     const SPACE: &'static Node = &Node::Sequence(&[
///         &Node::Named {
///             name: "Dense.units",
///             aliases: &[],
///             local: Some(".units"),
///             shared: false,
///             site: "Dense.units (src/model.rs:6)",
///             node: &Node::Decide(Domain {
///                 kind: Kind::Integer,
///                 actions: Actions::Numbers {
///                     labels: &["16", "32"],
///                     values: &[Number::Integer(16), Number::Integer(32)],
///                 },
///             }),
///         },
///         &Node::Named {
///             name: "Dense.bias",
///             aliases: &[],
///             local: Some(".bias"),
///             shared: false,
///             site: "Dense.bias (src/model.rs:7)",
///             node: <bool as SearchSpace>::SPACE,
///         },
///     ]);
///
///     fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
///         Ok(Self {
///             units: match decoder.next(2)? {
///                 0 => 16,
///                 _ => 32,
///             },
///             bias: bool::decode(decoder)?,
///         })
///     }
///
///     fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
///         match self.units {
///             16 => encoder.push(0),
///             32 => encoder.push(1),
///             other => return Err(EncodeError::new("Dense.units", &other, "16, 32")),
///         }
///         self.bias.encode(encoder)
///     }
/// }
/// assert_eq!(Dense::space().states().len(), 2);
/// ```
///
/// and, in `impl Universe for Dense`, the number of states, of actions and of steps as types, counted by constant
/// evaluation of the tree.
pub use transfer_nas_macros::search_space;

#[doc(inline)]
pub use transfer_nas_macros::SearchSpace;

/// Makes an enum with a variant for each space a [`Universe`] of several spaces, merged by state name: what an agent learns
/// of a state in one space it knows in the others. The first decision is the space.
///
/// `tasks = Task` names the [`tasks`](macro@tasks) that configs are judged on; `#[space(tasks(A, B))]` on a variant says on
/// which of them its space is judged, where not on all.
///
/// ```
/// use transfer_nas::prelude::*;
///
/// #[search_space]
/// struct Dense { #[space(choices = [16, 32])] units: u32 }
///
/// #[search_space]
/// struct Cnn { #[space(range = 1..=4)] layers: u32, head: Dense }
///
/// #[search_space]
/// struct Mlp { body: Dense, head: Dense }
///
/// #[joint_space]
/// enum Models { Cnn(Cnn), Mlp(Mlp) }
///
/// let mut agent = Agent::<Models>::builder().seed(7).build()?;
/// let trial = agent.sample::<Cnn>()?;
/// agent.observe(trial, 1.0)?;
/// let trial = agent.sample_any()?;
/// let reward = match &trial.config {
///     Models::Cnn(cnn) => f64::from(cnn.layers),
///     Models::Mlp(mlp) => f64::from(mlp.body.units) / 16.0,
/// };
/// agent.observe_any(trial, reward)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
#[cfg_attr(any(doc, doctest), doc = include_str!("../docs/grammar/joint_space.md"))]
pub use transfer_nas_macros::joint_space;

/// Makes an enum of plain variants a list of [`Tasks`]: what the configs of a [`joint_space`](macro@joint_space) are judged
/// on. `#[space(alias = "..")]` on a variant gives an earlier name.
///
#[cfg_attr(any(doc, doctest), doc = include_str!("../docs/grammar/tasks.md"))]
pub use transfer_nas_macros::tasks;

/// Makes a struct of `f64` fields the [`Objectives`](study::Objectives) of a study: what it searches for where one number is not all that
/// counts. Each field says which of its values are better, and may have a `unit`, and a `name` in place of its own.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::study::Study;
///
/// #[search_space]
/// struct Net { #[space(range = 1..=64)] width: u32 }
///
/// #[objectives]
/// struct Score {
///     #[objective(maximize)]
///     accuracy: f64,
///     #[objective(minimize, unit = "ms")]
///     latency: f64,
/// }
///
/// let study = Study::in_memory().objectives::<Score>().trials(40).run(|net: &Net| {
///     let width = f64::from(net.width);
///     Score { accuracy: 1.0 - 1.0 / width, latency: 0.1 * width }
/// })?;
/// for trial in study.front()? {
///     let score: Score = trial.score().unwrap();
///     assert!(score.accuracy >= 0.0 && score.latency > 0.0);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
#[cfg_attr(any(doc, doctest), doc = include_str!("../docs/grammar/objectives.md"))]
pub use transfer_nas_macros::objectives;

/// The crate whose generators `sample_uniform` takes.
pub use rand;

/// What most programs need.
pub mod prelude {
    pub use crate::agent::{Agent, Trial};
    pub use crate::policy::Attention;
    pub use crate::space::SearchSpace;
    pub use transfer_nas_macros::{SearchSpace, joint_space, objectives, search_space, tasks};
}

/// What the macro's output names. Not part of the public API: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::keys;
    pub use crate::policy::{AnyConfig, Contains, Root, Serves, TaskName, Tasks, Universe};
    pub use crate::space::capacity::capacity;
    pub use crate::space::compare::{Offered, check_comparison, check_label, check_restriction};
    pub use crate::space::count::{Counts, count};
    pub use crate::space::distinct::check_distinct;
    pub use crate::space::ends::{check_depth, tell_of_nesting, with_end};
    pub use crate::space::fault::Fault;
    pub use crate::space::generated::{
        OfText, SkipDefault, at, check_spaces, choice, choice_index, choice_index_by, counts, decode_array,
        decode_option, decode_vec, encode_items, encode_option, encode_vec, holds, integers, only_space,
        option_branches, prune, range_index, repeat, text_index, verbatim,
    };
    pub use crate::space::link::{Link, Owner};
    pub use crate::space::numbers;
    pub use crate::space::taken::{
        decode_permutation, decode_subset, encode_permutation, encode_subset, in_array, permutation, subset, weighted,
    };
    pub use crate::space::{
        Actions, Branch, Comparison, DecodeError, Decoder, Domain, EncodeError, Encoder, Kind, Naming, Node, Number,
        Relation, START, SearchSpace, Trace, decode, encode,
    };
    pub use crate::train::{Direction, Objective, Objectives};
    pub use core;
    pub use dfdx::shapes::Const;
    pub use transfer_nas_macros::{JointSpace, Objectives, SearchSpace, Tasks};

    /// The value of each objective.
    pub type Values = Vec<f64>;
}

#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
