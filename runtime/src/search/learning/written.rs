//! The snapshot of a search that learns from others: what is left to try of theirs, and, as long as it is not known whether they are of
//! use, what it takes to take that back.

use serde::{Deserialize, Serialize};

use super::super::context::Context;
use super::super::sources::{Group, Lesson, Lessons, MOST_GROUPS};
use super::super::strategy::Strategy;
use super::super::written::{Lines, Reader, Rows, WrittenDecisions, place, rows, written_decisions};
use super::contest::Contest;
use super::judge::Probation;
use super::{Learned, LearningFrom};
use crate::agent::TransferReport;
use crate::checkpoint::parcel::{INNER, Parcel};
use crate::checkpoint::{Checkpoint, LoadError, SaveError};
use crate::policy::Pair;
use crate::train::Outcome;
use crate::train::outcome::Merit;

const NAME: &str = "a search that learns from others";
/// The most trials that a model is fitted to.
const MOST_POINTS: usize = 100;
/// The part with the strategy before it learned, and those with policies.
const BEFORE: &str = "before";

fn policy(number: usize) -> String {
    format!("policy {number}")
}

#[derive(Serialize, Deserialize)]
struct State {
    lines: Lines,
    report: TransferReport,
    contests: Vec<WrittenContest>,
    probation: Option<WrittenProbation>,
}

#[derive(Serialize, Deserialize)]
struct WrittenContest {
    /// The place of the pair.
    pair: usize,
    queue: Vec<(usize, Rows)>,
    given: Vec<Rows>,
    own: u64,
    elites: Vec<Outcome>,
    others: Vec<Outcome>,
    wins: f64,
}

#[derive(Serialize, Deserialize)]
struct WrittenProbation {
    groups: Vec<WrittenGroup>,
    /// The source of each policy.
    policies: Vec<usize>,
    /// By the place of the pair.
    told: Vec<(usize, Rows, Outcome)>,
    /// How many trials the model of each group is fitted to.
    points: usize,
}

#[derive(Serialize, Deserialize)]
struct WrittenGroup {
    source: usize,
    pair: usize,
    trials: Vec<(WrittenDecisions, Outcome)>,
}

impl<S: Strategy> LearningFrom<S> {
    pub(super) fn to_bytes(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        let Some(inner) = self.strategy.snapshot(context)? else { return Ok(None) };
        let Some(learned) = &self.learned else { return Ok(Some(inner)) };
        let contests = learned.contests.iter().filter_map(|(pair, contest)| written_contest(context, *pair, contest));
        let state = State {
            lines: Lines::of(context),
            report: learned.report.clone(),
            contests: contests.collect(),
            probation: learned.probation.as_ref().map(|probation| written_probation(context, probation)),
        };
        let mut parcel = Parcel::new(NAME, &state)?.with(INNER, Some(inner));
        if let Some(Probation { before, lessons, .. }) = &learned.probation {
            parcel = parcel.with(BEFORE, before.clone());
            for (number, (_, checkpoint)) in lessons.policies.iter().enumerate() {
                parcel = parcel.with(&policy(number), Some(checkpoint.to_bytes()?));
            }
        }
        parcel.to_bytes().map(Some)
    }

    pub(super) fn read(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        let parcel = match Parcel::from_bytes(snapshot, NAME) {
            Err(LoadError::OtherStrategy { .. }) => {
                let is_restored = self.strategy.restore(context, snapshot)?;
                self.learned = None;
                return Ok(is_restored);
            }
            parcel => parcel?,
        };
        let state: State = parcel.state()?;
        let reader = state.lines.reader(context);
        reader.check_whole()?;
        state.check()?;
        let contests = state.contests.iter().filter_map(|contest| read_contest(&reader, contest)).collect();
        let probation = state.probation.map(|it| it.read(&reader, &parcel, &state.report)).transpose()?;
        let is_restored = self.strategy.restore(context, parcel.part(INNER)?)?;
        self.learned = Some(Learned { report: state.report, contests, probation });
        Ok(is_restored)
    }

    /// What is left to try of other searches stays behind: the best of this one are tried first.
    pub(super) fn adapted(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        let report = match Parcel::from_bytes(snapshot, NAME) {
            Err(LoadError::OtherStrategy { .. }) => self.strategy.adapt(context, snapshot, starts)?,
            parcel => self.strategy.adapt(context, parcel?.part(INNER)?, starts)?,
        };
        self.learned = None;
        Ok(report)
    }
}

impl State {
    /// What a snapshot says must be something that can be.
    fn check(&self) -> Result<(), LoadError> {
        let fault = |reason: &str| Err(LoadError::Metadata { reason: reason.to_owned() });
        let groups = self.probation.as_ref().map_or(&[][..], |it| &it.groups);
        let policies = self.probation.as_ref().map_or(&[][..], |it| &it.policies);
        if groups.len() > MOST_GROUPS || groups.iter().any(|group| group.trials.is_empty()) {
            return fault("the groups of trials elsewhere are not ones that can be");
        }
        let count = self.report.sources.len();
        if !groups.iter().map(|group| group.source).chain(policies.iter().copied()).all(|source| source < count) {
            return fault("a source is referred to that there is none of");
        }
        Ok(())
    }
}

impl WrittenProbation {
    fn read(self, reader: &Reader<'_>, parcel: &Parcel, report: &TransferReport) -> Result<Probation, LoadError> {
        let missing = || LoadError::Metadata { reason: "a space and a task of a source are none of here".to_owned() };
        let group = |WrittenGroup { source, pair, trials }: &WrittenGroup| {
            let lesson = |(decisions, outcome): &(WrittenDecisions, Outcome)| Lesson {
                decisions: reader.decisions(decisions),
                outcome: *outcome,
            };
            let trials = trials.iter().map(lesson).collect();
            Ok(Group { source: *source, pair: reader.pair(*pair).ok_or_else(missing)?, trials })
        };
        let policy = |(number, source): (usize, &usize)| {
            Ok((*source, Checkpoint::from_bytes(parcel.part(&policy(number))?)?.into()))
        };
        let told = self.told.iter().filter_map(|(pair, rows, outcome)| {
            let pair = reader.pair(*pair)?;
            Some((pair, reader.trace(pair, rows)?, *outcome))
        });
        let lessons = Lessons {
            groups: self.groups.iter().map(group).collect::<Result<_, LoadError>>()?,
            policies: self.policies.iter().enumerate().map(policy).collect::<Result<_, LoadError>>()?,
            report: report.clone(),
            ..Lessons::default()
        };
        let before = parcel.part(BEFORE).ok().map(<[u8]>::to_vec);
        Ok(Probation { lessons, before, told: told.collect(), points: self.points.min(MOST_POINTS), judge: None })
    }
}

fn written_probation(context: &Context, probation: &Probation) -> WrittenProbation {
    let group = |group: &Group| {
        let trial = |lesson: &Lesson| (written_decisions(&lesson.decisions), lesson.outcome);
        let trials = group.trials.iter().map(trial).collect();
        Some(WrittenGroup { source: group.source, pair: place(context, group.pair)?, trials })
    };
    let told = |(pair, trace, outcome): &(Pair, crate::space::Trace, Outcome)| {
        Some((place(context, *pair)?, rows(context, *pair, trace), *outcome))
    };
    WrittenProbation {
        groups: probation.lessons.groups.iter().filter_map(group).collect(),
        policies: probation.lessons.policies.iter().map(|(source, _)| *source).collect(),
        told: probation.told.iter().filter_map(told).collect(),
        points: probation.points,
    }
}

fn written_contest(context: &Context, pair: Pair, of: &Contest) -> Option<WrittenContest> {
    let outcomes = |merits: &[Merit]| merits.iter().copied().map(Outcome::from).collect();
    Some(WrittenContest {
        pair: place(context, pair)?,
        queue: of.queue().map(|(group, trace)| (group, rows(context, pair, trace))).collect(),
        given: of.given.iter().map(|trace| rows(context, pair, trace)).collect(),
        own: of.own,
        elites: outcomes(&of.elites),
        others: outcomes(&of.others),
        wins: of.wins,
    })
}

fn read_contest(reader: &Reader<'_>, written: &WrittenContest) -> Option<(Pair, Contest)> {
    let pair = reader.pair(written.pair)?;
    let merits = |outcomes: &[Outcome]| outcomes.iter().filter_map(|outcome| outcome.merit()).collect();
    let queue = written.queue.iter().filter_map(|(group, rows)| Some((*group, reader.trace(pair, rows)?)));
    let contest = Contest {
        queue: queue.collect(),
        given: written.given.iter().filter_map(|rows| reader.trace(pair, rows)).collect(),
        own: written.own,
        elites: merits(&written.elites),
        others: merits(&written.others),
        wins: written.wins,
    };
    Some((pair, contest))
}
