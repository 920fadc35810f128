//! Aligned columns.

use crate::text;

/// Rows of cells, put below each other.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    /// The columns whose cells end at the same place.
    right: &'static [usize],
    indent: usize,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Has these columns end at the same place rather than begin there.
    pub(crate) fn right(self, right: &'static [usize]) -> Self {
        Self { right, ..self }
    }

    /// Begins each row with so many spaces.
    pub(crate) fn indent(self, indent: usize) -> Self {
        Self { indent, ..self }
    }

    pub(crate) fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(|cell| text::line(cell.as_ref())).collect());
    }

    /// The rows as lines, without spaces at their ends.
    pub(crate) fn text(&self) -> String {
        let widths = self.widths();
        self.rows.iter().map(|row| self.line(row, &widths)).collect()
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            row.iter().zip(&mut widths).for_each(|(cell, width)| *width = cell.chars().count().max(*width));
        }
        widths
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let cell = |(column, (cell, &width)): (usize, (&String, &usize))| {
            if self.right.contains(&column) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        };
        let cells: Vec<String> = row.iter().zip(widths).enumerate().map(cell).collect();
        let line = " ".repeat(self.indent) + &cells.join("  ");
        line.trim_end().to_owned() + "\n"
    }
}
