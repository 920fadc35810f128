//! The paper's Figure 5 for this data: the best accuracy so far per trial, and what is missing to the best cell of all.

use std::fs;
use std::io::Write;
use std::path::Path;

use transfer_nas::report::{Band, Curves};

use crate::error::Error;
use crate::methods::{Method, Run};
use crate::oracle::Oracle;

pub(crate) fn draw(folder: &Path, oracle: &Oracle, all: &[(Method, Vec<Run>)]) -> Result<(), Error> {
    fs::create_dir_all(folder)?;
    let what = oracle.quantity();
    let mut accuracy = Curves::new("NAS-Bench-101: the best cell so far", "trial", what);
    let mut regret =
        Curves::new("NAS-Bench-101: short of the best cell", "trial", &format!("regret in {what}")).log_x().log_y();
    for (method, runs) in all {
        let best: Vec<&[f64]> = runs.iter().map(|run| run.best.as_slice()).collect();
        let short: Vec<Vec<f64>> =
            best.iter().map(|best| best.iter().map(|best| oracle.best() - best).collect()).collect();
        accuracy = accuracy.series(method.name(), &best.iter().map(|best| from_tenth(best)).collect::<Vec<_>>())?;
        regret = regret.series(method.name(), &short)?;
    }
    for extension in ["svg", "png"] {
        accuracy.draw(folder.join(format!("nasbench101_accuracy.{extension}")))?;
        regret.draw(folder.join(format!("nasbench101_regret.{extension}")))?;
    }
    write_csv(&folder.join("nasbench101.csv"), all)
}

/// Without the first trials: nothing has been learned there, and the range would be theirs.
fn from_tenth(best: &[f64]) -> Vec<f64> {
    best.iter().enumerate().map(|(i, &best)| if i < 9 { f64::NAN } else { best }).collect()
}

fn write_csv(path: &Path, all: &[(Method, Vec<Run>)]) -> Result<(), Error> {
    let mut file = std::io::BufWriter::new(fs::File::create(path)?);
    writeln!(file, "method,trial,mean,low,high")?;
    for (method, runs) in all {
        let best: Vec<&[f64]> = runs.iter().map(|run| run.best.as_slice()).collect();
        let Band { mean, low, high } = Band::of(&best)?;
        for (i, ((mean, low), high)) in mean.iter().zip(&low).zip(&high).enumerate() {
            writeln!(file, "\"{}\",{},{mean:.6},{low:.6},{high:.6}", method.name(), i + 1)?;
        }
    }
    Ok(file.flush()?)
}
