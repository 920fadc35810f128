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
