use super::error::ReportError;

/// A matrix whose rows and columns have names, drawn as coloured cells.
///
/// Colours follow the viridis scale, from dark for the least value to bright for the greatest.
/// Cells that are NaN or infinite are light grey. With at most ten columns the values are written
/// into the cells.
#[derive(Debug, Clone)]
pub struct HeatMap {
    pub(super) title: String,
    pub(super) row_title: String,
    pub(super) column_title: String,
    pub(super) rows: Vec<String>,
    pub(super) columns: Vec<String>,
    /// `[rows, columns]`
    pub(super) values: Vec<Vec<f64>>,
    pub(super) masks_zero: bool,
    pub(super) range: Option<(f64, f64)>,
}

impl HeatMap {
    /// A heat map of `[rows, columns]` values, with queries as rows and keys as columns.
    pub fn new<R: AsRef<str>, C: AsRef<str>, V: AsRef<[f64]>>(
        title: &str,
        rows: &[R],
        columns: &[C],
        values: &[V],
    ) -> Result<Self, ReportError> {
        let owned = |names: &mut dyn Iterator<Item = &str>| names.map(String::from).collect();
        check_shape(rows.len(), columns.len(), values)?;
        Ok(Self {
            title: title.into(),
            row_title: "query (state)".into(),
            column_title: "key (state)".into(),
            rows: owned(&mut rows.iter().map(AsRef::as_ref)),
            columns: owned(&mut columns.iter().map(AsRef::as_ref)),
            values: values.iter().map(|row| row.as_ref().to_vec()).collect(),
            masks_zero: false,
            range: None,
        })
    }

    /// Sets what the rows and the columns are.
    #[must_use]
    pub fn axis_titles(self, rows: &str, columns: &str) -> Self {
        Self { row_title: rows.into(), column_title: columns.into(), ..self }
    }

    /// Whether cells that are exactly zero are drawn as cells without a value, as suits attention
    /// that attends only backwards.
    #[must_use]
    pub fn mask_zero(self, masks_zero: bool) -> Self {
        Self { masks_zero, ..self }
    }

    /// Sets the values at the ends of the colour scale, so that several maps can be compared.
    ///
    /// Values beyond an end have its colour. Without this the scale spans the values of the map,
    /// from zero if they are positive and the least is next to nothing.
    #[must_use]
    pub fn range(self, low: f64, high: f64) -> Self {
        Self { range: Some((low, high)), ..self }
    }

    /// The value of a cell, if it has one.
    pub(super) fn value(&self, row: usize, column: usize) -> Option<f64> {
        let value = self.values[row][column];
        (value.is_finite() && !(self.masks_zero && value == 0.0)).then_some(value)
    }

    /// All cells, row by row.
    pub(super) fn cells(&self) -> impl Iterator<Item = Option<f64>> {
        let row = move |row| (0..self.columns.len()).map(move |column| self.value(row, column));
        (0..self.rows.len()).flat_map(row)
    }

    /// The ends of the colour scale.
    pub(super) fn span(&self) -> Result<(f64, f64), ReportError> {
        let (low, high) = self
            .cells()
            .flatten()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            return Err(ReportError::NotFinite { what: "the unmasked part of the heat map".into() });
        }
        match self.range {
            Some((low, high)) if !(low.is_finite() && high.is_finite()) => {
                Err(ReportError::NotFinite { what: "the range of the heat map".into() })
            }
            Some((low, high)) => Ok((low.min(high), low.max(high))),
            None if low > 0.0 && low < 0.05 * high => Ok((0.0, high)),
            None => Ok((low, high)),
        }
    }
}

fn check_shape<V: AsRef<[f64]>>(rows: usize, columns: usize, values: &[V]) -> Result<(), ReportError> {
    if rows == 0 || columns == 0 {
        let names = if rows == 0 { "row" } else { "column" };
        return Err(ReportError::Empty { what: format!("the list of {names} names") });
    }
    check_length("the heat map (in rows)".into(), rows, values.len())?;
    for (index, row) in values.iter().enumerate() {
        check_length(format!("row {index} of the heat map"), columns, row.as_ref().len())?;
    }
    Ok(())
}

fn check_length(what: String, expected: usize, found: usize) -> Result<(), ReportError> {
    if found == expected {
        return Ok(());
    }
    Err(ReportError::Ragged { what, expected, found })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(values: &[[f64; 2]]) -> Result<HeatMap, ReportError> {
        HeatMap::new("", &["a", "b"], &["c", "d"], values)
    }

    #[test]
    fn zero_is_masked_if_asked_for_and_what_is_not_finite_always() {
        let map = map(&[[0.0, f64::NAN], [0.5, f64::INFINITY]]).unwrap();
        let cells = |map: &HeatMap| map.cells().collect::<Vec<_>>();
        assert_eq!(cells(&map), [Some(0.0), None, Some(0.5), None]);
        assert_eq!(cells(&map.mask_zero(true)), [None, None, Some(0.5), None]);
    }

    #[test]
    fn the_scale_spans_the_values_or_what_was_asked_for() {
        let map = map(&[[0.5, -1.0], [2.0, f64::NAN]]).unwrap();
        assert_eq!(map.span().unwrap(), (-1.0, 2.0));
        assert_eq!(map.range(0.0, 1.0).span().unwrap(), (0.0, 1.0));
    }

    #[test]
    fn a_scale_that_begins_near_zero_begins_at_zero() {
        assert_eq!(map(&[[0.01, 1.0], [0.5, 0.5]]).unwrap().span().unwrap(), (0.0, 1.0));
        assert_eq!(map(&[[0.1, 1.0], [0.5, 0.5]]).unwrap().span().unwrap(), (0.1, 1.0));
    }

    #[test]
    fn names_and_values_must_agree() {
        let error = map(&[[1.0, 2.0]]).unwrap_err();
        assert_eq!(error.to_string(), "ragged data: the heat map (in rows) has 1 values where 2 are needed");
        let error = HeatMap::new("", &["a"], &["b", "c"], &[[1.0]]).unwrap_err();
        assert_eq!(error.to_string(), "ragged data: row 0 of the heat map has 1 values where 2 are needed");
    }

    #[test]
    fn a_map_without_rows_or_columns_is_empty() {
        let none: [&str; 0] = [];
        let rows = HeatMap::new("", &none, &["a"], &[[0.0; 1]; 0]).unwrap_err();
        let columns = HeatMap::new("", &["a"], &none, &[[0.0; 0]]).unwrap_err();
        assert!(matches!(rows, ReportError::Empty { .. }), "{rows}");
        assert!(matches!(columns, ReportError::Empty { .. }), "{columns}");
    }

    #[test]
    fn a_map_without_a_finite_value_has_no_scale() {
        let nan = map(&[[f64::NAN; 2]; 2]).unwrap().span().unwrap_err();
        assert!(matches!(nan, ReportError::NotFinite { .. }), "{nan}");
        let masked = map(&[[0.0; 2]; 2]).unwrap().mask_zero(true).span().unwrap_err();
        assert!(matches!(masked, ReportError::NotFinite { .. }), "{masked}");
        let range = map(&[[0.0; 2]; 2]).unwrap().range(0.0, f64::NAN).span().unwrap_err();
        assert!(matches!(range, ReportError::NotFinite { .. }), "{range}");
    }
}
