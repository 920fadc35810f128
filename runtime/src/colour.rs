//! The colours of all plots.

/// The colours of Okabe and Ito that stand out from white paper: those who see no red or no green
/// tell them apart. See M. Okabe and K. Ito, "Color Universal Design" (2008).
pub(crate) const SERIES: [[u8; 3]; 7] =
    [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [230, 159, 0], [86, 180, 233], [0, 0, 0]];

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
pub(crate) fn viridis(place: f64) -> [u8; 3] {
    let last = VIRIDIS.len() - 1;
    let place = place.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    [0, 1, 2].map(|channel| {
        let (from, to) = (f64::from(VIRIDIS[below][channel]), f64::from(VIRIDIS[above][channel]));
        (from + (to - from) * place.fract()).round() as u8
    })
}
