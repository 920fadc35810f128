//! What configs are worth: the sum of what each decision is worth and of what some pairs of them are worth together.

use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

use crate::correlation::rank_correlation;
use crate::meaning::{CATEGORIES, CHOICES, LION, Meaning, SITES, Site};

#[derive(Debug, Clone)]
pub(crate) struct Objective {
    single: Vec<Single>,
    pairs: Vec<Pair>,
}

/// What each choice of a decision is worth.
#[derive(Debug, Clone)]
struct Single {
    /// The deviation of these.
    scale: f64,
    worth: Vec<f64>,
}

/// What two decisions are worth together: the product of the curves of their choices.
#[derive(Debug, Clone)]
struct Pair {
    sites: (usize, usize),
    scale: f64,
    curves: (Vec<f64>, Vec<f64>),
}

/// Where the values of all configs lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) median: f64,
    pub(crate) best: f64,
}

impl Span {
    /// From the median to the best.
    pub(crate) fn width(self) -> f64 {
        self.best - self.median
    }
}

/// Pairs that every instance has: what is right for one optimizer need not be so for another.
const ALWAYS: [(Site, Site); 3] =
    [(Site::Optimizer, Site::Rate), (Site::Optimizer, Site::Beta), (Site::Optimizer, Site::Decay)];

/// How many pairs are drawn besides.
const DRAWN: usize = 12;

impl Objective {
    /// The instance of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Pcg64::seed_from_u64(seed);
        // From 1 to 1/10: few decisions matter much, as in real spaces.
        let mut single = |site| Single::draw(site, 10f64.powf(-rng.random::<f64>()), &mut rng);
        let single: Vec<Single> = (0..SITES).map(&mut single).collect();
        let mut sites: Vec<(usize, usize)> = ALWAYS.iter().map(|(a, b)| (*a as usize, *b as usize)).collect();
        while sites.len() < ALWAYS.len() + DRAWN {
            let (a, b) = (rng.random_range(0..SITES), rng.random_range(0..SITES));
            if a != b && !sites.contains(&(a, b)) && !sites.contains(&(b, a)) {
                sites.push((a, b));
            }
        }
        let mut pair = |(a, b): (usize, usize)| {
            let scale = (single[a].scale * single[b].scale).sqrt();
            Pair::draw((a, b), scale, &mut rng)
        };
        let pairs = sites.into_iter().map(&mut pair).collect();
        Self { single, pairs }
    }

    /// Another one with a third of the effects drawn anew, so that its ranks among these configs correlate by 0.7 to 0.9 with those of
    /// this one, and another config is the best.
    pub(crate) fn related(&self, meanings: &[Meaning], rng: &mut Pcg64) -> Self {
        const CONFIGS: usize = 1000;
        let best = self.best(meanings);
        loop {
            let other = self.redrawn(rng);
            let some: Vec<&Meaning> = (0..CONFIGS).map(|_| &meanings[rng.random_range(0..meanings.len())]).collect();
            let values = |objective: &Self| some.iter().map(|meaning| objective.value(meaning)).collect::<Vec<_>>();
            let correlation = rank_correlation(&values(self), &values(&other));
            if (0.7..0.9).contains(&correlation) && other.best(meanings) != best {
                return other;
            }
        }
    }

    /// What mattered much still does.
    fn redrawn(&self, rng: &mut Pcg64) -> Self {
        const SHARE: f64 = 1.0 / 3.0;
        let mut other = self.clone();
        for (site, single) in other.single.iter_mut().enumerate() {
            if rng.random::<f64>() < SHARE {
                *single = Single::draw(site, single.scale, rng);
            }
        }
        for pair in &mut other.pairs {
            if rng.random::<f64>() < SHARE {
                *pair = Pair::draw(pair.sites, pair.scale, rng);
            }
        }
        other
    }

    /// What is best here is worst there.
    pub(crate) fn opposed(&self) -> Self {
        let mut other = self.clone();
        other.single.iter_mut().flat_map(|single| &mut single.worth).for_each(|worth| *worth = -*worth);
        other.pairs.iter_mut().flat_map(|pair| &mut pair.curves.0).for_each(|worth| *worth = -*worth);
        other
    }

    /// The same with the one optimizer ahead of the others, by a quarter of the way from the median to the best.
    pub(crate) fn with_lion_ahead(mut self, meanings: &[Meaning]) -> Self {
        let optimizer = Site::Optimizer as usize;
        let (lion, others): (Vec<Meaning>, Vec<Meaning>) =
            meanings.iter().copied().partition(|meaning| meaning.at(optimizer) == Some(LION));
        let (lion, others) = (self.span(&lion), self.span(&others));
        self.single[optimizer].worth[LION] += others.best + 0.25 * others.width() - lion.best;
        self
    }

    pub(crate) fn value(&self, meaning: &Meaning) -> f64 {
        let single = |(site, single): (usize, &Single)| Some(single.worth[meaning.at(site)?]);
        let pair =
            |pair: &Pair| Some(pair.curves.0[meaning.at(pair.sites.0)?] * pair.curves.1[meaning.at(pair.sites.1)?]);
        let singles: f64 = self.single.iter().enumerate().filter_map(single).sum();
        singles + self.pairs.iter().filter_map(pair).sum::<f64>()
    }

    /// Exact: from the values of all configs.
    pub(crate) fn span(&self, meanings: &[Meaning]) -> Span {
        let mut values: Vec<f64> = meanings.iter().map(|meaning| self.value(meaning)).collect();
        let (_, median, above) = values.select_nth_unstable_by(meanings.len() / 2, f64::total_cmp);
        Span { median: *median, best: above.iter().copied().fold(*median, f64::max) }
    }

    fn best(&self, meanings: &[Meaning]) -> Option<Meaning> {
        let valued = meanings.iter().map(|meaning| (self.value(meaning), *meaning));
        valued.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, meaning)| meaning)
    }
}

impl Single {
    fn draw(site: usize, scale: f64, rng: &mut Pcg64) -> Self {
        Self { scale, worth: curve(site, scale, rng) }
    }
}

impl Pair {
    fn draw(sites: (usize, usize), scale: f64, rng: &mut Pcg64) -> Self {
        Self { sites, scale, curves: (curve(sites.0, scale, rng), curve(sites.1, 1.0, rng)) }
    }
}

/// A number for each choice, of mean 0 and a given deviation: for categories any, for ordered choices a hill or a random walk.
fn curve(site: usize, scale: f64, rng: &mut Pcg64) -> Vec<f64> {
    let count = CHOICES[site];
    if CATEGORIES.iter().any(|category| *category as usize == site) {
        return standardised((0..count).map(|_| StandardNormal.sample(rng)).collect(), scale);
    }
    if rng.random() {
        let best = rng.random_range(0..count);
        return standardised((0..count).map(|choice| -(choice.abs_diff(best) as f64).powf(0.8)).collect(), scale);
    }
    let mut height = 0.0;
    let mut step = || {
        let step: f64 = StandardNormal.sample(rng);
        height += step;
        height
    };
    standardised((0..count).map(|_| step()).collect(), scale)
}

fn standardised(values: Vec<f64>, scale: f64) -> Vec<f64> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    values.into_iter().map(|value| scale * (value - mean) / deviation).collect()
}
