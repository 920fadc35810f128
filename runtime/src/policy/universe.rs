//! A universe: the spaces that one agent serves and the tasks that it is judged on, with their sizes as types.

use dfdx::shapes::ConstDim;

use crate::space::{DecodeError, EncodeError, Names, Node, SearchSpace, Trace};

/// The spaces that one agent serves, merged by state name; the first decision, the start state, names the space.
///
/// `#[search_space]` implements it for every type without type parameters: a universe of one space. `#[joint_space]` makes
/// a universe of several. A generic type is a part of a universe but not one by itself: name a concrete one in a type with
/// a field, `struct MyNet { net: Net<Conv> }`.
#[diagnostic::on_unimplemented(
    message = "[TN21] `{Self}` is not a universe that an agent could serve",
    label = "an agent needs the sizes of its tables at compile time",
    note = "annotate `{Self}` with `#[search_space]`; a type with type parameters is a part of a space only: put it into a field of an annotated type without type parameters"
)]
pub trait Universe: 'static {
    /// The start state, a choice of spaces.
    const START: &'static Node;
    /// For each space the tasks that it is judged on, as positions in [`Tasks::NAMES`]; none means all of them.
    const TASKS_OF: &'static [Option<&'static [usize]>];
    /// What the configs are judged on; `()` where there is one task only.
    type Tasks: Tasks;
    /// Rows of the tables that have one row a state, the start state included.
    type States: ConstDim;
    /// Rows of the tables that have one row a (state, action) pair, those of the start state included.
    type Actions: ConstDim;
    /// Positions: the longest trace and the start state.
    type Steps: ConstDim;
    /// Rows of the table that has one row a task.
    type TaskRows: ConstDim;
}

/// What configs are judged on: data sets, devices, budgets. `#[tasks]` implements it for an enum of plain variants.
#[diagnostic::on_unimplemented(
    message = "[TN25] `{Self}` is not a list of tasks",
    label = "a joint space's `tasks` is an enum whose variants are the tasks",
    note = "annotate `{Self}` with `#[tasks]`"
)]
pub trait Tasks: Copy + Send + Sync + 'static {
    /// The name of each task and what it was called before, in the order of the enum.
    const NAMES: &'static [TaskName];

    /// The position of this task among the names.
    fn index(self) -> usize;

    /// The name of this task.
    fn name(self) -> &'static str {
        Self::NAMES.get(self.index()).map_or("", |task| task.name)
    }

    /// The task at a position among the names.
    fn at(index: usize) -> Option<Self>;
}

/// How a task is called, now and before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskName {
    /// The name.
    pub name: &'static str,
    /// Earlier names.
    pub aliases: &'static [&'static str],
}

impl TaskName {
    pub(crate) fn names(&self) -> Names {
        Names::new(self.name, self.aliases)
    }
}

/// The one task of a universe that names none.
impl Tasks for () {
    const NAMES: &'static [TaskName] = &[TaskName { name: "default", aliases: &[] }];

    fn index(self) -> usize {
        0
    }

    fn at(index: usize) -> Option<Self> {
        (index == 0).then_some(())
    }
}

/// Says that the universe has `T` as one of its spaces.
#[diagnostic::on_unimplemented(
    message = "[TN20] the agent's universe `{Self}` does not contain the space `{T}`",
    label = "`{T}` cannot be sampled here",
    note = "an agent over `{T}` alone is an `Agent<{T}>`; one over several spaces is over an enum of them with `#[joint_space]`"
)]
pub trait Contains<T: SearchSpace>: Universe {
    /// The position of `T` among the spaces.
    const SPACE_INDEX: usize;
}

impl<T: Universe + SearchSpace> Contains<T> for T {
    const SPACE_INDEX: usize = 0;
}

/// What a search proposes: configs of one space, or of any space of a [`Universe`]. Implemented for every [`SearchSpace`],
/// and by `#[joint_space]` for its enum.
pub trait AnyConfig: Sized {
    /// Where the decisions begin.
    const ROOT: Root;

    /// The value that a trace of a space describes.
    fn decode_any(space: usize, trace: &Trace) -> Result<Self, DecodeError>;

    /// The position of the value's space, and its trace there.
    fn encode_any(&self) -> Result<(usize, Trace), EncodeError>;

    /// Whether the `valid` predicates of the value's space hold.
    fn is_valid_any(&self) -> bool;
}

/// Where the decisions of a config begin, and what it is judged on.
#[derive(Debug, Clone, Copy)]
pub struct Root {
    pub(crate) node: &'static Node,
    /// The spaces by their tasks; none where the node is the one space.
    pub(crate) tasks_of: Option<&'static [Option<&'static [usize]>]>,
    pub(crate) tasks: &'static [TaskName],
}

impl Root {
    /// One space, which is judged on one task.
    #[must_use]
    pub const fn space(node: &'static Node) -> Self {
        Self { node, tasks_of: None, tasks: <() as Tasks>::NAMES }
    }

    /// All spaces of a universe.
    #[must_use]
    pub const fn universe<U: Universe>() -> Self {
        Self { node: U::START, tasks_of: Some(U::TASKS_OF), tasks: <U::Tasks as Tasks>::NAMES }
    }
}

impl<T: SearchSpace> AnyConfig for T {
    const ROOT: Root = Root::space(T::SPACE);

    fn decode_any(_: usize, trace: &Trace) -> Result<Self, DecodeError> {
        crate::space::decode(trace)
    }

    fn encode_any(&self) -> Result<(usize, Trace), EncodeError> {
        Ok((0, crate::space::encode(self)?))
    }

    fn is_valid_any(&self) -> bool {
        self.is_valid()
    }
}

/// Says that an agent over this universe can propose configs of `T`: one of its spaces, or, where `T` is the universe itself,
/// all of them.
#[diagnostic::on_unimplemented(
    message = "[TN20] the agent's universe `{Self}` does not contain the space `{T}`",
    label = "`{T}` cannot be sampled here",
    note = "an agent over `{T}` alone is an `Agent<{T}>`; one over several spaces is over an enum of them with `#[joint_space]`"
)]
pub trait Serves<T: AnyConfig>: Universe {
    /// The position of the space; none for all spaces.
    const SPACE: Option<usize>;
}

#[diagnostic::do_not_recommend]
impl<T: SearchSpace, U: Contains<T>> Serves<T> for U {
    const SPACE: Option<usize> = Some(U::SPACE_INDEX);
}

/// The sizes of a universe as the compiler knows them: states, actions, steps.
#[must_use]
pub fn sizes<U: Universe>() -> [usize; 3] {
    [U::States::SIZE, U::Actions::SIZE, U::Steps::SIZE]
}
