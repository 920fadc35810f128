//! The text of a table file, decompressed where it is gzip.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::error::{MAX_TEXT_BYTES, TableError};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The text of the file at `path`. A file called `.gz` has to be gzip; any other is gzip or plain,
/// by its first bytes.
pub(super) fn of_file(path: &Path, file: &str) -> Result<Vec<u8>, TableError> {
    let reader = File::open(path).map_err(|source| TableError::Io { file: file.to_owned(), source })?;
    of_reader(reader, named_gzip(path), file)
}

/// Whether the file is called `.gz`, and so has to be gzip.
pub(super) fn named_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}

/// The text that the reader gives, gzip or plain by its first bytes; `gzip_only` refuses the plain.
pub(super) fn of_reader(mut reader: impl Read, gzip_only: bool, file: &str) -> Result<Vec<u8>, TableError> {
    let file = || file.to_owned();
    let mut magic = Vec::with_capacity(GZIP_MAGIC.len());
    let start = reader.by_ref().take(2).read_to_end(&mut magic);
    start.map_err(|source| TableError::Io { file: file(), source })?;
    let is_gzip = magic == GZIP_MAGIC;
    if gzip_only && !is_gzip && !magic.is_empty() {
        return Err(TableError::NotGzip { file: file() });
    }
    let whole = BufReader::with_capacity(1 << 16, magic.chain(reader));
    let text = if is_gzip {
        read_capped(MultiGzDecoder::new(whole)).map_err(|source| gzip_error(file(), source))?
    } else {
        read_capped(whole).map_err(|source| TableError::Io { file: file(), source })?
    };
    text.ok_or_else(|| TableError::TooLarge { file: file() })
}

/// Everything that the reader gives; none where that is more than [`MAX_TEXT_BYTES`].
fn read_capped(reader: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut text = Vec::new();
    reader.take(MAX_TEXT_BYTES as u64 + 1).read_to_end(&mut text)?;
    Ok((text.len() <= MAX_TEXT_BYTES).then_some(text))
}

fn gzip_error(file: String, source: io::Error) -> TableError {
    match source.kind() {
        io::ErrorKind::UnexpectedEof => TableError::Truncated { file },
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => TableError::Corrupt { file, source },
        _ => TableError::Io { file, source },
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(content: &[u8]) -> Result<Vec<u8>, TableError> {
        of_reader(content, false, "table")
    }

    #[test]
    fn plain_and_gzip_are_told_apart() {
        for text in [&b"some\ttext\n"[..], b"h", b""] {
            assert_eq!(read(text).unwrap(), text);
            assert_eq!(read(&gzip(text)).unwrap(), text);
        }
        let two_members = [gzip(b"some "), gzip(b"text")].concat();
        assert_eq!(read(&two_members).unwrap(), b"some text");
    }

    #[test]
    fn a_name_in_gz_promises_gzip() {
        let plain = of_reader(&b"some text"[..], true, "a.gz");
        assert!(matches!(plain, Err(TableError::NotGzip { file }) if file == "a.gz"));
    }

    #[test]
    fn a_gzip_stream_cut_anywhere_is_truncated() {
        let whole = gzip(b"some text");
        for end in 2..whole.len() {
            assert!(matches!(read(&whole[..end]), Err(TableError::Truncated { .. })), "{end} bytes");
        }
    }

    #[test]
    fn a_damaged_gzip_stream_is_corrupt() {
        let mut damaged = gzip(b"some text");
        let crc = damaged.len() - 8;
        damaged[crc] ^= 1;
        assert!(matches!(read(&damaged), Err(TableError::Corrupt { .. })));
        let trailing = [gzip(b"some text"), b"and something after it".to_vec()].concat();
        assert!(matches!(read(&trailing), Err(TableError::Corrupt { .. })));
    }

    #[test]
    fn a_gzip_bomb_is_refused() {
        let bomb = gzip(&vec![b'0'; MAX_TEXT_BYTES + 1]);
        assert!(bomb.len() < MAX_TEXT_BYTES / 500);
        assert!(matches!(read(&bomb), Err(TableError::TooLarge { .. })));
    }

    #[test]
    fn a_file_or_reader_that_fails_is_an_io_error() {
        let missing = of_file(Path::new("no/such/table.tsv"), "no/such/table.tsv");
        assert!(matches!(missing, Err(TableError::Io { file, .. }) if file == "no/such/table.tsv"));
        let failing = io::Read::chain(&GZIP_MAGIC[..], Failing);
        assert!(matches!(of_reader(failing, false, "table"), Err(TableError::Io { .. })));
    }

    struct Failing;

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
}
