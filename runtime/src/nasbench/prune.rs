//! The part of a cell that computes: what lies between its input and its output (Ying et al., 2019,
//! section 2).

use super::cell::{Cell, MAX_EDGES, has, members};

impl Cell {
    /// The cell without the vertices that lie on no path from the input to the output, which cannot
    /// change what it computes (Ying et al., 2019, section 2); none where no path joins the two.
    /// The vertices that stay keep their order.
    #[must_use]
    pub fn prune(&self) -> Option<Self> {
        let remaining = self.reached_from_input() & self.reaching_output();
        has(remaining, 0).then(|| self.induced_by(remaining))
    }

    /// Whether the benchmark holds the cell: the output can be reached, over at most [`MAX_EDGES`]
    /// edges once pruned.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.prune().is_some_and(|pruned| pruned.edges() <= MAX_EDGES)
    }

    /// Whether the cell stands as the benchmark lists it: valid, and pruned already.
    pub(super) fn is_listed(&self) -> bool {
        self.edges() <= MAX_EDGES && self.prune() == Some(*self)
    }

    fn reached_from_input(&self) -> u8 {
        let grow = |reached: u8, vertex| {
            if has(reached, vertex) { reached | self.successors[vertex] } else { reached }
        };
        (0..self.vertices()).fold(1, grow)
    }

    fn reaching_output(&self) -> u8 {
        let output = self.vertices() - 1;
        let grow = |reaching: u8, vertex: usize| {
            let joins = self.successors[vertex] & reaching != 0;
            reaching | u8::from(joins) << vertex
        };
        (0..output).rev().fold(1 << output, grow)
    }

    /// The graph on the vertices in `remaining`, numbered afresh; the input and the output are among
    /// them.
    fn induced_by(&self, remaining: u8) -> Self {
        let mut cell = Self::NOTHING;
        for (new, old) in members(remaining).enumerate() {
            cell.vertices += 1;
            cell.successors[new] = gather(self.successors[old], remaining);
            if let Some(operation) = self.operation(old) {
                cell.operations[new - 1] = operation;
            }
        }
        cell
    }
}

/// The part of `set` that is in `remaining`, with the vertices of `remaining` numbered 0, 1, ….
fn gather(set: u8, remaining: u8) -> u8 {
    members(remaining).enumerate().fold(0, |gathered, (new, old)| gathered | u8::from(has(set, old)) << new)
}

#[cfg(test)]
mod tests {
    use crate::nasbench::Operation::{Conv1x1, Conv3x3, MaxPool3x3};
    use crate::nasbench::{Cell, Operation};

    fn cell(vertices: usize, edges: &[(usize, usize)], operations: &[Operation]) -> Cell {
        let pairs = (0..vertices).flat_map(|from| (from + 1..vertices).map(move |to| (from, to)));
        let triangle: Vec<bool> = pairs.map(|pair| edges.contains(&pair)).collect();
        Cell::new(&triangle, operations).unwrap()
    }

    #[test]
    fn a_whole_cell_stays() {
        let whole = cell(4, &[(0, 1), (0, 2), (1, 3), (2, 3)], &[Conv1x1, MaxPool3x3]);
        assert_eq!(whole.prune(), Some(whole));
        let edge = cell(2, &[(0, 1)], &[]);
        assert_eq!(edge.prune(), Some(edge));
    }

    #[test]
    fn dead_ends_and_orphans_go() {
        // 1 is a dead end, 2 has no input, 4 hangs on the dead end alone; 3 stays, with the
        // shortcut.
        let edges = [(0, 1), (1, 4), (2, 3), (0, 3), (3, 5), (0, 5)];
        let pruned = cell(6, &edges, &[Conv3x3, Conv3x3, MaxPool3x3, Conv1x1]).prune();
        assert_eq!(pruned, Some(cell(3, &[(0, 1), (1, 2), (0, 2)], &[MaxPool3x3])));
        assert!(pruned.unwrap().is_valid());
    }

    #[test]
    fn without_a_path_nothing_is_left() {
        let cut = cell(4, &[(0, 1), (2, 3)], &[Conv3x3, Conv3x3]);
        assert_eq!(cut.prune(), None);
        assert!(!cut.is_valid());
        assert_eq!(cell(2, &[], &[]).prune(), None);
    }

    #[test]
    fn edges_are_counted_after_pruning() {
        let complete = |vertices: usize| {
            Cell::new(&vec![true; vertices * (vertices - 1) / 2], &vec![Conv3x3; vertices - 2]).unwrap()
        };
        assert!(!complete(5).is_valid(), "10 edges");
        assert!(complete(4).is_valid(), "6 edges");
        let all_but_output: Vec<(usize, usize)> =
            (0..6).flat_map(|from| (from + 1..6).map(move |to| (from, to))).chain([(0, 6)]).collect();
        let dead_ends = cell(7, &all_but_output, &[Conv3x3; 5]);
        assert_eq!((dead_ends.edges(), dead_ends.is_valid()), (16, true));
    }
}
