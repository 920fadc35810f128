use super::axis::{Axis, Tick};
use super::font;
use super::heatmap::HeatMap;
use super::pen::whole;

pub(super) const TITLE: f64 = 21.0;
pub(super) const AXIS_TITLE: f64 = 17.0;
pub(super) const NAME: f64 = 14.0;
/// Pixels between the edge of the figure and what is in it.
pub(super) const MARGIN: f64 = 18.0;
/// Pixels between names and cells.
pub(super) const GAP: f64 = 8.0;
/// The width of the colour bar, and its distance from the cells.
pub(super) const BAR: f64 = 18.0;
pub(super) const BESIDE: f64 = 26.0;
/// Pixels that a name needs across its direction.
const PITCH: f64 = 17.0;
/// The longest name, in pixels.
const LONGEST: f64 = 260.0;
/// Cells are written into up to this many columns.
const WRITTEN: usize = 10;

/// Where everything in a heat map lies, in pixels.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) scale: Axis,
    pub(super) ticks: Vec<Tick>,
    pub(super) title: String,
    pub(super) rows: Vec<String>,
    pub(super) columns: Vec<String>,
    /// Width and height of a cell.
    pub(super) cell: (f64, f64),
    /// Whether the names of the columns run upwards.
    pub(super) turned: bool,
    /// Digits after the point of the values in the cells, none if they are not written.
    pub(super) decimals: Option<usize>,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Layout {
    /// Lays out a map whose colours span the given values.
    pub(super) fn new(map: &HeatMap, low: f64, high: f64) -> Self {
        let fit = |name: &String| font::fit(name, NAME, LONGEST);
        let columns: Vec<String> = map.columns.iter().map(fit).collect();
        let decimals = decimals(map);
        let cell = cell(map, decimals);
        let mut layout = Self {
            scale: Axis::linear(low, high),
            ticks: Vec::new(),
            title: String::new(),
            rows: map.rows.iter().map(fit).collect(),
            turned: room(&columns) > cell.0 - 6.0,
            columns,
            cell,
            decimals,
            left: 0.0,
            top: 0.0,
            width: 0.0,
            height: 0.0,
        };
        layout.down(&map.title);
        layout.across(&map.title);
        layout
    }

    /// Width and height of all cells together.
    pub(super) fn cells(&self) -> (f64, f64) {
        (self.cell.0 * self.columns.len() as f64, self.cell.1 * self.rows.len() as f64)
    }

    /// The height of the colour bar.
    pub(super) fn bar(&self) -> f64 {
        self.cells().1.max(140.0)
    }

    /// How wide the names of the rows are.
    pub(super) fn row_names(&self) -> f64 {
        room(&self.rows)
    }

    /// How high the names of the columns are.
    pub(super) fn column_names(&self) -> f64 {
        if self.turned { room(&self.columns) } else { NAME + 4.0 }
    }

    fn down(&mut self, title: &str) {
        self.top = if title.is_empty() { MARGIN } else { MARGIN + 36.0 };
        let names = GAP + self.column_names() + AXIS_TITLE + 12.0;
        let beside = self.bar() + 2.0 * (GAP + BAR);
        self.height = self.top + (self.cells().1 + names).max(beside) + MARGIN;
        self.ticks = self.scale.enough_ticks(whole((self.bar() / 45.0).clamp(3.0, 10.0)));
    }

    fn across(&mut self, title: &str) {
        let marks = self.ticks.iter().map(|tick| tick.label.as_str()).chain(["masked"]);
        let left = MARGIN + AXIS_TITLE + 12.0 + self.row_names() + GAP;
        let right = BESIDE + BAR + GAP + 1.1 * font::widest(marks, NAME) + MARGIN;
        let needed = left + self.cells().0 + right;
        self.title = font::fit(title, TITLE, needed.max(700.0) - 2.0 * MARGIN);
        self.width = needed.max(1.1 * font::width(&self.title, TITLE) + 2.0 * MARGIN);
        self.left = left + (self.width - needed) / 2.0;
    }
}

/// The width that names need, also in a somewhat wider font.
fn room(names: &[String]) -> f64 {
    1.1 * font::widest(names.iter().map(String::as_str), NAME)
}

/// How many names stand in for one that is written, in cells of a length.
pub(super) fn every(cell: f64) -> usize {
    whole((PITCH / cell).ceil()) as usize
}

/// Width and height of a cell: square, unless values need more width.
fn cell(map: &HeatMap, decimals: Option<usize>) -> (f64, f64) {
    let square = side(map.rows.len()).min(side(map.columns.len()));
    let written = decimals.map_or(0.0, |decimals| widest_value(map, decimals) + 12.0);
    (square.max(written.ceil()), square)
}

/// The length of a cell among this many, in whole pixels.
fn side(count: usize) -> f64 {
    let count = count as f64;
    let pleasant = (640.0 / count).clamp(20.0, 72.0);
    pleasant.min(1280.0 / count).floor().max(1.0)
}

/// The digits after the point that tell values apart; none if the cells cannot hold them.
fn decimals(map: &HeatMap) -> Option<usize> {
    if map.columns.len() > WRITTEN || side(map.rows.len()) < PITCH {
        return None;
    }
    let largest = map.cells().flatten().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let decimals = [1.0, 0.1, 0.01, 0.001].iter().position(|scale| largest * scale < 10.0)?;
    let decimals = 3_usize.saturating_sub(decimals).min(2);
    (largest == 0.0 || largest >= 0.01).then_some(decimals)
}

fn widest_value(map: &HeatMap, decimals: usize) -> f64 {
    let width = |value: f64| font::width(&format!("{value:.decimals$}"), NAME);
    1.1 * map.cells().flatten().map(width).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(rows: usize, columns: usize, value: f64) -> HeatMap {
        let names = |count: usize| (0..count).map(|index| format!("DoubleXor.s{index}")).collect::<Vec<_>>();
        HeatMap::new("Attention", &names(rows), &names(columns), &vec![vec![value; columns]; rows]).unwrap()
    }

    fn layout(map: &HeatMap) -> Layout {
        Layout::new(map, 0.0, 1.0)
    }

    #[test]
    fn cells_are_square_and_fewer_cells_are_larger() {
        assert_eq!(layout(&map(27, 27, 0.5)).cell, (23.0, 23.0));
        assert_eq!(layout(&map(8, 8, 0.5)).cell, (72.0, 72.0));
        assert_eq!(layout(&map(400, 400, 0.5)).cell, (3.0, 3.0));
    }

    #[test]
    fn values_are_written_into_ten_columns_and_widen_them() {
        assert_eq!(layout(&map(8, 11, 0.5)).decimals, None);
        assert_eq!(layout(&map(8, 10, 0.5)).decimals, Some(2));
        assert_eq!(layout(&map(8, 10, 512.0)).decimals, Some(1));
        assert_eq!(layout(&map(8, 10, 1e5)).decimals, None);
        let (width, height) = layout(&map(32, 4, 0.5)).cell;
        assert!(width > height, "{width} × {height}");
    }

    #[test]
    fn names_are_turned_if_they_are_wider_than_a_cell() {
        assert!(layout(&map(8, 8, 0.5)).turned);
        let short = HeatMap::new("", &["a"], &["a"], &[[1.0]]).unwrap();
        assert!(!layout(&short).turned);
    }

    #[test]
    fn names_that_would_overlap_are_left_out() {
        assert_eq!((every(72.0), every(17.0), every(16.0), every(3.0)), (1, 1, 2, 6));
    }

    #[test]
    fn the_figure_holds_cells_names_and_title() {
        let layout = layout(&map(8, 8, 0.5));
        assert!(layout.left > room(&layout.rows) && layout.top > TITLE);
        assert!(layout.width > layout.left + layout.cells().0 + BESIDE + BAR);
        assert!(layout.height > layout.top + layout.cells().1 + room(&layout.columns) + AXIS_TITLE);
        let titled = HeatMap::new(&"long title ".repeat(5), &["a"], &["a"], &[[1.0]]).unwrap();
        assert!(Layout::new(&titled, 0.0, 1.0).width > font::width(&titled.title, TITLE));
    }
}
