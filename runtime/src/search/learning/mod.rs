//! A search that begins with what others learned, and finds out whether that is of use.

mod contest;
mod judge;
mod preview;
#[cfg(test)]
mod tests;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use rand_pcg::Pcg64;

pub(crate) use self::preview::Learner;

use self::contest::{Contest, Wish};
use self::judge::{Probation, Verdict};
use super::context::{Context, Proposal};
use super::erased::Erased;
use super::firsts::complete;
use super::insight::Insight;
use super::random::Random;
use super::search::Around;
use super::sources::{Lesson, Lessons};
use super::strategy::{Strategy, Taken, by_inner};
use crate::agent::{AttentionMap, Dropped, Importance, ObserveError, TransferReport};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::Pair;
use crate::space::guide::Guide;
use crate::space::{SampleError, Trace};
use crate::train::{Direction, Outcome};

/// A strategy around another one, which begins with what other searches learned: see
/// [`Searcher::learning_from`](super::Searcher::learning_from).
///
/// The best configs of the others are tried first, in turns over the spaces and tasks of all sources, among some of the strategy's own
/// for comparison; where they do worse than these, no more of them are tried. Ten are tried where all that can be decided was known to a
/// source, and three otherwise. After each of 10 to 20 trials what each source predicts is compared with what these earned. Where that does
/// not go together (Spearman's rank correlation below 0.3 after 10, falling to 0 after 20), the strategy becomes what it would be had it not
/// learned from that source.
#[derive(Debug, Clone)]
pub struct LearningFrom<S> {
    strategy: S,
    learned: Option<Learned>,
}

/// What was learned from other searches.
#[derive(Debug, Clone)]
struct Learned {
    report: TransferReport,
    contests: BTreeMap<Pair, Contest>,
    /// None once it is known of what use the sources are.
    probation: Option<Probation>,
}

/// What such a config came from, as reports show it.
const ORIGIN: &str = "one of the best elsewhere";

impl<S> LearningFrom<S> {
    /// As the strategy is, until there is something to [learn from](Strategy::learn_from).
    pub(crate) fn new(strategy: S) -> Self {
        Self { strategy, learned: None }
    }

    /// The strategy.
    pub(crate) fn strategy(&self) -> &S {
        &self.strategy
    }
}

impl<S, T> Around for LearningFrom<Erased<S, T>> {
    type Inner = S;

    fn inner(&self) -> &S {
        &self.strategy.searcher
    }

    fn into_inner(self) -> S {
        self.strategy.searcher
    }
}

impl Lessons {
    /// The best configs elsewhere, to be tried in this order, and what came along if nothing else does.
    pub(crate) fn best(&self, context: &Context) -> (TransferReport, Vec<Proposal>) {
        let Learned { report, contests, .. } =
            Learned::new(&mut Random::new(0, false), context, self, &Taken::default());
        let of_pair = |(pair, contest): (Pair, Contest)| {
            let traces: Vec<Trace> = contest.queue().map(|(_, trace)| trace.clone()).collect();
            traces.into_iter().map(move |trace| Proposal::chosen(pair, trace).by(ORIGIN))
        };
        (report, contests.into_iter().flat_map(of_pair).collect())
    }
}

impl Learned {
    /// Of lessons of which a strategy took so much.
    fn new(strategy: &mut dyn Strategy, context: &Context, lessons: &Lessons, taken: &Taken) -> Self {
        let contests = contests(strategy, context, lessons);
        let tried = contests.values().flat_map(Contest::queue).map(|(group, _)| group);
        let report = lessons.reported(tried, taken);
        Self { report, contests, probation: None }
    }

    /// The config to be tried next, where that is one of the best elsewhere.
    fn next(&mut self, context: &Context) -> Option<(Pair, Trace)> {
        let contests = &mut self.contests;
        contests.retain(|_, contest| contest.wish() != Wish::Nothing);
        let wanting = contests.iter().filter(|(pair, it)| it.wish() == Wish::Elite && context.pairs().contains(pair));
        let pair = *wanting.min_by_key(|(_, contest)| contest.given()).map(|(pair, _)| pair)?;
        let trace = contests.get_mut(&pair)?.take()?;
        Some((pair, trace))
    }
}

/// The best configs of each pair.
fn contests(strategy: &mut dyn Strategy, context: &Context, lessons: &Lessons) -> BTreeMap<Pair, Contest> {
    let mut rng = Pcg64::seed_from_u64(0);
    let mut queue = |pair: Pair| lessons.best_of(pair, |lesson| config(strategy, context, (pair, lesson), &mut rng));
    let contests = context.pairs().iter().map(|&pair| (pair, queue(pair)));
    contests.filter(|(_, queue)| !queue.is_empty()).map(|(pair, queue)| (pair, Contest::new(queue))).collect()
}

/// The config of a lesson that has a reward, with what it leaves open decided by the strategy, or at random.
fn config(
    strategy: &mut dyn Strategy,
    context: &Context,
    (pair, lesson): (Pair, &Lesson),
    rng: &mut Pcg64,
) -> Option<Trace> {
    const DRAWS: usize = 100;
    lesson.outcome.reward()?;
    let guide = Guide::loose(lesson.decisions.clone());
    if let Some(trace) = strategy.complete(context, pair, &guide) {
        return Some(trace);
    }
    let mut drawn = (0..DRAWS).filter_map(|_| complete(context, pair, guide.clone(), rng));
    drawn.find(|trace| context.is_valid(pair, trace).unwrap_or(false))
}

impl<S: Strategy> LearningFrom<S> {
    fn contest(&mut self, pair: Pair) -> Option<&mut Contest> {
        self.learned.as_mut()?.contests.get_mut(&pair)
    }

    /// Notes how a trial ended, and what that says of the sources.
    fn note(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), LoadError> {
        let (Some(learned), Some(outcome)) = (&mut self.learned, outcome.finite()) else { return Ok(()) };
        let Some(merit) = outcome.merit() else { return Ok(()) };
        if let Some(contest) = learned.contests.get_mut(&proposal.pair) {
            contest.note(&proposal.trace, merit);
        }
        let Some(probation) = &mut learned.probation else { return Ok(()) };
        probation.told.push((proposal.pair, proposal.trace.clone(), outcome));
        let Verdict { misleading, is_last } = probation.judge(context);
        if !misleading.is_empty() {
            self.drop_groups(context, &misleading)?;
        }
        if let Some(learned) = self.learned.as_mut().filter(|_| is_last) {
            learned.probation = None;
        }
        Ok(())
    }

    /// Becomes the strategy that did not learn from some groups.
    fn drop_groups(&mut self, context: &Context, misleading: &BTreeMap<usize, f64>) -> Result<(), LoadError> {
        let Some(learned) = &mut self.learned else { return Ok(()) };
        let Some(probation) = &mut learned.probation else { return Ok(()) };
        let dropped: BTreeSet<usize> = misleading.keys().copied().collect();
        let lessons = probation.lessons.clone().without(&dropped);
        if let Some(before) = &probation.before
            && self.strategy.restore(context, before)?
        {
            let taken = self.strategy.learn_from(context, &lessons)?;
            lessons.correct(&mut learned.report, &taken);
            for (pair, trace, outcome) in &probation.told {
                // It was learned from before.
                drop(self.strategy.learn(context, &Proposal::chosen(*pair, trace.clone()), *outcome));
            }
        }
        let after = probation.told.len() as u64;
        for (&group, &correlation) in misleading {
            let Some(of) = probation.lessons.groups.get(group) else { continue };
            let is_left = lessons.groups.iter().any(|left| left.source == of.source);
            let report = &mut learned.report.sources[of.source];
            tracing::warn!(source = report.name, after, correlation, "a source misleads and is dropped");
            if !is_left {
                report.dropped = Some(Dropped { after, correlation });
            }
        }
        learned.contests.values_mut().for_each(|contest| contest.drop_groups(&dropped));
        probation.lessons = lessons;
        if let Some(judge) = &mut probation.judge {
            judge.drop_groups(&dropped);
        }
        Ok(())
    }
}

impl<S: Strategy> Strategy for LearningFrom<S> {
    by_inner!(strategy);

    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        while let Some((pair, trace)) = self.learned.as_mut().and_then(|learned| learned.next(context)) {
            let log_prob = self.strategy.log_prob(pair, &trace);
            let proposal = Proposal { log_prob, ..Proposal::chosen(pair, trace) }.by(ORIGIN);
            if self.strategy.accept(context, &proposal) {
                return Ok(proposal);
            }
            self.contest(pair).into_iter().for_each(Contest::take_back);
        }
        let proposal = self.strategy.propose(context)?;
        if let Some(contest) = self.contest(proposal.pair) {
            contest.note_own(&proposal.trace);
        }
        Ok(proposal)
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        self.strategy.learn(context, proposal, outcome)?;
        if let Err(error) = self.note(context, proposal, outcome) {
            tracing::warn!(%error, "what came along from other searches could not be taken back");
        }
        Ok(())
    }

    fn learn_from(&mut self, context: &Context, lessons: &Lessons) -> Result<Taken, LoadError> {
        if self.transferred().is_some() {
            let found = "a search that has learned from others".to_owned();
            return Err(LoadError::OtherStrategy { found, expected: "one that has not" });
        }
        let unwritten = |error: SaveError| LoadError::Metadata { reason: error.to_string() };
        let before = self.strategy.snapshot(context).map_err(unwritten)?;
        let thinned = lessons.thinned();
        // What could not be taken back is not taken.
        let taken = if before.is_some() { self.strategy.learn_from(context, &thinned)? } else { Taken::default() };
        let before = before.filter(|_| taken.is_something());
        let mut learned = Learned::new(&mut self.strategy, context, lessons, &taken);
        let points = judge::points(thinned.groups.len());
        learned.probation = Some(Probation { lessons: thinned, before, told: Vec::new(), points, judge: None });
        self.learned = Some(learned);
        Ok(taken)
    }

    fn transferred(&self) -> Option<&TransferReport> {
        self.learned.as_ref().map(|learned| &learned.report).or_else(|| self.strategy.transferred())
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        self.to_bytes(context)
    }

    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        self.read(context, snapshot)
    }

    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        self.adapted(context, snapshot, starts)
    }

    fn passed_over(&mut self, context: &Context, proposal: &Proposal) {
        if let Some(contest) = self.contest(proposal.pair) {
            contest.passed_over(&proposal.trace);
        }
        self.strategy.passed_over(context, proposal);
    }

    fn accept(&mut self, context: &Context, proposal: &Proposal) -> bool {
        self.strategy.accept(context, proposal)
    }
}
