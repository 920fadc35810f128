//! What a process is called in a store.

use std::hash::{BuildHasher, RandomState};

/// A name that no other process and no other study of this one has.
pub(super) fn unique(name: Option<&str>) -> String {
    // The standard library's hash keys are random, other ones for each call.
    let random = RandomState::new().hash_one(std::process::id()) as u32;
    let process = std::process::id();
    match name {
        Some(name) => format!("{name}-{process}-{random:08x}"),
        None => format!("{process}-{random:08x}"),
    }
}
