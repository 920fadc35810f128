//! Files that a program writes while they are read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Longer lines say nothing.
const LONGEST: usize = 64 * 1024;

/// So much is read at a time.
const PIECE: u64 = 64 * 1024;

/// The lines of a file that grows. Where it is replaced or begun anew, it is read from its beginning.
pub(super) struct Lines {
    path: PathBuf,
    file: File,
    /// How much of it was read.
    place: u64,
    /// What was read and is no whole line yet.
    begun: Vec<u8>,
    /// Whether the line that was begun is too long.
    is_too_long: bool,
    /// How many lines were too long.
    pub(super) passed_over: usize,
}

impl Lines {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let (path, file) = (path.to_owned(), File::open(path)?);
        Ok(Self { path, file, place: 0, begun: Vec::new(), is_too_long: false, passed_over: 0 })
    }

    /// Lines that came to their end since the last time; once nothing more comes, the last one without it, too, where this is the end of
    /// all. Whether there may be more.
    pub(super) fn read(&mut self, is_end: bool) -> io::Result<(Vec<String>, bool)> {
        self.check()?;
        let (mut lines, mut buffer, mut left) = (Vec::new(), [0; 8192], PIECE);
        while left > 0 {
            let count = self.file.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            self.place += count as u64;
            left = left.saturating_sub(count as u64);
            for piece in buffer[..count].split_inclusive(|byte| *byte == b'\n') {
                self.is_too_long |= self.begun.len() + piece.len() > LONGEST;
                if !self.is_too_long {
                    self.begun.extend_from_slice(piece);
                }
                if piece.ends_with(b"\n") {
                    lines.extend(self.line());
                }
            }
        }
        let has_more = left == 0;
        if is_end && !has_more {
            lines.extend(self.line());
        }
        Ok((lines, has_more))
    }

    /// Opens the file again where another one stands at its path, or it is shorter than what was read of it.
    fn check(&mut self) -> io::Result<()> {
        let Ok(there) = std::fs::metadata(&self.path) else { return Ok(()) };
        let own = self.file.metadata()?;
        let is_another = (there.dev(), there.ino()) != (own.dev(), own.ino());
        if is_another || there.len() < self.place {
            (self.file, self.place) = (File::open(&self.path)?, 0);
            self.begun.clear();
            self.is_too_long = false;
        }
        Ok(())
    }

    /// The line that was begun, unless it is empty or too long.
    fn line(&mut self) -> Option<String> {
        let (bytes, is_too_long) = (std::mem::take(&mut self.begun), std::mem::take(&mut self.is_too_long));
        self.passed_over += usize::from(is_too_long);
        let line = String::from_utf8_lossy(&bytes).trim().to_owned();
        (!line.is_empty() && !is_too_long).then_some(line)
    }
}

/// The last lines of a file, so many at most.
pub(super) fn tail(path: &Path, lines: usize) -> String {
    const BYTES: u64 = 8 * 1024;
    let read = || -> io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
        let mut bytes = Vec::new();
        file.take(BYTES).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
    };
    let text = read().unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn lines_are_read_once_they_have_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results");
        let mut file = File::create(&path).unwrap();
        let mut lines = Lines::open(&path).unwrap();
        let read = |lines: &mut Lines, is_end| lines.read(is_end).unwrap().0;
        assert_eq!(read(&mut lines, false), [""; 0]);
        file.write_all(b"one\ntw").unwrap();
        assert_eq!(read(&mut lines, false), ["one"]);
        file.write_all(b"o\n\r\n\nthr\xffee").unwrap();
        assert_eq!(read(&mut lines, false), ["two"]);
        assert_eq!(read(&mut lines, true), ["thr\u{fffd}ee"]);
    }

    #[test]
    fn a_line_without_end_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results");
        std::fs::write(&path, [vec![b'x'; 3 * LONGEST], b"\nnext\n".to_vec()].concat()).unwrap();
        let mut lines = Lines::open(&path).unwrap();
        let (mut all, mut has_more) = (Vec::new(), true);
        while has_more {
            let (read, more) = lines.read(true).unwrap();
            all.extend(read);
            has_more = more;
            assert!(lines.begun.len() <= LONGEST);
        }
        assert_eq!((all, lines.passed_over), (vec!["next".to_owned()], 1));
    }

    #[test]
    fn a_file_that_is_begun_anew_or_replaced_is_read_from_its_beginning() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results");
        std::fs::write(&path, "one and more\n").unwrap();
        let mut lines = Lines::open(&path).unwrap();
        let read = |lines: &mut Lines| lines.read(false).unwrap().0;
        assert_eq!(read(&mut lines), ["one and more"]);
        std::fs::write(&path, "two\n").unwrap();
        assert_eq!(read(&mut lines), ["two"]);
        let other = folder.path().join("other");
        std::fs::write(&other, "three, which is longer than two\n").unwrap();
        std::fs::rename(other, &path).unwrap();
        assert_eq!(read(&mut lines), ["three, which is longer than two"]);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read(&mut lines), [""; 0]);
    }

    #[test]
    fn of_what_was_said_the_end_remains() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stderr");
        std::fs::write(&path, "a\nb\nc\n\n").unwrap();
        assert_eq!(tail(&path, 2), "b\nc");
        assert_eq!(tail(&folder.path().join("none"), 2), "");
    }
}
