//! Time and memory against the number of decisions, both axes logarithmic, one line for each number of actions.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::coord::combinators::{BindKeyPoints, IntoLogRange};
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, DashedPathElement, PathElement};
use plotters::prelude::{BitMapBackend, DrawResult, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, RGBColor, ShapeStyle, TRANSPARENT, TextStyle, register_font};

use crate::chain::ACTIONS;
use crate::measure::Point;

const SIZE: (u32, u32) = (1000, 480);
/// Pixels above the panels.
const HEAD: i32 = 84;
/// The first name is that of the font the text is measured with; the others stand in for it.
const FONT: &str = "Ubuntu Light, Ubuntu, Helvetica, Arial, sans-serif";

const PAPER: RGBColor = RGBColor(255, 255, 255);
const INK: RGBColor = RGBColor(34, 34, 34);
const FRAME: RGBColor = RGBColor(120, 120, 120);
const GRID: RGBColor = RGBColor(228, 228, 228);
/// Those who see no red or no green tell them apart (Okabe and Ito 2008).
const COLORS: [RGBColor; ACTIONS.len()] = [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 158, 115)];

/// What the memory test of the crate allows a chain of 400 decisions of 50 actions.
const BOUND_MB: f64 = 200.0;
/// By what factor the axis of the lengths goes on beyond the shortest and the longest.
const BEYOND: f64 = 1.2;

#[derive(Debug, thiserror::Error)]
pub(crate) enum FigureError {
    #[error("cannot make the folder `{}`: {source}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("cannot draw `{}`: {source}", path.display())]
    Drawing { path: PathBuf, source: Box<dyn Error + Send + Sync> },
}

type Curve = Vec<(f64, f64)>;

/// In what one format differs from the other, so that both are drawn alike.
#[derive(Clone, Copy)]
struct Format {
    /// Dots for a pixel of the figure.
    scale: i32,
    /// The size to ask for, for a text whose em is 1.
    size_per_em: f64,
    /// How much lower than asked for a text should stand, in pixels.
    drop: i32,
    /// Stands between words.
    space: &'static str,
}

/// Quarters of a pixel, since the backend knows whole numbers only.
const SVG: Format = Format { scale: 4, size_per_em: 1.24, drop: 1, space: " " };
/// Bitmaps are drawn with letters too close and too high.
const PNG: Format = Format { scale: 3, size_per_em: 1.121, drop: 4, space: "  " };

/// What the curves of a panel are held against.
struct Guide {
    name: String,
    curve: Curve,
    /// Pixels drawn and pixels left out.
    dash: (i32, i32),
}

/// One of the two plots.
struct Panel {
    y_label: &'static str,
    /// One for each number of actions.
    curves: Vec<Curve>,
    guide: Guide,
}

/// The whole figure.
struct Figure {
    title: String,
    lengths: Vec<f64>,
    actions: Vec<usize>,
    panels: Vec<Panel>,
}

/// How a line of the legend is drawn.
#[derive(Clone, Copy)]
enum Mark {
    Curve(RGBColor),
    Guide((i32, i32)),
}

/// Writes `chains.svg` and `chains.png`.
pub(crate) fn draw(folder: &Path, attention: &str, points: &[Point]) -> Result<(), FigureError> {
    std::fs::create_dir_all(folder).map_err(|source| FigureError::Folder { path: folder.into(), source })?;
    // Were the bytes not a font, then drawing text would fail with a message that says so.
    let _ = register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
    let figure = Figure::new(attention, points);
    let path = folder.join("chains.svg");
    let done = figure.svg().and_then(|document| Ok(std::fs::write(&path, document)?));
    done.map_err(|source| FigureError::Drawing { path, source })?;
    let path = folder.join("chains.png");
    let done = figure.paint(&BitMapBackend::new(&path, PNG.size()).into_drawing_area(), PNG);
    done.map_err(|source| FigureError::Drawing { path, source: source.into() })
}

impl Format {
    fn size(self) -> (u32, u32) {
        (SIZE.0 * self.scale.unsigned_abs(), SIZE.1 * self.scale.unsigned_abs())
    }

    /// Pixels in dots.
    fn px(self, pixels: i32) -> i32 {
        pixels * self.scale
    }

    fn words(self, text: &str) -> String {
        text.replace(' ', self.space)
    }

    fn text(self, size: i32) -> TextStyle<'static> {
        TextStyle::from((FONT, f64::from(self.px(size)) * self.size_per_em)).color(&INK)
    }

    fn line(self, color: RGBColor, width: u32) -> ShapeStyle {
        color.stroke_width(width * self.scale.unsigned_abs())
    }

    fn dashed<P: Clone>(self, points: Vec<P>, (on, off): (i32, i32)) -> DashedPathElement<IntoIter<P>, i32> {
        DashedPathElement::new(points, self.px(on), self.px(off), self.line(INK, 1))
    }
}

impl Figure {
    fn new(attention: &str, points: &[Point]) -> Self {
        let mut actions: Vec<usize> = points.iter().map(|point| point.actions).collect();
        actions.dedup();
        let mut lengths: Vec<f64> = points.iter().map(|point| point.decisions as f64).collect();
        lengths.sort_unstable_by(f64::total_cmp);
        lengths.dedup();
        let times = curves(&actions, points, |point| Some(point.ms));
        let peaks = curves(&actions, points, |point| point.peak_mb);
        let square = Guide { name: "grows as n²".into(), curve: quadratic(&times), dash: (7, 5) };
        let mut panels = vec![Panel { y_label: "time of a trial (ms)", curves: times, guide: square }];
        if peaks.iter().any(|curve| !curve.is_empty()) {
            let ends = lengths.first().into_iter().chain(lengths.last()).zip([1.0 / BEYOND, BEYOND]);
            let curve = ends.map(|(length, factor)| (length * factor, BOUND_MB)).collect();
            let bound = Guide { name: format!("{BOUND_MB} MB, the bound"), curve, dash: (2, 4) };
            panels.push(Panel { y_label: "peak memory of the process (MB)", curves: peaks, guide: bound });
        }
        Self { title: format!("What a trial costs, {attention} attention"), lengths, actions, panels }
    }

    /// The document, whose unit is a dot.
    fn svg(&self) -> Result<String, Box<dyn Error + Send + Sync>> {
        let mut document = String::new();
        self.paint(&SVGBackend::with_string(&mut document, SVG.size()).into_drawing_area(), SVG)?;
        let [large, shown] = [SVG.size(), SIZE].map(|(width, height)| format!("width=\"{width}\" height=\"{height}\""));
        Ok(document.replacen(&large, &shown, 1))
    }

    fn paint<B: DrawingBackend>(&self, root: &DrawingArea<B, Shift>, format: Format) -> DrawResult<(), B> {
        root.fill(&PAPER)?;
        let (head, body) = root.split_vertically(format.px(HEAD));
        let title = format.text(21).pos(Pos::new(HPos::Center, VPos::Center));
        let center = format.px(SIZE.0.cast_signed() / 2);
        head.draw_text(&format.words(&self.title), &title, (center, format.px(24 + format.drop)))?;
        self.legend(&head, format)?;
        for (panel, area) in self.panels.iter().zip(body.split_evenly((1, self.panels.len()))) {
            panel.paint(&area, &self.lengths, format)?;
        }
        root.present()
    }

    /// The names of all lines, centred in one row.
    fn legend<B: DrawingBackend>(&self, head: &DrawingArea<B, Shift>, format: Format) -> DrawResult<(), B> {
        let style = format.text(15).pos(Pos::new(HPos::Left, VPos::Center));
        let (swatch, between, y) = (format.px(38), format.px(24), format.px(60));
        let mut entries = Vec::new();
        for (name, mark) in self.entries() {
            let name = format.words(&name);
            let width = swatch + head.estimate_text_size(&name, &style)?.0.cast_signed();
            entries.push((name, mark, width));
        }
        let total: i32 = entries.iter().map(|(_, _, width)| width + between).sum();
        let mut x = i32::midpoint(format.px(SIZE.0.cast_signed()) - total, between);
        for (name, mark, width) in entries {
            mark.draw(head, (x, y), format)?;
            head.draw_text(&name, &style, (x + swatch, y + format.px(format.drop)))?;
            x += width + between;
        }
        Ok(())
    }

    fn entries(&self) -> Vec<(String, Mark)> {
        let curves = self.actions.iter().zip(COLORS);
        let curves = curves.map(|(actions, color)| (format!("{actions} actions"), Mark::Curve(color)));
        let guides = self.panels.iter().map(|panel| &panel.guide).filter(|guide| !guide.curve.is_empty());
        curves.chain(guides.map(|guide| (guide.name.clone(), Mark::Guide(guide.dash)))).collect()
    }
}

impl Mark {
    /// From a point to the right.
    fn draw<B: DrawingBackend>(
        self,
        area: &DrawingArea<B, Shift>,
        (x, y): (i32, i32),
        format: Format,
    ) -> DrawResult<(), B> {
        let ends = vec![(x, y), (x + format.px(30), y)];
        match self {
            Self::Curve(color) => {
                area.draw(&PathElement::new(ends, format.line(color, 2)))?;
                area.draw(&Circle::new((x + format.px(15), y), format.px(4), color.filled()))
            }
            Self::Guide(dash) => area.draw(&format.dashed(ends, dash)),
        }
    }
}

impl Panel {
    fn paint<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, Shift>,
        lengths: &[f64],
        format: Format,
    ) -> DrawResult<(), B> {
        let (Some(&shortest), Some(&longest)) = (lengths.first(), lengths.last()) else { return Ok(()) };
        let y_ticks = ticks(self.curves.iter().chain([&self.guide.curve]).flatten().map(|&(_, y)| y));
        let (Some(&low), Some(&high)) = (y_ticks.first(), y_ticks.last()) else { return Ok(()) };
        let mut chart = ChartBuilder::on(area)
            .margin_left(format.px(14))
            .margin_right(format.px(20))
            .margin_bottom(format.px(14))
            .x_label_area_size(format.px(52))
            .y_label_area_size(format.px(66))
            .build_cartesian_2d(
                (shortest / BEYOND..longest * BEYOND).log_scale().with_key_points(lengths.to_vec()),
                (low..high).log_scale().with_key_points(labelled(y_ticks)),
            )?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(format.line(GRID, 1))
            .axis_style(format.line(FRAME, 1))
            .set_all_tick_mark_size(format.px(5))
            .label_style(format.text(15))
            .axis_desc_style(format.text(17))
            .x_desc("decisions")
            .y_desc(format.words(self.y_label))
            .x_label_formatter(&f64::to_string)
            .y_label_formatter(&f64::to_string)
            .y_label_offset(format.px(format.drop))
            .draw()?;
        chart.draw_series([format.dashed(self.guide.curve.clone(), self.guide.dash)])?;
        for (curve, color) in self.curves.iter().zip(COLORS) {
            chart.draw_series([PathElement::new(curve.clone(), format.line(color, 2))])?;
            chart.draw_series(curve.iter().map(|&at| Circle::new(at, format.px(4), color.filled())))?;
        }
        Ok(())
    }
}

/// Some value against the number of decisions, for each number of actions.
fn curves(actions: &[usize], points: &[Point], value: impl Fn(&Point) -> Option<f64>) -> Vec<Curve> {
    let place = |point: &Point| Some((point.decisions as f64, value(point)?));
    let of = |actions| points.iter().filter(move |point| point.actions == actions);
    actions.iter().map(|&actions| of(actions).filter_map(place).collect()).collect()
}

/// The square of the length, through the second point of the middle curve; none if there is no such point.
fn quadratic(curves: &[Curve]) -> Curve {
    let middle = curves.get(curves.len() / 2).map_or(&[][..], Vec::as_slice);
    let Some(&(length, time)) = middle.get(1) else { return Vec::new() };
    middle.iter().map(|&(other, _)| (other, time * (other / length).powi(2))).collect()
}

/// The numbers 1, 2 and 5 times a power of ten, from the last one below all values to the first one above.
fn ticks(values: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let (low, high) = (values.clone().fold(f64::INFINITY, f64::min), values.fold(0.0, f64::max));
    let rounds: Vec<f64> = (-6..=9).flat_map(|power| [1.0, 2.0, 5.0].map(|times| times * 10_f64.powi(power))).collect();
    let first = rounds.partition_point(|&round| round < low).saturating_sub(1);
    let last = rounds.partition_point(|&round| round <= high).min(rounds.len() - 1);
    rounds.get(first..=last).unwrap_or_default().to_vec()
}

/// Only the powers of ten, where there are many ticks.
fn labelled(ticks: Vec<f64>) -> Vec<f64> {
    if ticks.len() <= 10 {
        return ticks;
    }
    ticks.into_iter().filter(|tick| tick.log10().fract().abs() < 1e-6).collect()
}
