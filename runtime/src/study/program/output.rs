//! Files that a program writes while they are read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Longer lines say nothing.
const LONGEST: usize = 64 * 1024;

/// The lines of a file that grows.
pub(super) struct Lines {
    file: File,
    /// What was read and is no whole line yet.
    begun: Vec<u8>,
    /// Whether the line that was begun is too long.
    is_too_long: bool,
}

impl Lines {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, begun: Vec::new(), is_too_long: false })
    }

    /// The lines that came to their end since the last time; at the end of all, the last one without it, too.
    pub(super) fn read(&mut self, is_end: bool) -> io::Result<Vec<String>> {
        let (mut lines, mut buffer) = (Vec::new(), [0; 8192]);
        loop {
            let count = self.file.read(&mut buffer)?;
            if count == 0 {
                break;
            }
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
        if is_end {
            lines.extend(self.line());
        }
        Ok(lines)
    }

    /// The line that was begun, unless it is empty or too long.
    fn line(&mut self) -> Option<String> {
        let (bytes, is_too_long) = (std::mem::take(&mut self.begun), std::mem::take(&mut self.is_too_long));
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
        assert_eq!(lines.read(false).unwrap(), [""; 0]);
        file.write_all(b"one\ntw").unwrap();
        assert_eq!(lines.read(false).unwrap(), ["one"]);
        file.write_all(b"o\n\r\n\nthr\xffee").unwrap();
        assert_eq!(lines.read(false).unwrap(), ["two"]);
        assert_eq!(lines.read(true).unwrap(), ["thr\u{fffd}ee"]);
    }

    #[test]
    fn a_line_without_end_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results");
        std::fs::write(&path, [vec![b'x'; 3 * LONGEST], b"\nnext\n".to_vec()].concat()).unwrap();
        let mut lines = Lines::open(&path).unwrap();
        assert_eq!(lines.read(true).unwrap(), ["next"]);
        assert!(lines.begun.len() <= LONGEST);
    }

    #[test]
    fn of_what_was_said_the_end_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stderr");
        std::fs::write(&path, "a\nb\nc\n\n").unwrap();
        assert_eq!(tail(&path, 2), "b\nc");
        assert_eq!(tail(&folder.path().join("none"), 2), "");
    }
}
