//! One line of a table: six or nine columns, separated by tabs.

use super::cell::{Cell, MAX_OPERATIONS, MAX_VERTICES, Operation, triangle};
use super::column::{Column, Layout, MAX_COLUMNS};
use super::error::{LineFault, excerpt};
use super::hash::ModuleHash;
use super::row::{EVALUATION_IMAGES, REPEATS, Row, TEST_PREDICTIONS};

/// The row that the line says, given without its line end.
pub(super) fn parse(line: &[u8], layout: Layout) -> Result<Row, LineFault> {
    let [hash, n, adj, ops, params, test_sum, valid @ ..] = columns(line, layout.columns())?;
    let hash = ModuleHash::from_hex(hash).ok_or_else(|| field(Column::Hash, "32 hexadecimal digits", hash))?;
    let cell = parse_cell(n, adj, ops)?;
    let params = number(params).ok_or_else(|| field(Column::Params, "a 32-bit number", params))?;
    let in_range = number(test_sum).filter(|&sum| sum <= TEST_PREDICTIONS);
    let test_sum = in_range.ok_or_else(|| field(Column::TestSum, "a number from 0 to 29952", test_sum))?;
    let valid = match layout {
        Layout::Test => None,
        Layout::Validation => Some(parse_valid(valid)?),
    };
    Ok(Row { hash, cell, params, test_sum, valid })
}

/// The columns of the line, which has to have `expected`; those past them are empty.
fn columns(line: &[u8], expected: usize) -> Result<[&[u8]; MAX_COLUMNS], LineFault> {
    let mut columns = [&line[..0]; MAX_COLUMNS];
    let mut found = 0;
    for column in line.split(|&byte| byte == b'\t') {
        if let Some(place) = columns.get_mut(found) {
            *place = column;
        }
        found += 1;
    }
    if found == expected { Ok(columns) } else { Err(LineFault::ColumnCount { expected, found }) }
}

fn parse_valid(columns: [&[u8]; REPEATS]) -> Result<[u16; REPEATS], LineFault> {
    let mut valid = [0; REPEATS];
    for ((count, digits), column) in valid.iter_mut().zip(columns).zip(Column::VALIDATION) {
        let in_range = number(digits).and_then(|count| u16::try_from(count).ok());
        let in_range = in_range.filter(|&count| count <= EVALUATION_IMAGES);
        *count = in_range.ok_or_else(|| field(column, "a number from 0 to 9984", digits))?;
    }
    Ok(valid)
}

fn parse_cell(n: &[u8], adj: &[u8], ops: &[u8]) -> Result<Cell, LineFault> {
    let vertices = match n {
        [digit @ b'2'..=b'7'] => usize::from(digit - b'0'),
        _ => return Err(field(Column::Vertices, "a number from 2 to 7", n)),
    };
    let mut edges = [false; triangle(MAX_VERTICES)];
    let edges = &mut edges[..triangle(vertices)];
    expect_length(Column::Adjacency, vertices, edges.len(), adj)?;
    fill(edges, adj, edge).ok_or_else(|| field(Column::Adjacency, "digits 0 and 1", adj))?;
    let mut operations = [Operation::Conv3x3; MAX_OPERATIONS];
    let operations = &mut operations[..vertices - 2];
    let ops = if vertices == 2 && ops == b"-" { &[] } else { ops };
    expect_length(Column::Operations, vertices, operations.len(), ops)?;
    fill(operations, ops, operation).ok_or_else(|| field(Column::Operations, "characters 3, 1 and p", ops))?;
    match Cell::new(edges, operations) {
        Ok(cell) if cell.is_listed() => Ok(cell),
        _ => Err(LineFault::InvalidCell { found: excerpt(adj) }),
    }
}

fn expect_length(column: Column, vertices: usize, expected: usize, text: &[u8]) -> Result<(), LineFault> {
    let found = text.len();
    if found == expected { Ok(()) } else { Err(LineFault::Length { column, vertices, expected, found }) }
}

/// Sets each value to what its character says; none where one says nothing.
fn fill<T>(values: &mut [T], text: &[u8], parse: impl Fn(u8) -> Option<T>) -> Option<()> {
    for (value, &character) in values.iter_mut().zip(text) {
        *value = parse(character)?;
    }
    Some(())
}

fn edge(digit: u8) -> Option<bool> {
    match digit {
        b'0' => Some(false),
        b'1' => Some(true),
        _ => None,
    }
}

fn operation(character: u8) -> Option<Operation> {
    match character {
        b'3' => Some(Operation::Conv3x3),
        b'1' => Some(Operation::Conv1x1),
        b'p' => Some(Operation::MaxPool3x3),
        _ => None,
    }
}

/// Decimal digits and nothing else.
fn number(digits: &[u8]) -> Option<u32> {
    let add = |value: u32, &digit: &u8| {
        let digit = char::from(digit).to_digit(10)?;
        value.checked_mul(10)?.checked_add(digit)
    };
    if digits.is_empty() { None } else { digits.iter().try_fold(0, add) }
}

fn field(column: Column, expected: &'static str, found: &[u8]) -> LineFault {
    LineFault::Field { column, expected, found: excerpt(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "00005c142e6f48ac74fdcf73e3439874";

    fn fault(columns: &str) -> LineFault {
        parse(format!("{HASH}\t{columns}").as_bytes(), Layout::Test).unwrap_err()
    }

    fn field_fault(columns: &str) -> (Column, String) {
        match fault(columns) {
            LineFault::Field { column, found, .. } => (column, found),
            other => panic!("{columns}: {other}"),
        }
    }

    #[test]
    fn a_row_is_read() {
        let row = parse(format!("{HASH}\t4\t110011\t3p\t8555530\t27574").as_bytes(), Layout::Test).unwrap();
        assert_eq!(row.hash.to_string(), HASH);
        assert_eq!(row.cell.to_string(), "in conv3x3 maxpool3x3 out, 0→1 0→2 1→3 2→3");
        assert_eq!((row.params, row.test_sum), (8_555_530, 27_574));
        assert_eq!(row.accuracy().to_bits(), (27_574.0_f64 / 29_952.0).to_bits());
        let edge = parse(format!("{HASH}\t2\t1\t-\t882570\t25091").as_bytes(), Layout::Test).unwrap();
        assert_eq!(edge.cell.to_string(), "in out, 0→1");
        assert_eq!((edge.valid, edge.validation(0)), (None, None));
    }

    #[test]
    fn validation_columns_are_read() {
        let line = |valid: &str| format!("{HASH}\t2\t1\t-\t882570\t25091{valid}");
        let read = |valid: &str| parse(line(valid).as_bytes(), Layout::Validation);
        let row = read("\t0\t9227\t9984").unwrap();
        assert_eq!(row.valid, Some([0, 9227, 9984]));
        assert_eq!(
            [0, 1, 2, 3].map(|repeat| row.validation(repeat)),
            [Some(0.0), Some(9227.0 / 9984.0), Some(1.0), None]
        );
        for wrong in ["9985", "65537", "-1", ""] {
            let fault = read(&format!("\t1\t{wrong}\t2")).unwrap_err();
            let expected = "a number from 0 to 9984";
            assert_eq!(fault, LineFault::Field { column: Column::Valid2, expected, found: wrong.to_owned() });
        }
        assert_eq!(read(""), Err(LineFault::ColumnCount { expected: 9, found: 6 }));
        assert_eq!(read("\t1\t2\t3\t4"), Err(LineFault::ColumnCount { expected: 9, found: 10 }));
        let surplus = parse(line("\t1\t2\t3").as_bytes(), Layout::Test);
        assert_eq!(surplus, Err(LineFault::ColumnCount { expected: 6, found: 9 }));
    }

    #[test]
    fn columns_are_counted() {
        assert_eq!(parse(b"", Layout::Test).unwrap_err(), LineFault::ColumnCount { expected: 6, found: 1 });
        assert_eq!(fault("2\t1\t-\t1"), LineFault::ColumnCount { expected: 6, found: 5 });
        assert_eq!(fault("2\t1\t-\t1\t1\t"), LineFault::ColumnCount { expected: 6, found: 7 });
    }

    #[test]
    fn fields_that_hold_something_else_are_named() {
        let hash = parse(b"00005c14\t2\t1\t-\t1\t1", Layout::Test).unwrap_err();
        assert_eq!(hash.to_string(), "column `hash`: expected 32 hexadecimal digits, found `00005c14`");
        assert_eq!(field_fault("8\t1\t-\t1\t1"), (Column::Vertices, "8".into()));
        assert_eq!(field_fault("3\t1\u{e9}\t1\t1\t1").0, Column::Adjacency);
        assert_eq!(field_fault("3\t111\tq\t1\t1"), (Column::Operations, "q".into()));
        for number in ["", "+1", "-1", "1.5", "4294967296", "99999999999999999999"] {
            assert_eq!(field_fault(&format!("2\t1\t-\t{number}\t1")), (Column::Params, number.into()));
        }
        assert_eq!(field_fault("2\t1\t-\t1\t29953"), (Column::TestSum, "29953".into()));
    }

    #[test]
    fn lengths_follow_from_the_vertices() {
        let adjacency = LineFault::Length { column: Column::Adjacency, vertices: 3, expected: 3, found: 4 };
        assert_eq!(fault("3\t1111\t3\t1\t1"), adjacency);
        let operations = LineFault::Length { column: Column::Operations, vertices: 4, expected: 2, found: 1 };
        assert_eq!(fault("4\t110011\t-\t1\t1"), operations);
    }

    #[test]
    fn only_pruned_cells_of_the_benchmark_are_taken() {
        assert!(matches!(fault("3\t011\t3\t1\t1"), LineFault::InvalidCell { .. }), "no predecessor");
        assert!(matches!(fault("2\t0\t-\t1\t1"), LineFault::InvalidCell { .. }), "no path");
        assert!(matches!(fault("5\t1111111111\t333\t1\t1"), LineFault::InvalidCell { .. }), "10 edges");
    }
}
