//! Why an outcome was not written down, with the trial that it is of.

use std::error::Error;
use std::fmt;

use super::StudyError;
use super::running::Running;

/// Why an outcome could not be written down; with the trial, so that it can be told again.
pub struct TellError<T> {
    /// The trial.
    pub trial: Running<T>,
    /// What went wrong.
    pub error: StudyError,
}

impl<T> fmt::Display for TellError<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, formatter)
    }
}

impl<T> fmt::Debug for TellError<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, formatter)
    }
}

impl<T> Error for TellError<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

impl<T> From<TellError<T>> for StudyError {
    fn from(error: TellError<T>) -> Self {
        error.error
    }
}
