//! What was tried, known by names: a config is the same whatever the order of its type's fields, and after a rename.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::written::Lines;
use crate::checkpoint::LoadError;
use crate::policy::Pair;
use crate::space::Trace;
use crate::space::name::Hash;

/// The keys of all configs that were tried.
#[derive(Debug, Clone, Default)]
pub(super) struct Tried {
    pub(super) keys: BTreeSet<u128>,
    /// For each action row what it is known by: the hash of the names that it had first. Made when they are first asked for.
    identities: Vec<u64>,
    /// The same of each pair.
    pairs: BTreeMap<Pair, u64>,
}

/// What a snapshot has beside the keys.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct WrittenIdentities {
    lines: Option<Lines>,
    identities: Vec<u64>,
    pairs: Vec<u64>,
}

impl Tried {
    /// The key of a config by its decisions: the sum over them, so that their order does not matter.
    pub(super) fn key(&mut self, context: &Context, pair: Pair, trace: &Trace) -> u128 {
        let steps = context.graph().follow(pair.space, trace).unwrap_or_default();
        self.key_of(context, pair, steps.iter().map(|step| (step.decision.state.index(), step.action().index())))
    }

    /// The same by the rows of the states and actions.
    pub(super) fn key_of(
        &mut self,
        context: &Context,
        pair: Pair,
        decisions: impl Iterator<Item = (usize, usize)>,
    ) -> u128 {
        self.prepare(context);
        let mut times = vec![0u32; context.graph().vocabulary().states().len()];
        let mut sum = self.pair_key(pair);
        for (state, action) in decisions {
            sum = sum.wrapping_add(mixed(self.identities[action], times[state]));
            times[state] += 1;
        }
        sum
    }

    /// The key of a config whose decision takes another action, by rows, where its state came up so often before.
    pub(super) fn exchanged(&self, key: u128, time: u32, (from, to): (usize, usize)) -> u128 {
        let (from, to) = (mixed(self.identities[from], time), mixed(self.identities[to], time));
        key.wrapping_sub(from).wrapping_add(to)
    }

    pub(super) fn pair_key(&self, pair: Pair) -> u128 {
        mixed(self.pairs.get(&pair).copied().unwrap_or_default(), u32::MAX)
    }

    pub(super) fn prepare(&mut self, context: &Context) {
        if self.identities.is_empty() {
            self.identities = context.graph().vocabulary().pairs().map(named).collect();
        }
        for pair in context.pairs() {
            self.pairs.entry(*pair).or_insert_with(|| named((context.space(*pair), context.task(*pair))));
        }
    }

    pub(super) fn written(&self, context: &Context) -> WrittenIdentities {
        let mut this = Self { keys: BTreeSet::new(), identities: self.identities.clone(), pairs: self.pairs.clone() };
        this.prepare(context);
        let pairs = context.pairs().iter().filter_map(|pair| this.pairs.get(pair).copied()).collect();
        WrittenIdentities { lines: Some(Lines::of(context)), identities: this.identities, pairs }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.keys.iter().flat_map(|key| key.to_le_bytes()).collect()
    }
}

impl WrittenIdentities {
    /// What was tried, with the identities that names here had under earlier names.
    pub(super) fn read(&self, context: &Context, keys: &[u8]) -> Result<Tried, LoadError> {
        let (keys, rest) = keys.as_chunks::<16>();
        if !rest.is_empty() {
            return Err(LoadError::Metadata { reason: "what was tried is cut off".to_owned() });
        }
        let keys = keys.iter().map(|bytes| u128::from_le_bytes(*bytes)).collect();
        let mut tried = Tried { keys, ..Tried::default() };
        tried.prepare(context);
        let Some(lines) = &self.lines else { return Ok(tried) };
        let reader = lines.reader(context);
        reader.check_whole()?;
        for (row, identity) in tried.identities.iter_mut().enumerate() {
            if let Some(known) = reader.old_action(row).and_then(|old| self.identities.get(old)) {
                *identity = *known;
            }
        }
        for (place, identity) in self.pairs.iter().enumerate() {
            if let Some(pair) = reader.pair(place) {
                tried.pairs.insert(pair, *identity);
            }
        }
        Ok(tried)
    }

    /// The pairs that were written at places.
    pub(super) fn pairs(&self, context: &Context, places: &[usize]) -> BTreeSet<Pair> {
        let Some(lines) = &self.lines else { return BTreeSet::new() };
        let reader = lines.reader(context);
        places.iter().filter_map(|place| reader.pair(*place)).collect()
    }
}

fn named((first, second): (&str, &str)) -> u64 {
    Hash::of(first).action().text(second).0
}

/// An identity at its `n`-th occurrence, spread over 128 bits (the finalizer of `SplitMix64`, twice).
pub(super) fn mixed(identity: u64, n: u32) -> u128 {
    let spread = |salt: u64| {
        let mut bits = identity ^ salt ^ u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    };
    u128::from(spread(0x5851_f42d_4c95_7f2d)) << 64 | u128::from(spread(0x1405_7b7e_f767_814f))
}
