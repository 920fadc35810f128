//! How many values each part of a graph has.

use std::collections::HashMap;

use num_bigint::BigUint;

use super::graph::Graph;
use super::part::{Decision, Next, Part, PartId};
use super::relation::Number;

/// Counts the values of parts, each once.
pub(crate) struct Cardinality<'a> {
    graph: &'a Graph,
    /// Whether comparisons hold.
    compares: bool,
    known: HashMap<PartId, BigUint>,
}

/// The numbers that later comparisons ask for, by slot.
type Frame = Vec<(usize, Option<u128>)>;

impl<'a> Cardinality<'a> {
    /// Counts what restrictions, comparisons and depths leave; `valid` and `prune` are not asked.
    pub(crate) fn new(graph: &'a Graph) -> Self {
        Self { graph, compares: true, known: HashMap::new() }
    }

    /// Counts as if there were no comparisons.
    pub(crate) fn without_comparisons(graph: &'a Graph) -> Self {
        Self { graph, compares: false, known: HashMap::new() }
    }

    pub(crate) fn of_space(&mut self, space: usize) -> BigUint {
        self.of(self.graph.spaces()[space].part)
    }

    /// The number of values of a part.
    pub(crate) fn of(&mut self, id: PartId) -> BigUint {
        if let Some(count) = self.known.get(&id) {
            return count.clone();
        }
        let count = match self.graph.part(id) {
            Part::Decision(decision, next) => decision.open.iter().map(|&p| self.after(next, p as usize)).sum(),
            Part::Sequence { parts, permutes: true, .. } => (1..=parts.len()).product(),
            Part::Sequence { parts, compares, .. } if *compares && self.compares => self.compared(parts),
            Part::Sequence { parts, .. } => parts.iter().map(|&part| self.of(part)).product(),
            Part::Pruned(_, part) => self.of(*part),
        };
        self.known.insert(id, count.clone());
        count
    }

    /// The number of values of what follows the action at a position.
    pub(crate) fn after(&mut self, next: &Next, position: usize) -> BigUint {
        match next {
            Next::Nothing => BigUint::from(1u8),
            Next::Branches(branches) => branches[position].map_or_else(BigUint::default, |part| self.of(part)),
            Next::Items { min, items } => items[..min + position].iter().map(|&item| self.of(item)).product(),
        }
    }

    /// A sequence in which numbers are compared: decision by decision, with the numbers that matter later.
    fn compared(&mut self, parts: &[PartId]) -> BigUint {
        let mut ways: HashMap<Frame, BigUint> = HashMap::from([(Frame::new(), BigUint::from(1u8))]);
        for (i, &part) in parts.iter().enumerate() {
            let needed = self.needed(&parts[i + 1..]);
            let mut next: HashMap<Frame, BigUint> = HashMap::new();
            for (frame, count) in ways {
                for (frame, more) in self.extend(part, &frame, &needed) {
                    *next.entry(frame).or_default() += &count * more;
                }
            }
            ways = next;
        }
        ways.into_values().sum()
    }

    /// The frames after a part, each with the number of values that lead to it.
    fn extend(&mut self, part: PartId, frame: &Frame, needed: &[usize]) -> HashMap<Frame, BigUint> {
        let needed_frame: Frame = frame.iter().filter(|(slot, _)| needed.contains(slot)).copied().collect();
        let Part::Decision(decision, Next::Nothing) = self.graph.part(part) else {
            return HashMap::from([(needed_frame, self.of(part))]);
        };
        let allowed = decision.open.iter().filter(|&&position| holds(decision, position as usize, frame));
        let Some(slot) = decision.slot.filter(|slot| needed.contains(slot)) else {
            return HashMap::from([(needed_frame, BigUint::from(allowed.count()))]);
        };
        let with_number = |&position: &u32| {
            let mut needed_frame = needed_frame.clone();
            needed_frame.push((slot, decision.numbers[position as usize].map(bits)));
            (needed_frame, BigUint::from(1u8))
        };
        allowed.map(with_number).collect()
    }

    /// The slots that comparisons in these parts ask for.
    fn needed(&self, parts: &[PartId]) -> Vec<usize> {
        let decisions = parts.iter().filter_map(|&part| match self.graph.part(part) {
            Part::Decision(decision, _) => Some(decision),
            _ => None,
        });
        decisions.flat_map(|decision| decision.comparisons.iter().map(|&(_, slot)| slot)).collect()
    }
}

fn holds(decision: &Decision, position: usize, frame: &Frame) -> bool {
    decision.comparisons.iter().all(|&(relation, slot)| {
        let earlier = frame.iter().find(|(known, _)| *known == slot).and_then(|(_, bits)| *bits);
        match (decision.numbers[position], earlier) {
            (Some(number), Some(earlier)) => relation.holds(number, from_bits(earlier, number)),
            _ => false,
        }
    })
}

/// A number as a key of a map.
fn bits(number: Number) -> u128 {
    match number {
        Number::Integer(number) => number.cast_unsigned(),
        Number::Float(number) => u128::from(number.to_bits()),
    }
}

/// The number of a key; both sides of a comparison are of one kind.
fn from_bits(bits: u128, like: Number) -> Number {
    match like {
        Number::Integer(_) => Number::Integer(bits.cast_signed()),
        Number::Float(_) => Number::Float(f64::from_bits(bits as u64)),
    }
}
