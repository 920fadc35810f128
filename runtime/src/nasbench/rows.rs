//! The lines of a table: the header, then the rows, sorted by hash.

use std::cmp::Ordering;

use super::column::Layout;
use super::error::{LineFault, excerpt};
use super::line;
use super::row::Row;

/// A fault and the line that has it, from 1.
pub(super) type At = (usize, LineFault);

/// The line of the row at this place: the header is line 1.
pub(super) fn line_of(place: usize) -> usize {
    place + 2
}

/// The rows of the whole text, sorted by hash.
pub(super) fn parse_rows(text: &[u8]) -> Result<Vec<Row>, At> {
    let mut lines = text.split_inclusive(|&byte| byte == b'\n');
    let Some(header) = lines.next() else { return Ok(Vec::new()) };
    let layout = parse_header(header).map_err(|fault| (1, fault))?;
    let mut rows: Vec<Row> = Vec::new();
    for (place, line) in lines.enumerate() {
        let row = parse_row(line, layout, rows.last()).map_err(|fault| (line_of(place), fault))?;
        rows.push(row);
    }
    Ok(rows)
}

fn parse_header(line: &[u8]) -> Result<Layout, LineFault> {
    let layout = line.strip_suffix(b"\n").and_then(Layout::of_header);
    layout.ok_or_else(|| LineFault::Header { found: excerpt(line) })
}

fn parse_row(line: &[u8], layout: Layout, previous: Option<&Row>) -> Result<Row, LineFault> {
    let row = line::parse(line.strip_suffix(b"\n").ok_or(LineFault::Unterminated)?, layout)?;
    let (hash, Some(previous)) = (row.hash, previous.map(|row| row.hash)) else {
        return Ok(row);
    };
    match previous.cmp(&hash) {
        Ordering::Less => Ok(row),
        Ordering::Equal => Err(LineFault::Duplicate { hash }),
        Ordering::Greater => Err(LineFault::OutOfOrder { hash, previous }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "hash\tn\tadj\tops\tparams\ttest_sum\n";
    const EDGE: &str = "043721b9c7fe8c5fad811d47d83132ec\t2\t1\t-\t882570\t25091\n";
    const POOL: &str = "53cee42601ad14d661bb6878031d6acb\t3\t101\tp\t882570\t26543\n";

    fn fault(lines: &[&str]) -> At {
        parse_rows(lines.concat().as_bytes()).unwrap_err()
    }

    #[test]
    fn the_header_has_to_be_there() {
        assert_eq!(fault(&[EDGE]).0, 1);
        let found = "hash\\tn\\tadj\\tops\\tparams\\ttest_sum\\r\\n".to_owned();
        let windows = fault(&[&HEADER.replace('\n', "\r\n"), EDGE]);
        assert_eq!(windows, (1, LineFault::Header { found }));
        let found = "x".repeat(40) + "…";
        assert_eq!(fault(&[&"x".repeat(1 << 20)]), (1, LineFault::Header { found }));
    }

    #[test]
    fn rows_are_sorted_by_hash() {
        let [edge, pool] = [EDGE, POOL].map(|row| row[..32].parse().unwrap());
        let swapped = LineFault::OutOfOrder { hash: edge, previous: pool };
        assert_eq!(fault(&[HEADER, POOL, EDGE]), (3, swapped));
        let repeated = LineFault::Duplicate { hash: pool };
        assert_eq!(fault(&[HEADER, EDGE, POOL, POOL]), (4, repeated));
    }

    #[test]
    fn the_last_line_ends_too() {
        let cut = &POOL[..POOL.len() - 2];
        assert_eq!(fault(&[HEADER, EDGE, cut]), (3, LineFault::Unterminated));
    }

    #[test]
    fn a_header_alone_has_no_rows() {
        assert_eq!(parse_rows(HEADER.as_bytes()), Ok(Vec::new()));
        assert_eq!(parse_rows(b""), Ok(Vec::new()));
    }
}
