//! Errors as sentences: what `main` prints of an error that it gives back.

use std::error::Error;
use std::fmt::{Formatter, Result, Write};

use crate::printable::printable;

/// Writes what an error says, and then what each of its sources says, as far as that was not said before.
pub(crate) fn write(error: &dyn Error, formatter: &mut Formatter<'_>) -> Result {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = printable(cause).to_string();
        if !said.contains(&more) {
            write!(said, ": {more}")?;
        }
        source = cause.source();
    }
    formatter.write_str(&said)
}

/// Implements `Debug` of errors as their sentence with its sources.
macro_rules! debug_as_sentence {
    ($($error:ty),+) => {$(
        impl std::fmt::Debug for $error {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crate::sentence::write(self, formatter)
            }
        }
    )+};
}

pub(crate) use debug_as_sentence;

#[cfg(test)]
mod tests {
    use std::io;

    #[derive(thiserror::Error)]
    enum Fault {
        #[error("the outer one: {source}")]
        Said { source: io::Error },
        #[error("the outer one")]
        Unsaid { source: Box<Fault> },
        #[error(transparent)]
        Inner(io::Error),
    }

    debug_as_sentence!(Fault);

    #[test]
    fn sources_are_said_once() {
        let cause = || io::Error::other("the cause\u{1b}");
        let said = |fault: Fault| format!("{fault:?}");
        assert_eq!(said(Fault::Inner(cause())), "the cause\u{1b}");
        assert_eq!(said(Fault::Unsaid { source: Fault::Inner(cause()).into() }), "the outer one: the cause\\u{1b}");
        let twice = Fault::Said { source: io::Error::other(Fault::Unsaid { source: Fault::Inner(cause()).into() }) };
        assert_eq!(said(twice), "the outer one: the outer one: the cause\\u{1b}");
    }
}
