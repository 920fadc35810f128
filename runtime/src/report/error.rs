use std::error::Error;
use std::io;
use std::path::PathBuf;

use crate::printable::printable;
use crate::sentence::debug_as_sentence;

/// Why a figure could not be made.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// There is nothing to draw.
    #[error("no data: {} is empty", printable(what))]
    Empty {
        /// What has no elements.
        what: String,
    },
    /// Lists that must have one length have several.
    #[error("ragged data: {} has {found} values where {expected} are needed", printable(what))]
    Ragged {
        /// Which list differs.
        what: String,
        /// The length the others have.
        expected: usize,
        /// The length it has.
        found: usize,
    },
    /// Every value is NaN or infinite.
    #[error("{} has no finite value", printable(what))]
    NotFinite {
        /// Which values these are.
        what: String,
    },
    /// A logarithmic axis has no place for the values.
    #[error("{} has no value above zero, which a logarithmic axis needs", printable(what))]
    NotPositive {
        /// Which values these are.
        what: String,
    },
    /// The image would be too small to hold a figure or too large to be drawn.
    #[error(
        "an image of {width} × {height} pixels: at least {} × {} and at most {most} × {most} are needed",
        least.0,
        least.1
    )]
    Size {
        /// The width in pixels.
        width: u32,
        /// The height in pixels.
        height: u32,
        /// The width and the height that its texts need, in pixels.
        least: (u32, u32),
        /// The longest side that can be drawn, in pixels.
        most: u32,
    },
    /// The extension of the path names no format that can be drawn.
    #[error("`{}` ends neither in `.svg` nor in `.png`", printable(path.display()))]
    Extension {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The file could not be written.
    #[error("cannot write `{}`", printable(path.display()))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else than a regular file is at the path.
    #[error("cannot write `{}`: {found} stands there; give the path of a regular file, or of a new one", printable(path.display()))]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What is there.
        found: &'static str,
    },
    /// The figure could not be drawn or encoded.
    #[error("cannot draw `{}`", printable(path.display()))]
    Drawing {
        /// The file it was meant for.
        path: PathBuf,
        /// What the drawing library said.
        source: Box<dyn Error + Send + Sync>,
    },
}

debug_as_sentence!(ReportError);
