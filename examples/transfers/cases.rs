//! What an older search may have been about, beside what is searched now.

use clap::ValueEnum;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use serde::Serialize;

use crate::meaning::Meaning;
use crate::objective::Objective;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Case {
    /// The same type; a third of the effects are others.
    Same,
    /// The same with rewards on another, bent scale.
    Scale,
    /// The same with noise on all rewards.
    Noise,
    /// A third of the actions are new.
    Actions,
    /// One field is new, another one is gone.
    State,
    /// Fields, variants and types have other names and another order; one action is gone.
    Renamed,
    /// The optimum is in a new variant.
    Variant,
    /// The source says nothing of the target.
    Unrelated,
    /// What was best is worst.
    Opposed,
    /// Two related sources on two scales, an unrelated and an opposed one.
    Many,
}

impl Case {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Same => "same type",
            Self::Scale => "other scale",
            Self::Noise => "noise",
            Self::Actions => "new actions",
            Self::State => "new state",
            Self::Renamed => "renamed",
            Self::Variant => "new variant",
            Self::Unrelated => "unrelated source",
            Self::Opposed => "opposed source",
            Self::Many => "many sources",
        }
    }

    /// The deviation of the noise on each reward, in units of the distance from the median to the best.
    pub(crate) fn noise(self) -> f64 {
        if self == Self::Noise { 0.1 } else { 0.0 }
    }
}

/// What is searched, and what was searched before.
pub(crate) struct Instance {
    pub(crate) target: Objective,
    pub(crate) sources: Vec<Source>,
}

pub(crate) struct Source {
    pub(crate) name: &'static str,
    pub(crate) objective: Objective,
    pub(crate) scale: Scale,
}

/// What becomes of a value as a reward.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scale {
    /// It is the reward.
    Plain,
    /// −1000 + 0.001 · exp(2 · value), the value in units of the distance from the median to the best: the order stays.
    Bent,
}

impl Instance {
    /// The instance of a seed over the meanings of the target's type.
    pub(crate) fn new(case: Case, seed: u64, meanings: &[Meaning]) -> Self {
        let target = Objective::new(seed);
        let mut rng = Pcg64::seed_from_u64(!seed);
        let mut related = |name, scale| Source { name, objective: target.related(meanings, &mut rng), scale };
        let unrelated = || Source::plain("unrelated", Objective::new(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)));
        let opposed = || Source::plain("opposed", target.opposed());
        let sources = match case {
            Case::Scale => vec![related("related", Scale::Bent)],
            Case::Unrelated => vec![unrelated()],
            Case::Opposed => vec![opposed()],
            Case::Many => {
                vec![related("related", Scale::Plain), related("bent", Scale::Bent), unrelated(), opposed()]
            }
            _ => vec![related("related", Scale::Plain)],
        };
        let target = if case == Case::Variant { target.with_lion_ahead(meanings) } else { target };
        Self { target, sources }
    }
}

impl Source {
    fn plain(name: &'static str, objective: Objective) -> Self {
        Self { name, objective, scale: Scale::Plain }
    }
}
