//! A layer that several crates search over.

#![no_implicit_prelude]

/// A dense layer.
#[::transfer_nas::search_space]
#[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq)]
pub struct Dense {
    /// How many units.
    #[space(choices = [16, 32, 64])]
    pub units: u32,
    /// Which layers are left out, if any.
    #[space(len = 0..=2, range = 1..=9, step = 4)]
    pub skips: ::std::option::Option<::std::vec::Vec<u8>>,
    /// What stands between.
    pub activation: Activation,
}

/// What stands between layers.
#[::transfer_nas::search_space]
#[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq)]
#[non_exhaustive]
pub enum Activation {
    /// The positive part.
    Relu,
    /// A line below zero.
    Leaky {
        /// Its slope.
        #[space(choices = [0.01, 0.1])]
        slope: f64,
    },
}

/// Every other key, where nothing is in scope.
#[::transfer_nas::search_space(name = "All", alias = "Old", valid = All::is_good, prune = All::is_hopeless)]
#[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq)]
pub struct All {
    /// On a logarithmic grid.
    #[space(range = 0.001..=1.0, bins = 4, log, alias = "learning_rate")]
    pub rate: f64,
    /// Powers of two.
    #[space(pow2 = 16..=64)]
    pub batch: usize,
    /// At most the batch.
    #[space(pow2 = 8..=32, le = batch, ne = batch)]
    pub part: usize,
    /// Named choices.
    #[space(choices = ["a", "b"], labels = ["first", "second"], state = "text")]
    pub text: ::std::string::String,
    /// Fewer actions.
    #[space(only(Relu))]
    pub activation: [Activation; 2],
    /// One state for all.
    #[space(tied, range = 1..=3)]
    pub tied: (u8, [u8; 2]),
    /// Shared positions.
    #[space(indices = [4, 6])]
    pub edges: [bool; 2],
    /// A type that contains itself.
    pub tree: Tree,
    /// Left out.
    #[space(skip)]
    pub cache: ::std::vec::Vec<u8>,
    /// Left out, with a value.
    #[space(skip = 3)]
    pub device: u8,
}

impl All {
    fn is_good(&self) -> bool {
        self.rate < 1.0
    }

    fn is_hopeless(&self, _decided: usize) -> bool {
        self.edges[0] && self.edges[1]
    }
}

/// A type that contains itself.
#[::transfer_nas::search_space(max_depth = 2)]
#[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq)]
#[non_exhaustive]
pub enum Tree {
    /// The end.
    Leaf,
    /// Two more.
    Node(::std::boxed::Box<Tree>, ::std::option::Option<::std::boxed::Box<Tree>>),
}
