//! The trainable parameters of the network that is built from a cell (Ying et al., 2019, section 2.1; `model_builder.py` of the
//! benchmark's code).

use super::cell::{Cell, MAX_VERTICES, Operation, has, members};

/// Channels behind the first convolution, of an RGB image.
const STEM: u32 = 128;
const IMAGE: u32 = 3;
/// Stacks, each with twice the channels of the one before; cells of a stack; classes.
const STACKS: u32 = 3;
const CELLS: u32 = 3;
const CLASSES: u32 = 10;

impl Cell {
    /// The trainable parameters of the network built from the cell; none where it is not [valid](Self::is_valid).
    ///
    /// Channels that cannot be divided evenly among the vertices that lead to the output go to those of low number, so that two
    /// numberings of one graph may differ by some parameters.
    #[must_use]
    pub fn params(&self) -> Option<u32> {
        let cell = self.prune().filter(Self::is_valid)?;
        let mut all = convolution(3, IMAGE, STEM);
        let (mut input, mut output) = (STEM, STEM);
        for stack in 0..STACKS {
            output = STEM << stack;
            for _ in 0..CELLS {
                all += cell.module(input, output);
                input = output;
            }
        }
        Some(all + output * CLASSES + CLASSES)
    }

    /// The parameters of one copy of a pruned cell.
    fn module(&self, input: u32, output: u32) -> u32 {
        let (channels, predecessors, last) = (self.channels(input, output), self.predecessors(), self.vertices() - 1);
        let projected = (1..=last).filter(|&vertex| has(predecessors[vertex], 0));
        let projections: u32 = projected.map(|vertex| convolution(1, input, channels[vertex])).sum();
        let operations = self.operations().iter().zip(&channels[1..]).map(|(operation, &channels)| match operation {
            Operation::Conv3x3 => convolution(3, channels, channels),
            Operation::Conv1x1 => convolution(1, channels, channels),
            Operation::MaxPool3x3 => 0,
        });
        projections + operations.sum::<u32>()
    }

    /// The channels of each vertex: those that lead to the output share its channels, each other one has as many as what follows it.
    fn channels(&self, input: u32, output: u32) -> [u32; MAX_VERTICES] {
        let (mut channels, last) = ([0; MAX_VERTICES], self.vertices() - 1);
        (channels[0], channels[last]) = (input, output);
        let before = self.predecessors()[last] & !1;
        let (share, mut rest) = (output / before.count_ones().max(1), output % before.count_ones().max(1));
        for vertex in members(before) {
            channels[vertex] = share + u32::from(rest > 0);
            rest = rest.saturating_sub(1);
        }
        for vertex in (1..last).rev().filter(|&vertex| !has(before, vertex)) {
            let after = (vertex + 1..last).filter(|&after| self.has_edge(vertex, after));
            channels[vertex] = after.map(|after| channels[after]).max().unwrap_or_default();
        }
        channels
    }
}

/// Weights, and scale and offset of the batch normalisation.
fn convolution(size: u32, from: u32, to: u32) -> u32 {
    size * size * from * to + 2 * to
}

#[cfg(test)]
mod tests {
    use super::Operation::{Conv1x1, Conv3x3};
    use super::*;

    #[test]
    fn a_cell_of_one_convolution_by_hand() {
        let cell = Cell::new(&[true, false, true], &[Conv1x1]).unwrap();
        // A projection and a convolution each, both of one pixel.
        let module = |from: u32, to: u32| (from * to + 2 * to) + (to * to + 2 * to);
        let stack = |from, to| module(from, to) + 2 * module(to, to);
        let all = (27 * 128 + 256) + stack(128, 128) + stack(128, 256) + stack(256, 512) + 5130;
        assert_eq!(cell.params(), Some(all));
    }

    #[test]
    fn what_computes_nothing_has_no_network() {
        assert_eq!(Cell::new(&[false, false, true], &[Conv3x3]).unwrap().params(), None);
    }
}
