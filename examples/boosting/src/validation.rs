//! How good a config is.

use forust_ml::errors::ForustError;
use transfer_nas::study::{Outcome, Running};

use crate::boosting::Boosting;
use crate::table::{FOLDS, Part, Table};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// The mean error over the folds. The mean so far is reported after each, and a config that does not promise much gets no further ones.
pub fn cross_validate(trial: &Running<Boosting>, table: &Table, seed: u64) -> Result<Outcome, Error> {
    let mut sum = 0.0;
    for fold in 0..FOLDS {
        let (fitted_on, judged_by) = table.split(fold);
        sum += error(trial.config(), &fitted_on, &judged_by, seed)?;
        let folds = fold + 1;
        trial.report(folds as u64, sum / folds as f64)?;
        if folds < FOLDS && trial.should_prune()? {
            return Ok(Outcome::Pruned);
        }
    }
    Ok(Outcome::Reward(sum / FOLDS as f64))
}

/// The error on the rows that are in no fold, fitted on all others.
pub fn test(config: &Boosting, table: &Table, seed: u64) -> Result<f64, ForustError> {
    let (fitted_on, judged_by) = table.whole();
    error(config, &fitted_on, &judged_by, seed)
}

/// The root of the mean squared error, in rings.
fn error(config: &Boosting, fitted_on: &Part, judged_by: &Part, seed: u64) -> Result<f64, ForustError> {
    let mut model = config.model(seed);
    model.fit_unweighted(&fitted_on.features(), &fitted_on.rings, None)?;
    let predicted = model.predict(&judged_by.features(), false);
    let squares = predicted.iter().zip(&judged_by.rings).map(|(predicted, rings)| (predicted - rings).powi(2));
    Ok((squares.sum::<f64>() / predicted.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use transfer_nas::study::Study;

    use super::*;

    #[test]
    fn the_default_is_in_the_space_and_better_than_the_mean() {
        let table = Arc::new(Table::load().unwrap());
        let mut study = Study::in_memory().minimize().trials(1).quiet().build::<Boosting>().unwrap();
        study.enqueue_once(Boosting::default()).unwrap();
        let rows = Arc::clone(&table);
        study.run_trials(move |trial| cross_validate(trial, &rows, 100)).unwrap();
        let best = study.best().unwrap().unwrap();
        assert_eq!(best.config, Boosting::default());
        // The standard deviation of the rings is 3.2.
        assert!((1.5..3.0).contains(&best.reward), "{}", best.reward);
        assert!((1.5..3.0).contains(&test(&Boosting::default(), &table, 100).unwrap()));
    }
}
