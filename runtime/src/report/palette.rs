use plotters::style::RGBColor;

use crate::colour;

pub(super) const PAPER: RGBColor = RGBColor(255, 255, 255);
pub(super) const INK: RGBColor = RGBColor(34, 34, 34);
pub(super) const FRAME: RGBColor = RGBColor(120, 120, 120);
pub(super) const GRID: RGBColor = RGBColor(228, 228, 228);
/// A cell without a value.
pub(super) const MASKED: RGBColor = RGBColor(232, 232, 232);

/// The colours of the series; those who see no red or no green tell them apart.
pub(super) const SERIES: [RGBColor; 7] = {
    let [a, b, c, d, e, f, g] = colour::SERIES;
    [rgb(a), rgb(b), rgb(c), rgb(d), rgb(e), rgb(f), rgb(g)]
};

const fn rgb([red, green, blue]: [u8; 3]) -> RGBColor {
    RGBColor(red, green, blue)
}

/// The colour of a number from 0 (dark) to 1 (bright).
pub(super) fn scale(place: f64) -> RGBColor {
    rgb(colour::viridis(place))
}

/// The colour of text that can be read on a background.
pub(super) fn ink_on(background: RGBColor) -> RGBColor {
    let RGBColor(red, green, blue) = background;
    let lightness = 0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue);
    if lightness > 140.0 { INK } else { PAPER }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_runs_from_dark_to_bright() {
        assert_eq!(scale(0.0), RGBColor(68, 1, 84));
        assert_eq!(scale(0.5), RGBColor(33, 145, 140));
        assert_eq!(scale(1.0), RGBColor(253, 231, 37));
        assert_eq!((scale(-3.0), scale(7.0)), (scale(0.0), scale(1.0)));
    }

    #[test]
    fn colours_between_the_anchors_are_mixed() {
        assert_eq!(scale(0.05), RGBColor(70, 19, 101));
    }

    #[test]
    fn text_contrasts_with_its_background() {
        assert_eq!(ink_on(scale(0.0)), PAPER);
        assert_eq!(ink_on(scale(1.0)), INK);
        assert_eq!(ink_on(MASKED), INK);
    }
}
