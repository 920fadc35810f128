//! A quick name for a pruned cell, so that finding it need not compute some 130 blocks of MD5.
//!
//! It refines the same colours as the module hash does, with a 64-bit mixer in place of MD5 and a
//! sum in place of sorting. Two cells have one key where they have one module hash, and in the
//! benchmark's space only there: a table checks that its keys differ.

use super::cell::{Cell, MAX_VERTICES, Operation, members};

/// A number for each vertex, equal where the graph around the vertices is, as far as the benchmark's own hash tells.
pub(super) type Colours = [u64; MAX_VERTICES];

/// The key of the pruned cell: equal for all numberings of its inner vertices.
pub(super) fn isomorphism_key(pruned: &Cell) -> u64 {
    mix(colours(pruned).iter().fold(0, |sum: u64, &colour| sum.wrapping_add(colour)))
}

/// The colours of the vertices after as many rounds as there are vertices.
pub(super) fn colours(pruned: &Cell) -> Colours {
    let vertices = pruned.vertices();
    let mut colours = [0; MAX_VERTICES];
    for (vertex, colour) in colours[..vertices].iter_mut().enumerate() {
        *colour = mix(label(pruned, vertex));
    }
    for _ in 0..vertices {
        refine(pruned, &mut colours);
    }
    colours
}

/// One round: every vertex becomes a mix of the sum of its predecessors' colours, the sum of its
/// successors', and its own.
fn refine(cell: &Cell, colours: &mut Colours) {
    let mut mixed = *colours;
    for from in 0..cell.vertices() {
        for to in members(cell.successors[from]) {
            mixed[to] = mixed[to].wrapping_add(colours[from].wrapping_mul(BEFORE));
            mixed[from] = mixed[from].wrapping_add(colours[to].wrapping_mul(AFTER));
        }
    }
    *colours = mixed.map(mix);
}

/// Odd factors that keep predecessors, successors and the vertex itself apart.
const BEFORE: u64 = 0x9e37_79b9_7f4a_7c15;
const AFTER: u64 = 0xc2b2_ae3d_27d4_eb4f;

fn label(cell: &Cell, vertex: usize) -> u64 {
    match cell.operation(vertex) {
        None if vertex == 0 => 1,
        None => 2,
        Some(Operation::Conv3x3) => 3,
        Some(Operation::Conv1x1) => 4,
        Some(Operation::MaxPool3x3) => 5,
    }
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood, 2014).
fn mix(value: u64) -> u64 {
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::nasbench::ModuleHash;

    const EVERY: [Operation; 3] = Operation::ALL;

    /// Every pruned cell of 4 vertices, under every numbering.
    fn four_vertices() -> impl Iterator<Item = Cell> {
        let triangles = (0..1 << 6).map(|bits| std::array::from_fn::<bool, 6, _>(|place| bits >> place & 1 == 1));
        let operations = EVERY.into_iter().flat_map(|first| EVERY.map(|second| [first, second]));
        let cells = triangles.flat_map(move |edges| operations.clone().map(move |two| Cell::new(&edges, &two)));
        cells.map(Result::unwrap).filter(|cell| cell.prune() == Some(*cell))
    }

    #[test]
    fn cells_share_a_key_where_they_share_a_hash() {
        let mut hashes: HashMap<u64, ModuleHash> = HashMap::new();
        for cell in four_vertices() {
            let hash = cell.hash().unwrap();
            assert_eq!(*hashes.entry(isomorphism_key(&cell)).or_insert(hash), hash, "{cell}");
        }
        // The benchmark has 84 cells of 4 vertices.
        assert_eq!(hashes.len(), 84);
    }
}
