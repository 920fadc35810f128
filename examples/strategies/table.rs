//! The regrets as a table, and the default beside the best other strategy.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::runs::Method;
use crate::spread::{mean, standard_error};

/// All runs of a strategy on a problem.
pub(crate) struct Cell {
    pub(crate) problem: &'static str,
    pub(crate) noise: f64,
    pub(crate) method: Method,
    /// For each replica the regret after each trial.
    pub(crate) regrets: Vec<Vec<f64>>,
}

#[derive(Serialize)]
pub(crate) struct Line {
    problem: &'static str,
    noise: f64,
    method: Method,
    replicas: usize,
    regret_at: BTreeMap<usize, f64>,
    sem_at: BTreeMap<usize, f64>,
    /// In how many trials half of the replicas had found the best.
    median_solved: Option<usize>,
}

const MARKS: [usize; 5] = [20, 50, 100, 200, 300];

impl Cell {
    fn at(&self, trial: usize) -> Vec<f64> {
        self.regrets.iter().filter_map(|regrets| regrets.get(trial - 1).copied()).collect()
    }

    fn marks(&self) -> impl Iterator<Item = usize> + use<> {
        let trials = self.regrets.first().map_or(0, Vec::len);
        MARKS.into_iter().filter(move |&mark| mark <= trials)
    }

    pub(crate) fn line(&self) -> Line {
        Line {
            problem: self.problem,
            noise: self.noise,
            method: self.method,
            replicas: self.regrets.len(),
            regret_at: self.marks().map(|mark| (mark, mean(&self.at(mark)))).collect(),
            sem_at: self.marks().map(|mark| (mark, standard_error(&self.at(mark)))).collect(),
            median_solved: self.median_solved(),
        }
    }

    fn median_solved(&self) -> Option<usize> {
        let solved =
            |regrets: &Vec<f64>| regrets.iter().position(|regret| *regret < 1e-9).map_or(usize::MAX, |i| i + 1);
        let mut solved: Vec<usize> = self.regrets.iter().map(solved).collect();
        solved.sort_unstable();
        solved.get(solved.len() / 2).copied().filter(|&trial| trial != usize::MAX)
    }
}

pub(crate) fn print(cells: &[Cell]) {
    println!("Normalised regret, mean ± standard error: 1 is the median of random configs, 0 the best of all.");
    let mut before = None;
    for cell in cells {
        if before.replace((cell.problem, cell.noise.to_bits())) != Some((cell.problem, cell.noise.to_bits())) {
            heading(cell);
        }
        print!("{:<20}", cell.method.name());
        for mark in cell.marks() {
            let at = cell.at(mark);
            print!(" {:>7.3} ± {:.3}", mean(&at), standard_error(&at));
        }
        println!(" {:>12}", cell.median_solved().map_or_else(|| "–".to_owned(), |trial| trial.to_string()));
    }
    beside_others(cells);
}

fn heading(cell: &Cell) {
    let noise = if cell.noise > 0.0 { format!("noise {}", cell.noise) } else { "no noise".to_owned() };
    println!("\n{}, {noise}, {} replicas", cell.problem, cell.regrets.len());
    print!("{:<20}", "trial");
    cell.marks().for_each(|mark| print!(" {mark:>15}"));
    println!(" {:>12}", "half solved");
}

/// For each budget the regret of the default as a share of that of the best other strategy, which is chosen afterwards, budget by
/// budget; and by how many standard errors of the paired difference it is behind.
fn beside_others(cells: &[Cell]) {
    println!(
        "\nThe default beside the best other strategy at each budget: its regret as a share of that one's, and how many"
    );
    println!("standard errors of the paired difference it is worse by (below 0: better)");
    let mut shares: BTreeMap<(u64, usize), Vec<f64>> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.method == Method::Bayesian) {
        let is_other = |other: &&Cell| {
            (other.problem, other.noise.to_bits()) == (cell.problem, cell.noise.to_bits())
                && !matches!(other.method, Method::Bayesian | Method::Mixture)
        };
        print!("{:<20} noise {:<4}", cell.problem, cell.noise);
        for mark in cell.marks() {
            let by = |a: &&Cell, b: &&Cell| mean(&a.at(mark)).total_cmp(&mean(&b.at(mark)));
            let Some(other) = cells.iter().filter(is_other).min_by(by) else { continue };
            let (ours, theirs) = (cell.at(mark), other.at(mark));
            let differences: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| a - b).collect();
            let share = if mean(&ours) == 0.0 { 0.0 } else { mean(&ours) / mean(&theirs) };
            shares.entry((cell.noise.to_bits(), mark)).or_default().push(share);
            let behind = mean(&differences) / standard_error(&differences).max(1e-12);
            print!("  {share:>5.2} ({behind:>5.1}, {})", other.method.name());
        }
        println!();
    }
    for ((noise, mark), shares) in shares {
        println!("mean over problems, noise {}, trial {mark}: {:.2}", f64::from_bits(noise), mean(&shares));
    }
}
