//! A universe: the spaces that one agent serves, with their sizes as types.

use dfdx::shapes::ConstDim;

use crate::space::{Node, SearchSpace};

/// The spaces that one agent serves, merged by state name; the first decision, the start state, names the space.
///
/// `#[search_space]` implements it for every type without type parameters. A generic type is a part of a universe
/// but not one by itself: name a concrete one in a type with a field, `struct MyNet { net: Net<Conv> }`.
#[diagnostic::on_unimplemented(
    message = "[TN21] `{Self}` is not a universe that an agent could serve",
    label = "an agent needs the sizes of its tables at compile time",
    note = "annotate `{Self}` with `#[search_space]`; a type with type parameters is a part of a space only: put it into a field of an annotated type without type parameters"
)]
pub trait Universe: 'static {
    /// The start state, a choice of spaces.
    const START: &'static Node;
    /// Rows of the tables that have one row a state, the start state included.
    type States: ConstDim;
    /// Rows of the tables that have one row a (state, action) pair, those of the start state included.
    type Actions: ConstDim;
    /// Positions: the longest trace and the start state.
    type Steps: ConstDim;
}

/// Says that the universe has `T` as one of its spaces.
#[diagnostic::on_unimplemented(
    message = "[TN20] the agent's universe `{Self}` does not contain the space `{T}`",
    label = "`{T}` cannot be sampled here",
    note = "an agent over `{T}` alone is an `Agent<{T}>`"
)]
pub trait Contains<T: SearchSpace>: Universe {
    /// The position of `T` among the spaces.
    const SPACE_INDEX: usize;
}

impl<T: Universe + SearchSpace> Contains<T> for T {
    const SPACE_INDEX: usize = 0;
}

/// The sizes of a universe as the compiler knows them: states, actions, steps.
#[must_use]
pub fn sizes<U: Universe>() -> [usize; 3] {
    [U::States::SIZE, U::Actions::SIZE, U::Steps::SIZE]
}
