//! What an agent's methods do whatever the universe, compiled here and not with each type of a user: these functions have no type
//! parameters, and are not inlined into other crates.

use super::core::Core;
use super::{AttentionMap, Importance, Observation, ObserveError, TransferReport};
use crate::checkpoint::{Checkpoint, LoadError};
use crate::policy::pair::Pair;
use crate::space::{Trace, WalkError};
use crate::train::Outcome;
use crate::train::model::Transformer;

type Whole = Core<Transformer>;

#[inline(never)]
pub(super) fn learn(
    core: &mut Whole,
    pair: Pair,
    told: &[(&Trace, Outcome)],
) -> Result<Vec<Observation>, ObserveError> {
    core.learn(pair, told)
}

#[inline(never)]
pub(super) fn checkpoint(core: &Whole) -> Checkpoint {
    core.checkpoint()
}

#[inline(never)]
pub(super) fn resumed(core: Whole, checkpoint: &Checkpoint) -> Result<Whole, LoadError> {
    core.resumed(checkpoint)
}

#[inline(never)]
pub(super) fn take_over(core: &mut Whole, checkpoint: &Checkpoint) -> Result<TransferReport, LoadError> {
    core.take_over(checkpoint)
}

#[inline(never)]
pub(super) fn importance(core: &Whole, pair: Pair) -> Result<Vec<Importance>, WalkError> {
    core.importance(pair)
}

#[inline(never)]
pub(super) fn attention(core: &Whole, pair: Pair, trace: &Trace) -> Result<Option<AttentionMap>, WalkError> {
    core.attention(pair, trace)
}
