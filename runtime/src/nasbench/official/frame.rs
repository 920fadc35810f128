//! The frame of a `TFRecord` file: for each record its length (`u64`), a checksum of the length
//! (`u32`), the data, and a checksum of the data (`u32`), all little-endian.

use std::io::{BufReader, Read};

use super::error::{MAX_RECORD_BYTES, OfficialError, RecordFault};

const LENGTH_BYTES: u64 = 8;
const CHECKSUM_BYTES: u64 = 4;

/// The records of a file, one after the other.
pub(super) struct Records<R> {
    reader: BufReader<R>,
    /// What was read last, a record with its checksum.
    bytes: Vec<u8>,
    /// The record that is read, from 1.
    record: u64,
    /// The bytes before it.
    offset: u64,
    /// The bytes read.
    read: u64,
}

impl<R: Read> Records<R> {
    pub(super) fn new(reader: R) -> Self {
        let reader = BufReader::with_capacity(1 << 16, reader);
        Self { reader, bytes: Vec::new(), record: 0, offset: 0, read: 0 }
    }

    /// The data of the next record; none at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, RecordFault> {
        self.record += 1;
        self.offset = self.read;
        let Some(length) = self.length()? else { return Ok(None) };
        let found = self.fill(length + CHECKSUM_BYTES)?;
        expect_length(length + CHECKSUM_BYTES, found)?;
        let (data, expected, found) = checked(&self.bytes);
        if expected == found { Ok(Some(data)) } else { Err(RecordFault::DataChecksum { expected, found }) }
    }

    /// The bytes of data of the next record; none at the end of the file.
    fn length(&mut self) -> Result<Option<u64>, RecordFault> {
        let found = self.fill(LENGTH_BYTES + CHECKSUM_BYTES)?;
        if found == 0 {
            return Ok(None);
        }
        expect_length(LENGTH_BYTES + CHECKSUM_BYTES, found)?;
        let (length, expected, found) = checked(&self.bytes);
        if expected != found {
            return Err(RecordFault::LengthChecksum { expected, found });
        }
        let length = length.iter().rfold(0, |length, &byte| length << 8 | u64::from(byte));
        if length > MAX_RECORD_BYTES { Err(RecordFault::TooLong { found: length }) } else { Ok(Some(length)) }
    }

    /// Reads so many bytes, or all that are left, and says how many they were.
    fn fill(&mut self, bytes: u64) -> Result<u64, RecordFault> {
        self.bytes.clear();
        let filled = self.reader.by_ref().take(bytes).read_to_end(&mut self.bytes);
        filled.map_err(RecordFault::Io)?;
        let found = self.bytes.len() as u64;
        self.read += found;
        Ok(found)
    }

    /// The fault, of the record that was read last.
    pub(super) fn at(&self, fault: RecordFault) -> OfficialError {
        OfficialError::Record { record: self.record, offset: self.offset, fault }
    }
}

fn expect_length(expected: u64, found: u64) -> Result<(), RecordFault> {
    if found == expected { Ok(()) } else { Err(RecordFault::Truncated { expected, found }) }
}

/// The bytes before the last four, their checksum, and the one that the last four say.
fn checked(bytes: &[u8]) -> (&[u8], u32, u32) {
    let (data, found) = bytes.split_last_chunk().unwrap_or((bytes, &[0; CHECKSUM_BYTES as usize]));
    (data, masked_checksum(data), u32::from_le_bytes(*found))
}

/// The CRC-32C, rotated and shifted so that a checksum of data that holds checksums is a good one.
fn masked_checksum(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8)
}
