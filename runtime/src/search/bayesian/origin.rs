//! Which part of the search a config came from.

use std::fmt;

/// Which part of the search proposed a config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The first trials are random.
    Start,
    /// It was to be tried first.
    Given,
    /// The model's choice: a neighbour of a config that it believes good.
    Neighbour,
    /// A change of one of the best.
    Elite,
    /// A mixture of two.
    Parents,
    /// A random config.
    Random,
    /// A neighbour of the best candidate.
    Refined,
    /// In a stall: the move of local search.
    StallNeighbour,
    /// In a stall: a model whose weights are all alike.
    StallPlain,
    /// In a stall: a large change of one of the best, or something random.
    StallRedraw,
}

impl Origin {
    /// In words, as reports show it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Start => "random start",
            Self::Given => "given",
            Self::Neighbour => "model: neighbour",
            Self::Elite => "model: change of an elite",
            Self::Parents => "model: two parents",
            Self::Random => "model: random",
            Self::Refined => "model: refined",
            Self::StallNeighbour => "stall: neighbour",
            Self::StallPlain => "stall: plain model",
            Self::StallRedraw => "stall: redraw",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}
