//! The table, and its parts.
//!
//! `abalone.csv` is "Abalone" (W. Nash, T. Sellers, S. Talbot, A. Cawthorn and W. Ford, UCI Machine Learning Repository, 1994,
//! <https://doi.org/10.24432/C55C7W>, CC BY 4.0): sizes and weights of 4,177 abalones, and the rings of their shells, which tell
//! their age.

use std::fmt;

use forust_ml::Matrix;

/// Parts that are left out in turn.
pub const FOLDS: usize = 5;
/// Sex as three numbers, and seven measures.
const FEATURES: usize = 10;

/// Features and rings, row by row.
pub struct Table {
    rows: Vec<([f64; FEATURES], f64)>,
}

/// Some of the rows.
pub struct Part {
    /// Column after column, as forust wants it.
    features: Vec<f64>,
    pub rings: Vec<f64>,
}

/// A line of the table that cannot be read.
#[derive(Debug)]
pub struct TableError {
    line: usize,
}

impl Table {
    /// The table beside this crate.
    pub fn load() -> Result<Self, TableError> {
        let lines = include_str!("../abalone.csv").lines().enumerate().skip(1);
        let rows = lines.map(|(i, line)| parse(line).ok_or(TableError { line: i + 1 })).collect::<Result<_, _>>()?;
        Ok(Self { rows })
    }

    /// The rows to fit on and those to judge by where a fold is left out. Every sixth row is in no fold: see [`Self::whole`].
    pub fn split(&self, fold: usize) -> (Part, Part) {
        (self.part(|i| i != fold && i != FOLDS), self.part(|i| i == fold))
    }

    /// The rows of all folds, and the test rows, which no trial sees.
    pub fn whole(&self) -> (Part, Part) {
        (self.part(|i| i != FOLDS), self.part(|i| i == FOLDS))
    }

    /// Row by row in turn, a row belongs to one of six parts. The table is in no order, so it needs no shuffling.
    fn part(&self, is_in: impl Fn(usize) -> bool) -> Part {
        let rows = self.rows.iter().enumerate().filter(|(i, _)| is_in(i % (FOLDS + 1)));
        let rows: Vec<_> = rows.map(|(_, row)| row).collect();
        let features = (0..FEATURES).flat_map(|column| rows.iter().map(move |row| row.0[column])).collect();
        Part { features, rings: rows.iter().map(|row| row.1).collect() }
    }
}

impl Part {
    pub fn features(&self) -> Matrix<'_, f64> {
        Matrix::new(&self.features, self.rings.len(), FEATURES)
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "line {} of abalone.csv is not `M`, `F` or `I` and eight numbers, with commas between",
            self.line
        )
    }
}

impl std::error::Error for TableError {}

fn parse(line: &str) -> Option<([f64; FEATURES], f64)> {
    let (sex, numbers) = line.split_once(',')?;
    let place = ["M", "F", "I"].iter().position(|known| *known == sex)?;
    let numbers: Vec<f64> = numbers.split(',').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    let [measures @ .., rings] = &numbers[..] else { return None };
    let sexes = (0..3).map(|i| if i == place { 1.0 } else { 0.0 });
    let features: Vec<f64> = sexes.chain(measures.iter().copied()).collect();
    Some((features.try_into().ok()?, *rings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_judged_by_once() {
        let table = Table::load().unwrap();
        let counts: Vec<usize> = (0..FOLDS).map(|fold| table.split(fold).1.rings.len()).collect();
        let (folds, test) = table.whole();
        assert_eq!(counts.iter().sum::<usize>(), folds.rings.len());
        assert_eq!(folds.rings.len() + test.rings.len(), 4177);
        assert_eq!(test.features.len(), test.rings.len() * FEATURES);
    }

    #[test]
    fn a_line_that_is_no_row_is_none() {
        let row = "F,0.53,0.42,0.135,0.677,0.2565,0.1415,0.21,9";
        assert_eq!(parse(row).unwrap().0[..4], [0.0, 1.0, 0.0, 0.53]);
        for wrong in ["", "F", "X,1,1,1,1,1,1,1,1", "F,1,1,1,1,1,1,1", "F,1,1,1,1,1,1,1,x"] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }
}
