//! The snapshot of a dreaming agent: the agent's checkpoint, the teacher, and what was predicted.

use std::collections::BTreeMap;

use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::super::context::Context;
use super::super::strategy::Strategy;
use super::super::written::{Lines, place};
use super::{Dreaming, Dreams, Heard};
use crate::agent::TransferReport;
use crate::checkpoint::parcel::{INNER, Parcel, rng_text};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::Pair;
use crate::train::Outcome;

pub(in crate::search) const NAME: &str = "an agent that dreams";
/// The part with the teacher.
const TEACHER: &str = "teacher";

#[derive(Serialize, Deserialize)]
struct State {
    lines: Lines,
    dreams: Dreams,
    #[serde(with = "rng_text")]
    rng: Pcg64,
    heard: Vec<WrittenHeard>,
}

/// The place of a pair, the trials told of it, and predictions with what was earned.
type WrittenHeard = (usize, u64, Vec<(f64, Outcome)>);

impl Dreaming {
    pub(super) fn to_bytes(&self, context: &Context) -> Result<Vec<u8>, SaveError> {
        let heard = |(pair, Heard { told, record }): (&Pair, &Heard)| {
            Some((place(context, *pair)?, *told, record.pairs().collect()))
        };
        let state = State {
            lines: Lines::of(context),
            dreams: self.dreams.clone(),
            rng: self.rng.clone(),
            heard: self.heard.iter().filter_map(heard).collect(),
        };
        let parcel = Parcel::new(NAME, &state)?.with(INNER, self.agent.snapshot(context)?);
        parcel.with(TEACHER, self.teacher.snapshot(context)?).to_bytes()
    }

    /// This agent as a snapshot has it.
    pub(super) fn read(&self, context: &Context, snapshot: &[u8]) -> Result<Self, LoadError> {
        let parcel = Parcel::from_bytes(snapshot, NAME)?;
        let State { lines, dreams, rng, heard } = parcel.state()?;
        let reader = lines.reader(context);
        reader.check_whole()?;
        dreams.check()?;
        let heard = heard.into_iter().filter_map(|(place, told, pairs)| {
            let record = pairs.into_iter().filter(|(predicted, _)| predicted.is_finite()).collect();
            Some((reader.pair(place)?, Heard { told, record }))
        });
        let (mut agent, mut teacher) = (self.agent.clone(), self.teacher.clone());
        agent.restore(context, parcel.part(INNER)?)?;
        teacher.restore(context, parcel.part(TEACHER)?)?;
        Ok(Self { agent, teacher, dreams, rng, heard: heard.collect() })
    }

    /// This agent after a transfer from another one, which need not have dreamed.
    pub(super) fn adapted(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        let mut teacher = self.teacher.clone();
        match Parcel::from_bytes(snapshot, NAME) {
            Err(LoadError::OtherStrategy { .. }) => None,
            parcel => teacher.adapt(context, parcel?.part(TEACHER)?, 0)?,
        };
        let report = self.agent.adapt(context, snapshot, starts)?;
        (self.teacher, self.heard) = (teacher, BTreeMap::new());
        Ok(report)
    }
}
