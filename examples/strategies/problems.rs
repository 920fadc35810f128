//! Small problems with conditional spaces whose best value is known: each replica draws an instance of its own.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use transfer_nas::AnyConfig;
use transfer_nas::prelude::*;

/// A problem to be solved: values are maximised.
pub(crate) trait Problem: Sized + Sync {
    type Config: AnyConfig + SearchSpace;

    const NAME: &'static str;

    /// The instance of a seed.
    fn new(seed: u64) -> Self;

    fn value(&self, config: &Self::Config) -> f64;

    /// The best value of all.
    fn best(&self) -> f64;

    /// A config made of the decisions that `pick` takes, each by its name and its number of actions.
    fn compose(pick: &mut dyn FnMut(&str, usize) -> usize) -> Self::Config;
}

/// One of four things to do.
#[search_space]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Left,
    Right,
    Up,
    Down,
}

const STEPS: [Step; 4] = [Step::Left, Step::Right, Step::Up, Step::Down];

/// A chain of 60 decisions of four actions: each counts by itself and together with the next one, some far more than others.
#[search_space]
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    steps: [Step; LENGTH],
}

const LENGTH: usize = 60;

pub(crate) struct ChainProblem {
    /// What each action at each place is worth.
    single: Vec<[f64; 4]>,
    /// What two neighbouring actions are worth together.
    pairs: Vec<[[f64; 4]; 4]>,
}

impl Problem for ChainProblem {
    type Config = Chain;

    const NAME: &'static str = "chain of 60";

    fn new(seed: u64) -> Self {
        let mut rng = Pcg64::seed_from_u64(seed);
        // From 1 to 1/20: few places matter much, as in real spaces.
        let scales: Vec<f64> = (0..LENGTH).map(|_| 20f64.powf(-rng.random::<f64>())).collect();
        let single = scales.iter().map(|scale| std::array::from_fn(|_| scale * rng.random::<f64>())).collect();
        let mut pair =
            |scale: &f64| std::array::from_fn(|_| std::array::from_fn(|_| 0.5 * scale * rng.random::<f64>()));
        Self { single, pairs: scales.iter().skip(1).map(&mut pair).collect() }
    }

    fn value(&self, config: &Chain) -> f64 {
        let steps: Vec<usize> = config.steps.iter().map(|step| *step as usize).collect();
        let single: f64 = steps.iter().zip(&self.single).map(|(&step, worth)| worth[step]).sum();
        let pairs: f64 = steps.windows(2).zip(&self.pairs).map(|(pair, worth)| worth[pair[0]][pair[1]]).sum();
        single + pairs
    }

    /// By dynamic programming along the chain.
    fn best(&self) -> f64 {
        let mut best = self.single[0];
        for (single, pairs) in self.single[1..].iter().zip(&self.pairs) {
            let before = best;
            let at = |step: usize| {
                let reached = (0..4).map(|earlier| before[earlier] + pairs[earlier][step]).fold(f64::MIN, f64::max);
                reached + single[step]
            };
            best = std::array::from_fn(at);
        }
        best.into_iter().fold(f64::MIN, f64::max)
    }

    fn compose(pick: &mut dyn FnMut(&str, usize) -> usize) -> Chain {
        Chain { steps: std::array::from_fn(|i| STEPS[pick(&format!("steps[{i}]"), 4)]) }
    }
}

/// Four blocks of five bits, each a trap: the fewer bits are set the better, but all five are best.
#[search_space]
#[derive(Debug, Clone)]
pub(crate) struct Traps {
    bits: [bool; 20],
}

pub(crate) struct TrapProblem {
    /// Which value of each bit counts as set.
    set: [bool; 20],
}

impl Problem for TrapProblem {
    type Config = Traps;

    const NAME: &'static str = "deceptive traps";

    fn new(seed: u64) -> Self {
        let mut rng = Pcg64::seed_from_u64(seed);
        Self { set: std::array::from_fn(|_| rng.random()) }
    }

    fn value(&self, config: &Traps) -> f64 {
        let set: Vec<bool> = config.bits.iter().zip(&self.set).map(|(bit, set)| bit == set).collect();
        let block = |block: &[bool]| match block.iter().filter(|set| **set).count() {
            5 => 1.0,
            count => 0.2 * (4 - count) as f64,
        };
        set.chunks(5).map(block).sum()
    }

    fn best(&self) -> f64 {
        4.0
    }

    fn compose(pick: &mut dyn FnMut(&str, usize) -> usize) -> Traps {
        Traps { bits: std::array::from_fn(|i| pick(&format!("bits[{i}]"), 2) == 1) }
    }
}

/// A pipeline whose parts depend on what was chosen before.
#[search_space]
#[derive(Debug, Clone)]
pub(crate) enum Pipeline {
    Forest {
        scaling: Scaling,
        #[space(range = 1..=12)]
        depth: usize,
        #[space(choices = [10, 30, 100, 300, 1000])]
        trees: usize,
    },
    Boosting {
        scaling: Scaling,
        #[space(range = 1..=8)]
        depth: usize,
        #[space(choices = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3])]
        rate: f64,
        #[space(choices = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0])]
        sample: f64,
    },
    Network {
        scaling: Scaling,
        #[space(len = 1..=4)]
        layers: Vec<Layer>,
        #[space(choices = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3])]
        rate: f64,
        optimizer: Optimizer,
    },
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scaling {
    Raw,
    Standard,
    Quantiles,
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activation {
    Relu,
    Tanh,
    Gelu,
}

#[search_space]
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    #[space(choices = [8, 16, 32, 64, 128, 256])]
    width: usize,
    activation: Activation,
}

#[search_space]
#[derive(Debug, Clone)]
pub(crate) enum Optimizer {
    Sgd {
        #[space(choices = [0.0, 0.5, 0.9, 0.99])]
        momentum: f64,
    },
    Adam {
        #[space(choices = [0.8, 0.9, 0.95])]
        decay: f64,
        warmup: bool,
    },
}

const RATES: [f64; 6] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3];
const SAMPLES: [f64; 6] = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0];
const TREES: [usize; 5] = [10, 30, 100, 300, 1000];
const WIDTHS: [usize; 6] = [8, 16, 32, 64, 128, 256];
const MOMENTA: [f64; 4] = [0.0, 0.5, 0.9, 0.99];
const DECAYS: [f64; 3] = [0.8, 0.9, 0.95];
const SCALINGS: [Scaling; 3] = [Scaling::Raw, Scaling::Standard, Scaling::Quantiles];
const ACTIVATIONS: [Activation; 3] = [Activation::Relu, Activation::Tanh, Activation::Gelu];

/// Where each part is best. All can be so together, so the best value of a branch is known.
pub(crate) struct PipelineProblem {
    /// What forests, boosting and networks are worth without their parts.
    branches: [f64; 3],
    scaling: [usize; 3],
    forest: (usize, usize),
    boosting: (usize, usize, usize),
    /// The number of layers, and how much narrower each is than the one before.
    layers: (usize, usize),
    widest: usize,
    activation: usize,
    rate: usize,
    momentum: usize,
    decay: usize,
    is_adam: bool,
}

/// What an ordered choice is worth: 1 at its best place, less on either side.
fn hill(at: usize, best: usize, count: usize) -> f64 {
    let distance = at.abs_diff(best) as f64 / (count - 1) as f64;
    1.0 - distance.powf(0.8)
}

fn place<T: PartialEq>(all: &[T], it: &T) -> usize {
    all.iter().position(|known| known == it).unwrap_or_default()
}

impl PipelineProblem {
    fn network(&self, layers: &[Layer], rate: f64, optimizer: &Optimizer) -> f64 {
        let width = |i: usize| self.widest.saturating_sub(i * self.layers.1);
        let layer = |(i, layer): (usize, &Layer)| {
            let is_activation = layer.activation == ACTIVATIONS[self.activation];
            0.7 * hill(place(&WIDTHS, &layer.width), width(i), 6) + 0.3 * f64::from(u8::from(is_activation))
        };
        let mean = layers.iter().enumerate().map(layer).sum::<f64>() / layers.len() as f64;
        // Deeper networks want smaller rates.
        let best = (self.rate + 4 - layers.len()).min(5);
        let (is_adam, inner) = match optimizer {
            Optimizer::Sgd { momentum } => (false, hill(place(&MOMENTA, momentum), self.momentum, 4)),
            Optimizer::Adam { decay, warmup } => {
                let warm = f64::from(u8::from(*warmup));
                (true, 0.6 * hill(place(&DECAYS, decay), self.decay, 3) + 0.4 * warm)
            }
        };
        let optimizer = 0.5 * f64::from(u8::from(is_adam == self.is_adam)) + 0.5 * inner;
        0.3 * hill(layers.len() - 1, self.layers.0 - 1, 4)
            + 0.8 * mean
            + 0.6 * hill(place(&RATES, &rate), best, 6)
            + 0.3 * optimizer
    }
}

impl Problem for PipelineProblem {
    type Config = Pipeline;

    const NAME: &'static str = "pipeline";

    fn new(seed: u64) -> Self {
        let mut rng = Pcg64::seed_from_u64(seed);
        let mut below = |count: usize| rng.random_range(0..count);
        Self {
            scaling: std::array::from_fn(|_| below(3)),
            forest: (below(12) + 1, below(5)),
            boosting: (below(8) + 1, below(6), below(6)),
            layers: (below(3) + 2, below(2)),
            widest: below(3) + 3,
            activation: below(3),
            rate: below(3),
            momentum: below(4),
            decay: below(3),
            is_adam: below(2) == 1,
            branches: std::array::from_fn(|_| 0.02 * below(50) as f64),
        }
    }

    fn value(&self, config: &Pipeline) -> f64 {
        let scaled = |branch: usize, scaling: &Scaling| {
            self.branches[branch] + 0.4 * f64::from(u8::from(*scaling == SCALINGS[self.scaling[branch]]))
        };
        match config {
            Pipeline::Forest { scaling, depth, trees } => {
                let (best, count) = self.forest;
                scaled(0, scaling) + 0.8 * hill(*depth, best, 12) + 0.4 * hill(place(&TREES, trees), count, 5)
            }
            Pipeline::Boosting { scaling, depth, rate, sample } => {
                let (best, rates, samples) = self.boosting;
                // Deep trees want a smaller rate.
                let best_rate = (rates + 8 - depth).min(5);
                scaled(1, scaling)
                    + 0.5 * hill(*depth, best, 8)
                    + 0.8 * hill(place(&RATES, rate), best_rate, 6)
                    + 0.3 * hill(place(&SAMPLES, sample), samples, 6)
            }
            Pipeline::Network { scaling, layers, rate, optimizer } => {
                scaled(2, scaling) + self.network(layers, *rate, optimizer)
            }
        }
    }

    fn best(&self) -> f64 {
        // What the parts of each branch are worth together where all are at their best.
        let worth = [1.2, 1.6, 2.0];
        self.branches.iter().zip(worth).map(|(branch, worth)| branch + 0.4 + worth).fold(f64::MIN, f64::max)
    }

    fn compose(pick: &mut dyn FnMut(&str, usize) -> usize) -> Pipeline {
        let branch = pick("pipeline", 3);
        let scaling = SCALINGS[pick("scaling", 3)];
        match branch {
            0 => Pipeline::Forest { scaling, depth: pick("forest.depth", 12) + 1, trees: TREES[pick("trees", 5)] },
            1 => Pipeline::Boosting {
                scaling,
                depth: pick("boosting.depth", 8) + 1,
                rate: RATES[pick("boosting.rate", 6)],
                sample: SAMPLES[pick("sample", 6)],
            },
            _ => {
                let count = pick("layers", 4) + 1;
                let mut layer = |i: usize| Layer {
                    width: WIDTHS[pick(&format!("layer {i} width"), 6)],
                    activation: ACTIVATIONS[pick(&format!("layer {i} activation"), 3)],
                };
                let layers = (0..count).map(&mut layer).collect();
                let rate = RATES[pick("network.rate", 6)];
                let optimizer = match pick("optimizer", 2) {
                    0 => Optimizer::Sgd { momentum: MOMENTA[pick("momentum", 4)] },
                    _ => Optimizer::Adam { decay: DECAYS[pick("decay", 3)], warmup: pick("warmup", 2) == 1 },
                };
                Pipeline::Network { scaling, layers, rate, optimizer }
            }
        }
    }
}

/// Twelve bits in a ring: the share of neighbours whose parity is that of a hidden config. No bit says anything by itself.
#[search_space]
#[derive(Debug, Clone)]
pub(crate) struct Ring {
    bits: [bool; 12],
}

pub(crate) struct ParityProblem {
    hidden: [bool; 12],
}

impl Problem for ParityProblem {
    type Config = Ring;

    const NAME: &'static str = "parity of 12 bits";

    fn new(seed: u64) -> Self {
        let mut rng = Pcg64::seed_from_u64(seed);
        Self { hidden: std::array::from_fn(|_| rng.random()) }
    }

    fn value(&self, config: &Ring) -> f64 {
        let parity = |bits: &[bool; 12], i: usize| bits[i] ^ bits[(i + 1) % 12];
        let right = (0..12).filter(|&i| parity(&config.bits, i) == parity(&self.hidden, i)).count();
        right as f64 / 12.0
    }

    fn best(&self) -> f64 {
        1.0
    }

    fn compose(pick: &mut dyn FnMut(&str, usize) -> usize) -> Ring {
        Ring { bits: std::array::from_fn(|i| pick(&format!("bits[{i}]"), 2) == 1) }
    }
}
