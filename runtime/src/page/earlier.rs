//! Actions that the type does not have any more, as they are told: dropped, or under another name now.

/// An action that is gone.
pub(crate) fn dropped(action: &str) -> String {
    format!("{action}{DROPPED}")
}

/// An action that has another name now.
pub(crate) fn renamed(action: &str, now: &str) -> String {
    format!("{action}{NOW}{now})")
}

const DROPPED: &str = " (dropped)";
const NOW: &str = " (now ";

/// The name that a renamed action has now.
pub(super) fn now(action: &str) -> Option<&str> {
    action.split_once(NOW)?.1.strip_suffix(')')
}
