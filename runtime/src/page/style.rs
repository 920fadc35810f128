//! The style sheet: colours by theme, and the rest.

use std::fmt::Write;

use super::figure::LEVELS;
use super::markup::Markup;
use crate::colour::{SERIES, viridis};

const SHEET: &str = include_str!("style.css");

/// Of a trial, on light and on dark paper.
const TRIAL: [[u8; 3]; 2] = [SERIES[0], SERIES[5]];
/// Of the best so far, likewise.
const BEST: [[u8; 3]; 2] = [SERIES[1], SERIES[4]];

/// High stands out: it is dark on light paper and bright on dark paper.
pub(super) fn style(page: &mut Markup) {
    let light = theme(TRIAL[0], BEST[0], |high| 0.87 * (1.0 - high));
    let dark = theme(TRIAL[1], BEST[1], |high| 0.22 + 0.78 * high);
    page.style(&format!("{SHEET}{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"));
}

fn theme(trial: [u8; 3], best: [u8; 3], place: impl Fn(f64) -> f64) -> String {
    let mut lines = format!(":root {{ --trial: {}; --best: {}; }}\n", hex(trial), hex(best));
    for level in 0..LEVELS {
        let share = level as f64 / (LEVELS - 1) as f64;
        _ = writeln!(lines, ".l{level} {{ --c: {}; --o: {share:.3}; }}", hex(viridis(place(share))));
    }
    lines
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
