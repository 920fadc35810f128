use plotters::style::RGBColor;

pub(super) const PAPER: RGBColor = RGBColor(255, 255, 255);
pub(super) const INK: RGBColor = RGBColor(34, 34, 34);
pub(super) const FRAME: RGBColor = RGBColor(120, 120, 120);
pub(super) const GRID: RGBColor = RGBColor(228, 228, 228);
/// A cell without a value.
pub(super) const MASKED: RGBColor = RGBColor(232, 232, 232);

/// The colours of Okabe and Ito that stand out from white paper: those who see no red or no green
/// tell them apart. See M. Okabe and K. Ito, "Color Universal Design" (2008).
pub(super) const SERIES: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];

/// The viridis scale at equal distances: its lightness rises evenly.
const VIRIDIS: [[u8; 3]; 11] = [
    [68, 1, 84],
    [72, 36, 117],
    [65, 68, 135],
    [53, 95, 141],
    [42, 120, 142],
    [33, 145, 140],
    [34, 168, 132],
    [68, 191, 112],
    [122, 209, 81],
    [189, 223, 38],
    [253, 231, 37],
];

/// The colour of a number from 0 (dark) to 1 (bright).
#[expect(clippy::cast_sign_loss, reason = "a place on the scale is not negative")]
pub(super) fn scale(place: f64) -> RGBColor {
    let last = VIRIDIS.len() - 1;
    let place = place.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    let mix = |channel: usize| {
        let (from, to) = (VIRIDIS[below][channel], VIRIDIS[above][channel]);
        (f64::from(from) + (f64::from(to) - f64::from(from)) * place.fract()).round() as u8
    };
    RGBColor(mix(0), mix(1), mix(2))
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
