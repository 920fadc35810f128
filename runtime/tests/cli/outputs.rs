//! The files that the command writes: whole, or as they were.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::files::{read, studies};
use crate::{failure, names, said};

const EXPORT: [&str; 7] = ["study", "export", "one.db", "--format", "json", "--output", "out"];

#[test]
fn what_is_no_file_is_refused() {
    let folder = studies();
    fs::create_dir(folder.path().join("out")).unwrap();
    let expected =
        "error: `out` could not be written: a folder stands there; give the path of a regular file, or of a new one\n";
    let before = names(folder.path());
    assert_eq!(failure(folder.path(), &EXPORT), expected);
    assert_eq!(failure(folder.path(), &["study", "report", "one.db", "--output", "out"]), expected);
    assert_eq!(names(folder.path()), before);
    assert_eq!(names(&folder.path().join("out")), [] as [&str; 0]);
}

#[test]
fn the_standard_output_has_names_too() {
    let folder = studies();
    let exported = said(folder.path(), &EXPORT[..5]);
    for name in ["/dev/stdout", "/dev/fd/1"] {
        let arguments = [&EXPORT[..6], &[name]].concat();
        assert_eq!(said(folder.path(), &arguments), exported, "{name}");
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn links_and_permissions_stay() {
        let folder = studies();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("target"), "what was there before").unwrap();
        fs::set_permissions(at("target"), PermissionsExt::from_mode(0o640)).unwrap();
        symlink("target", at("out")).unwrap();
        said(folder.path(), &EXPORT);
        assert!(fs::symlink_metadata(at("out")).unwrap().is_symlink());
        assert_eq!(fs::metadata(at("target")).unwrap().permissions().mode() & 0o7777, 0o640);
        assert!(read(folder.path(), "target").starts_with('{'));
    }

    #[test]
    fn a_pipe_is_refused_and_nobody_is_waited_for() {
        let folder = studies();
        assert!(Command::new("mkfifo").arg(folder.path().join("out")).status().unwrap().success());
        assert!(failure(folder.path(), &EXPORT).contains("a pipe stands there"));
    }

    /// The command where no file can be made larger than so many blocks, as on a full disk.
    fn with_little_room(folder: &Path, blocks: u32, arguments: &[&str]) -> (Option<i32>, String) {
        let line = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &line, "sh", env!("CARGO_BIN_EXE_transfer-nas")]).args(arguments).current_dir(folder);
        let output = shell.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    #[test]
    fn a_full_disk_leaves_what_was_there() {
        let folder = studies();
        let arguments = ["study", "export", "joint.db", "--format", "json", "--output", "out"];
        said(folder.path(), &arguments);
        // The database may map up to 32 kB beside itself.
        assert!(fs::metadata(folder.path().join("out")).unwrap().len() > 1024 * 32 + 1024);
        fs::write(folder.path().join("out"), "what was there before").unwrap();
        let before = names(folder.path());
        let (code, said) = with_little_room(folder.path(), 64, &arguments);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.starts_with("error: `out` could not be written: "), "{said}");
        assert_eq!((read(folder.path(), "out"), names(folder.path())), ("what was there before".to_owned(), before));
    }
}
