//! An agent that is told which weights it searches for: an embedding for each of five, as it has one for each task. Whether that is better than
//! weights which are drawn anew at each step and which the policy does not know.

use transfer_nas::nasbench::CellConfig;
use transfer_nas::prelude::*;
use transfer_nas::search::Searcher;

use crate::error::Error;

/// How much the accuracy counts; the parameters have the rest.
#[tasks]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weighting {
    Tenth,
    Third,
    Half,
    TwoThirds,
    NineTenths,
}

#[joint_space(tasks = Weighting)]
enum Weighted {
    Cell(CellConfig),
}

/// Asks for cells and tells what they are worth by the weights of their task: `−(max wᵢ (1 − uᵢ) + 0.05 Σ wᵢ (1 − uᵢ))`, where `uᵢ` is the share
/// of the cells so far that are below it. Gives the values of `measure`, greater ones better, of each trial.
pub(crate) fn search<M: Copy>(
    seed: u64,
    trials: usize,
    mut measure: impl FnMut(&CellConfig) -> Result<(M, [f64; 2]), Error>,
) -> Result<Vec<M>, Error> {
    let mut agent = Agent::<Weighted>::builder().seed(seed).build()?;
    let (mut all, mut told): (Vec<M>, Vec<[f64; 2]>) = (Vec::new(), Vec::new());
    for _ in 0..trials {
        let trial = Searcher::<Weighted>::ask(&mut agent)?;
        let weight = weight(trial.task());
        let Weighted::Cell(cell) = &trial.config;
        let (measured, values) = measure(cell)?;
        all.push(measured);
        told.push(values);
        agent.observe_any(trial, worth(&told, values, [weight, 1.0 - weight]))?;
    }
    Ok(all)
}

fn weight(task: &str) -> f64 {
    match task {
        "Tenth" => 0.1,
        "Third" => 1.0 / 3.0,
        "Half" => 0.5,
        "TwoThirds" => 2.0 / 3.0,
        _ => 0.9,
    }
}

fn worth(told: &[[f64; 2]], values: [f64; 2], weights: [f64; 2]) -> f64 {
    let share = |objective: usize| {
        let below = told.iter().filter(|other| other[objective] < values[objective]).count();
        let level = told.iter().filter(|other| other[objective].total_cmp(&values[objective]).is_eq()).count();
        (below as f64 + 0.5 * level as f64) / told.len() as f64
    };
    let far = [0, 1].map(|objective| weights[objective] * (1.0 - share(objective)));
    -(far[0].max(far[1]) + 0.05 * (far[0] + far[1]))
}
