use std::path::Path;

use super::canvas::{Figure, save};
use super::error::ReportError;
use super::font;
use super::heatmap::HeatMap;
use super::heatmap_layout::{AXIS_TITLE, BAR, BESIDE, GAP, Layout, MARGIN, NAME, TITLE, every};
use super::palette::{FRAME, MASKED, ink_on, scale};
use super::pen::{Drawn, Pen, Surface, whole};
use super::text::Text;

/// Steps of the colour bar.
const STEPS: u32 = 128;

impl HeatMap {
    /// Draws into a file whose name ends in `.svg` or `.png`.
    ///
    /// The image is as large as the cells and the names need. Beyond some sixty rows or columns
    /// the cells become smaller and only some of them are named.
    pub fn draw(&self, path: impl AsRef<Path>) -> Result<(), ReportError> {
        let (low, high) = self.span()?;
        save(&Sheet::new(self, Layout::new(self, low, high)), path.as_ref())
    }
}

/// A heat map with everything in its place.
pub(super) struct Sheet<'a> {
    map: &'a HeatMap,
    layout: Layout,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(map: &'a HeatMap, layout: Layout) -> Self {
        Self { map, layout }
    }

    fn titles<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let layout = &self.layout;
        let (width, height) = layout.cells();
        let center = layout.left + width / 2.0;
        pen.write(&Text::new(&layout.title, TITLE), (layout.width / 2.0, MARGIN + 10.0))?;
        let below = layout.top + height + GAP + layout.column_names() + 12.0 + AXIS_TITLE / 2.0;
        let text = fit(&self.map.column_title, center, layout.width);
        pen.write(&Text::new(&text, AXIS_TITLE), (center, below))?;
        let text = font::fit(&self.map.row_title, AXIS_TITLE, layout.height - layout.top - MARGIN);
        // Beside few rows the title begins with the first.
        let middle = layout.top + height.max(1.1 * font::width(&text, AXIS_TITLE)) / 2.0;
        let beside = layout.left - GAP - layout.row_names() - 12.0 - AXIS_TITLE / 2.0;
        pen.write(&Text::new(&text, AXIS_TITLE).turned(), (beside, middle))
    }

    fn row_names<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let layout = &self.layout;
        let step = every(layout.cell.1);
        for (index, name) in layout.rows.iter().enumerate().step_by(step) {
            let middle = layout.top + layout.cell.1 * (index as f64 + 0.5);
            pen.write(&Text::new(name, NAME).ending(), (layout.left - GAP, middle))?;
        }
        Ok(())
    }

    fn column_names<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let layout = &self.layout;
        let below = layout.top + layout.cells().1 + GAP;
        let step = if layout.turned { every(layout.cell.0) } else { 1 };
        for (index, name) in layout.columns.iter().enumerate().step_by(step) {
            let center = layout.left + layout.cell.0 * (index as f64 + 0.5);
            if layout.turned {
                pen.write(&Text::new(name, NAME).ending().turned(), (center, below))?;
            } else {
                pen.write(&Text::new(name, NAME), (center, below + NAME / 2.0))?;
            }
        }
        Ok(())
    }

    fn cells<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        for row in 0..self.map.rows.len() {
            for column in 0..self.map.columns.len() {
                self.cell(pen, row, column)?;
            }
        }
        Ok(())
    }

    fn cell<B: Surface>(&self, pen: &mut Pen<'_, B>, row: usize, column: usize) -> Drawn {
        let layout = &self.layout;
        let (width, height) = layout.cell;
        let (x, y) = (layout.left + width * column as f64, layout.top + height * row as f64);
        let seam = if width.min(height) < 12.0 { 0.0 } else { 1.0 };
        let value = self.map.value(row, column);
        let color = value.map_or(MASKED, |value| scale(layout.scale.place(value)));
        pen.fill((x, y), (x + width - seam, y + height - seam), color)?;
        if let (Some(value), Some(decimals)) = (value, layout.decimals) {
            let text = format!("{value:.decimals$}");
            let text = Text::new(&text, NAME).color(ink_on(color));
            pen.write(&text, (x + (width - seam) / 2.0, y + (height - seam) / 2.0))?;
        }
        Ok(())
    }

    fn bar<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let (left, top) = (self.bar_left(), self.layout.top);
        let height = self.layout.bar();
        for step in 0..STEPS {
            let part = f64::from(step) / f64::from(STEPS);
            let color = scale(1.0 - part - 0.5 / f64::from(STEPS));
            // Each step reaches to the end, so that no paper shows between it and the next.
            pen.fill((left, top + height * part), (left + BAR, top + height), color)?;
        }
        Ok(())
    }

    fn bar_ticks<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        let (right, top) = (self.bar_left() + BAR, self.layout.top);
        for tick in &self.layout.ticks {
            let y = top + self.layout.bar() * (1.0 - self.layout.scale.place(tick.value));
            pen.line(&[(right, y), (right + 4.0, y)], 1.0, FRAME)?;
            pen.write(&Text::new(&tick.label, NAME).starting(), (right + GAP, y))?;
        }
        Ok(())
    }

    /// Says what light grey means, below the bar.
    fn mask_key<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        if self.map.cells().all(|cell| cell.is_some()) {
            return Ok(());
        }
        let (left, top) = (self.bar_left(), self.layout.top + self.layout.bar() + 2.0 * GAP);
        pen.fill((left, top), (left + BAR, top + BAR), MASKED)?;
        pen.write(&Text::new("masked", NAME).starting(), (left + BAR + GAP, top + BAR / 2.0))
    }

    fn bar_left(&self) -> f64 {
        self.layout.left + self.layout.cells().0 + BESIDE
    }
}

impl Figure for Sheet<'_> {
    fn size(&self) -> (u32, u32) {
        (whole(self.layout.width.ceil()), whole(self.layout.height.ceil()))
    }

    fn least(&self) -> (u32, u32) {
        self.size()
    }

    fn paint<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
        self.titles(pen)?;
        self.cells(pen)?;
        self.row_names(pen)?;
        self.column_names(pen)?;
        self.bar(pen)?;
        self.bar_ticks(pen)?;
        self.mask_key(pen)
    }
}

/// An axis title that is centred at a place, shortened to what the figure holds.
fn fit(title: &str, center: f64, length: f64) -> String {
    font::fit(title, AXIS_TITLE, 2.0 * center.min(length - center) - MARGIN)
}
