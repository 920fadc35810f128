//! Where accuracies come from: a table, with or without validation accuracies, or the embedded surrogate.

use std::path::Path;

use rand::RngExt;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use transfer_nas::nasbench::{Cell, ModuleHash, REPEATS, Row, Surrogate, Table};

use crate::error::Error;

/// Says what a cell earns.
pub(crate) enum Oracle {
    /// Reward and report are the mean test accuracy.
    Test(Table),
    /// The reward is the validation accuracy of one run drawn at random, the report the mean test accuracy (paper,
    /// Section 4.2).
    Validation(Table),
    /// Both are a guess.
    Surrogate(&'static Surrogate),
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
        let Some(path) = table else { return Ok(Self::Surrogate(Surrogate::embedded())) };
        let table = Table::open(path)?;
        Ok(if table.has_validation() { Self::Validation(table) } else { Self::Test(table) })
    }

    pub(crate) fn score(&self, cell: &Cell, rng: &mut Pcg64) -> Result<Score, Error> {
        let score = match self {
            Self::Test(table) => table.accuracy(cell).map(|accuracy| Score { reward: accuracy, accuracy }),
            Self::Validation(table) => table.find(cell).and_then(|row| {
                let reward = row.validation(rng.random_range(0..REPEATS))?;
                Some(Score { reward, accuracy: row.accuracy() })
            }),
            Self::Surrogate(surrogate) => surrogate.accuracy(cell).map(|accuracy| Score { reward: accuracy, accuracy }),
        };
        score.ok_or_else(|| format!("the table has no line for the valid cell {cell}").into())
    }

    /// The highest mean test accuracy there is.
    pub(crate) fn best(&self) -> f64 {
        match self {
            Self::Test(table) | Self::Validation(table) => table.best().accuracy(),
            Self::Surrogate(surrogate) => surrogate.best(),
        }
    }

    /// What is known of every cell; nothing where there is no table.
    pub(crate) fn all(&self) -> Option<Box<dyn Iterator<Item = Measured> + '_>> {
        let (Self::Test(table) | Self::Validation(table)) = self else { return None };
        let measured = |row: &Row| Measured { accuracy: row.accuracy(), params: f64::from(row.params) };
        Some(Box::new(table.rows().iter().map(measured)))
    }

    /// What tells cells apart: two of one key are one graph under two numberings.
    pub(crate) fn key(&self, cell: &Cell) -> Option<ModuleHash> {
        match self {
            Self::Test(table) | Self::Validation(table) => table.find(cell).map(|row| row.hash),
            Self::Surrogate(_) => cell.hash(),
        }
    }

    /// What the figures are of.
    pub(crate) fn quantity(&self) -> &'static str {
        match self {
            Self::Test(_) | Self::Validation(_) => "mean test accuracy",
            Self::Surrogate(_) => "test accuracy (surrogate)",
        }
    }

    /// The kind of data, in a word.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Test(_) => "table",
            Self::Validation(_) => "table with validation",
            Self::Surrogate(_) => "surrogate",
        }
    }

    /// What a reader of the figures must know.
    pub(crate) fn note(&self) -> &'static str {
        match self {
            Self::Test(_) => {
                "Reward and reported figure are the same mean test accuracy: this table has no validation accuracies."
            }
            Self::Validation(_) => {
                "The reward is the validation accuracy of one run of three, the reported figure the mean test accuracy."
            }
            Self::Surrogate(_) => {
                "A surrogate, not the benchmark: accuracies are a small network's guess. For real ones give a table with \
                --table FILE (docs/nasbench101.md)."
            }
        }
    }
}

/// What was measured of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measured {
    pub(crate) accuracy: f64,
    pub(crate) params: f64,
}

impl Measured {
    pub(crate) fn of(oracle: &Oracle, cell: &Cell) -> Result<Self, Error> {
        // Where the table has several accuracies of a cell, their mean.
        let score = oracle.score(cell, &mut Pcg64::seed_from_u64(0))?;
        let params = cell.params().ok_or("a cell without a network was proposed")?;
        Ok(Self { accuracy: score.accuracy, params: f64::from(params) })
    }

    pub(crate) fn values(self) -> [f64; 2] {
        [self.accuracy, self.params.ln()]
    }
}
