//! The columns of a table, and which of them a table has.

use std::fmt;

/// A column of a table, called as in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Column {
    /// `hash`
    Hash,
    /// `n`
    Vertices,
    /// `adj`
    Adjacency,
    /// `ops`
    Operations,
    /// `params`
    Params,
    /// `test_sum`
    TestSum,
    /// `valid_1`
    Valid1,
    /// `valid_2`
    Valid2,
    /// `valid_3`
    Valid3,
}

impl Column {
    /// The columns that every table has, in order.
    pub const TEST: [Self; 6] =
        [Self::Hash, Self::Vertices, Self::Adjacency, Self::Operations, Self::Params, Self::TestSum];

    /// The columns that follow in a table with validation accuracies: one for each repeat, in order.
    pub const VALIDATION: [Self; 3] = [Self::Valid1, Self::Valid2, Self::Valid3];
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Hash => "hash",
            Self::Vertices => "n",
            Self::Adjacency => "adj",
            Self::Operations => "ops",
            Self::Params => "params",
            Self::TestSum => "test_sum",
            Self::Valid1 => "valid_1",
            Self::Valid2 => "valid_2",
            Self::Valid3 => "valid_3",
        })
    }
}

/// The most columns that a table has.
pub(super) const MAX_COLUMNS: usize = Column::TEST.len() + Column::VALIDATION.len();

/// Which columns a table has, as its header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// [`Column::TEST`].
    Test,
    /// [`Column::TEST`], then [`Column::VALIDATION`].
    Validation,
}

impl Layout {
    /// The layout that the line is the header of, given without its line end.
    pub(super) fn of_header(line: &[u8]) -> Option<Self> {
        [Self::Test, Self::Validation].into_iter().find(|layout| layout.header().as_bytes() == line)
    }

    /// The first line of a table, without its line end.
    pub(super) const fn header(self) -> &'static str {
        match self {
            Self::Test => "hash\tn\tadj\tops\tparams\ttest_sum",
            Self::Validation => "hash\tn\tadj\tops\tparams\ttest_sum\tvalid_1\tvalid_2\tvalid_3",
        }
    }

    /// How many columns there are.
    pub(super) const fn columns(self) -> usize {
        match self {
            Self::Test => Column::TEST.len(),
            Self::Validation => MAX_COLUMNS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_the_columns_in_order() {
        let header = |columns: &[Column]| columns.iter().map(Column::to_string).collect::<Vec<_>>().join("\t");
        let all = [&Column::TEST[..], &Column::VALIDATION].concat();
        for (layout, columns) in [(Layout::Test, &Column::TEST[..]), (Layout::Validation, &all)] {
            assert_eq!(layout.header(), header(columns));
            assert_eq!(layout.columns(), columns.len());
            assert_eq!(Layout::of_header(layout.header().as_bytes()), Some(layout));
        }
        assert_eq!(Layout::of_header(b"hash\tn\tadj\tops\tparams\ttest_sum\tvalid_1"), None);
    }
}
