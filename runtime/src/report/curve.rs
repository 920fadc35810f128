use super::band::Band;
use super::error::ReportError;
use super::frame::Titles;

/// A named curve with a band around it.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) band: Band,
    pub(super) replicas: usize,
}

/// A horizontal line.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) label: String,
    pub(super) value: f64,
}

/// Learning curves: what replicas of several searches achieved, per trial.
///
/// Each series is drawn as the mean over its replicas within their central 68 % (see [`Band`]).
/// The first trial has the number 1. Trials that fall into the same two pixels are drawn as their
/// average, and a trial that no replica has a finite value for is a gap.
#[derive(Debug, Clone)]
pub struct Curves {
    pub(super) titles: Titles,
    pub(super) series: Vec<Series>,
    pub(super) references: Vec<Reference>,
    pub(super) log_x: bool,
    pub(super) log_y: bool,
    pub(super) size: (u32, u32),
}

impl Curves {
    /// A figure of 900 × 560 pixels without series.
    #[must_use]
    pub fn new(title: &str, x_label: &str, y_label: &str) -> Self {
        Self {
            titles: Titles { title: title.into(), x_label: x_label.into(), y_label: y_label.into() },
            series: Vec::new(),
            references: Vec::new(),
            log_x: false,
            log_y: false,
            size: (900, 560),
        }
    }

    /// Adds a curve for `[replicas, trials]` values.
    ///
    /// Series may differ in their numbers of replicas and of trials. Seven series have colours of
    /// their own; further ones have the same colours with dashed lines.
    pub fn series<R: AsRef<[f64]>>(mut self, name: &str, replicas: &[R]) -> Result<Self, ReportError> {
        let band = Band::named(&format!("series `{name}`"), replicas)?;
        self.series.push(Series { name: name.into(), band, replicas: replicas.len() });
        Ok(self)
    }

    /// Adds a dashed horizontal line, which the legend names.
    #[must_use]
    pub fn reference(mut self, label: &str, value: f64) -> Self {
        self.references.push(Reference { label: label.into(), value });
        self
    }

    /// Lays the trials out logarithmically.
    #[must_use]
    pub fn log_x(self) -> Self {
        Self { log_x: true, ..self }
    }

    /// Lays the values out logarithmically.
    ///
    /// Values that are not above zero lie on the lower edge.
    #[must_use]
    pub fn log_y(self) -> Self {
        Self { log_y: true, ..self }
    }

    /// Sets the width and the height of the figure in pixels, at most 3000.
    ///
    /// Drawing fails if the title, the legend and the axes would leave no room for the curves.
    #[must_use]
    pub fn size(self, width: u32, height: u32) -> Self {
        Self { size: (width, height), ..self }
    }
}
