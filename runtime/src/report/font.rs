use std::sync::Once;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// The name of the font, with replacements for viewers of SVG files that lack it.
pub(super) const FAMILY: &str = "Ubuntu Light, Ubuntu, Helvetica, Arial, sans-serif";

/// The height of a line of the font for each em: ascent 0.932, descent 0.189.
pub(super) const HEIGHT_PER_EM: f64 = 1.121;

/// Makes the font known to the drawing library.
///
/// Were the font's bytes not a font, then drawing text would fail with a message that says so.
pub(super) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = register_font(FAMILY, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT);
    });
}

/// The width in pixels of a text whose em has `size` pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    // The library rounds to whole pixels: a large measure loses less.
    let magnified = 16.0;
    register();
    let height = size * HEIGHT_PER_EM * magnified;
    FontDesc::new(FontFamily::Name(FAMILY), height, FontStyle::Normal)
        .box_size(text)
        .map_or(size * 0.6 * text.chars().count() as f64, |(width, _)| f64::from(width) / magnified)
}

/// The widest of some texts.
pub(super) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, size: f64) -> f64 {
    texts.into_iter().map(|text| width(text, size)).fold(0.0, f64::max)
}

/// The text, or as much of its beginning as fits in `room` pixels and an ellipsis.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.into();
    }
    let mut rest = text.to_owned();
    while rest.pop().is_some() {
        let shortened = format!("{}…", rest.trim_end());
        if width(&shortened, size) <= room {
            return shortened;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_grows_with_the_text_and_with_the_size() {
        assert!(width("mm", 16.0) > width("m", 16.0) * 1.9);
        assert!((width("trial", 32.0) - 2.0 * width("trial", 16.0)).abs() < 0.2);
    }

    #[test]
    fn a_text_that_fits_stays() {
        assert_eq!(fit("trial", 16.0, 100.0), "trial");
    }

    #[test]
    fn a_text_that_does_not_fit_ends_in_an_ellipsis() {
        let fitted = fit("a very long name of a state", 16.0, 80.0);
        assert!(fitted.starts_with("a very") && fitted.ends_with('…'), "{fitted}");
        assert!(width(&fitted, 16.0) <= 80.0);
        assert_eq!(fit("trial", 16.0, 0.0), "");
    }
}
