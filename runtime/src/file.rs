//! Files that are replaced whole or not at all.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::sentence::debug_as_sentence;

use tempfile::NamedTempFile;

/// Why a file was not replaced. What stood at its path is as it was.
#[derive(thiserror::Error)]
pub enum ReplaceError {
    /// Something stands there that is no regular file.
    #[error("{found} stands there; give the path of a regular file, or of a new one")]
    NotAFile {
        /// What it is.
        found: &'static str,
    },
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

debug_as_sentence!(ReplaceError);

/// Puts the bytes where the path says.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), ReplaceError> {
    replace_with(path, |file| file.write_all(bytes))
}

/// Puts what `write` writes where the path says: into a temporary file in the same folder, which is synced and then renamed. So
/// at any moment the path holds the old file or the new one, whole; where anything fails, the old one, and no temporary file is
/// left.
///
/// The new file has the permissions and, as far as the process may give it away, the owner of the old one. Of a symbolic link it
/// is the target that is replaced. A file that may not be written is not replaced.
pub fn replace_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), ReplaceError> {
    let old = replaceable(path)?;
    let target = target(path);
    let folder = folder(&target);
    let mut file = temporary(folder, old.as_ref())?;
    write(file.as_file_mut())?;
    if let Some(old) = &old {
        take_over(file.as_file(), old)?;
    }
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    // The new name is safe only once the folder is; where folders cannot be synced, there is no more to do.
    File::open(folder).and_then(|folder| folder.sync_all()).ok();
    Ok(())
}

/// What is known of the file at a path, links followed; none where there is no file.
fn replaceable(path: &Path) -> Result<Option<Metadata>, ReplaceError> {
    let old = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        old => old?,
    };
    if !old.is_file() {
        return Err(ReplaceError::NotAFile { found: name(old.file_type()) });
    }
    // To rename takes no right to the file, only to its folder.
    OpenOptions::new().write(true).open(path)?;
    Ok(Some(old))
}

/// Where the links that begin at a path lead, whether or not there is a file. The system has followed them before, so they are
/// few.
fn target(path: &Path) -> PathBuf {
    const MOST_LINKS: usize = 40;
    let mut at = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(to) = fs::read_link(&at) else { break };
        at = at.parent().unwrap_or(Path::new("")).join(to);
    }
    at
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file that goes away unless it is renamed. Temporary files are for their owner only, but this one will stay: it has the usual
/// permissions, or at most those of the file that it replaces.
fn temporary(folder: &Path, old: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".transfer-nas-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let usual = || PermissionsExt::from_mode(0o666);
        // With the right to write: what is written comes after.
        let of_old = |old: &Metadata| PermissionsExt::from_mode(old.permissions().mode() & 0o777 | 0o200);
        builder.permissions(old.map_or_else(usual, of_old));
    }
    #[cfg(not(unix))]
    let _ = old;
    builder.tempfile_in(folder)
}

/// Gives the file the permissions and, where that is allowed, the owner of the old one.
fn take_over(file: &File, old: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let new = file.metadata()?;
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            fchown(file, Some(old.uid()), Some(old.gid())).ok();
        }
    }
    file.set_permissions(old.permissions())
}

fn name(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    if kind.is_dir() { "a folder" } else { "something that is no regular file" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_made_or_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        for text in ["first", "the second, longer than the first", "3rd"] {
            replace(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(folder.path()), ["out"]);
    }

    /// A writer that fails halfway, as on a full disk.
    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let full = |file: &mut File| {
            file.write_all(b"half of")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        };
        let is_full = |result| match result {
            Err(ReplaceError::Io(error)) => error.kind() == io::ErrorKind::StorageFull,
            _ => false,
        };
        assert!(is_full(replace_with(&path, full)));
        assert_eq!(names(folder.path()), [] as [&str; 0]);
        fs::write(&path, "what was there").unwrap();
        assert!(is_full(replace_with(&path, full)));
        assert_eq!(
            (fs::read_to_string(&path).unwrap(), names(folder.path())),
            ("what was there".into(), vec!["out".into()])
        );
    }

    /// Whoever reads while it is replaced sees one of the whole files.
    #[test]
    fn a_reader_sees_whole_files_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let texts = ["a".repeat(300_000), "b".repeat(200_000)];
        replace(&path, texts[0].as_bytes()).unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| (0..50).for_each(|i| replace(&path, texts[i % 2].as_bytes()).unwrap()));
            while !writer.is_finished() {
                assert!(texts.contains(&fs::read_to_string(&path).unwrap()));
            }
        });
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        let error = replace_with(&inside, |_| panic!("nothing is written")).unwrap_err();
        assert_eq!(error.to_string(), "a folder stands there; give the path of a regular file, or of a new one");
        assert_eq!(names(folder.path()), ["inside"]);
        assert!(matches!(replace(&folder.path().join("no/such"), b""), Err(ReplaceError::Io(_))));
        assert!(matches!(replace(Path::new(""), b""), Err(ReplaceError::Io(_))));
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt, symlink};
        use std::os::unix::net::UnixListener;

        use super::*;

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o7777
        }

        #[test]
        fn permissions_stay() {
            let folder = tempfile::tempdir().unwrap();
            let [path, other] = ["out", "other"].map(|name| folder.path().join(name));
            replace(&path, b"new").unwrap();
            fs::write(&other, "").unwrap();
            assert_eq!(mode(&path), mode(&other), "a new file is as other new files are");
            for before in [0o600, 0o640, 0o666, 0o755, 0o2770] {
                fs::set_permissions(&path, PermissionsExt::from_mode(before)).unwrap();
                replace_with(&path, |file| {
                    let mode = file.metadata()?.permissions().mode() & 0o777;
                    assert_eq!(mode & !before, 0, "{mode:o} lets others in who may not read the file {before:o}");
                    file.write_all(b"newer")
                })
                .unwrap();
                assert_eq!(mode(&path), before, "{before:o}");
            }
        }

        #[test]
        fn links_stay_and_their_targets_are_replaced() {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            fs::create_dir(at("data")).unwrap();
            fs::write(at("data/old"), "old").unwrap();
            symlink("data/old", at("first")).unwrap();
            symlink(at("first"), at("second")).unwrap();
            symlink("data/new", at("dangling")).unwrap();
            for (link, target) in [("first", "data/old"), ("second", "data/old"), ("dangling", "data/new")] {
                replace(&at(link), link.as_bytes()).unwrap();
                assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
                assert_eq!(fs::read_to_string(at(target)).unwrap(), link);
            }
            assert_eq!(names(&at("data")), ["new", "old"]);
            assert_eq!(names(folder.path()), ["dangling", "data", "first", "second"]);
            symlink("loop", at("loop")).unwrap();
            assert!(matches!(replace(&at("loop"), b""), Err(ReplaceError::Io(_))));
        }

        #[test]
        fn sockets_and_devices_are_refused() {
            let folder = tempfile::tempdir().unwrap();
            let [socket, link] = ["socket", "link"].map(|name| folder.path().join(name));
            let _listener = UnixListener::bind(&socket).unwrap();
            symlink("/dev/null", &link).unwrap();
            for (path, kind) in [(&socket, "a socket"), (&link, "a device")] {
                assert!(
                    matches!(replace(path, b"text"), Err(ReplaceError::NotAFile { found }) if found == kind),
                    "{kind}"
                );
            }
            assert_eq!(names(folder.path()), ["link", "socket"]);
        }
    }
}
