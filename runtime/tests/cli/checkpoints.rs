//! `transfer-nas checkpoint`.

use crate::files::checkpoints;
use crate::{failure, names, said};

#[test]
fn a_checkpoint_is_shown() {
    let expected = "\
Universe    cli::files::v1::Net
Written by  transfer-nas VERSION
Size        4 states with 8 actions
Learned     1 step, 0 samples

States
  start      spaces                  Net
  Net.units  whole numbers           16, 32, 48
  Net.rate   floating-point numbers  0.1, 0.2
  Net.gated  whole numbers           0, 1

Space Net, task default
  baseline  0
  elites    1
  best      2.5
    Net.units  48
    Net.rate   0.2
    Net.gated  1
";
    let folder = checkpoints();
    let expected = expected.replace("VERSION", env!("CARGO_PKG_VERSION"));
    assert_eq!(said(folder.path(), &["checkpoint", "show", "old.safetensors"]), expected);
    let fresh = said(folder.path(), &["checkpoint", "show", "new.safetensors"]);
    assert!(fresh.ends_with("\nSpace Net, task default\n  baseline  none\n  elites    0\n"), "{fresh}");
}

#[test]
fn a_difference_tells_of_each_state() {
    let folder = checkpoints();
    let expected = "\
reused 5 of 12 states and actions (42 %) of `cli::files::v1::Net`
  `start`: same
  `Net.width`: renamed from `Net.units`
    `64`: new
    `48`: gone
  `Net.gated`: new, it has flags where it had whole numbers
  `Net.activation`: new
  `Net.rate`: gone
  task `default`: same
";
    assert_eq!(said(folder.path(), &["checkpoint", "diff", "old.safetensors", "new.safetensors"]), expected);
    let backwards = said(folder.path(), &["checkpoint", "diff", "new.safetensors", "old.safetensors"]);
    assert!(
        backwards.starts_with("reused 2 of 12 states and actions (17 %) of `cli::files::v2::Net`\n"),
        "{backwards}"
    );
    let same = said(folder.path(), &["checkpoint", "diff", "old.safetensors", "old.safetensors"]);
    assert!(same.starts_with("reused 12 of 12 states and actions (100 %)"), "{same}");
}

#[test]
fn files_that_are_no_checkpoints_are_named() {
    let folder = checkpoints();
    let missing = failure(folder.path(), &["checkpoint", "show", "missing.safetensors"]);
    assert!(missing.starts_with("error: `missing.safetensors` could not be read: "), "{missing}");
    std::fs::write(folder.path().join("notes.txt"), "Buy milk. ".repeat(200)).unwrap();
    let foreign = failure(folder.path(), &["checkpoint", "diff", "old.safetensors", "notes.txt"]);
    assert!(foreign.starts_with("error: `notes.txt`: this is not a whole safetensors file: "), "{foreign}");
    assert_eq!(names(folder.path()), ["new.safetensors", "notes.txt", "old.safetensors"]);
}
