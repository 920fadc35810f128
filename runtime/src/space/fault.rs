//! Why no agent could serve a space, found by the walk inside the compiler.

use super::message::Message;
use super::nesting::Nesting;
use super::node::Kind;

/// The most decisions that a trace may have.
pub(crate) const MAX_STEPS: usize = 10_000;

/// Why no agent could serve a space.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// One state name has two kinds of action.
    TwoKinds(Conflict),
    /// Two types have states of one name, which nobody has given.
    TwoTypes(Meeting),
    /// Types contain each other as they cannot.
    Nesting(Nesting),
    /// No value can be made.
    NoValue,
    /// A trace could have so many decisions.
    TooLong(usize),
}

impl Fault {
    /// What to say of it.
    #[must_use]
    pub const fn message(&self) -> Message {
        match self {
            Self::TwoKinds(conflict) => conflict.message(),
            Self::TwoTypes(meeting) => meeting.message(),
            Self::Nesting(nesting) => nesting.message(),
            Self::NoValue => Message::new().push(
                "[TN17] no value of this type can be made: in a part with type parameters, `only` or `except` leaves nothing, or a type contains itself without end",
            ),
            Self::TooLong(steps) => Message::new()
                .push("[TN22] a config of this type can take ")
                .number(*steps as i128)
                .push(" decisions, but an agent serves at most ")
                .number(MAX_STEPS as i128)
                .push("; lower `len` or `max_depth`"),
        }
    }
}

/// One state name with two kinds of action.
#[derive(Debug, Clone, Copy)]
pub struct Conflict {
    pub(super) state: &'static str,
    pub(super) first: (Kind, &'static str),
    pub(super) second: (Kind, &'static str),
}

impl Conflict {
    const fn message(&self) -> Message {
        Message::new()
            .push("[TN16] the state `")
            .push(self.state)
            .push("` has two kinds of action: ")
            .push(self.first.0.words())
            .push(" at ")
            .push(self.first.1)
            .push(", ")
            .push(self.second.0.words())
            .push(" at ")
            .push(self.second.1)
            .push("; rename one of them with `#[space(state = \"..\")]` on a field or `#[search_space(name = \"..\")]` on a type")
    }
}

/// Two types with states of one name.
#[derive(Debug, Clone, Copy)]
pub struct Meeting {
    pub(super) first: &'static str,
    pub(super) second: &'static str,
}

impl Meeting {
    const fn message(&self) -> Message {
        Message::new()
            .push("[TN29] two types would share the state ")
            .push(self.first)
            .push(" with ")
            .push(self.second)
            .push("; give one of the types another name, `#[search_space(name = \"..\")]`, or the field another state, `#[space(state = \"..\")]`; where what is learned of one holds for the other, say so: `#[search_space(shared)]`")
    }
}
