//! Where accuracies come from.

use std::path::Path;

use transfer_nas::nasbench::{Cell, ModuleHash, Table};

use crate::Error;

/// Says what a cell earns.
pub(crate) struct Oracle {
    table: Table,
}

/// What a trial earns, and what is reported of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Score {
    /// What the search is told.
    pub(crate) reward: f64,
    /// The mean test accuracy.
    pub(crate) accuracy: f64,
}

impl Oracle {
    pub(crate) fn open(table: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = table else {
            return Err(
                "give a table of accuracies with --table FILE, a .tsv.gz with the columns hash, n, adj, ops, params and \
                test_sum for each of the 423,624 cells, as docs/nasbench101.md tells how to make from the official \
                nasbench_only108.tfrecord"
                    .into(),
            );
        };
        Ok(Self { table: Table::open(path)? })
    }

    pub(crate) fn score(&self, cell: &Cell) -> Result<Score, Error> {
        let accuracy = self.table.accuracy(cell);
        let accuracy = accuracy.ok_or_else(|| format!("the table has no line for the valid cell {cell}"))?;
        Ok(Score { reward: accuracy, accuracy })
    }

    /// The highest mean test accuracy there is.
    pub(crate) fn best(&self) -> f64 {
        self.table.best().accuracy()
    }

    /// What tells cells apart: two of one key are one graph under two numberings.
    pub(crate) fn key(&self, cell: &Cell) -> Option<ModuleHash> {
        self.table.find(cell).map(|row| row.hash)
    }

    /// What the figures are of.
    pub(crate) fn quantity(&self) -> &'static str {
        "mean test accuracy"
    }

    /// The kind of data, in a word.
    pub(crate) fn name(&self) -> &'static str {
        "table"
    }

    /// What a reader of the figures must know.
    pub(crate) fn note(&self) -> &'static str {
        "Reward and reported figure are the same mean test accuracy: this table has no validation accuracies."
    }
}
