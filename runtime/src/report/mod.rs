//! Learning curves and heat maps as SVG and PNG files.
//!
//! [`Curves`] draws what replicas of a search achieved per trial: the mean as a line, the central
//! 68 % of the replicas as a band around it ([`Band`]). [`HeatMap`] draws a matrix whose rows and
//! columns have names, such as the attention of one decision to another. [`Fronts`] draws what several searches found with two
//! objectives. The extension of the path
//! given to `draw` (`.svg` or `.png`) chooses the format; both come from the same code.
//!
//! ```no_run
//! use transfer_nas::report::{Curves, HeatMap, ReportError};
//!
//! # fn main() -> Result<(), ReportError> {
//! let scratch = [vec![0.1, 0.4, 0.8], vec![0.2, 0.5, 0.9]];
//! let transfer = [vec![0.5, 0.7, 0.8], vec![0.6, 0.9, 0.9]];
//! Curves::new("Learning to add", "trial", "reward")
//!     .series("from scratch", &scratch)?
//!     .series("transfer", &transfer)?
//!     .reference("best possible", 1.0)
//!     .draw("rewards.svg")?;
//!
//! let states = ["Add.s0", "Add.s1"];
//! HeatMap::new("Attention", &states, &states, &[[1.0, 0.0], [0.3, 0.7]])?
//!     .mask_zero(true)
//!     .draw("attention.png")
//! # }
//! ```
//!
//! # The font
//!
//! Text is measured, and drawn into PNG files, with Ubuntu Light, which the crate
//! `epaint_default_fonts` carries under the Ubuntu Font Licence 1.0. The licence does not extend to
//! documents made with the font. An SVG file names the font and ordinary sans-serif replacements
//! for it, and contains no part of it. No font of the system is used.

mod axis;
mod band;
mod bearing;
mod canvas;
mod curve;
mod curve_axes;
mod curve_paint;
mod dash;
mod error;
mod font;
mod frame;
mod fronts;
mod heatmap;
mod heatmap_layout;
mod heatmap_paint;
mod legend;
mod palette;
mod pen;
mod text;
mod thin;

#[cfg(test)]
mod tests;

pub use band::Band;
pub use curve::Curves;
pub use error::ReportError;
pub use fronts::Fronts;
pub use heatmap::HeatMap;
