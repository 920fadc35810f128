//! What the database can keep: numbers up to 2^63, and texts without NUL characters.

use super::fault;
use crate::study::store::{Millis, StoreError};

/// Brings what is to be written into a form in which the store of a name can hold it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit<'a> {
    pub(super) store: &'a str,
}

impl Fit<'_> {
    pub(super) fn number(self, what: &str, number: u64) -> Result<i64, StoreError> {
        let too_large = || fault::permanent(self.store, format!("{what} is {number}, which is more than it can keep"));
        i64::try_from(number).map_err(|_| too_large())
    }

    pub(super) fn some_number(self, what: &str, number: Option<u64>) -> Result<Option<i64>, StoreError> {
        number.map(|number| self.number(what, number)).transpose()
    }

    pub(super) fn text(self, what: &str, text: &str) -> Result<String, StoreError> {
        if text.contains('\0') {
            return Err(StoreError::Nul { store: self.store.to_owned(), what: what.to_owned() });
        }
        Ok(text.to_owned())
    }

    pub(super) fn some_text(self, what: &str, text: Option<&str>) -> Result<Option<String>, StoreError> {
        text.map(|text| self.text(what, text)).transpose()
    }
}

/// A text for people: where a NUL character was, another one stands.
pub(super) fn visible(text: Option<&str>) -> Option<String> {
    text.map(|text| text.replace('\0', "\u{FFFD}"))
}

/// As large as the database can keep it.
pub(super) fn at_most(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn millis(time: Option<Millis>) -> Option<i64> {
    time.map(|Millis(time)| at_most(time))
}

/// NaN is no number, as in the other stores.
pub(super) fn real(number: Option<f64>) -> Option<f64> {
    number.filter(|number| !number.is_nan())
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged { what: error.to_string() })
}
