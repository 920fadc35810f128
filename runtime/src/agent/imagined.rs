//! Learning from configs that were never evaluated, by what somebody else makes of them.

use std::borrow::Cow;

use rand::SeedableRng;
use rand_pcg::Pcg64;

use super::core::Core;
use crate::policy::batch::Path;
use crate::policy::pair::Pair;
use crate::policy::sampler::{Source, start};
use crate::space::Trace;
use crate::train::lesson::Lesson;
use crate::train::model::Model;

/// How often as many configs are sampled as are wanted, where `valid` predicates refuse nearly all.
const ROUNDS: usize = 10;

impl<M: Model> Core<M> {
    /// Samples so many configs from the policy as it is, without γ, each with whether it is valid; and some more, where hardly one
    /// is. They are no trials, and not counted.
    pub(crate) fn imagine(
        &self,
        pair: Pair,
        count: usize,
        rng: &mut Pcg64,
        is_valid: impl Fn(&Trace) -> bool,
    ) -> Vec<(Trace, bool)> {
        let mut traces: Vec<(Trace, bool)> = Vec::with_capacity(count);
        for round in 0..ROUNDS {
            let mut rngs: Vec<Pcg64> = (0..count).map(|_| Pcg64::from_rng(rng)).collect();
            let mut sources: Vec<Source<'_>> = rngs.iter_mut().map(|rng| Source::free(0.0, rng)).collect();
            let draws = self.model.sample(&self.graph, pair, &mut sources);
            let found = draws.into_iter().flatten().map(|draw| (is_valid(&draw.trace), draw.trace));
            traces.extend(found.filter(|(is_valid, _)| *is_valid || round == 0).map(|(valid, trace)| (trace, valid)));
            if traces.iter().filter(|(_, is_valid)| *is_valid).count() > 1 {
                break;
            }
        }
        traces
    }

    /// One step of the optimiser up the mean over configs of `advantage · log π + entropy · H`. Baseline and elites stay as they
    /// are; where the gradient is not finite, so does the policy.
    pub(crate) fn ascend(&mut self, pair: Pair, judged: &[(Trace, f64)], (learning_rate, entropy): (f64, f64)) {
        let Self { graph, model, .. } = self;
        let (start, count) = (start(graph, pair), judged.len() as f64);
        let lesson = |(trace, advantage): &(Trace, f64)| {
            let steps = Cow::Owned(graph.follow(pair.space, trace).ok()?);
            Some(Lesson { path: Path { start, steps }, likelihood: advantage / count, entropy: entropy / count })
        };
        let lessons: Vec<Lesson<'_>> = judged.iter().filter_map(lesson).collect();
        model.learn(learning_rate, &lessons);
    }
}
