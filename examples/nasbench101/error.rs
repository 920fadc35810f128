//! What can go wrong in this example.

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;
