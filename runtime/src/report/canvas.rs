use std::error::Error;
use std::path::Path;

use plotters::prelude::{BitMapBackend, DrawingBackend, SVGBackend};

use super::error::ReportError;
use super::palette::PAPER;
use super::pen::{BITMAP, Drawn, Pen, SVG, Surface};
use crate::file::{self, ReplaceError};

/// The longest side, in pixels, that an image may have.
const MOST: u32 = 3000;

/// Something that can be drawn on any backend.
pub(super) trait Figure {
    /// Width and height in pixels.
    fn size(&self) -> (u32, u32);

    /// The width and the height in pixels that the figure needs.
    fn least(&self) -> (u32, u32);

    /// Draws on white paper.
    fn paint<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn;
}

/// Draws a figure into a file, whose extension chooses the format. A file that is there is replaced by a whole one, or stays.
pub(super) fn save(figure: &impl Figure, path: &Path) -> Result<(), ReportError> {
    let extension = path.extension().unwrap_or_default();
    check_size(figure)?;
    let drawn = if extension.eq_ignore_ascii_case("svg") {
        svg(figure).map(String::into_bytes)
    } else if extension.eq_ignore_ascii_case("png") {
        encoded(figure)
    } else {
        return Err(ReportError::Extension { path: path.into() });
    };
    let bytes = drawn.map_err(|source| ReportError::Drawing { path: path.into(), source })?;
    file::replace(path, &bytes).map_err(|error| match error {
        ReplaceError::NotAFile { found } => ReportError::NotAFile { path: path.into(), found },
        ReplaceError::Io(source) => ReportError::Io { path: path.into(), source },
    })
}

fn check_size(figure: &impl Figure) -> Result<(), ReportError> {
    let ((width, height), least) = (figure.size(), figure.least());
    if (least.0..=MOST).contains(&width) && (least.1..=MOST).contains(&height) {
        return Ok(());
    }
    Err(ReportError::Size { width, height, least, most: MOST })
}

/// Draws on a backend that has `scale` units for a pixel.
fn paint<B: Surface>(figure: &impl Figure, pen: &mut Pen<'_, B>) -> Drawn {
    let (width, height) = figure.size();
    pen.fill((0.0, 0.0), (f64::from(width), f64::from(height)), PAPER)?;
    figure.paint(pen)
}

/// The document, whose unit is a part of a pixel.
fn svg(figure: &impl Figure) -> Result<String, Box<dyn Error + Send + Sync>> {
    let (width, height) = figure.size();
    let (wide, high) = (width * SVG.scale, height * SVG.scale);
    let mut document = String::new();
    let mut backend = SVGBackend::with_string(&mut document, (wide, high));
    paint(figure, &mut Pen::new(&mut backend, &SVG))?;
    backend.present()?;
    drop(backend);
    let large = format!("width=\"{wide}\" height=\"{high}\"");
    let shown = format!("width=\"{width}\" height=\"{height}\" stroke-linejoin=\"round\"");
    Ok(document.replacen(&large, &shown, 1))
}

/// The colours of the pixels, `[height, width, 3]`.
fn bitmap(figure: &impl Figure) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let (width, height) = figure.size();
    let (wide, high) = (width * BITMAP.scale, height * BITMAP.scale);
    let mut dots = vec![0; 3 * wide as usize * high as usize];
    let mut backend = BitMapBackend::with_buffer(&mut dots, (wide, high));
    paint(figure, &mut Pen::new(&mut backend, &BITMAP))?;
    drop(backend);
    Ok(shrink(&dots, width as usize, BITMAP.scale as usize))
}

/// Averages squares of `scale` × `scale` dots into pixels, `width` of them in a row.
fn shrink(dots: &[u8], width: usize, scale: usize) -> Vec<u8> {
    let row = 3 * width * scale;
    let area = (scale * scale) as u32;
    let mut pixels = Vec::with_capacity(dots.len() / (scale * scale));
    for rows in dots.chunks_exact(row * scale) {
        for place in 0..3 * width {
            let first = place / 3 * 3 * scale + place % 3;
            let square = (0..scale).flat_map(|y| (0..scale).map(move |x| y * row + first + 3 * x));
            let sum: u32 = square.map(|dot| u32::from(rows[dot])).sum();
            pixels.push(((sum + area / 2) / area) as u8);
        }
    }
    pixels
}

/// The image as a PNG file.
fn encoded(figure: &impl Figure) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let (pixels, (width, height)) = (bitmap(figure)?, figure.size());
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_adaptive_filter(png::AdaptiveFilterType::Adaptive);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::palette::INK;
    use crate::report::text::Text;

    struct Square(u32, u32);

    impl Figure for Square {
        fn size(&self) -> (u32, u32) {
            (self.0, self.1)
        }

        fn least(&self) -> (u32, u32) {
            (120, 60)
        }

        fn paint<B: Surface>(&self, pen: &mut Pen<'_, B>) -> Drawn {
            pen.fill((10.0, 10.0), (20.0, 20.0), INK)?;
            pen.write(&Text::new("square & <round>", 16.0), (100.0, 40.0))
        }
    }

    #[test]
    fn an_svg_is_measured_in_pixels_and_drawn_in_parts_of_them() {
        let document = svg(&Square(300, 200)).unwrap();
        assert!(document.contains(r#"<svg width="300" height="200""#), "{document}");
        assert!(document.contains(r#"viewBox="0 0 1200 800""#), "{document}");
        assert!(document.contains("square &amp; &lt;round&gt;"), "{document}");
        assert!(document.trim_end().ends_with("</svg>"), "{document}");
    }

    #[test]
    fn a_bitmap_has_the_asked_size_and_holds_the_drawing() {
        let pixels = bitmap(&Square(300, 200)).unwrap();
        assert_eq!(pixels.len(), 3 * 300 * 200);
        let pixel = |x: usize, y: usize| &pixels[3 * (300 * y + x)..][..3];
        assert_eq!(pixel(9, 9), [255, 255, 255]);
        assert_eq!((pixel(10, 10), pixel(19, 19)), (&[34, 34, 34][..], &[34, 34, 34][..]));
        assert_eq!(pixel(20, 20), [255, 255, 255]);
    }

    #[test]
    fn pixels_are_averages_of_dots() {
        let dots = [0, 9, 0, 2, 9, 0, 4, 9, 0, 6, 9, 0];
        assert_eq!(shrink(&dots, 1, 2), [3, 9, 0]);
    }

    #[test]
    fn a_format_without_a_name_is_an_error() {
        for path in ["figure", "figure.pdf", "svg", "figure.svg.bak"] {
            let error = save(&Square(300, 200), Path::new(path)).unwrap_err();
            assert!(matches!(error, ReportError::Extension { .. }), "{error}");
        }
    }

    #[test]
    fn a_size_that_cannot_be_drawn_is_an_error() {
        for (width, height) in [(0, 300), (119, 300), (300, 59), (3001, 300), (u32::MAX, u32::MAX)] {
            let error = save(&Square(width, height), Path::new("figure.png")).unwrap_err();
            assert!(matches!(error, ReportError::Size { .. }), "{error}");
        }
    }

    #[test]
    fn a_missing_folder_is_an_error_of_the_system() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["figure.svg", "figure.PNG"] {
            let path = folder.path().join("missing").join(name);
            let error = save(&Square(300, 200), &path).unwrap_err();
            assert!(matches!(error, ReportError::Io { .. }), "{error}");
        }
    }
}
