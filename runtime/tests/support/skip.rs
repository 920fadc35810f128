//! Tests that need what a machine may not have.

/// Says that a test is left out, and why. Where nothing may be left out (`TRANSFER_NAS_SKIPS=refused`, as in the project's own checks)
/// that is a failure.
#[track_caller]
#[allow(dead_code)] // Each test file that has this one takes it as a whole.
pub(crate) fn skipped(why: &str) {
    let is_refused = std::env::var("TRANSFER_NAS_SKIPS").is_ok_and(|said| said == "refused");
    assert!(!is_refused, "a test is left out, which is refused here: {why}");
    println!("skipped: {why}");
}
