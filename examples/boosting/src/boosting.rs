//! What is searched: the parameters of gradient boosting.

use forust_ml::GradientBooster;
use forust_ml::gradientbooster::GrowPolicy;
use forust_ml::objective::ObjectiveType;
use forust_ml::sampler::SampleMethod;
use transfer_nas::prelude::*;

/// How the trees are grown.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub struct Boosting {
    #[space(choices = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3])]
    learning_rate: f32,
    #[space(choices = [50, 100, 200, 400, 800])]
    trees: usize,
    growth: Growth,
    rows: Rows,
    /// The share of the columns that each tree sees.
    #[space(choices = [0.3, 0.5, 0.7, 1.0])]
    columns: f64,
    #[space(choices = [1.0, 10.0, 30.0, 100.0, 200.0])]
    min_leaf_weight: f32,
    #[space(choices = [0.0, 1.0, 3.0, 10.0, 30.0])]
    l2: f32,
}

/// Which leaf is split next.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub enum Growth {
    /// All leaves, level by level.
    ByLevel {
        #[space(range = 2..=8)]
        depth: usize,
    },
    /// The leaf that gains most.
    ByGain {
        #[space(choices = [4, 6, 8, 12, 16, 24, 32])]
        leaves: usize,
    },
}

/// Which rows each tree sees.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    All,
    Random {
        #[space(choices = [0.3, 0.5, 0.7, 0.9])]
        share: f32,
    },
    /// Those with the largest gradients, and a few of the others.
    Goss {
        #[space(choices = [0.1, 0.2, 0.4])]
        top: f64,
        #[space(choices = [0.1, 0.2, 0.4])]
        others: f64,
    },
}

/// What XGBoost does where nothing is said; the number of trees is that of its scikit-learn interface.
impl Default for Boosting {
    fn default() -> Self {
        Self {
            learning_rate: 0.3,
            trees: 100,
            growth: Growth::ByLevel { depth: 6 },
            rows: Rows::All,
            columns: 1.0,
            min_leaf_weight: 1.0,
            l2: 1.0,
        }
    }
}

impl Boosting {
    /// A model with these parameters that has not been fitted.
    pub fn model(&self, seed: u64) -> GradientBooster {
        let model = GradientBooster::default()
            .set_objective_type(ObjectiveType::SquaredLoss)
            .set_learning_rate(self.learning_rate)
            .set_iterations(self.trees)
            .set_colsample_bytree(self.columns)
            .set_min_leaf_weight(self.min_leaf_weight)
            .set_l2(self.l2)
            .set_parallel(false)
            .set_seed(seed);
        self.rows.apply(self.growth.apply(model))
    }
}

impl Growth {
    fn apply(&self, mut model: GradientBooster) -> GradientBooster {
        match *self {
            Self::ByLevel { depth } => model.set_max_depth(depth),
            Self::ByGain { leaves } => {
                model.grow_policy = GrowPolicy::LossGuide;
                model.set_max_depth(usize::MAX).set_max_leaves(leaves)
            }
        }
    }
}

impl Rows {
    fn apply(&self, model: GradientBooster) -> GradientBooster {
        match *self {
            Self::All => model.set_sample_method(SampleMethod::None),
            Self::Random { share } => model.set_sample_method(SampleMethod::Random).set_subsample(share),
            Self::Goss { top, others } => {
                model.set_sample_method(SampleMethod::Goss).set_top_rate(top).set_other_rate(others)
            }
        }
    }
}
