//! A study behind a service, as a worker sees it.
